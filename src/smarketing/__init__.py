"""One agreement between sales and marketing, run on the facts of both sides.

    import smarketing as sm

    agreement = sm.load_agreement("agreement.yaml")
    what = sm.replay(facts="facts.parquet", agreement=agreement, as_of="2018-06-01")
    print(what.funnel(by="campaign").to_table())

Each name is imported when it is first asked for, so that importing the library costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smarketing.agreement.checks import check_agreement, load_agreement, load_agreements
    from smarketing.agreement.difference import difference
    from smarketing.agreement.models import Agreement
    from smarketing.backends.live import Replayer
    from smarketing.backends.local import replay
    from smarketing.backends.two_replays import backtest
    from smarketing.connectors.example.workspace import write_example
    from smarketing.journal.parquet import scan_facts, write_facts
    from smarketing.reports.outcome import Outcome
    from smarketing.reports.report import Report
    from smarketing.vocabulary.errors import DocumentError, SmarketingError
    from smarketing.vocabulary.problems import Problem

__all__ = [
    "Agreement",
    "DocumentError",
    "Outcome",
    "Problem",
    "Replayer",
    "Report",
    "SmarketingError",
    "backtest",
    "check_agreement",
    "difference",
    "load_agreement",
    "load_agreements",
    "replay",
    "scan_facts",
    "write_example",
    "write_facts",
]

_HOMES = {
    "Agreement": "agreement.models",
    "DocumentError": "vocabulary.errors",
    "Outcome": "reports.outcome",
    "Problem": "vocabulary.problems",
    "Replayer": "backends.live",
    "Report": "reports.report",
    "SmarketingError": "vocabulary.errors",
    "backtest": "backends.two_replays",
    "check_agreement": "agreement.checks",
    "difference": "agreement.difference",
    "load_agreement": "agreement.checks",
    "load_agreements": "agreement.checks",
    "replay": "backends.local",
    "scan_facts": "journal.parquet",
    "write_example": "connectors.example.workspace",
    "write_facts": "journal.parquet",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
