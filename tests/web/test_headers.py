"""What goes out with every answer, and what no page holds."""

from __future__ import annotations

import pytest

from tests.web.conftest import Entered
from tests.web.routes import ADDRESSES, PAGES, inline

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("site")]
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
    "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
}  # fmt: skip


@pytest.mark.parametrize("role", ["leader", "anonymous"])
def test_every_answer_carries_the_policy(role: str, entered: Entered) -> None:
    for address in [*ADDRESSES.values(), "/nowhere", "/leads/nobody", "/funnel?period=x"]:
        headers = entered(role).get(address).headers
        shows_a_letter = role == "leader" and address == ADDRESSES["mail-preview"]
        policy = POLICY | ({"frame-src 'self'"} if shows_a_letter else set())
        assert set(headers["Content-Security-Policy"].split("; ")) == policy, address
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "no-store" in headers["Cache-Control"], address
        assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("address", [*PAGES, "/login"])
def test_no_page_holds_a_script_a_style_or_anything_from_elsewhere(address: str, entered: Entered) -> None:
    client = entered("anonymous" if address == "/login" else "operations")
    html = client.get(address).content.decode()
    assert "<title>" in html
    assert inline(html) == []


def test_what_is_inline_would_be_found() -> None:
    page = '<script>1</script><style></style><p style="color:red" onclick="x()"><a href="javascript:1"><script src="//elsewhere/x.js"></script>'
    assert len(inline(page)) == 6


def test_text_of_a_lead_stays_text(entered: Entered) -> None:
    html = entered("leader").get("/behind", {"of": "leads", "campaign": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in html


def test_a_body_larger_than_anything_asked_for_is_not_read(entered: Entered) -> None:
    for address in ("/login", "/imports/new"):
        response = entered("anonymous").generic("POST", address, b"", headers={"Content-Length": str(300 * 1024 * 1024)})
        assert response.status_code == 413


def test_the_reader_is_written_to_as_they_write(entered: Entered) -> None:
    german, british = (entered("leader").get("/funnel", headers={"Accept-Language": tag}) for tag in ("de-DE,de;q=0.9", "en-GB"))
    assert "4.000" in german.content.decode()
    assert "4,000" in british.content.decode()
    assert {"Accept-Language", "Cookie"} <= set(german.headers["Vary"].split(", "))
