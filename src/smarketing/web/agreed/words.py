"""The common words, and the search in them."""

from __future__ import annotations

from smarketing.agreement.models import Agreement
from smarketing.web.vocabulary import Entry, words_of


def words(agreement: Agreement) -> list[Entry]:
    """Every word once: the agreement's own and its stages in their order, then those of the pages; `anchor` is its place on the page."""
    own: list[Entry] = []
    rest: list[Entry] = []
    for entry in {entry["url"]: entry for entry in words_of(agreement).values()}.values():
        told = entry | {"anchor": entry["url"].partition("#")[2]}
        (own if entry["stage"] or entry["short"] or _is_own(entry, agreement) else rest).append(told)
    return own + rest


def _is_own(entry: Entry, agreement: Agreement) -> bool:
    return any(term.term == entry["term"] for term in agreement.vocabulary)


def found(wanted: str, among: list[Entry]) -> list[Entry]:
    """Those that say what is looked for, anywhere and whatever its capitals; all of them where nothing is."""
    asked = wanted.strip().casefold()
    return [entry for entry in among if asked in _text(entry)] if asked else among


def _text(entry: Entry) -> str:
    called = [name for names in entry["also_called"].values() for name in names]
    return " ".join([entry["term"], entry["short"], entry["stage"], entry["means"], entry["rule"], *called]).casefold()
