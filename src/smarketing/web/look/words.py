"""What a drawing says to somebody who cannot see it, and short forms of names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from smarketing.web.look.formats import of_unit

LETTERS = 2


def of_bullet(row: Mapping[str, Any], currency: str = "") -> str:
    """`412 of 480, expected by now 430, forecast 470 (455 to 498)`; what is not known is left out."""

    def said(key: str) -> str:
        return of_unit(row[key], str(row.get("unit") or ""), currency)

    if row.get("actual") is None:
        return f"nothing due yet, target {said('target')}" if row.get("target") is not None else "nothing due yet"
    text = said("actual") + (f" of {said('target')}" if row.get("target") is not None else "")
    if row.get("unit") == "share":
        text = f"{said('actual')}, target {said('target')}"
    elif row.get("expected_by_now") is not None:
        text += f", expected by now {said('expected_by_now')}"
    if row.get("forecast") is not None and row.get("unit") != "share":
        text += f", forecast {said('forecast')}"
        text += f" ({said('forecast_low')} to {said('forecast_high')})" if row.get("forecast_low") is not None else ""
    return text


def initials(name: str) -> str:
    """The first letters of the first and the last part of a name or an e-mail address, in capitals."""
    parts = [part for part in re.split(r"[\s._\-+]+", name.partition("@")[0]) if part]
    chosen = parts if len(parts) < LETTERS else [parts[0], parts[-1]]
    return "".join(part[0] for part in chosen).upper() or "?"
