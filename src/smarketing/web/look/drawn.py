"""Parts of pages that look the same again and again: drawn once for what they show, and remembered.

What is different with each answer (the token of a form, its key) stands in a remembered part as a mark, and is put in at the end.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString

REMEMBERED = 3_000
"""So many parts are kept; the one not shown for longest goes first."""
MARK = re.compile("\ue000([^\ue001]*)\ue001")
_parts: OrderedDict[Hashable, str] = OrderedDict()
_lock = threading.Lock()


def drawn(key: Hashable, draw: Callable[[], str]) -> SafeString:
    """What `draw` gives, drawn once for each `key`: everything that it shows. While pages are developed, each time."""
    if settings.DEBUG:
        return SafeString(draw())
    with _lock:
        if key in _parts:
            _parts.move_to_end(key)
            return SafeString(_parts[key])
    part = draw()
    with _lock:
        _parts[key] = part
        while len(_parts) > REMEMBERED:
            _parts.popitem(last=False)
    return SafeString(part)


def mark(name: str) -> str:
    """Stands for what is put in at the end; no text has such characters."""
    return f"\ue000{name}\ue001"


def filled(part: str, values: Mapping[str, str]) -> SafeString:
    """The part with these values, as text of HTML, in the place of their marks."""
    return SafeString(MARK.sub(lambda found: escape(values.get(found[1], "")), part))
