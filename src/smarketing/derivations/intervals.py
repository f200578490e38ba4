"""The 90 % intervals: of a rate, of a count still to come, of money still to come.

* A rate has Wilson's score interval (E. B. Wilson, 1927).
* What a count still brings is Poisson distributed around what is expected of it; its interval are the 5 % and 95 % quantiles.
* Money still to come is a Poisson number of amounts like those seen, a compound Poisson sum: its variance is the number expected
  times the mean of the squared amounts (Wald's and Campbell's formulas). The sum is taken as normal, and never below 0.
"""

from __future__ import annotations

from math import exp, floor, lgamma, log, sqrt

Z90 = 1.6449
"""The normal quantile of a two-sided 90 % interval, as the contract rounds it."""
TAIL = 0.05
"""What lies beyond either end of the interval."""
REACH = 12
"""Standard deviations below the mean at which a Poisson distribution may be taken to begin."""


def wilson(n: int, of: int) -> tuple[float, float]:
    """Low and high of the rate `n` of `of` (above 0)."""
    share, spread = n / of, Z90 * Z90 / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z90 * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return (0.0 if n == 0 else middle - half), (1.0 if n == of else middle + half)  # exact where rounding would not be


def poisson(mean: float) -> tuple[int, int]:
    """The smallest counts that are not exceeded with a chance of at least 5 % and of at least 95 %, where `mean` are expected."""
    if mean <= 0:
        return 0, 0
    count = max(0, floor(mean - REACH * sqrt(mean)))
    low, within = None, chance(count, mean)
    while within < 1 - TAIL:
        if low is None and within >= TAIL:
            low = count
        count += 1
        within += chance(count, mean)
    return (count if low is None else low), count


def chance(count: int, mean: float) -> float:
    """The chance of exactly so many."""
    return exp(count * log(mean) - mean - lgamma(count + 1))


def compound(mean: float, *, total: float, squares: float) -> tuple[float, float]:
    """Low and high of a sum of which `mean` is expected, of amounts like those whose sum and sum of squares are given."""
    half = Z90 * sqrt(mean / total * squares) if mean > 0 and total > 0 else 0.0
    return max(0.0, mean - half), max(0.0, mean) + half
