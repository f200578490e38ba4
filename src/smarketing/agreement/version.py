"""The canonical form of a document and the version id made from it.

Two documents with the same content have the same id, however they are laid out: comments, the order of keys and the way texts
are quoted do not matter. A date is a text. The order of list entries does matter: it is content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical_json(data: Any) -> str:
    """JSON with sorted keys, no spaces and plain UTF-8; keys are texts (`{0: 600}` has the key "0")."""
    return json.dumps(
        _with_text_keys(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=str
    )


def json_text(value: Any) -> str:
    """A single value as JSON text, a text as it is: how conditions see both of their sides."""
    return value if isinstance(value, str) else json.dumps(value)


def version_id(data: Any) -> str:
    """SHA-256 of the canonical form, 64 hexadecimal digits: what the signatories sign."""
    return hashlib.sha256(canonical_json(data).encode(errors="surrogatepass")).hexdigest()


def _with_text_keys(data: Any) -> Any:
    """Keys become texts before they are sorted, so that the order does not depend on how a key was written."""
    if isinstance(data, Mapping):
        return {json_text(key): _with_text_keys(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_with_text_keys(value) for value in data]
    return data
