"""Which stages of an agreement people mean by "SQL" and "opportunity": stage names are data."""

from __future__ import annotations

from collections.abc import Iterator

from smarketing.agreement.models import Agreement, Stage
from smarketing.reports.report import Note

SQL, OPPORTUNITY = "sql", "opportunity"
MILESTONES = (SQL, OPPORTUNITY)
OPENED = "opportunity_opened"


def milestone_stages(agreement: Agreement) -> dict[str, str | None]:
    """`{"sql": stage, "opportunity": stage}`: the stage that each of them means here, None where the agreement has none.

    SQL: the stage of the term of the vocabulary with that short form, in any case; else the stage of that name. Opportunity: the
    stage of the term or short form of that name; else the stage named so; else the first one entered by an opportunity_opened.
    """
    opened = next((stage.name for stage in agreement.stages if OPENED in set(_kinds(stage))), None)
    return {
        SQL: _termed(agreement, SQL) or _named(agreement, SQL),
        OPPORTUNITY: _termed(agreement, OPPORTUNITY) or _named(agreement, OPPORTUNITY) or opened,
    }


def milestone_notes(agreement: Agreement) -> Iterator[Note]:
    """SMK-R030: a milestone that the agreement has no stage for cannot be counted."""
    missing = [name for name, stage in milestone_stages(agreement).items() if stage is None]
    if missing:
        words = " and none for ".join({SQL: "SQL", OPPORTUNITY: "opportunity"}[name] for name in missing)
        yield Note(
            "SMK-R030", f"The agreement has no stage for {words}: nobody can say who reached it, so there is no rate (0 of 0)."
        )


def _termed(agreement: Agreement, word: str) -> str | None:
    for term in agreement.vocabulary:
        said = {text.strip().lower() for text in (term.term if word != SQL else None, term.short) if text}
        if term.stage is not None and word in said:
            return term.stage
    return None


def _named(agreement: Agreement, word: str) -> str | None:
    return next((stage.name for stage in agreement.stages if stage.name.lower() == word), None)


def _kinds(stage: Stage) -> Iterator[str]:
    for part in stage.when.parts() if stage.when else ():
        if part.fact is not None:
            yield part.fact
