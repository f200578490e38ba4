"""Chance that falls the same way on every machine: whole numbers from the bits of a seeded generator, nothing else."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")
BITS = 53
CUBE = 10**9


class Dice:
    """A stream of chance with a seed of its own. Only raw bits are drawn, so no change in how a library shapes them matters."""

    def __init__(self, seed: str) -> None:
        self._bits = random.Random(seed).getrandbits  # noqa: S311 - a made-up company, not a secret

    def below(self, bound: int) -> int:
        """A whole number from 0 to `bound` - 1."""
        return (self._bits(BITS) * bound) >> BITS

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def early(self, low: int, high: int) -> int:
        """The same, but mostly near `low`: half of them lie in the first eighth."""
        place = self.below(1000)
        return low + (high - low) * place * place * place // CUBE

    def chance(self, per_mille: int) -> bool:
        """True so many times in a thousand."""
        return self.below(1000) < per_mille

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """One of them."""
        return choices[self.below(len(choices))]

    def weighted(self, choices: Sequence[Choice], weights: Sequence[int]) -> Choice:
        """One of them, each as often as its weight says."""
        point = self.below(sum(weights))
        for choice, weight in zip(choices, weights, strict=True):
            point -= weight
            if point < 0:
                return choice
        raise ValueError("there is nothing to choose from")

    def shuffled(self, items: Sequence[Choice]) -> list[Choice]:
        """All of them in another order."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(len(left))]

    def dealt(self, shares: dict[Choice, int], number: int) -> list[Choice]:
        """`number` choices in which each stands as exactly as possible for its share, shuffled."""
        whole = sum(shares.values())
        counts = {choice: number * share // whole for choice, share in shares.items()}
        by_rest = sorted(shares, key=lambda choice: -(number * shares[choice] % whole))
        for choice in by_rest[: number - sum(counts.values())]:
            counts[choice] += 1
        return self.shuffled([choice for choice, count in counts.items() for _ in range(count)])
