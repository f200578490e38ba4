"""Every page of the demo as a picture: light, dark, and on a phone; `make screenshots` writes them into `docs/screenshots`."""

from __future__ import annotations

from pathlib import Path

from docs.places import PLACES, Place
from docs.running import Site, opened_browser, served_demo
from docs.windows import Windows, go

FOLDER = Path(__file__).parent / "screenshots"
MOST_BYTES = 8_500_000
"""Of all pictures together: they live in the repository."""
SHAPES = {
    "light": {"width": 1280, "height": 860, "theme": "light"},
    "dark": {"width": 1280, "height": 860, "theme": "dark"},
    "phone": {"width": 390, "height": 844, "theme": "light", "is_mobile": True, "has_touch": True},
}
HEAD = """# Screenshots

Every page on the [example company](../explanation/example-company.md), as of 31 October 2026. `make screenshots` takes them anew.

| page | address | who looks | light | dark | phone |
|---|---|---|---|---|---|
"""


def shown() -> dict[str, Place]:
    """The pages that get a picture."""
    return {name: place for name, place in PLACES.items() if place.pictured}


def take(windows: Windows, name: str, place: Place) -> None:
    """The pictures of one page."""
    for shape, look in SHAPES.items():
        page = windows.window(place.login, **look)
        status = go(page, place.address)
        assert status == place.status, f"{place.address}: {status}"
        page.screenshot(path=FOLDER / f"{name}-{shape}.png", animations="disabled")
        windows.close()


def page_of_them() -> str:
    """What is in the folder, as a page to read."""
    rows = []
    for name, place in shown().items():
        pictures = " | ".join(f"[{shape}]({name}-{shape}.png)" for shape in SHAPES)
        rows.append(f"| {name.replace('-', ' ')} | `{place.address}` | {place.login or 'anybody'} | {pictures} |")
    return HEAD + "\n".join(rows) + "\n"


def take_all(site: Site) -> None:
    """Take every picture, and the old ones away."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with opened_browser() as browser:
        windows = Windows(browser, site)
        for name, place in shown().items():
            take(windows, name, place)
    (FOLDER / "README.md").write_text(page_of_them(), encoding="utf-8")


def main() -> None:
    """Take them, and say how much they weigh."""
    with served_demo() as site:
        take_all(site)
    pictures = list(FOLDER.glob("*.png"))
    weight = sum(path.stat().st_size for path in pictures)
    print(f"{len(pictures)} pictures, {weight / 1e6:.1f} MB, in docs/screenshots")
    assert weight < MOST_BYTES, "too heavy for the repository"


if __name__ == "__main__":
    main()
