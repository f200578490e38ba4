"""The records of the fold mean the same compiled and plain."""

from __future__ import annotations

import numpy as np
import pytest

from smarketing.derivations.life import rows

RECORDS = [kind for kind in vars(rows).values() if isinstance(kind, np.dtype)]


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: " ".join(kind.names)[:20])
def test_no_field_has_the_name_of_something_every_record_has(kind: np.dtype[np.record]) -> None:
    """Plain NumPy would give its own attribute instead of the field; the compiled kernel would not."""
    assert set(kind.names or ()) & set(dir(np.record)) == set()


def test_there_are_records() -> None:
    assert len(RECORDS) > 10
