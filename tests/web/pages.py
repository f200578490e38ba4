"""What a page of figures shows: its links with their words, and the number that each of them opens."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client


class Links(HTMLParser):
    """Every link of a page to what is behind a number: its address, its text and its title."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.open: tuple[str, str] | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each element."""
        told = dict(attrs)
        if tag == "a" and (told.get("href") or "").startswith("/behind?"):
            self.open, self.text = (str(told["href"]), told.get("title") or ""), ""

    def handle_data(self, data: str) -> None:
        """Called for each text."""
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        """Called at each end."""
        if tag == "a" and self.open is not None:
            self.found.append((self.open[0], self.text.strip(), self.open[1]))
            self.open = None


def links(html: str) -> list[tuple[str, str, str]]:
    """Address, text and title of each number that opens, in the order of the page."""
    reader = Links()
    reader.feed(html)
    return reader.found


def shown(client: Client, address: str) -> str:
    """A page as somebody in Britain reads it."""
    response = client.get(address, headers={"Accept-Language": "en-GB"})
    assert response.status_code == 200, response.content[:500]
    return response.content.decode()


def says(text: str, title: str) -> float | None:
    """The number that a link promises: of a share how many, else the number it shows; None: a time or a gap in points."""
    if counted := re.match(r"([\d,]+) of [\d,]+", title):
        return float(counted[1].replace(",", ""))
    plain = re.fullmatch(r"€?([\d,]+)", text)
    return float(plain[1].replace(",", "")) if plain else None


def wrong_numbers(client: Client, html: str, *, every: int = 1) -> list[tuple[str, float, float | None]]:
    """The links whose number is another than the one behind them; amounts are shown in whole units."""
    told = {url: held for url, text, title in links(html) if (held := says(text, title)) is not None}
    asked = list(told.items())[::every]
    assert len(asked) >= 3, "too few numbers for a proof"
    found = [(url, held, client.get(f"/api{unescape(url)}").json()["number"]) for url, held in asked]
    return [each for each in found if each[2] is None or abs(each[2] - each[1]) > 0.5]
