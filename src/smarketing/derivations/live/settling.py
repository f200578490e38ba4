"""Settling few facts that are whole lives: what `survey` and `Survey.settle` make of them, in as few steps as they need."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from smarketing.journal.corrections import first_told, retracted_facts
from smarketing.journal.fact import FACT_SCHEMA, INSTANT, OPTIONAL_TEXTS
from smarketing.journal.identities import UNITED_SCHEMA, united_leads
from smarketing.journal.parquet import scan_facts
from smarketing.journal.properties import of_machine
from smarketing.journal.survey import ACROSS_LEADS
from smarketing.vocabulary.kinds import CORRECTION


def facts_in_memory(source: object) -> pl.DataFrame:
    """What `scan_facts` reads, at once; a frame that is as it should be is taken as it is."""
    if isinstance(source, pl.DataFrame) and dict(source.schema) == FACT_SCHEMA and not source["properties"].null_count():
        return source
    return scan_facts(source).collect()


def settle_few(facts: pl.DataFrame, as_of: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The facts of the lives among these as of an instant, and who is united with whom (see `Survey`).

    `facts` (FACT_SCHEMA): every telling of every fact of some leads, and of all leads that are tied to them.
    """
    there = kept(facts, (facts["at"] <= pl.Series([as_of], dtype=INSTANT)) & no_text_is_empty(facts))
    if there["fact_id"].n_unique() < there.height:
        there = first_told(there)
    return united_lives(kept(there, ~of_machine(there["properties"])))


def united_lives(told: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The facts without those that were taken back, under the ids of the united leads; and these ids."""
    united, acts = pl.DataFrame(schema=UNITED_SCHEMA), told.filter(told["kind"].is_in(ACROSS_LEADS))
    if acts.height:
        retractions = acts["kind"].is_in(sorted(CORRECTION))
        taken_back = pl.Series(retracted_facts(acts.filter(retractions)), dtype=pl.String)
        told = told.filter(~told["kind"].is_in(sorted(CORRECTION)) & ~told["fact_id"].is_in(taken_back.implode()))
        united = united_leads(acts.filter(~retractions & ~acts["fact_id"].is_in(taken_back.implode())))
    if united.height:
        others = dict(united.iter_rows())
        told = told.with_columns(pl.Series("lead_id", [others.get(lead, lead) for lead in told["lead_id"].to_list()]))
    return without_empty_texts(told), united


def no_text_is_empty(facts: pl.DataFrame) -> pl.Series:
    """Which rows have an id, a lead and a kind."""
    return (facts["fact_id"] != "") & (facts["lead_id"] != "") & (facts["kind"] != "")


def kept(facts: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """Some of the rows."""
    return facts if rows.all() else facts.filter(rows)


def without_empty_texts(facts: pl.DataFrame) -> pl.DataFrame:
    """The same facts, an empty text in a column that may be empty being no value."""
    empty = [name for name in OPTIONAL_TEXTS if (facts[name] == "").any()]
    return facts.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in empty) if empty else facts
