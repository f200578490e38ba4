"""Every problem an agreement can have, by its stable code; the reference documents exactly these."""

from __future__ import annotations

from smarketing.agreement.documents import SHAPE_CODES

PREFIX = "SMK-A"

_OWN: dict[str, str] = {
    "004": "Warning: a kind of fact outside the families. It may be a kind of your own, or a slip of the hand.",
    "011": "Two things of one sort have the same name.",
    "012": "Two fit rules of one persona have no name and the same condition.",
    "013": "A stage that is not defined.",
    "014": "A persona that is not defined.",
    "015": "A grade that is not defined.",
    "016": "A commitment that is not defined.",
    "017": "Business time without working hours: there is no calendar named default.",
    "018": "Spans of working hours overlap.",
    "019": "Holidays of a country or region that is not known.",
    "020": "Fades that do not follow each other in time.",
    "021": "A lead would go back to the stage of the hand-off or to one after it.",
    "022": "The stage to deliver is not the stage of the hand-off.",
    "023": "A stage after the hand-off whose column of times would have another meaning.",
    "024": "only_from names a stage that does not come before.",
    "025": "A part of a commitment that belongs to another kind of commitment, or a needed part that is missing.",
    "026": "A goal leads from a stage to one that does not come after it.",
    "027": "The three shares of attribution by position do not add up to 100%.",
    "028": "The trial ends before it begins.",
    "029": "Routing by weight without weights, or weights without routing by weight.",
    "030": "Two versions in one folder are in force from the same date.",
    "031": "A folder without any version of an agreement.",
    "040": "Warning: a threshold that no lead can reach.",
    "041": "Warning: a rule of 0 points.",
    "042": "Warning: a condition that can never hold.",
}

CODES: dict[str, str] = {f"{PREFIX}{number}": text for number, text in sorted({**SHAPE_CODES, **_OWN}.items())}
"""Code → what is wrong."""
