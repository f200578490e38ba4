"""The reference and the product give the same tables for agreements and journals by chance: with one thread and with several, and for
any leads taken out. `SMARKETING_CASES=5000` compares more cases than usual, `SMARKETING_SEED=17` that one alone."""

from __future__ import annotations

import os
import random
from collections import Counter
from functools import lru_cache

import pytest

from tests.generative.cases import Case, make_case
from tests.generative.comparing import checked_agreements, differences, of_leads, product_replay, told
from tests.generative.coverage import features
from tests.generative.needed import CASES as USUAL
from tests.generative.needed import needed
from tests.generative.shrinking import shrunk
from tests.generative.ties import ties_of, with_their_ties
from tests.reference.replay import Tables

ALONE = os.environ.get("SMARKETING_SEED")
CASES = int(os.environ.get("SMARKETING_CASES", str(USUAL)))
AT_A_TIME = 20
SEEDS = [int(ALONE)] if ALONE else list(range(CASES))
CHUNKS = [SEEDS[start : start + AT_A_TIME] for start in range(0, len(SEEDS), AT_A_TIME)]

case_of = lru_cache(maxsize=AT_A_TIME)(make_case)


@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: f"from {seeds[0]}")
def test_the_product_and_the_reference_agree(seeds: list[int]) -> None:
    for seed in seeds:
        case = case_of(seed)
        agreements = checked_agreements(case)
        one = product_replay(case, agreements)
        compare(case, one, "one thread and the reference")
        several = product_replay(case, agreements, threads=3, at_once=1 + len(case.facts) // 3)
        assert differences(one, several) == [], f"seed {seed}: three threads, a few facts at a time, and one differ"
        some = chosen_leads(case)
        part = product_replay(case.with_facts([fact for fact in case.facts if fact["lead_id"] in some]), agreements)
        assert differences(of_leads(one, some), part) == [], f"seed {seed}: the leads {sorted(some)} alone differ"


def compare(case: Case, found: Tables, what: str) -> None:
    """Fails with everything that is needed to understand why, on the smallest case that shows it."""
    if differences(case.expected, found):
        small = shrunk(case, lambda one: bool(differs(one)))
        pytest.fail(told(small, differs(small), what), pytrace=False)


def differs(case: Case) -> list[str]:
    """What the product and the reference see differently; nothing where the agreement is none."""
    try:
        return differences(case.expected, product_replay(case))
    except (AssertionError, LookupError):
        return []


def chosen_leads(case: Case) -> set[str]:
    """Some leads, with all that links, retractions or a common fact id tie to them."""
    ties = ties_of(case.facts)
    leads = sorted({row["lead_id"] for row in case.facts} | set().union(*ties))
    return with_their_ties(set(random.Random(case.seed).sample(leads, max(1, len(leads) // 2))), ties)


@pytest.mark.skipif(ALONE is not None or len(SEEDS) < USUAL, reason="fewer cases than usual meet less")
def test_the_cases_meet_every_rule() -> None:
    met: Counter[str] = Counter()
    for seed in range(USUAL):
        met.update(features(make_case(seed)).keys())
    missing = {feature: f"{met[feature]} < {least}" for feature, least in needed().items() if met[feature] < least}
    assert not missing, f"too few cases with: {missing}"
