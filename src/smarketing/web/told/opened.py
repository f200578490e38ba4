"""The rows behind a number as a page tells them: a title for this reader, columns by name, steps with their addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils.safestring import SafeString

from smarketing.agreement.changes.phrases import upper
from smarketing.reports.behind.words import Saying, title
from smarketing.reports.explain.words import kind_words
from smarketing.reports.groups import PEOPLE
from smarketing.reports.leads import leads
from smarketing.web import people
from smarketing.web.consenting import mark_beside
from smarketing.web.held import held, remembered
from smarketing.web.locale import reader
from smarketing.web.look import formats, states
from smarketing.web.periods import label_said
from smarketing.web.questions import question_url
from smarketing.web.tables.columns import Column, Kind
from smarketing.web.tables.guess import kind_of, title_of
from smarketing.web.told.names import name_of, stage_label
from smarketing.web.told.notes import in_words

if TYPE_CHECKING:
    from smarketing.reports.behind.asked import Behind
    from smarketing.reports.outcome import Outcome

Row = Mapping[str, Any]
SHOWN = {
    "leads": "lead_id account stage grade total campaign owner first_at handed_at won_at won_amount",
    "handoffs": "lead_id handed_at grade rep owner campaign accepted_at rejected_at reason business_minutes_to_first_attempt won_amount cycle",
    "clocks": "lead_id commitment state due_at kept_at rep handed_at cycle",
    "wins": "lead_id won_at amount opportunity_id campaign rep",
    "spend": "campaign day amount",
    "credits": "lead_id won_at amount share model campaign channel touches opportunity_id",
    "facts": "lead_id at kind campaign channel actor amount source",
    "points": "lead_id at axis rule points balance",
    "plan": "month grade needed expected missing",
    "clauses": "name text figure",
    "steps": "step figure unit",
}
"""The columns of each unit on the page; the export has all of them."""
WITH_ACCOUNT = ("handoffs", "clocks", "wins", "credits", "facts", "points")
"""Their leads are shown by their account, where it is known."""
DAYS = ("accepted_at", "rejected_at", "won_at")
"""Instants of which the day says enough; the minute is in the title."""
QUOTED = re.compile(r'"([^"]*)"')
CURRENCY = re.compile(r"[A-Z]{3}")


def saying() -> Saying:
    """Numbers, periods and names as this reader knows them."""
    return Saying(number=lambda count: reader().number(count), period=label_said, name=_named)


def told(found: Behind, question: Mapping[str, str]) -> str:
    """The title, for this reader."""
    return QUOTED.sub(
        "\N{LEFT DOUBLE QUOTATION MARK}\\1\N{RIGHT DOUBLE QUOTATION MARK}", title(held(), question, found.frame.height, saying())
    )


def _named(by: str, value: str) -> str:
    if by == "lead":
        return account_of(value) or value
    if by == "kind":
        return kind_words(value)
    if by in PEOPLE:
        return people.name_of(value)
    known = name_of(value, by)
    return stage_label(value) if by == "stage" else known.quoted if by == "campaign" and known.known else known.text


def account_of(lead_id: str) -> str | None:
    """The account of a lead, where it is known."""
    found = leads(held()).filter(pl.col("lead_id") == lead_id)["account"]
    return found[0] if len(found) else None


def with_accounts(outcome: Outcome, found: Behind) -> pl.DataFrame:
    """The rows, beside their leads' accounts where there are such leads."""
    if found.unit not in WITH_ACCOUNT or "account" in found.frame.columns:
        return found.frame
    accounts = leads(outcome).select("lead_id", "account").drop_nulls()
    if accounts.is_empty():
        return found.frame
    return found.frame.join(accounts, on="lead_id", how="left", maintain_order="left")


def columns_of(found: Behind, frame: pl.DataFrame) -> list[Column]:
    """The columns of these rows; the one that the number is made of stands second."""
    names = SHOWN[found.unit].split()
    if found.column and found.column not in names:
        names.insert(1, found.column)
    return [_column(name, frame) for name in names if name in frame.schema and (name == found.column or _says(frame, name))]


def _says(frame: pl.DataFrame, name: str) -> bool:
    """Whether a column tells a reader something: not where nothing is in it, nor where every owner is the rep."""
    if name == "owner" and "rep" in frame.columns:
        return bool((frame["owner"] != frame["rep"]).fill_null(value=True).any())
    return frame.is_empty() or frame[name].null_count() < frame.height


def _column(name: str, frame: pl.DataFrame) -> Column:
    currency, kind = held().agreement.currency, Kind.day if name in DAYS else kind_of(name, frame.schema[name])
    if name == "lead_id" and "account" in frame.columns and "first_at" not in frame.columns:
        return Column("account", "Lead", Kind.lead, value=lambda row: row["account"] or row["lead_id"], beside=_beside)
    if name in IN_WORDS:
        write = IN_WORDS[name]
        return Column(name, title_of(name), value=lambda row: write(str(row[name])) if row[name] else None)
    if name in ("needed", "expected", "missing"):
        return Column(name, title_of(name), Kind.points, link=lambda row: question_url(_step(name, row)))
    return Column(name, title_of(name), kind, currency=currency, beside=_beside if kind is Kind.lead else None)


def _beside(row: Row) -> SafeString:
    return mark_beside(str(row["lead_id"]))


def _step(name: str, row: Row) -> dict[str, str]:
    return {"of": "steps", "figure": name, "month": row["month"], "grade": row["grade"]}


IN_WORDS: dict[str, Callable[[str], str]] = {
    **{name: people.name_of for name in ("rep", "owner", "actor")},
    "campaign": lambda held: name_of(held, "campaign").text,
    "persona": people.persona_name,
    "stage": stage_label,
    "state": lambda held: upper(states.state_named(held).word),
    "kind": lambda held: upper(kind_words(held)),
    "channel": lambda held: held.replace("_", " "),
    "month": lambda label: label_said(label, held().agreement.timezone),
}
"""The columns that hold an id → how people say it."""


def steps(found: Behind, *, of_others: bool = True) -> list[dict[str, Any]]:
    """The steps to a number: `text`, the `figure` as people read it, its `unit`, the `url` of what it stands on; the last is the number.

    `of_others`: what others did may be opened too.
    """
    return [_told(row, of_others=of_others) for row in found.frame.to_dicts()]


def _told(row: Row, *, of_others: bool) -> dict[str, Any]:
    is_money = bool(CURRENCY.fullmatch(row["unit"]))
    behind = json.loads(row["behind"]) if row["behind"] else None
    behind = None if behind and "elsewhere" in behind and not of_others else behind
    return {
        "text": in_words(row["step"]),
        "figure": "" if row["figure"] is None else figure_of(row["figure"], row["unit"]),
        "unit": "" if is_money or row["unit"] == "share" or row["figure"] is None else row["unit"],
        "url": question_url(behind),
    }


def figure_of(value: float, unit: str) -> str:
    """A figure of a step by its unit."""
    if CURRENCY.fullmatch(unit):
        return formats.money(value, unit)
    return formats.share(value) if unit == "share" else formats.number(round(value, 1))


def remembered_behind(question: dict[str, str]) -> tuple[Behind, pl.DataFrame]:
    """The rows behind a number, asked once for each state; beside them those rows with accounts."""
    asked = sorted(question.items())
    found: Behind = remembered("behind", lambda outcome: outcome.behind(question), *asked)
    frame: pl.DataFrame = remembered("behind with accounts", lambda outcome: with_accounts(outcome, found), *asked)
    return found, frame
