"""The pages of the navigation, and what stands around every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from smarketing.actions.acts.verbs import DENY, right
from smarketing.actions.notices import unread
from smarketing.web.access import Role, Verdict, role_of, verdict
from smarketing.web.accounts.onward import home_of
from smarketing.web.held import keeper
from smarketing.web.locale import reader
from smarketing.web.vocabulary import vocabulary

if TYPE_CHECKING:
    from smarketing.reports.outcome import Outcome


class Page(NamedTuple):
    """A page of the navigation and the one question it answers."""

    route: str
    title: str
    question: str


PAGES = (
    Page("inbox", "Inbox", "Whom do I call next, and how long do I have?"),
    Page("home", "Scoreboard", "Are we keeping our promises, and will we make the revenue?"),
    Page("delivered", "Delivered", "What did we deliver, and what became of it?"),
    Page("check", "Check", "Which leads go to sales?"),
    Page("funnel", "Funnel", "Where do we lose?"),
    Page("campaigns", "Campaigns", "Which campaigns work?"),
    Page("attribution", "Attribution", "Which campaigns made the money?"),
    Page("reps", "Reps", "How do we follow up?"),
    Page("leads", "Leads", "Who is where?"),
    Page("routing", "Routing", "Who gets what, and what waits for a rep?"),
    Page("agreement", "Agreement", "What did we promise each other, and since when?"),
    Page("import-new", "Import", "Where do the facts come from?"),
    Page("status", "Status", "Is everything running, and does anything wait?"),
    Page("people", "People", "Who may come in, and what as?"),
    Page("keys", "Keys", "Which programs may come in?"),
    Page("trail", "Audit trail", "Who did what, when and from where?"),
)


PARTS = {"/": ("/plan",), "/delivered": ("/feed",)}
"""Pages that are parts of another one: there the other is current as well."""


class Link(NamedTuple):
    """A page as this reader finds it: `current` where they are on it or on a page below it."""

    page: Page
    url: str
    current: bool


def around(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: `user`, `role`, `links` (the pages this role may open), `page`, `outcome`,
    `workspace` (the agreement's name), `vocabulary`, `reader`."""
    user: Any = getattr(request, "user", None)
    role = role_of(user) if user is not None else Role.anonymous
    outcome = keeper().now.outcome if role is not Role.anonymous else None
    offered = (page for page in PAGES if verdict(page.route, role) is not Verdict.deny)
    links = [_link(request, page) for page in offered if page.route != "check" or _checks(role, outcome)]
    return {
        "user": user,
        "role": role,
        "links": links,
        "unread": SimpleLazyObject(lambda: unread(user)) if role is not Role.anonymous else 0,
        "home": home_of(user) if role is not Role.anonymous else "/",
        "page": next((link.page for link in links if link.current), None),
        "outcome": outcome,
        "workspace": outcome.agreement.name if outcome else "",
        "vocabulary": SimpleLazyObject(vocabulary),
        "reader": reader(),
    }


def _checks(role: Role, outcome: Outcome | None) -> bool:
    """Whether somebody of this role checks leads before they go to sales, where the agreement says so at all."""
    return outcome is not None and outcome.agreement.handoff.check and right("passed", role) != DENY


def _link(request: HttpRequest, page: Page) -> Link:
    url = reverse(page.route)
    here = request.path == url or request.path in PARTS.get(url, ())
    return Link(page, url, here or (url != "/" and request.path.startswith(f"{url.rstrip('/')}/")))
