"""Who may be contacted, and how: what each lead's facts say about mail and about calls, and since when.

The rule, which is the same wherever a lead stands:

* A *word* about a channel is a fact that says yes or no to it. `subscribed` is a yes to mail and `unsubscribed` a no to mail, from
  whichever list. Attributes of a profile (`profile_changed`) and answers of a form (`form_submitted`) are words by their names, in any
  spelling: see WORDS. A list of channels (`consent: mail, phone`) is a yes to those it names and a no to the other.
* A mark such as `do not call` stands as long as it is set, whatever else was said before or after.
* Otherwise the last word about the channel holds, in order of the facts. An attribute that was removed (null, or an empty text) says
  nothing any more, nor does a no that is not set: `opted_out: false` is no agreement. What other words say then holds.
* Without a word nobody knows: the lead neither agreed nor objected. Whether it may be contacted then is not for us to say.

A fact that was retracted, or told by a machine, is no fact of the life and says nothing here either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from smarketing.reports.following import Following

Channel = Literal["mail", "phone"]
MAIL, PHONE = "mail", "phone"
CHANNELS = (MAIL, PHONE)
BOTH = CHANNELS
TOLD_BY = ("subscribed", "unsubscribed", "profile_changed", "form_submitted")
"""The kinds of fact that may hold a word."""
MARK, NO, YES = "mark", "no", "yes"
"""What a name means where its value is true: a no that stands as long as it is set, a no, a yes."""
WORDS: dict[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(("donotcontact", "nocontact", "blocked"), (MARK, BOTH)),
    **dict.fromkeys(("donotcall", "donotphone", "nocalls"), (MARK, (PHONE,))),
    **dict.fromkeys(("donotmail", "donotemail", "donotemailme", "nomail", "noemail"), (MARK, (MAIL,))),
    **dict.fromkeys(("unsubscribed", "emailoptout", "mailoptout", "optedoutofemail", "hasoptedoutofemail", "hsemailoptout"), (NO, (MAIL,))),
    **dict.fromkeys(("phoneoptout", "calloptout"), (NO, (PHONE,))),
    **dict.fromkeys(("optout", "optedout"), (NO, BOTH)),
    **dict.fromkeys(("consent", "maybecontacted", "contactconsent", "gdprconsent", "optin", "optedin"), (YES, BOTH)),
    **dict.fromkeys(("emailconsent", "mailconsent", "consentemail", "consentmail", "marketingconsent", "emailoptin"), (YES, (MAIL,))),
    **dict.fromkeys(("phoneconsent", "consentphone", "callconsent", "consentcall", "phoneoptin"), (YES, (PHONE,))),
}  # fmt: skip
"""The names that are words, without blanks and signs between them: `Do Not Call`, `do_not_call` and `doNotCall` are `donotcall`."""
TRUE = frozenset("true yes y 1 on given granted agreed in optin".split())
FALSE = frozenset("false no n 0 off none denied refused revoked withdrawn out optout".split())
BY_NAME = {"mail": MAIL, "email": MAIL, "newsletter": MAIL, "phone": PHONE, "call": PHONE, "calls": PHONE, "telephone": PHONE}
"""How a list of channels names them."""
SAID = {
    **dict.fromkeys(("donotcontact", "nocontact", "blocked"), "do not contact"),
    **dict.fromkeys(("donotcall", "donotphone", "nocalls"), "do not call"),
    **dict.fromkeys(("donotmail", "donotemail", "donotemailme", "nomail", "noemail"), "do not mail"),
    "unsubscribed": "unsubscribed",
}
"""Words that are said in their own way; the others are `opted out`, or that consent was given or refused."""
SUBSCRIBED = "subscribed"
BETWEEN_WORDS, BETWEEN_CHANNELS = re.compile(r"[\s._-]+"), re.compile(r"[\s,;/+&]+|\band\b")
MAY_SAY = r"(?i)opt|consent|unsub|contact|call|blocked|no[a-z\s._-]*(mail|phone)"
"""What is in the text of properties that may hold a word."""


class Word(NamedTuple):
    """What the lead said about a channel: whether it `may` be used, `said` in words, at what time, by which fact."""

    may: bool
    said: str
    at: datetime
    fact_id: str


class Consent(NamedTuple):
    """Of each channel the word that holds; None: nobody knows."""

    mail: Word | None = None
    phone: Word | None = None

    @property
    def forbidden(self) -> tuple[str, ...]:
        """The channels that must not be used."""
        return tuple(name for name, word in zip(CHANNELS, self, strict=True) if word is not None and not word.may)

    @property
    def allowed(self) -> tuple[str, ...]:
        """The channels that the lead agreed to."""
        return tuple(name for name, word in zip(CHANNELS, self, strict=True) if word is not None and word.may)


MAY = {("mail",): "May be mailed", ("phone",): "May be called", BOTH: "May be contacted", (): ""}
NOT = {("mail",): "Do not mail", ("phone",): "Do not call", BOTH: "Do not contact", (): ""}
UNSAID = "Consent not known"


def words_of(consent: Consent) -> str:
    """`Do not call, may be mailed`: what must not be done comes first; who said nothing is neither forbidden nor allowed."""
    if consent.forbidden:
        return ", ".join(filter(None, [NOT[consent.forbidden], MAY[consent.allowed].lower()]))
    return MAY[consent.allowed] if consent.allowed else UNSAID


def is_word(name: str, value: object) -> bool:
    """Whether an attribute with this value says something about a channel, by the rule above."""
    meaning, channels = WORDS.get(_plain(name), ("", ()))
    return any(_may(meaning, channel, value) is not None for channel in channels)


CONSENTS = "consents"
"""Under this name an outcome keeps them."""
UNKNOWN = Consent()
"""Nobody knows."""


def consent_of(facts: Iterable[Mapping[str, Any]]) -> Consent:
    """The consent of one lead by its facts, in any order: rows with `fact_id`, `at`, `kind`, `properties` (an object or its text)."""
    words: dict[tuple[str, str], Word] = {}
    for fact in sorted((one for one in facts if one["kind"] in TOLD_BY), key=lambda one: (one["at"], one["fact_id"])):
        for name, channel, may in _said(fact):
            words.pop((name, channel), None)  # the same word again is said anew, after what was said meanwhile
            if may is not None:
                words[name, channel] = Word(may, _in_words(name, may), fact["at"], fact["fact_id"])
    return Consent(*(_holds({name: word for (name, of), word in words.items() if of == channel}) for channel in CHANNELS))


class Consents(Mapping[str, Consent]):
    """The consent of every lead of which a fact says something, by `lead_id`; each is made when it is asked for."""

    def __init__(self, plain: pl.DataFrame, others: Mapping[str, Consent]) -> None:
        self.others = others
        self.leads: dict[str, int] = {lead_id: place for place, lead_id in enumerate(plain["lead_id"])}
        self.plain = plain

    def __getitem__(self, lead_id: str) -> Consent:
        if lead_id in self.others:
            return self.others[lead_id]
        _, at, fact_id, kind = self.plain.row(self.leads[lead_id])
        may = kind == SUBSCRIBED
        return Consent(mail=Word(may, _in_words(SUBSCRIBED, may), at, fact_id))

    def __iter__(self) -> Iterator[str]:
        yield from (*self.leads, *self.others)

    def __len__(self) -> int:
        return len(self.leads) + len(self.others)


def consents(outcome: Following) -> Consents:
    """The consent of all leads; computed once for an outcome. Those who only subscribed and unsubscribed are read as columns."""
    return outcome.once(CONSENTS, lambda: _read(outcome.facts))


def take_over(before: Following, after: Following, changed: Collection[str], told: pl.DataFrame | None = None) -> None:
    """Let what is known of the consent of all but these leads hold for the outcome that follows; theirs is read anew.

    `told`: the facts of these leads, where somebody has them at hand.
    """
    known: Consents | None = before.asked_so_far(CONSENTS)
    if known is not None:
        theirs = told.lazy() if told is not None else after.facts.filter(pl.col("lead_id").is_in(list(changed)))
        after.once(CONSENTS, lambda: _going_on(known, _read(theirs), changed))


def _going_on(known: Consents, fresh: Consents, changed: Collection[str]) -> Consents:
    stays = known.plain.filter(~pl.col("lead_id").is_in(list(changed)))
    others = {lead_id: consent for lead_id, consent in known.others.items() if lead_id not in changed}
    return Consents(pl.concat([stays, fresh.plain]), others | dict(fresh.others))


def consent_in(outcome: Following, lead_id: str) -> Consent:
    """The consent of one lead; UNKNOWN where no fact says anything."""
    return consents(outcome).get(lead_id, UNKNOWN)


def _read(facts: pl.LazyFrame) -> Consents:
    columns, words = ("lead_id", "at", "fact_id", "kind"), pl.col("kind").is_in(TOLD_BY[:2])
    rows = facts.filter(pl.col("kind").is_in(TOLD_BY)).select(*columns, "properties").collect()
    rows = rows.filter(words | pl.col("properties").str.contains(MAY_SAY))  # alone: in one filter all texts would be searched
    others = rows.filter(~words)["lead_id"].unique().implode()
    plain = rows.filter(words & ~pl.col("lead_id").is_in(others)).select(columns).sort("at", "fact_id")
    telling = rows.filter(pl.col("lead_id").is_in(others)).sort("lead_id").iter_rows(named=True)
    found = ((lead_id, consent_of(mine)) for lead_id, mine in groupby(telling, itemgetter("lead_id")))
    said = {lead_id: consent for lead_id, consent in found if consent != UNKNOWN}
    return Consents(plain.unique("lead_id", keep="last", maintain_order=True), said)


def _holds(words: Mapping[str, Word]) -> Word | None:
    """Of the words about a channel, in order: a mark that is set, else the last."""
    marks = [word for name, word in words.items() if _meaning(name) == MARK]
    return next(reversed(marks or list(words.values())), None)


def _said(fact: Mapping[str, Any]) -> Iterable[tuple[str, str, bool | None]]:
    """What a fact says: the name of the word, the channel, and yes, no or (None) that the word is taken back."""
    if fact["kind"] in TOLD_BY[:2]:
        yield SUBSCRIBED, MAIL, fact["kind"] == SUBSCRIBED
        return
    told = fact["properties"] or "{}"
    for written, value in (json.loads(told) if isinstance(told, str) else told).items():
        name = _plain(written)
        meaning, channels = WORDS.get(name, ("", ()))
        for channel in channels:
            yield name, channel, _may(meaning, channel, value)


def _may(meaning: str, channel: str, value: object) -> bool | None:
    """Whether a value of a word allows a channel; None: it says nothing. That a no is not set is no yes."""
    text = str(value).strip().lower() if value is not None else ""
    named = {BY_NAME[word] for word in BETWEEN_CHANNELS.split(text) if word in BY_NAME}
    if meaning == YES:
        return True if text in TRUE or channel in named else False if text in FALSE or named else None
    return False if text in TRUE or channel in named else None


@lru_cache(maxsize=4096)
def _plain(written: str) -> str:
    return BETWEEN_WORDS.sub("", written).lower()


def _meaning(name: str) -> str:
    return WORDS[name][0] if name in WORDS else YES


def _in_words(name: str, may: bool) -> str:
    """`unsubscribed`, `do not call`, `consent given`."""
    if name == SUBSCRIBED:
        return SUBSCRIBED if may else "unsubscribed"
    if _meaning(name) == YES:
        return "consent given" if may else "consent refused"
    return SAID.get(name, "opted out")
