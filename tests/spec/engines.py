"""Who is asked what follows: the compiled kernel and the plain-Python reference, each as one function over plain rows."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl

Rows = list[dict[str, Any]]
Engine = Callable[[Rows, str, datetime, dict[str, Rows]], dict[str, Rows]]
current = "kernel"


def kernel(facts: Rows, document: str, as_of: datetime, small: dict[str, Rows]) -> dict[str, Rows]:
    """The product itself, on this machine."""
    from smarketing.backends.local import replay

    tables = {name: pl.DataFrame(rows) for name, rows in small.items()}
    outcome = replay(facts=journal(facts), agreement=agreement(document), as_of=as_of, tables_in=tables)
    return {name: frame.to_dicts() for name, frame in outcome.tables.items()}


def journal(facts: Rows) -> pl.DataFrame:
    from smarketing.journal.fact import FACT_SCHEMA

    rows = [fact | {"properties": json.dumps(fact["properties"], ensure_ascii=False)} for fact in facts]
    return pl.DataFrame(rows, schema=FACT_SCHEMA)


@cache
def agreement(document: str) -> Any:
    from smarketing.agreement.loading import load_agreement

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "agreement.yaml"
        path.write_text(document, "utf-8")
        return load_agreement(path)


def reference(facts: Rows, document: str, as_of: datetime, small: dict[str, Rows]) -> dict[str, Rows]:
    """The judge: slow, plain, written from the contract alone."""
    from tests.reference.replay import reference_replay

    return reference_replay([dict(fact) for fact in facts], plain(document), as_of, small)


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
