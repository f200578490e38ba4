"""Attribution: the models side by side, spread and return on spend, by hand; every figure opens to the credits it was added up from."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from smarketing.backends.local import replay
from smarketing.cli.main import main
from smarketing.derivations.tables.credits import MODELS
from smarketing.reports.attribution.rows import attribution
from smarketing.reports.outcome import Outcome
from smarketing.vocabulary.errors import UsageError
from tests.unit.reports.lives import SIGNED, journal
from tests.unit.reports.lives import outcome_of as outcome_without_rates

TEXT = """
    a  2026-03-02T09:00  form_submitted  campaign=fair  channel=event
    a  2026-03-02T10:00  page_viewed  campaign=mail
    a  2026-03-02T11:00  page_viewed  campaign=mail  channel=email
    a  2026-03-20T09:00  opportunity_won  amount=100.00  opportunity_id=one
    b  2026-04-02T09:00  form_submitted  campaign=fair  channel=event
    b  2026-04-20T09:00  opportunity_won  amount=50.00  currency=USD  opportunity_id=two
    c  2026-04-04T09:00  form_submitted
    c  2026-04-21T09:00  opportunity_won  amount=7.00
    d  2026-04-05T09:00  page_viewed  campaign=mail  channel=email
"""
CLAUSE = {"model": "position", "lookback": "180d", "position": ["40%", "20%", "40%"], "half_life": "7d"}
SMALL = {
    "spend": pl.DataFrame(
        [("fair", "2026-03-01", "60", "EUR"), ("fair", "2026-04-01", "10", "USD"), ("ads", "2026-04-01", "5", None), ("mail", "2026-04-01", "0", None)],
        schema=("campaign", "day", "amount", "currency"), orient="row",
    ),
    "rates": pl.DataFrame([("2026-01-01", "USD", "EUR", "0.5")], schema=("day", "from_currency", "to_currency", "rate"), orient="row"),
    "campaigns": pl.DataFrame([("fair", "event"), ("ads", "paid")], schema=("campaign", "channel"), orient="row"),
}  # fmt: skip


def outcome_of(**signed: Any) -> Outcome:
    from smarketing.agreement.models import Agreement

    return replay(journal(TEXT), Agreement.model_validate(SIGNED | signed), "2026-05-01", tables_in=SMALL)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return outcome_of(attribution=CLAUSE)


def row(report: Any, name: str | None) -> dict[str, Any]:
    return next(row for row in report.rows if row["by"] == name)


def test_the_models_stand_side_by_side_with_what_was_spent(outcome: Outcome):
    found = outcome.attribution()
    fair = row(found, "fair")
    assert {model: (given["conversions"], given["amount"]) for model, given in fair["models"].items() if model in MODELS[:4]} == {
        "first": (2.0, 125.0), "last": (1.0, 25.0), "linear": (1.333333, 58.33), "position": (1.4, 65.0),
    }  # fmt: skip
    assert (fair["wins"], fair["spend"]) == (2, {"amount": 65.0, "currency": "EUR"})
    assert fair["return_on_spend"] == {"signed": 1.0, "low": fair["spread"]["low"] / 65, "high": fair["spread"]["high"] / 65}
    assert row(found, "mail")["return_on_spend"] is None


def test_what_nobody_touched_and_what_brought_nothing_are_rows_too(outcome: Outcome):
    found = outcome.attribution()
    assert [each["by"] for each in found.rows] == ["fair", "mail", "ads", None]
    assert {given["amount"] for given in row(found, None)["models"].values()} == {7.0}
    assert row(found, "ads")["spread"] == {"low": 0.0, "high": 0.0}
    assert row(found, "ads")["return_on_spend"] == {"signed": 0.0, "low": 0.0, "high": 0.0}
    assert "SMK-R074  1 win, worth 7.00 EUR, had no such touch" in found.to_table()


@pytest.mark.parametrize("by", ["campaign", "channel"])
@pytest.mark.parametrize("period", [None, "2026-04"])
def test_every_model_gives_all_that_was_won(outcome: Outcome, by: str, period: str | None):
    found = outcome.attribution(by, period=period)
    won = Decimal("132.00") if period is None else Decimal("32.00")
    for model in MODELS:
        assert sum(Decimal(str(each["models"][model]["amount"])) for each in found.rows) == won, model


@pytest.mark.parametrize("by", ["campaign", "channel"])
@pytest.mark.parametrize("period", [None, "2026-04"])
def test_every_figure_opens_to_the_rows_that_make_it(outcome: Outcome, by: str, period: str | None):
    found = outcome.attribution(by, period=period)
    for each, asked in zip(found.rows, found.behind, strict=True):
        for figure, question in asked.items():
            if figure.startswith("return"):
                continue
            opened = outcome.behind(question).number
            shown: Any = each
            for part in figure.split("."):
                shown = shown[part]
            shown = shown["amount"] if isinstance(shown, dict) else shown
            assert opened is not None and float(opened) == pytest.approx(shown, abs=1e-6), (each["by"], figure)


def test_what_is_behind_is_told_in_words(outcome: Outcome):
    asked = {"of": "credits", "by": "campaign", "group": "fair", "model": "time_decay", "period": "2026-04"}
    assert outcome.behind(asked).title == "1 credit of the campaign fair of April 2026 by time decay"
    assert outcome.behind({"of": "credits", "by": "channel", "group": "", "model": "first"}).frame["lead_id"].to_list() == ["c"]


def test_the_table_and_the_report_say_the_same(outcome: Outcome):
    amounts = outcome.credits.filter(pl.col("model") == "markov").group_by("campaign").agg(pl.col("amount").sum())
    told = {each["by"]: each["models"]["markov"]["amount"] for each in outcome.attribution().rows if each["by"] != "ads"}
    assert told == {name: float(amount) for name, amount in amounts.iter_rows()}


def test_foreign_money_is_converted_and_the_report_says_so(outcome: Outcome):
    codes = [note.code for note in outcome.attribution().notes]
    assert codes == ["SMK-R008", "SMK-R073", "SMK-R074", "SMK-R075"]
    assert "(USD) is converted into EUR at the dated rate" in outcome.attribution().to_table()
    plain = outcome_without_rates(TEXT.replace("currency=USD", ""), as_of="2026-05-01").attribution()
    assert "SMK-R008" not in [note.code for note in plain.notes]


def test_money_without_a_rate_is_named_and_not_called_converted():
    told = replay(journal(TEXT), outcome_of().agreement, "2026-05-01", tables_in={"spend": SMALL["spend"]}).attribution().notes
    texts = {note.code: note.text for note in told}
    assert texts["SMK-R004"] == "1 win in USD counts as won, but not in the amounts, which are in EUR."
    assert texts["SMK-R005"] == "Spend in USD is not counted; the amounts are in EUR."
    assert "SMK-R008" not in texts
    nothing = outcome_without_rates(TEXT.replace("amount=50.00  ", ""), as_of="2026-05-01").attribution()
    assert not {"SMK-R004", "SMK-R008"} & {note.code for note in nothing.notes}


def test_without_a_clause_no_model_is_signed():
    found = outcome_of().attribution()
    assert found.to_dict()["model"] is None
    assert row(found, "fair")["return_on_spend"]["signed"] is None


def test_a_cut_that_is_none_is_refused(outcome: Outcome):
    with pytest.raises(UsageError, match='by campaign or channel, not "chanel".*Did you mean "channel"'):
        attribution(outcome, by="chanel")


def test_the_command_writes_every_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    agreement = tmp_path / "agreement.yaml"
    agreement.write_text(json.dumps(SIGNED | {"attribution": CLAUSE}), encoding="utf-8")
    journal(TEXT).write_parquet(tmp_path / "facts.parquet")
    asked = [
        "report",
        "attribution",
        "--facts",
        str(tmp_path / "facts.parquet"),
        "--agreement",
        str(agreement),
        "--by",
        "channel",
    ]
    for format in ("table", "json", "csv", "html", "svg", "png"):
        with pytest.raises(SystemExit) as left:
            main([*asked, "--format", format, "-o", str(tmp_path / f"out.{format}")])
        assert left.value.code == 0, capsys.readouterr().err
        assert (tmp_path / f"out.{format}").stat().st_size > 100
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["rows"][0]["by"] == "email"
