"""The example company: what its page promises is in its facts, the same on every machine."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import polars as pl
import pytest

from smarketing.agreement.checks import check_agreement, load_agreement
from smarketing.agreement.models import Commitment
from smarketing.backends.local import replay
from smarketing.connectors.example.workspace import Example, write_example
from smarketing.journal.checks import check_facts
from smarketing.journal.fact import FACT_SCHEMA
from smarketing.journal.small_tables import read_small_tables
from smarketing.reports.outcome import Outcome

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "example-company.md"
DIGEST = "22260ea6939345b70a9f5058135eafbe77ff1dd1bb1b4b5f3189a7b1c4361577"
DECISIONS = ("accepted_at", "rejected_at", "recycled_at", "disqualified_at")
SIGNED_MONTHS = [f"2025-{month}" for month in (11, 12)] + [f"2026-{month:02d}" for month in range(1, 11)]
Months = dict[str, float]
NUMBER = re.compile(r"[0-9][0-9.,]*[0-9]|[0-9]")
DATES = re.compile(r"([0-9]+ )?(March|May|August|October|November)\s20[0-9]{2}")


@dataclass
class Company:
    """The company as written, and what follows from its facts under the signed agreement."""

    written: Example
    rows: pl.DataFrame
    outcome: Outcome

    @cached_property
    def handoffs(self) -> pl.DataFrame:
        """All hand-offs, with the month of each in the agreement's zone."""
        return self.outcome.handoffs.with_columns(month=month_of("handed_at"))

    @cached_property
    def delivered(self) -> pl.DataFrame:
        """The hand-offs that marketing sourced."""
        return self.handoffs.filter(pl.col("sourced") == "marketing")

    @cached_property
    def facts(self) -> pl.DataFrame:
        """The facts of the lives."""
        return self.outcome.facts.collect()

    def of_kind(self, kind: str) -> pl.DataFrame:
        """The facts of one kind."""
        return self.facts.filter(pl.col("kind") == kind)

    def with_property(self, kind: str, name: str) -> pl.DataFrame:
        """Those facts with one of their properties as a column."""
        facts = self.of_kind(kind)
        return facts.with_columns(pl.Series(name, [json.loads(text).get(name) for text in facts["properties"]]))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    written = write_example(tmp_path_factory.mktemp("example"))
    outcome = replay(written.facts, load_agreement(written.agreements[-1]), tables_in=written.tables)
    return Company(written, pl.read_parquet(written.facts), outcome)


def month_of(column: str) -> pl.Expr:
    return pl.col(column).dt.convert_time_zone("Europe/Berlin").dt.strftime("%Y-%m")


def digest(rows: pl.DataFrame) -> str:
    """One text for the content of all rows, in their order."""
    plain = rows.with_columns(pl.col("at", "recorded_at").dt.epoch("us"), pl.col("amount").cast(pl.String))
    return hashlib.sha256(plain.write_csv().encode()).hexdigest()


# ── The files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_facts_are_the_same_on_every_machine(company: Company) -> None:
    assert digest(company.rows) == DIGEST


def test_another_seed_gives_another_company(company: Company, tmp_path: Path) -> None:
    other = pl.read_parquet(write_example(tmp_path, seed="another").facts)
    assert digest(other) != DIGEST
    assert abs(len(other) - len(company.rows)) < 10_000


def test_everything_can_be_shifted_by_whole_weeks(company: Company, tmp_path: Path) -> None:
    later = write_example(tmp_path, last_day=company.written.last_day + timedelta(days=7 * 30 + 3))
    assert (later.weeks, later.last_day) == (30, company.written.last_day + timedelta(weeks=30))
    here, there = (rows.sort("fact_id", "recorded_at", "properties") for rows in (company.rows, pl.read_parquet(later.facts)))
    assert here["fact_id"].equals(there["fact_id"])
    wall = [rows["at"].dt.convert_time_zone("Europe/Berlin").dt.replace_time_zone(None) for rows in (here, there)]
    moved = wall[1] - wall[0]
    assert Counter(moved.to_list()).most_common(1)[0][0] == timedelta(weeks=30)
    assert moved.min() == timedelta(weeks=30)
    assert moved.max() <= timedelta(weeks=30, hours=1)  # an hour that the clock skips
    for path in later.agreements:
        agreement, problems = check_agreement(path)
        assert agreement is not None
        assert problems == []
    signed = load_agreement(later.agreements[-1])
    assert signed.in_force.from_ == date(2025, 11, 1) + timedelta(weeks=30)
    spend = read_small_tables(later.tables)["spend"]
    assert spend["day"].max() == later.last_day.isoformat()


def test_it_is_shifted_back_as_well(tmp_path: Path) -> None:
    earlier = write_example(tmp_path, last_day=date(2026, 10, 29))
    assert (earlier.weeks, earlier.last_day) == (-1, date(2026, 10, 24))


def test_both_agreements_are_without_problems(company: Company) -> None:
    trial, signed = (load_agreement(path) for path in company.written.agreements)
    assert [check_agreement(path)[1] for path in company.written.agreements] == [[], []]
    assert trial.in_force.trial_until == signed.in_force.from_
    assert trial.id != signed.id
    assert (len(signed.personas), signed.handoff.check) == (4, True)


def test_every_row_is_a_fact(company: Company) -> None:
    assert company.rows.schema == pl.Schema(FACT_SCHEMA)
    assert check_facts(company.rows, source="facts.parquet") == []
    assert (company.rows["recorded_at"] >= company.rows["at"]).all()
    assert company.rows["recorded_at"].is_sorted()


def test_the_small_tables_fit_the_facts(company: Company) -> None:
    small = read_small_tables(company.written.tables)
    assert {name: len(table) for name, table in small.items()} == {
        "campaigns": 12, "spend": 3919, "reps": 10, "absences": 31, "rates": 1098,
    }  # fmt: skip
    assert set(small["spend"]["campaign"]) == set(small["campaigns"]["campaign"])
    assert set(company.rows["campaign"].drop_nulls()) == set(small["campaigns"]["campaign"])
    assert set(company.handoffs["rep"].drop_nulls()) == set(small["reps"]["rep"])
    assert set(small["reps"]["calendar"]) == set(company.outcome.agreement.calendars)
    assert set(small["absences"]["rep"]) == set(small["reps"]["rep"])


# ── What the page tells ───────────────────────────────────────────────────────────────────────────────────────────────────


def euros(amount: object) -> str:
    return f"{amount:,.2f} EUR"


def size(company: Company) -> list[str]:
    """How much there is."""
    rows, distinct = len(company.rows), company.rows["fact_id"].n_unique()
    contents = company.rows.drop("recorded_at").unique()
    conflicts = len(contents) - distinct
    return [
        f"{rows:,} rows",
        f"{distinct:,} facts",
        f"{rows - distinct - conflicts:,} rows tell a fact again",
        f"{conflicts} rows contradict the first telling",
        f"{company.facts['lead_id'].n_unique():,} leads",
    ]


def identities(company: Company) -> list[str]:
    """Who turned out to be who."""
    links = company.with_property("linked", "anonymous")
    cookies = links.filter(pl.col("anonymous").fill_null(False))["lead_id"].n_unique()
    persons = company.outcome.united.filter(~pl.col("id").str.starts_with("anon-"))
    apart = len(company.of_kind("unlinked"))
    assert len(links) - cookies == len(persons) + apart
    return [f"{cookies} leads were only a cookie at first", f"{len(persons)} persons had two records", f"{apart} link was undone"]


def machines(company: Company) -> list[str]:
    """What mail scanners did, and what the newsletter would earn if nobody knew that they are machines."""
    clicked = company.rows["properties"].str.contains('"machine": true')
    clicks = company.rows.filter(clicked)["fact_id"].n_unique()
    believed = company.rows.with_columns(pl.col("properties").str.replace(', "machine": true', "", literal=True))
    earned = pl.col("points").filter(pl.col("rule") == "newsletter", pl.col("points") > 0).sum()
    points = [
        replay(rows, company.outcome.agreement, tables=["score_changes"]).score_changes.select(earned).item()
        for rows in (company.rows, believed)
    ]
    return [f"{clicks:,} clicks by mail scanners", f"{points[1] - points[0]:,.0f} points more on top of {points[0]:,.0f}"]


def handovers(company: Company) -> list[str]:
    """How many leads were handed over, and what became of them."""
    sales = len(company.handoffs) - len(company.delivered)
    wins = company.handoffs.filter(pl.col("won_amount") > 0)
    return [
        f"{len(company.delivered)} hand-offs by marketing",
        f"{sales} that sales brought in",
        f"{len(company.of_kind('held'))} were held back",
        f"{wins['lead_id'].n_unique()} customers",
        euros(wins["won_amount"].sum()),
    ]


def marketing_month(company: Company) -> list[str]:
    """The one month in which marketing missed."""
    promise = commitment(company, "qualified leads")
    promised = company.delivered.filter(pl.col("grade").is_in(promise.grades or []))
    counts = by_month(promised, pl.len())
    missed = [month for month in SIGNED_MONTHS if counts[month] < promise.target]
    worth = by_month(company.delivered, pl.col("worth").sum())
    assert [month for month in SIGNED_MONTHS if worth[month] < commitment(company, "delivered worth").target] == missed
    decided, accepted = pl.any_horizontal(pl.col(DECISIONS).is_not_null()), pl.col("accepted_at").is_not_null()
    shares = by_month(company.delivered.filter(decided), accepted.mean())
    assert min(shares[month] for month in SIGNED_MONTHS) >= commitment(company, "accepted share").target
    assert missed == ["2026-08"]
    next_lowest = min(counts[month] for month in SIGNED_MONTHS if month not in missed)
    return [
        f"In August 2026 marketing missed: {counts['2026-08']:.0f} qualified leads of {promise.target} promised",
        f"never fewer than {next_lowest:.0f}",
    ]


def sales_month(company: Company) -> list[str]:
    """The one month in which sales missed."""
    missed: dict[str, list[str]] = {}
    shares: dict[str, Months] = {}
    for name in ("first response", "persistence", "verdict"):
        due = company.outcome.clocks.filter(pl.col("commitment") == name, pl.col("state").is_in(["kept", "late", "breached"]))
        shares[name] = by_month(due.with_columns(month=month_of("due_at")), (pl.col("state") == "kept").mean())
        target = float(commitment(company, name).target)
        missed[name] = [month for month in SIGNED_MONTHS if shares[name][month] < target]
    assert missed == {"first response": ["2026-03"], "persistence": [], "verdict": []}
    pursued = by_month(company.delivered.filter(pl.col("first_attempt_at").is_not_null()), pl.len())
    assert min(pursued[month] for month in SIGNED_MONTHS) >= commitment(company, "pursued").target
    response = shares["first response"]
    lowest = min(response[month] for month in SIGNED_MONTHS if month != "2026-03")
    return [
        f"In March 2026 sales missed: {response['2026-03']:.1%} of the first responses were in time, of {commitment(company, 'first response').target:.0%} promised",
        f"never below {lowest:.1%}",
    ]


def revenue(company: Company) -> list[str]:
    """The whole quarters under the signed agreement, all of them met."""
    wins = company.of_kind("opportunity_won").with_columns(
        quarter=pl.col("at").dt.convert_time_zone("Europe/Berlin").dt.truncate("1q").dt.strftime("%Y-%m")
    )
    sums = dict(wins.group_by("quarter").agg(pl.col("amount").sum()).iter_rows())
    whole = [sums[quarter] for quarter in ("2025-10", "2026-01", "2026-04", "2026-07")]
    target = commitment(company, "revenue").target
    assert min(whole) >= target
    return [f"between {euros(min(whole))} and {euros(max(whole))} a quarter, of {target:,} promised"]


def slow_rep(company: Company) -> list[str]:
    """The rep whose phone waits."""
    minutes = pl.col("business_minutes_to_first_attempt").median()
    found = company.handoffs.drop_nulls("rep").group_by("rep").agg(minutes=minutes, n=pl.len()).sort("minutes", descending=True)
    slowest, second = found.rows(named=True)[:2]
    promise = 4 * 60
    assert slowest["minutes"] >= 2 * promise > promise > second["minutes"]
    assert slowest["rep"] == "nils@alderfinch.example"
    return [
        f"Nils answers after {slowest['minutes']:.0f} minutes of work, {slowest['minutes'] / promise:.1f} times what was promised",
        f"of {slowest['n']} leads",
        f"nobody else needs more than {second['minutes']:.0f}",
    ]


def worst_campaign(company: Company) -> list[str]:
    """The campaign whose leads are rejected."""
    rejected = pl.col("rejected_at").is_not_null()
    found = company.delivered.drop_nulls("campaign").group_by("campaign").agg(n=pl.len(), rejected=rejected.sum())
    ranked = found.sort(pl.col("rejected") / pl.col("n"), descending=True).rows(named=True)
    worst, second = ranked[0], ranked[1]
    others = found.filter(pl.col("campaign") != worst["campaign"]).sum()
    assert worst["campaign"] == "giveaway"
    assert worst["rejected"] / worst["n"] >= 2 * second["rejected"] / second["n"]
    return [
        f"sales rejected {worst['rejected']} of {worst['n']}, {worst['rejected'] / worst['n']:.0%}",
        f"of the other campaigns' leads {others['rejected'][0] / others['n'][0]:.0%}, and never more than {second['rejected'] / second['n']:.0%}",
    ]


def best_campaign(company: Company) -> list[str]:
    """The campaign that brought the most money, however one asks."""
    sums = company.handoffs.drop_nulls("campaign").group_by("campaign").agg(pl.col("won_amount").sum())
    best, second = sums.sort("won_amount", descending=True).rows()[:2]
    of_first_touch = max(
        (row for row in company.outcome.funnel(by="campaign").rows if row["by"]), key=lambda row: row["won_amount"]["amount"]
    )
    assert best[0] == of_first_touch["by"] == "webinar-labour-law"
    assert best[1] > second[1] * 3 / 2
    return [f"{euros(best[1])}, {best[1] / second[1]:.1f} times as much as the next"]


def referrals(company: Company) -> list[str]:
    """How often those win who were referred."""
    rows = company.outcome.funnel(by="campaign").rows
    own = next(row for row in rows if row["by"] == "referral")
    others = [row for row in rows if row["by"] != "referral"]
    won, leads = sum(row["won"] for row in others), sum(row["leads"] for row in others)
    times = (own["won"] / own["leads"]) / (won / leads)
    assert 2.7 <= times <= 3.3
    return [
        f"{own['won']} of {own['leads']} referred leads bought, {own['won'] / own['leads']:.1%}",
        f"{times:.1f} times the {won / leads:.1%} of the others",
    ]


def second_chances(company: Company) -> list[str]:
    """Leads that were recycled and won later."""
    recycled = company.handoffs.filter(pl.col("recycled_at").is_not_null()).select("lead_id", sent_back="cycle")
    later = (
        company.handoffs.filter(pl.col("won_amount") > 0)
        .join(recycled, on="lead_id")
        .filter(pl.col("sent_back") < pl.col("cycle"))
    )
    return [
        f"{later['lead_id'].n_unique()} leads that were recycled came again and bought, for {euros(later['won_amount'].sum())}"
    ]


def misjudged(company: Company) -> list[str]:
    """The one lead of grade A that was sent back as no fit."""
    found = company.handoffs.filter(pl.col("reason") == "not a fit", pl.col("grade") == "A")
    assert found["lead_id"].to_list() == [company.written.misjudged]
    return [f"`{company.written.misjudged}`", f"a fit of {found['fit'][0]:.0f}"]


def obstacles(company: Company) -> list[str]:
    """What stands in the way, by persona, and what the teams suggest to each other."""
    noted = company.with_property("obstacle_noted", "obstacle")
    persona = company.handoffs.sort("cycle").unique("lead_id", keep="last").select("lead_id", "persona")
    counts = noted.join(persona, on="lead_id").drop_nulls("persona").group_by("persona", "obstacle").len()
    most = counts.sort("len", descending=True).unique("persona", keep="first", maintain_order=True).rows()
    suggested = company.with_property("commented", "suggestion")["suggestion"].sum()
    said = [f"{obstacle} ({number} times, {name})" for name, obstacle, number in most]
    assert len({obstacle for _, obstacle, _ in most}) == len(said) == 4
    return [f"{len(noted)} obstacles were noted", *said, f"{suggested} suggestions"]


def retractions(company: Company) -> list[str]:
    """Wins on the wrong lead, taken back."""
    entered = company.rows.filter(pl.col("kind") == "opportunity_won")["fact_id"].n_unique()
    return [f"{entered - len(company.of_kind('opportunity_won'))} wins were entered on the wrong lead and taken back"]


def by_month(rows: pl.DataFrame, figure: pl.Expr) -> Months:
    return {month: float(number) for month, number in rows.group_by("month").agg(figure.alias("figure")).iter_rows()}


def commitment(company: Company, name: str) -> Commitment:
    return next(each for each in company.outcome.agreement.commitments if each.name == name)


CHAPTERS: list[Callable[[Company], list[str]]] = [
    size, identities, machines, handovers, marketing_month, sales_month, revenue, slow_rep, worst_campaign, best_campaign,
    referrals, second_chances, misjudged, obstacles, retractions,
]  # fmt: skip


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.__name__)
def test_the_page_tells_what_the_facts_say(company: Company, chapter: Callable[[Company], list[str]]) -> None:
    """The page is the record of the figures: each of them is counted here and must stand there."""
    page = re.sub(r"\s+", " ", PAGE.read_text(encoding="utf-8"))
    assert [figure for figure in chapter(company) if figure not in page] == []


def test_the_page_has_no_figure_that_nobody_counted(company: Company) -> None:
    """Every number on the page, dates left out, stands in one of the counted sentences."""
    counted = set(NUMBER.findall(" ".join(figure for chapter in CHAPTERS for figure in chapter(company))))
    assert [number for number in NUMBER.findall(DATES.sub("", PAGE.read_text(encoding="utf-8"))) if number not in counted] == []
