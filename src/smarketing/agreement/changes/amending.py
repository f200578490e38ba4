"""A draft amendment: the text of an agreement with another `worth`, everything else as it was written, comments too."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

WIDE = 10_000
"""A line is never broken that was not broken before."""


def with_worth(text: str, worth: Mapping[str, Decimal], means: Mapping[str, Decimal]) -> str:
    """The agreement in `text` (YAML that has passed its checks) with these amounts for these grades, to the cent.

    A grade that is not named keeps what it had. One that is worth more with more engagement keeps its bands: each is multiplied so that
    the mean of its hand-offs, which was `means`, becomes the new amount; where that mean is 0, the amount takes their place.
    """
    yaml = _yaml()
    document = yaml.load(text)
    if document.get("worth") is None:
        document["worth"] = {}
    prices = document["worth"]
    for grade, amount in worth.items():
        bands, mean = prices.get(grade), means.get(grade)
        if isinstance(bands, dict) and mean:
            bands.update({bound: _plain(Decimal(str(held)) * amount / mean) for bound, held in bands.items()})
        else:
            prices[grade] = _plain(amount)
    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _yaml() -> Any:
    """Reads and writes a document so that what was not changed stays as it is."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = WIDE
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    return yaml


def _plain(amount: Decimal) -> int | float:
    """A number as people write it: whole where it is whole."""
    cents = amount.quantize(Decimal("0.01"))
    return int(cents) if cents == cents.to_integral_value() else float(cents)
