"""Reports on the example company that must not change unseen; `UPDATE_GOLDEN=1 pytest tests/golden` writes them anew.

What they say is judged elsewhere: `tests/acceptance/test_example_reports.py` compares it with the company's page.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from smarketing.agreement.checks import load_agreement
from smarketing.backends.local import replay
from smarketing.backends.two_replays import backtest
from smarketing.connectors.example.workspace import write_example
from smarketing.reports.outcome import Outcome
from smarketing.reports.report import Report
from tests.golden.test_golden import as_json, same_as_golden

REPORTS: dict[str, Callable[[Outcome], Report]] = {
    "scoreboard_2026-Q1": lambda outcome: outcome.scoreboard("2026-Q1"),
    "scoreboard_now": lambda outcome: outcome.scoreboard(),
    "campaigns_2026-Q1": lambda outcome: outcome.campaigns("2026-Q1"),
    "reps_2026-Q1": lambda outcome: outcome.reps("2026-Q1"),
    "plan_now": lambda outcome: outcome.plan(),
    "price_now": lambda outcome: outcome.price(),
    "funnel_by_campaign_2026-Q1": lambda outcome: outcome.funnel("campaign", period="2026-Q1"),
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    written = write_example(tmp_path_factory.mktemp("example"))
    return replay(written.facts, load_agreement(written.agreements[-1]), tables_in=written.tables)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_on_the_example_company(outcome: Outcome, name: str):
    _same(name, REPORTS[name](outcome))


def test_a_lower_threshold_at_the_example_company(tmp_path: Path):
    """That of the how-to page."""
    written = write_example(tmp_path)
    against = load_agreement(written.agreements[-1])
    text = written.agreements[-1].read_text(encoding="utf-8").replace("{fit: 20, engagement: 40}", "{fit: 10, engagement: 30}")
    draft = load_agreement("draft.yaml", text=text)
    assert draft.id != against.id
    _same("backtest_lower_threshold", backtest(draft, against=against, facts=written.facts, tables_in=written.tables))


def _same(name: str, report: Report) -> None:
    same_as_golden(f"example/{name}.json", as_json(report.to_dict()))
    same_as_golden(f"example/{name}.txt", report.to_table())
    same_as_golden(f"example/{name}.csv", report.to_csv())
