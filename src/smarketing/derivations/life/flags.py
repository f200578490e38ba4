"""What a fact means to the fold, as bits of one integer, by its kind alone."""

from __future__ import annotations

from smarketing.vocabulary.kinds import OPPORTUNITY, begins_after_disqualification, is_touch

TOUCH, BEGINS, ATTEMPT = 1, 2, 4
PASSED, ACCEPTED, REJECTED, RECYCLED, DISQUALIFIED = 8, 16, 32, 64, 128
ASSIGNED, ACTIVE, WON, LOST = 256, 512, 1024, 2048
DEAL = ACTIVE | LOST
"""`ACTIVE`: the opportunity is open or won after this fact."""
HAND_BACK = REJECTED | RECYCLED
ENDS = HAND_BACK | DISQUALIFIED | LOST
"""What can end a cycle."""
DECISION = HAND_BACK | DISQUALIFIED | ACCEPTED | ASSIGNED
"""What somebody decides about a lead."""
TESTED = 4096
"""Some stage's condition asks for facts of this kind; it depends on the agreement."""
STEERS = PASSED | ACCEPTED | ENDS | DEAL | TESTED
"""What moves a lead on whatever its scores are."""

BY_KIND = {
    "passed": PASSED, "accepted": ACCEPTED, "rejected": REJECTED, "recycled": RECYCLED, "disqualified": DISQUALIFIED,
    "assigned": ASSIGNED, "opportunity_opened": ACTIVE, "opportunity_moved": ACTIVE, "opportunity_won": ACTIVE | WON,
    "opportunity_lost": LOST,
}  # fmt: skip
DEAL_KINDS = tuple(sorted(kind for kind in OPPORTUNITY if BY_KIND.get(kind, 0) & DEAL))


def of_kind(kind: str, attempts: frozenset[str]) -> int:
    """The flags of a kind; `attempts` are the kinds that count as an attempt."""
    flags = BY_KIND.get(kind, 0)
    flags |= TOUCH if is_touch(kind) else 0
    flags |= BEGINS if begins_after_disqualification(kind) else 0
    return flags | (ATTEMPT if kind in attempts else 0)
