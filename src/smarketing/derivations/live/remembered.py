"""Answers that are kept for the next time, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

Asked = TypeVar("Asked", bound=Hashable)
Answer = TypeVar("Answer")


class Remembered(Generic[Asked, Answer]):
    """The answers asked for most recently, at least `most` and at most twice as many of them; threads may share it.

    When the newer half is full, the older one is forgotten. An answer is the same whoever finds it, so two threads that forget or
    find the same one at the same time do no harm.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._newer: dict[Asked, Answer] = {}
        self._older: dict[Asked, Answer] = {}

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    def answers(self, asked: Iterable[Asked], find: Callable[[list[Asked]], Iterable[Answer]]) -> list[Answer]:
        """One answer for each of the questions, in order; `find` is given those that are not known."""
        questions = list(asked)
        newer = self._newer
        found = [newer.get(one) for one in questions]
        missing = [place for place, answer in enumerate(found) if answer is None]
        if missing:
            for place, answer in zip(missing, self._learn([questions[place] for place in missing], find), strict=True):
                found[place] = answer
        return found  # type: ignore[return-value]

    def _learn(self, questions: list[Asked], find: Callable[[list[Asked]], Iterable[Answer]]) -> list[Answer]:
        """The answers that only the older half has, or nobody."""
        older = self._older
        unknown = list(dict.fromkeys(one for one in questions if one not in older))
        new = dict(zip(unknown, find(unknown), strict=True)) if unknown else {}
        found = {one: new[one] if one in new else older[one] for one in questions}
        if len(self._newer) + len(found) > self.most:
            self._older, self._newer = self._newer, {}
        if len(found) <= self.most:
            self._newer.update(found)
        return [found[one] for one in questions]
