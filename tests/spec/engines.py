"""Who is asked what follows: the compiled kernel and the plain-Python reference, each as one function over plain rows."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from typing import Any

import polars as pl

Rows = list[dict[str, Any]]
Engine = Callable[[Rows, Sequence[str], datetime, dict[str, Rows], str | None], dict[str, Rows]]
DAY = re.compile(r"\d{4}-\d\d-\d\d")
current = "kernel"


def kernel(facts: Rows, documents: Sequence[str], as_of: datetime, small: dict[str, Rows], asked: str | None) -> dict[str, Rows]:
    """The product itself, on this machine. It must find out by itself what a day means, and what is meant where nothing is asked."""
    from smarketing.backends.local import replay

    tables = {name: pl.DataFrame(rows) for name, rows in small.items()}
    plain_day = asked if asked and DAY.fullmatch(asked) else None
    moment = plain_day or (as_of if asked else None)
    versions = [agreement(document) for document in documents]
    outcome = replay(
        facts=journal(facts), agreement=versions if len(versions) > 1 else versions[0], as_of=moment, tables_in=tables
    )
    return {name: frame.to_dicts() for name, frame in outcome.tables.items()}


def journal(facts: Rows) -> pl.DataFrame:
    from smarketing.journal.fact import FACT_SCHEMA

    rows = [fact | {"properties": json.dumps(fact["properties"], ensure_ascii=False)} for fact in facts]
    return pl.DataFrame(rows, schema=FACT_SCHEMA)


@cache
def agreement(document: str) -> Any:
    from smarketing.agreement.checks import load_agreement

    return load_agreement("agreement.yaml", text=document)


def reference(
    facts: Rows, documents: Sequence[str], as_of: datetime, small: dict[str, Rows], asked: str | None = None
) -> dict[str, Rows]:
    """The judge: slow, plain, written from the contract alone."""
    from tests.reference.replay import reference_replay

    return reference_replay([dict(fact) for fact in facts], [plain(document) for document in documents], as_of, small)


@cache
def plain(document: str) -> Any:
    """The document as mappings, lists and scalars; dates stay text."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    return yaml.load(document)


def landed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


ENGINES: dict[str, Engine] = {"kernel": kernel, "reference": reference}
MODULES = {"kernel": "smarketing.backends.local", "reference": "tests.reference.replay"}
ASKED = os.environ.get("SMARKETING_SPEC_ENGINES", "kernel,reference").split(",")
PRESENT = [name for name in ASKED if landed(MODULES[name])]


def schemas(document: str) -> dict[str, dict[str, pl.DataType]]:
    """The tables of a replay of nothing, by name: column to type. They are there even where nothing happened."""
    from smarketing.backends.local import replay

    outcome = replay(facts=journal([]), agreement=agreement(document), as_of=datetime(2026, 1, 1, tzinfo=UTC))
    return {name: dict(frame.schema) for name, frame in outcome.tables.items()}
