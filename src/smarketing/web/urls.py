"""Every address of the site, by name; each name has a row in the table of `access.py`."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from smarketing.web.api.door import api
from smarketing.web.views import (
    agreement,
    behind,
    campaigns,
    charts,
    entry,
    errors,
    funnel,
    health,
    imports,
    lead,
    leads,
    reps,
    saved,
    scoreboard,
    status,
    trail,
)

urlpatterns = [
    path("", scoreboard.page, name="home"),
    path("plan", scoreboard.plan, name="plan"),
    path("funnel", funnel.page, name="funnel"),
    path("campaigns", campaigns.page, name="campaigns"),
    path("reps", reps.page, name="reps"),
    path("leads", leads.page, name="leads"),
    path("leads/<path:lead_id>", lead.page, name="lead"),
    path("agreement", agreement.page, name="agreement"),
    path("behind", behind.page, name="behind"),
    path("charts/<slug:report>.json", charts.spec, name="chart"),
    path("imports/new", imports.new, name="import-new"),
    path("imports/<slug:number>", imports.one, name="import"),
    path("imports/<slug:number>/rejects/<int:place>", imports.rejects, name="import-rejects"),
    path("views", saved.save, name="view-save"),
    path("views/<int:number>/remove", saved.remove, name="view-remove"),
    path("login", entry.enter, name="login"),
    path("logout", entry.leave, name="logout"),
    path("password", entry.password, name="password"),
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
