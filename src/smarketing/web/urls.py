"""Every address of the site, by name; each name has a row in the table of `access.py`."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from smarketing.web import account_urls
from smarketing.web.api.door import api
from smarketing.web.views import (
    acting,
    agreement,
    attribution,
    behind,
    campaigns,
    charts,
    check,
    delivered,
    entering,
    errors,
    feed,
    funnel,
    health,
    imports,
    inbox,
    invitation,
    keys,
    lead,
    leads,
    mail,
    notices,
    people,
    reps,
    routing,
    saved,
    scoreboard,
    status,
    trail,
    tv,
)

urlpatterns = [
    path("", scoreboard.page, name="home"),
    path("plan", scoreboard.plan, name="plan"),
    path("funnel", funnel.page, name="funnel"),
    path("campaigns", campaigns.page, name="campaigns"),
    path("attribution", attribution.page, name="attribution"),
    path("reps", reps.page, name="reps"),
    path("leads", leads.page, name="leads"),
    path("leads/new", entering.page, name="lead-new"),
    path("leads/<path:lead_id>", lead.page, name="lead"),
    path("agreement", agreement.page, name="agreement"),
    path("routing", routing.page, name="routing"),
    path("routing/simulation", routing.simulated, name="routing-simulation"),
    path("behind", behind.page, name="behind"),
    path("charts/<slug:report>.json", charts.spec, name="chart"),
    path("inbox", inbox.page, name="inbox"),
    path("inbox/list", inbox.listed, name="inbox-list"),
    path("acts", acting.act, name="lead-act"),
    path("acts/doubts", acting.doubts, name="act-doubts"),
    path("acts/<path:key>/undo", acting.undo, name="act-undo"),
    path("check", check.page, name="check"),
    path("check/list", check.listed, name="check-list"),
    path("delivered", delivered.page, name="delivered"),
    path("feed", feed.page, name="feed"),
    path("imports/new", imports.new, name="import-new"),
    path("imports/<slug:number>", imports.one, name="import"),
    path("imports/<slug:number>/rejects/<int:place>", imports.rejects, name="import-rejects"),
    path("views", saved.save, name="view-save"),
    path("views/<int:number>/remove", saved.remove, name="view-remove"),
    *account_urls.urlpatterns,
    path("invitation/<str:token>", invitation.page, name="invitation"),
    path("first-day", invitation.first_day, name="first-day"),
    path("people", people.page, name="people"),
    path("people/invite", people.invite, name="invite"),
    path("people/<int:number>", people.person, name="person"),
    path("people/<int:number>/change", people.change, name="person-change"),
    path("people/invitations/<int:number>/take-back", people.take_back, name="invitation-take-back"),
    path("keys", keys.page, name="keys"),
    path("keys/make", keys.make, name="key-make"),
    path("keys/<int:number>/revoke", keys.revoke, name="key-revoke"),
    path("notices", notices.page, name="notices"),
    path("notices/<int:number>", notices.follow, name="notice"),
    path("notices/read", notices.read_all, name="notices-read"),
    path("notices/mails", notices.mails, name="notices-mails"),
    path("notices/bell", notices.bell, name="notices-bell"),
    path("news", notices.news, name="news"),
    path("tv", tv.page, name="tv"),
    path("tv/board", tv.part, name="tv-board"),
    path("mail/daily", mail.page, name="mail-preview"),
    path("status", status.page, name="status"),
    path("audit", trail.page, name="trail"),
    path("health", health.health, name="health"),
    path("health/work", status.health, name="health-work"),
    path("api/", api.urls),
]

if settings.DEBUG:
    from smarketing.web.views import design

    urlpatterns += [path("design", design.page, name="design")]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
