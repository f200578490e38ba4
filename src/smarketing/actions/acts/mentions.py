"""Who is meant by `@anna` in a comment."""

from __future__ import annotations

import re

MENTION = re.compile(r"(?<![\w@.])@([\w.+-]+(?:@[\w-]+(?:\.[\w-]+)+)?)")
"""`@anna`, `@anna.ames`, or `@anna@hart.example`."""


def mentioned(text: str) -> list[str]:
    """The addresses of the active users who are named, in the order of the text: by address, by what stands before its @, by first
    name, or by the whole name with dots. A name that several people have names nobody.
    """
    words = [found.rstrip(".-").lower() for found in MENTION.findall(text)]
    if not words:
        return []
    known = _names()
    found = [known[word] for word in words if len(known.get(word, ())) == 1]
    return list(dict.fromkeys(next(iter(each)) for each in found))


def _names() -> dict[str, set[str]]:
    from smarketing.records.people import User

    known: dict[str, set[str]] = {}
    for email, name in User.objects.filter(is_active=True).values_list("email", "name"):
        words = name.lower().split()
        for word in {email, email.partition("@")[0], ".".join(words), *words[:1]}:
            known.setdefault(word, set()).add(email)
    return known
