"""Who may come in where: every address × every role, declared; what is not declared is closed, and the start fails.

`allow`: yes. `deny`: no. `own`: yes, but figures of single reps only as far as the agreement's `rankings` let this person see
them (see `smarketing.web.gate`). Whoever is not signed in is `anonymous`.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

TABLE = """
route                marketing sales  leader operations viewer anonymous
home                 allow     allow  allow  allow      allow  deny
plan                 allow     allow  allow  allow      allow  deny
funnel               own       own    allow  allow      own    deny
campaigns            allow     allow  allow  allow      allow  deny
attribution          allow     allow  allow  allow      allow  deny
reps                 own       own    allow  allow      own    deny
leads                allow     allow  allow  allow      allow  deny
lead                 allow     allow  allow  allow      allow  deny
agreement            allow     allow  allow  allow      allow  deny
routing              own       own    allow  allow      own    deny
routing-simulation   own       own    allow  allow      own    deny
behind               own       own    allow  allow      own    deny
chart                own       own    allow  allow      own    deny
inbox                deny      own    allow  allow      deny   deny
inbox-list           deny      own    allow  allow      deny   deny
lead-act             allow     allow  allow  allow      deny   deny
act-doubts           allow     allow  allow  allow      deny   deny
act-undo             allow     allow  allow  allow      deny   deny
check                allow     allow  allow  allow      allow  deny
check-list           allow     allow  allow  allow      allow  deny
delivered            allow     allow  allow  allow      allow  deny
feed                 allow     allow  allow  allow      allow  deny
lead-new             allow     allow  allow  allow      deny   deny
notices              allow     allow  allow  allow      allow  deny
notice               own       own    own    own        own    deny
notices-read         allow     allow  allow  allow      allow  deny
notices-mails        allow     allow  allow  allow      allow  deny
notices-bell         allow     allow  allow  allow      allow  deny
news                 allow     allow  allow  allow      allow  deny
tv                   allow     allow  allow  allow      allow  deny
tv-board             allow     allow  allow  allow      allow  deny
mail-preview         allow     allow  allow  allow      deny   deny
import-new           allow     deny   allow  allow      deny   deny
import               allow     deny   allow  allow      deny   deny
import-rejects       allow     deny   allow  allow      deny   deny
view-save            allow     allow  allow  allow      allow  deny
view-remove          allow     allow  allow  allow      allow  deny
password             allow     allow  allow  allow      allow  deny
login                allow     allow  allow  allow      allow  allow
account_login        allow     allow  allow  allow      allow  allow
account_logout       allow     allow  allow  allow      allow  allow
account_inactive     allow     allow  allow  allow      allow  allow
mfa_authenticate     allow     allow  allow  allow      allow  allow
openid_connect_login allow     allow  allow  allow      allow  allow
openid_connect_callback allow  allow  allow  allow      allow  allow
socialaccount_login_cancelled allow allow allow allow   allow  allow
invitation           allow     allow  allow  allow      allow  allow
account              allow     allow  allow  allow      allow  deny
first-day            allow     allow  allow  allow      allow  deny
mfa_index            allow     allow  allow  allow      allow  deny
sessions-end         allow     allow  allow  allow      allow  deny
session-end          own       own    own    own        own    deny
account_reauthenticate allow   allow  allow  allow      allow  deny
mfa_reauthenticate   allow     allow  allow  allow      allow  deny
mfa_activate_totp    allow     allow  allow  allow      allow  deny
mfa_deactivate_totp  allow     allow  allow  allow      allow  deny
mfa_view_recovery_codes allow  allow  allow  allow      allow  deny
mfa_generate_recovery_codes allow allow allow allow     allow  deny
people               deny      deny   deny   allow      deny   deny
invite               deny      deny   deny   allow      deny   deny
person               deny      deny   deny   allow      deny   deny
person-change        deny      deny   deny   allow      deny   deny
invitation-take-back deny      deny   deny   allow      deny   deny
keys                 deny      deny   deny   allow      deny   deny
key-make             deny      deny   deny   allow      deny   deny
key-revoke           deny      deny   deny   allow      deny   deny
logout               allow     allow  allow  allow      allow  allow
health               allow     allow  allow  allow      allow  allow
design               allow     allow  allow  allow      allow  allow
api:api-root         allow     allow  allow  allow      allow  deny
api:openapi-json     allow     allow  allow  allow      allow  deny
api:openapi-view     allow     allow  allow  allow      allow  deny
api:state            allow     allow  allow  allow      allow  deny
api:scoreboard       allow     allow  allow  allow      allow  deny
api:funnel           own       own    allow  allow      own    deny
api:campaigns        allow     allow  allow  allow      allow  deny
api:attribution      allow     allow  allow  allow      allow  deny
api:reps             own       own    allow  allow      own    deny
api:plan             allow     allow  allow  allow      allow  deny
api:leads            allow     allow  allow  allow      allow  deny
api:lead             allow     allow  allow  allow      allow  deny
api:agreement        allow     allow  allow  allow      allow  deny
api:agreements       allow     allow  allow  allow      allow  deny
health-work          allow     allow  allow  allow      allow  allow
status               deny      deny   allow  allow      deny   deny
trail                deny      deny   allow  allow      deny   deny
api:status           deny      deny   allow  allow      deny   deny
api:facts            allow     deny   allow  allow      deny   deny
api:behind           own       own    allow  allow      own    deny
api:inbox            deny      own    allow  allow      deny   deny
api:receipt          allow     allow  allow  allow      allow  deny
api:handoffs         own       own    allow  allow      own    deny
api:act              allow     allow  allow  allow      deny   deny
api:undo             allow     allow  allow  allow      deny   deny
"""
"""One row for each route, by the name its address has in `urls.py`."""

DEVELOPMENT = {"design"}
"""Routes that are there with SMARKETING_DEVELOPMENT only."""


class Role(StrEnum):
    """What somebody is here; all but the last are roles of a user."""

    marketing = "marketing"
    sales = "sales"
    leader = "leader"
    operations = "operations"
    viewer = "viewer"
    anonymous = "anonymous"


class Verdict(StrEnum):
    """What the matrix says of a role on a route."""

    allow = "allow"
    deny = "deny"
    own = "own"


def read_matrix(table: str) -> dict[str, dict[Role, Verdict]]:
    """The table above as route → role → verdict. Raises ValueError for a line that is not one verdict for each role."""
    head, *lines = (line.split() for line in table.strip().splitlines())
    roles = [Role(name) for name in head[1:]]
    return {route: dict(zip(roles, map(Verdict, verdicts), strict=True)) for route, *verdicts in lines}


MATRIX = read_matrix(TABLE)


def verdict(route: str, role: Role) -> Verdict:
    """What the matrix says; a route without an entry is closed to everybody."""
    return MATRIX.get(route, {}).get(role, Verdict.deny)


def admitted(route: str) -> list[Role]:
    """The roles that may come in, in the order of the matrix."""
    return [role for role, said in MATRIX.get(route, {}).items() if said is not Verdict.deny]


def role_of(user: Any) -> Role:
    """The role of a request's user."""
    return Role(user.role) if user.is_authenticated else Role.anonymous


def routes(resolver: Any = None, space: str = "") -> Iterator[str]:
    """The name of every address that the site answers, with its namespace; an address without a name gives its pattern."""
    from django.urls import get_resolver

    patterns: list[Any] = (resolver or get_resolver()).url_patterns
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name}" if pattern.name else f"{space}{pattern.pattern}"


def every_address_has_an_entry(**asked: Any) -> list[CheckMessage]:
    """Django's check at the start: an address that the matrix does not know, or an entry that leads nowhere, is an error."""
    there = set(routes())
    known = set(MATRIX) - (set() if settings.DEBUG else DEVELOPMENT)
    unknown = [
        Error(
            f'The address "{name}" says nowhere who may come in.',
            hint="Give it a name in urls.py and a row in the table of web/access.py.",
            id="smarketing.E001",
        )
        for name in sorted(there - known)
    ]
    gone = [
        Error(f'web/access.py has a row for "{name}", which is no address.', hint="Take the row away.", id="smarketing.E002")
        for name in sorted(known - there)
    ]
    return [*unknown, *gone]
