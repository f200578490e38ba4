"""Results that must not change unseen. `UPDATE_GOLDEN=1 pytest tests/golden` writes them anew; read the difference before you commit.

Beside each stands an independent count in `test_counted.py`: a golden file alone would keep a mistake for ever.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from smarketing.reports.outcome import Outcome
from tests.golden.company import golden_outcome

HERE = Path(__file__).parent
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return golden_outcome()


def same_as_golden(name: str, text: str) -> None:
    """Compare with the file, or write it."""
    path = HERE / name
    if UPDATE:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


FUNNELS = {
    "funnel": {},
    "funnel_by_campaign": {"by": "campaign"},
    "funnel_by_grade_april_handoffs": {"by": "grade", "period": "2026-04", "cohort": "handoff"},
    "funnel_by_industry_second_quarter": {"by": "industry", "period": "2026-Q2"},
}


@pytest.mark.parametrize("name", FUNNELS)
def test_the_funnel(outcome: Outcome, name: str):
    report = outcome.funnel(**FUNNELS[name])
    same_as_golden(f"{name}.json", as_json(report.to_dict()))
    same_as_golden(f"{name}.txt", report.to_table())


def test_the_funnel_as_csv(outcome: Outcome):
    same_as_golden("funnel_by_campaign.csv", outcome.funnel("campaign").to_csv())


def test_the_life_of_anna(outcome: Outcome):
    explanation = outcome.explain("anna-web")
    same_as_golden("anna.json", as_json(explanation.to_dict()))
    same_as_golden("anna.txt", explanation.to_text())
