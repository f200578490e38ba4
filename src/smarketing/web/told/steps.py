"""The funnel's rows for its page: the steps of everybody, or groups side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from smarketing.reports.groups import groupings
from smarketing.web.held import held, remembered
from smarketing.web.tables.columns import Column, Kind
from smarketing.web.told.links import Questions, links, with_links
from smarketing.web.told.names import name_of, stage_label

if TYPE_CHECKING:
    from smarketing.reports.report import Report

Row = Mapping[str, Any]
COHORTS = [("", "First touch"), ("handoff", "First hand-off")]
"""Which instant of a lead has to lie in the period: the address's word and what people read."""
REACHED = "reached."


def cuts() -> list[tuple[str, str]]:
    """What the funnel can be cut by: pairs of the address's word and what people read."""
    found: list[str] = remembered("groupings", groupings)
    return [(name, name.replace("_", " ").capitalize()) for name in found]


def steps(report: Report) -> Iterator[Row]:
    """The stages of everybody: the report's, with `label`, `team` and `links` (by figure); first all leads, where a stage is not that."""
    row = report.rows[0]
    urls = links(report.behind[0])
    owners = {stage.name: stage.owner for stage in held().agreement.stages}
    if not row["stages"] or row["stages"][0]["reached"] != row["leads"]:
        yield {
            "stage": "",
            "label": "All leads",
            "team": "together",
            "reached": row["leads"],
            "links": {"reached": urls["leads"]},
        }
    for step in row["stages"]:
        name = step["stage"]
        figures = {figure: urls[f"stages.{name}.{figure}"] for figure in ("reached", "from_previous", "time_from_previous")}
        took = step["time_from_previous"] if step["from_previous"]["of"] and step["reached"] else None
        yield {**step, "label": stage_label(name), "team": owners[name], "links": figures, "took": took}


def lines(rows: Sequence[Row], questions: Sequence[Questions], by: str) -> Iterator[Row]:
    """The groups with what a template cannot say by itself: `shown` (its Name), `links`, `reached` (figure and address by stage)."""
    everybody = all_reach(rows)
    for row, urls in with_links(rows, questions):
        asked = [step for step in row["stages"] if step["stage"] not in everybody]
        ways = [{**step, "label": stage_label(step["stage"]), "url": urls[f"stages.{step['stage']}.reached"]} for step in asked]
        yield {**row, "shown": name_of(row["by"], by), "links": urls, "ways": ways}


def all_reach(rows: Sequence[Row]) -> set[str]:
    """The stages at which every lead of every group is: they say what the number of leads says."""
    stages = zip(*(row["stages"] for row in rows), strict=True)
    return {
        steps[0]["stage"]
        for steps in stages
        if all(step["reached"] == row["leads"] for step, row in zip(steps, rows, strict=True))
    }


def columns(rows: Sequence[Row], by: str) -> Iterator[Column]:
    """Group, leads, each stage, won, amount and, where it is known, what it cost."""
    everybody = all_reach(rows)
    yield Column("name", by.replace("_", " ").capitalize(), value=lambda row: row["shown"].text)
    yield Column("leads", "Leads", Kind.number)
    for place, step in enumerate(rows[0]["stages"] if rows else ()):
        if step["stage"] in everybody:
            continue
        title = stage_label(step["stage"])
        yield Column(f"{REACHED}{step['stage']}", title, Kind.number, term=step["stage"], value=_reached(place))
    yield Column("won_rate", "Won", Kind.rate)
    yield Column("won_amount", "Amount", Kind.money)
    if any(row["spend"] for row in rows):
        yield Column("cost_per_won", "Cost per won", Kind.money)


def _reached(place: int) -> Any:
    return lambda row: row["stages"][place]["reached"]
