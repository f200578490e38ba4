"""Clauses that contradict each other or could not be applied: stages, hand-off, commitments, calendars, fades."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from smarketing.agreement.calendars import DAY, DAYS, Minutes, days_of, minutes_of, overlap
from smarketing.agreement.documents import Place
from smarketing.agreement.problems.walk import stage_names, texts, time_conditions
from smarketing.agreement.values import COMMITMENT_KINDS, PARTS_OF_KINDS, as_date, as_percentage
from smarketing.vocabulary.durations import Duration, parse_duration
from smarketing.vocabulary.problems import Problem
from smarketing.vocabulary.tables import HANDOFF_COLUMNS
from smarketing.vocabulary.words import did_you_mean


def fades(root: Place) -> Iterator[Problem]:
    """Each fade comes later than the one before."""
    for rule in root.get("engagement").entries():
        before: Duration | None = None
        for fade in rule.get("fades").entries():
            after = _duration(fade.get("after"))
            if after and before and after.microseconds <= before.microseconds:
                yield fade.error(
                    "020", f'The fade after "{after}" stands behind the one after "{before}"; list fades in order of time.'
                )
            before = after or before


def _duration(place: Place) -> Duration | None:
    """The duration at a place, where it is one of fixed length."""
    try:
        duration = parse_duration(place.text or "")
    except ValueError:
        return None
    return None if duration.business else duration


def stage_columns(root: Place) -> Iterator[Problem]:
    """A stage after the hand-off has a column `NAME_at` beside the fixed ones of the hand-offs."""
    known = stage_names(root)
    at = root.get("handoff", "at").text
    after = known[known.index(at) + 1 :] if at in known else []
    for stage in root.get("stages").entries():
        name = stage.get("name")
        if name.text in after and f"{name.text}_at" in HANDOFF_COLUMNS:
            column = f"{name.text}_at"
            yield name.error(
                "023",
                f'The times of a stage "{name.text}" would stand in the column "{column}", which has another meaning. Choose another name, like "{name.text}_lead".',
            )


def only_from(root: Place) -> Iterator[Problem]:
    """The stage a lead must come from is an earlier one."""
    known = stage_names(root)
    for condition, index in time_conditions(root):
        source = condition.get("only_from")
        if index is None or source.text not in known:
            continue
        stages = list(root.get("stages").entries())
        own = stages[index].get("name").text
        if own in known and known.index(source.text) >= known.index(own):
            yield source.error("024", f'"{source.text}" does not come before "{own}"; only_from names an earlier stage.')


def handoff(root: Place) -> Iterator[Problem]:
    """A lead goes back to before the hand-off."""
    known = stage_names(root)
    at, back = root.get("handoff", "at").text, root.get("handoff", "return_to")
    if at in known and back.text in known and known.index(back.text) >= known.index(at):
        before = known[: known.index(at)]
        right = f" Possible: {', '.join(before)}." if before else " There is no stage before it."
        yield back.error(
            "021",
            f'A lead cannot go back to "{back.text}": the hand-off is at "{at}", and a hand-back leads to before it.{right}',
        )


def routing(root: Place) -> Iterator[Problem]:
    """Weights and routing by weight belong together."""
    route = root.get("handoff", "route")
    weighted = route.get("by").value == "weighted"
    if weighted and not route.get("weights").value:
        yield route.get("by").error("029", "Routing by weight needs weights, like weights: {anna@hart.example: 2}.")
    if not weighted and route.get("weights").value:
        yield route.get("weights").error("029", "Weights have no effect here; write by: weighted, or leave them out.")


def commitments(root: Place) -> Iterator[Problem]:
    """Exactly one kind, with all its parts and no others."""
    for commitment in root.get("commitments").entries():
        if isinstance(commitment.value, dict):
            yield from _commitment(commitment, root.get("handoff", "at").text)


def _commitment(commitment: Place, at: str | None) -> Iterator[Problem]:
    kinds = [kind for kind in COMMITMENT_KINDS if kind in commitment]
    if len(kinds) != 1:
        what = f"here are {' and '.join(kinds)}" if kinds else "here is none"
        yield commitment.error("010", f"A commitment promises exactly one of {', '.join(COMMITMENT_KINDS)}; {what}.")
        return
    needed, allowed = PARTS_OF_KINDS[kinds[0]]
    for part in needed:
        if part not in commitment:
            yield commitment.error("025", f'"{part}" is missing: a commitment to {kinds[0]} needs it.')
    for part in ("at_least", "grades", "within", "share"):
        if part in commitment and part not in (*needed, *allowed):
            yield commitment.get(part).error("025", f'"{part}" has no meaning in a commitment to {kinds[0]}.')
    deliver = commitment.get("deliver")
    known = stage_names(commitment.document.root)
    if deliver.text in known and at in known and deliver.text != at:
        yield deliver.error(
            "022", f'What is delivered is what is handed over: the hand-off is at "{at}", not at "{deliver.text}".'
        )


def business_time(root: Place) -> Iterator[Problem]:
    """Business time is counted in a calendar; without one named default nobody's hours are known."""
    if "default" in root.get("calendars"):
        return
    spans = [c.get(key) for c in root.get("commitments").entries() for key in ("respond_within", "decide_within", "within")]
    spans += [phase.get("lasts") for persona in root.get("personas").entries() for phase in persona.get("buying_cycle").entries()]
    near = did_you_mean("default", [name for name, _ in root.get("calendars").items()]).replace("Did you mean", "Should that be")
    for span in spans:
        if span.text and " business " in span.text:
            yield span.error("017", f'"{span.text}" is business time, and there is no calendar "default" under calendars.{near}')


def calendars(root: Place) -> Iterator[Problem]:
    """Spans do not overlap, holidays exist."""
    for name, calendar in root.get("calendars").items():
        hours = calendar.get("hours")
        if found := overlap(_week(hours)):
            first, second = (f"{DAYS[minute // DAY]} {minute % DAY // 60:02}:{minute % 60:02}" for minute in found)
            message = (
                f'Spans of the calendar "{name}" overlap: the one from {first} is not over when the one from {second} begins.'
            )
            yield _span_at(hours, found[1]).error("018", message)
        yield from _holidays(calendar.get("holidays"))


def _week(hours: Place) -> list[list[Minutes]]:
    week: list[list[Minutes]] = [[] for _ in DAYS]
    for days, span, _ in _spans(hours):
        for day in days:
            week[day].append(span)
    return week


def _spans(hours: Place) -> Iterator[tuple[list[int], Minutes, Place]]:
    """The readable spans with their days; the others are problems of shape."""
    for key, spans in hours.items():
        for text, place in texts(spans):
            try:
                yield days_of(key), minutes_of(text), place
            except ValueError:
                continue


def _span_at(hours: Place, minute: int) -> Place:
    """Where the span that begins at a minute of the week is written (the last such line)."""
    found = [place for days, span, place in _spans(hours) if any(day * DAY + span[0] == minute for day in days)]
    return found[-1] if found else hours


def _holidays(place: Place) -> Iterator[Problem]:
    country, region = place.get("country"), place.get("region")
    if country.text is None:
        if region.text is not None:
            yield region.error("019", "A region needs its country beside it.")
        return
    import holidays as library

    if not _has_holidays(country.text):
        countries = library.list_supported_countries(include_aliases=True)
        hint = did_you_mean(country.text, countries) or " Write its code of ISO 3166, like DE."
        yield country.error("019", f'The holidays of "{country.text}" are not known.{hint}')
    elif region.text is not None and not _has_holidays(country.text, region.text):
        regions = library.country_holidays(country.text).subdivisions
        names = [*regions, *library.country_holidays(country.text).subdivisions_aliases]
        hint = did_you_mean(region.text, names) or f" Known: {', '.join(regions) or 'none'}."
        yield region.error("019", f'"{region.text}" is not a region of {country.text} whose holidays are known.{hint}')


def _has_holidays(country: str, region: str | None = None) -> bool:
    """Whether the library of holidays takes these names: it knows codes, names and other names of countries and regions."""
    import holidays as library

    try:
        found: object = library.country_holidays(country, subdiv=region)
    except (NotImplementedError, TypeError):  # unknown there, or the name of something that is no country
        return False
    return isinstance(found, library.HolidayBase) and type(found) is not library.HolidayBase


def goals(root: Place) -> Iterator[Problem]:
    """A goal leads forward."""
    known = stage_names(root)
    for goal in root.get("goals").entries():
        start, end = goal.get("from").text, goal.get("to")
        if start in known and end.text in known and known.index(end.text) <= known.index(start):
            yield end.error("026", f'"{end.text}" does not come after "{start}"; a goal leads to a later stage.')


def attribution(root: Place) -> Iterator[Problem]:
    """The shares by position are a whole."""
    position = root.get("attribution", "position")
    try:
        shares = [as_percentage(share.value) for share in position.entries()]
    except ValueError:
        return
    if len(shares) == 3 and sum(shares) != 1:
        yield position.error(
            "027", f"First, between and last add up to {(sum(shares, Decimal(0)) * 100).normalize():f}%, not to 100%."
        )


def trial(root: Place) -> Iterator[Problem]:
    """A trial lasts."""
    start, end = root.get("in_force", "from"), root.get("in_force", "trial_until")
    try:
        if as_date(end.value) <= as_date(start.value):
            yield end.error("028", f"The trial would end on {end.text}, but the agreement is in force only from {start.text}.")
    except ValueError:
        return


CHECKS = (fades, stage_columns, only_from, handoff, routing, commitments, business_time, calendars, goals, attribution, trial)
