"""The page /design and its layouts, rendered by a process of their own: a test's Django keeps the settings that it has."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from types import SimpleNamespace
from typing import Any

ADDRESSES = {
    "/design": "design/page.html",
    "/design/stats": "design/layout_stats.html",
    "/design/table": "design/layout_table.html",
    "/design/detail": "design/layout_detail.html",
}
ANSWER_SECONDS = 120


@cache
def pages() -> dict[str, str]:
    """The HTML of each address."""
    call = [sys.executable, "-m", "tests.web.look_site"]
    made = subprocess.run(call, capture_output=True, text=True, check=False, timeout=ANSWER_SECONDS)
    assert made.returncode == 0, made.stderr
    told: dict[str, str] = json.loads(made.stdout)
    return told


def around() -> dict[str, Any]:
    """What the context of every page holds."""
    routes = [("home", "Scoreboard", "/"), ("funnel", "Funnel", "/funnel"), ("leads", "Leads", "/leads")]
    links = [
        SimpleNamespace(page=SimpleNamespace(route=name, title=title), url=url, current=url == "/leads")
        for name, title, url in routes
    ]
    user = SimpleNamespace(is_authenticated=True, name="Mia Sommer", email="mia@hart.example", role="marketing")
    message = SimpleNamespace(level_tag="success", __str__=lambda self: "Saved")
    return {"user": user, "links": links, "workspace": "Hart & Vale", "messages": [message]}


def render() -> dict[str, str]:
    """Called in the process of its own."""
    import django
    from django.conf import settings

    settings.configure(
        DEBUG=True,
        USE_TZ=True,
        ROOT_URLCONF=__name__,
        STATIC_URL="/static/",
        INSTALLED_APPS=["django.contrib.staticfiles", "django_htmx", "smarketing.web"],
        SILENCED_SYSTEM_CHECKS=["smarketing.E001", "smarketing.E002"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "builtins": ["django.templatetags.static", "smarketing.web.templatetags.said"],
                    "string_if_invalid": "",
                },
            }
        ],
    )
    django.setup()
    from django.template.loader import render_to_string
    from django.urls import path

    global urlpatterns
    urlpatterns = [path(name, around, name=name) for name in ("home", "account", "password", "logout", "design")]
    from smarketing.web.views.design import samples

    return {address: render_to_string(template, {**around(), **samples()}) for address, template in ADDRESSES.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(render()))
