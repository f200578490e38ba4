"""The rate of each grade, drawn towards the rate of all: a beta-binomial model with an empirical prior.

Grade g has n(g) hand-offs, of which k(g) were won; its rate is a draw from Beta(s·m, s·(1 − m)). m is the rate of all hand-offs
together. s, the strength of the prior in hand-offs, is that with the highest marginal likelihood,

    L(s) = Σ log [ B(s·m + k(g), s·(1 − m) + n(g) − k(g)) / B(s·m, s·(1 − m)) ],   1 ≤ s ≤ n of all,

(B the beta function; the binomial coefficients do not depend on s). What is known of a grade is then
Beta(s·m + k(g), s·(1 − m) + n(g) − k(g)): its mean is the rate drawn towards m, its 5% and 95% quantiles are the interval.
For a grade s is never more than the hand-offs of all other grades, for the prior knows nothing else, but 1 at least. Equal grades are
so pooled, different ones hardly touched, and a single grade keeps its own rate. Where all hand-offs were won, m is one half.

Source: the beta-binomial distribution (J. G. Skellam, 1948), its prior by type II maximum likelihood (I. J. Good, 1965).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TAIL = 0.05
"""What lies beyond either end of the interval."""
WEAKEST = 1.0
"""The least strength of the prior: one hand-off."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A rate drawn towards that of all, with its 90% interval; `strength` of the prior in hand-offs."""

    rate: float
    low: float
    high: float
    strength: float


def drawn_together(counts: Sequence[tuple[int, int]]) -> list[Drawn]:
    """For each group of `(won, of)` its rate, drawn towards that of all. Some group must have a win."""
    won, of = sum(k for k, _ in counts), sum(n for _, n in counts)
    mean = won / of if won < of else 0.5  # where all were won, their rate would leave no doubt at all
    fitted = strength(counts, mean)
    return [posterior(k, n, mean, min(fitted, max(WEAKEST, of - n))) for k, n in counts]


def strength(counts: Sequence[tuple[int, int]], mean: float) -> float:
    """The strength s of the prior with the highest marginal likelihood, sought on the logarithm of s."""
    from math import exp, log

    from scipy.optimize import minimize_scalar  # type: ignore[import-untyped]

    most = log(max(WEAKEST, sum(n for _, n in counts)))
    if most == 0:
        return WEAKEST
    found = minimize_scalar(lambda s: -likelihood(counts, mean, exp(s)), bounds=(0, most), method="bounded")
    tried = (0.0, float(found.x), most)  # the search never reaches its bounds, and the best is often there
    return exp(max(tried, key=lambda s: likelihood(counts, mean, exp(s))))


def likelihood(counts: Sequence[tuple[int, int]], mean: float, s: float) -> float:
    """L(s), see above."""
    from scipy.special import betaln  # type: ignore[import-untyped]

    a, b = s * mean, s * (1 - mean)
    return float(sum(betaln(a + k, b + n - k) - betaln(a, b) for k, n in counts))


def posterior(won: int, of: int, mean: float, s: float) -> Drawn:
    """What is known of one group."""
    from scipy.stats import beta  # type: ignore[import-untyped]

    a, b = s * mean + won, s * (1 - mean) + of - won
    low, high = beta.ppf([TAIL, 1 - TAIL], a, b)
    return Drawn(a / (a + b), float(low), float(high), s)
