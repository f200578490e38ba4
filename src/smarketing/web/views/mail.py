"""`/mail/daily`: what does my team read in the morning? The daily mail in both forms, as it would be written now."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from smarketing.actions.mail.daily import TEAMS, daily_due_at, preview
from smarketing.vocabulary.errors import UsageError
from smarketing.web.access import Role, role_of
from smarketing.web.gate import Refused
from smarketing.web.held import held, remembered
from smarketing.web.states import place

if TYPE_CHECKING:
    from smarketing.actions.mail.morning import Letter
    from smarketing.actions.workspace import Workspace

SELF = "'self'"
LETTER = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; "
    "sandbox allow-popups allow-top-navigation-by-user-activation"
)
"""A letter brings its own style, as mail programs know no other, and may do nothing else."""


@csp_update({"frame-src": [SELF]})
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page around the letter; `?form=html` is the letter itself, with its pictures in it: its frame may ask for nothing."""
    team = _team(request)
    drawn = request.GET.get("form") == "html"  # the page is there at once, and the letter in its frame when its charts are drawn
    letter: Letter = remembered("daily", lambda outcome: preview(place(), outcome, team, drawn=drawn), team, drawn)
    return _letter(letter) if drawn else _around(request, letter, team)


def _around(request: HttpRequest, letter: Letter, team: str) -> HttpResponse:
    workspace = place()
    sent = daily_due_at(workspace, held().as_of) if workspace.settings.mail_url else None
    tabs = [
        {"label": each.capitalize(), "url": f"/mail/daily?team={each}", "current": each == team}
        for each in _open_to(role_of(request.user))
    ]
    context: dict[str, Any] = {
        "letter": letter,
        "team": team,
        "tabs": tabs,
        "sent": sent,
        "unsent": "" if sent else _unsent(workspace),
    }
    return render(request, "pages/daily.html", context)


def _unsent(workspace: Workspace) -> str:
    """Why no daily mail goes out."""
    if workspace.stands_still:
        return "no time passes here"
    return "no mail server is known" if not workspace.settings.mail_url else "it is switched off"


def _letter(letter: Letter) -> HttpResponse:
    html = letter.html
    for picture in letter.pictures:
        html = html.replace(f"cid:{picture.name}", f"data:image/png;base64,{b64encode(picture.png).decode()}")
    headers = {"Content-Security-Policy": LETTER, "X-Frame-Options": "SAMEORIGIN"}
    return HttpResponse(html.replace("<a ", '<a target="_top" '), headers=headers)


def _open_to(role: Role) -> tuple[str, ...]:
    """The teams whose mail somebody may read: their own, or all."""
    return (role.value,) if role.value in TEAMS else TEAMS


def _team(request: HttpRequest) -> str:
    """The team asked for, else one's own. Raises Refused for another team's, UsageError for none."""
    mine = _open_to(role_of(request.user))
    team = request.GET.get("team") or mine[0]
    if team not in TEAMS:
        raise UsageError(f'there is no mail of "{team}"; there is one of {" and one of ".join(TEAMS)}.')
    if team not in mine:
        raise Refused("This is the mail of the other team.", [Role(team), Role.leader, Role.operations])
    return team
