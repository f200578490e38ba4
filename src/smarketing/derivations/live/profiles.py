"""The profiles that leads have had so far, each judged once: a change leads from one known profile to the next."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smarketing.agreement.models import Agreement
from smarketing.derivations.life import rows
from smarketing.derivations.matching.profile import Fits, Judge, States, attributes
from smarketing.derivations.matching.properties import REMOVED, place, read_distinct

MOST = 100_000
"""So many profiles, changes of properties and ways from one profile to the next are remembered; then it begins anew."""
Profile = tuple[str | None, ...]


class Profiles:
    """The profiles met so far under some versions, the empty one first; threads may share it."""

    def __init__(self, versions: Sequence[Agreement], *, most: int = MOST) -> None:
        self.names = attributes(persona for version in versions for persona in version.personas)
        self.judges = [Judge.of(version, self.names) for version in versions]
        self.versions, self.most = versions, most
        self.lock = threading.Lock()
        self._forget()

    def follow(self, texts: Sequence[str | None], lead: Sequence[int]) -> tuple[Fits, NDArray[np.int32]]:
        """The fits, and the profile after each `profile_changed`; `texts` are their properties, in order of `lead`, time and fact id."""
        with self.lock:
            if max(len(self.number), len(self.changes), len(self.after)) > self.most:
                self._forget()
            self._read(texts)
            profiles = self._walk(texts, lead)
            if len(self.fits.compiled.of) < len(self.profiles):
                self._judge()
            return self.fits, np.array(profiles, dtype=np.int32)

    def _forget(self) -> None:
        """Begin with nothing but the empty profile."""
        self.states = States(self.versions)
        empty: Profile = (None,) * len(self.names)
        self.number: dict[Profile, int] = {empty: 0}
        self.profiles = [empty]
        self.changes: dict[str | None, tuple[int, Profile]] = {}
        self.after: dict[tuple[int, int], int] = {}
        self.fits = Fits(rows.Fits(self.states.rows(), np.empty((0, len(self.versions)), dtype=np.int32)), [], self.states.rules)

    def _read(self, texts: Sequence[str | None]) -> None:
        """Read the properties that were not met yet."""
        new = [text for text in dict.fromkeys(texts) if text not in self.changes]
        if new:
            columns = read_distinct([text or "{}" for text in new], self.names)
            said = zip(*(columns[name] for name in self.names), strict=True) if self.names else [()] * len(new)
            for text, change in zip(new, said, strict=True):
                self.changes[text] = len(self.changes), change

    def _walk(self, texts: Sequence[str | None], lead: Sequence[int]) -> list[int]:
        """The profile after each change, lead by lead from the empty one on."""
        profiles: list[int] = []
        now, whose = 0, -1
        for text, of in zip(texts, lead, strict=True):
            number, change = self.changes[text]
            before = now if of == whose else 0
            step = self.after.get((before, number))
            now, whose = self._step(before, number, change) if step is None else step, of
            profiles.append(now)
        return profiles

    def _step(self, before: int, number: int, change: Profile) -> int:
        """The profile that a change makes of another, for the first time."""
        known = [after if said is None else said for said, after in zip(change, self.profiles[before], strict=True)]
        profile = tuple(None if value == REMOVED else value for value in known)
        now = self.number.setdefault(profile, len(self.number))
        if now == len(self.profiles):
            self.profiles.append(profile)
        self.after[before, number] = now
        return now

    def _judge(self) -> None:
        """Judge the profiles that are new, all together."""
        of, held = self.fits.compiled.of, self.fits.held
        new = self.profiles[len(of) :]
        columns = {place(index): pl.Series(values, dtype=pl.String) for index, values in enumerate(zip(*new, strict=True))}
        frame = pl.DataFrame(columns) if columns else pl.DataFrame({"nobody asks": [""] * len(new)})
        numbers = self.states.number(judge(frame) for judge in self.judges)
        if len(held) < len(self.states.numbers):
            self.fits = self.states.fits(np.concatenate([of, numbers]))
        else:
            self.fits = Fits(rows.Fits(self.fits.states, np.concatenate([of, numbers])), held, self.fits.rules)
