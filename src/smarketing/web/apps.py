"""The Django app of the pages."""

from __future__ import annotations

from django.apps import AppConfig, apps


class WebConfig(AppConfig):
    """Pages and the API; they start only if every address says who may come in."""

    name = "smarketing.web"
    label = "web"

    def ready(self) -> None:
        """Called once by Django, when all apps are there."""
        from django.core.checks import register

        from smarketing.web.access import every_address_has_an_entry
        from smarketing.web.people import listen as listen_for_names

        register(every_address_has_an_entry)
        listen_for_names()
        if apps.is_installed("allauth.mfa"):
            from smarketing.web.accounts.noted import listen

            listen()
