"""Django's settings of the pages, as a function of what the workspace says; there is no second place for them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from smarketing.actions.passwords import password_rules
from smarketing.records.database import django_settings
from smarketing.vocabulary.errors import UsageError
from smarketing.web.accounts.settings import account_settings, provider_of

if TYPE_CHECKING:
    from smarketing.actions.workspace import Workspace

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
SESSION_SECONDS = 14 * 24 * 3600
CONNECTION_SECONDS = 300
"""So long a thread keeps its connection: opening one takes longer than most pages."""
REMEMBERED = 10_000
"""Codes that were used and attempts that failed, in the one process that answers."""
APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.staticfiles", "csp", "django_htmx", "ninja", "smarketing.records", "smarketing.web",
    "allauth", "allauth.account", "allauth.mfa", "allauth.socialaccount", "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]  # fmt: skip
MIDDLEWARE = [
    "smarketing.web.short_way.WithAKey",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "smarketing.web.gate.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "smarketing.web.accounts.sessions.EndInTime",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "smarketing.web.gate.ForTheReader",
    "allauth.account.middleware.AccountMiddleware",
    "smarketing.web.gate.Gate",
    "smarketing.web.accounts.demanded.SecondFactorFirst",
    "smarketing.web.attempts.Pace",
    "django.middleware.csrf.CsrfViewMiddleware",  # reads the body, so nobody comes this far who may not come in
    "smarketing.web.views.errors.Told",
]
POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}
"""Nothing from elsewhere, and nothing written into the page itself."""


def settings_of(workspace: Workspace, *, database_url: str, url: str) -> dict[str, Any]:
    """The settings of the server of a workspace."""
    said = workspace.settings
    return web_settings(
        database_url=database_url,
        secret=workspace.secret_key(),
        url=url,
        static_root=workspace.data / "static",
        made=workspace.data / "made",
        hosts=said.allowed_hosts,
        development=said.development,
        accounts=account_settings(provider=provider_of(workspace), second_factor=said.mfa, proxies=said.proxies),
    )


def web_settings(
    *,
    database_url: str,
    secret: str,
    url: str,
    static_root: Path,
    made: Path | None = None,
    hosts: Iterable[str] = (),
    development: bool = False,
    accounts: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything Django has to know.

    `url`: how people reach the pages; with https, cookies and redirects are strict and the proxy in front is believed what it says
    of the scheme. `static_root`: where the files that browsers load are laid out with hashed names; `made`: a folder of those that
    are made rather than written; `hosts`: other names of the server; `accounts`: who comes in and how (`accounts.settings`). Raises UsageError for a `url` that is none.
    """
    host, https = _reached(url)
    ours = django_settings(database_url)
    ours["DATABASES"]["default"] |= {"CONN_MAX_AGE": CONNECTION_SECONDS, "CONN_HEALTH_CHECKS": True}
    return ours | {
        "DEBUG": development,
        "SECRET_KEY": secret,
        "ALLOWED_HOSTS": list(dict.fromkeys([host, *hosts, *LOCAL_HOSTS])),
        "INSTALLED_APPS": list(dict.fromkeys([*APPS, *ours["INSTALLED_APPS"]])),
        "MIDDLEWARE": MIDDLEWARE,
        "ROOT_URLCONF": "smarketing.web.urls",
        "TEMPLATES": [_templates()],
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": POLICY},
        "LOGIN_URL": "login",
        "LOGIN_REDIRECT_URL": "home",
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "CACHES": {
            "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": REMEMBERED}}
        },
        "LANGUAGE_CODE": "en-gb",
        "USE_I18N": False,
        "AUTH_PASSWORD_VALIDATORS": password_rules(),
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 1024 * 1024,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": 1024 * 1024,
        "DATA_UPLOAD_MAX_NUMBER_FILES": 20,
        "LOGGING": _logging(),
        **(accounts or account_settings(provider=None, second_factor="optional", proxies=0)),
        **_static_files(static_root, made),
        **_cookies(https),
        **_transport(https),
    }


def _reached(url: str) -> tuple[str, bool]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f'SMARKETING_URL is how people reach the pages, such as https://smarketing.example.com, not "{url}"')
    return parts.hostname, parts.scheme == "https"


def _templates() -> dict[str, Any]:
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "smarketing.web.pages.around",
            ],
            "builtins": ["django.templatetags.static", "smarketing.web.templatetags.said"],
        },
    }


def _static_files(root: Path, made: Path | None) -> dict[str, Any]:
    return {
        "STATIC_URL": "/static/",
        "STATIC_ROOT": str(root),
        "STATICFILES_DIRS": [str(made)] if made else [],
        "WHITENOISE_AUTOREFRESH": False,
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "smarketing.web.statics.HashedFiles"},
        },
    }


def _cookies(https: bool) -> dict[str, Any]:
    """The names differ so that a cookie set over http is never taken for one of https."""
    prefix = "__Host-" if https else ""
    return {
        "SESSION_COOKIE_NAME": f"{prefix}smarketing-session",
        "SESSION_COOKIE_AGE": SESSION_SECONDS,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "CSRF_COOKIE_NAME": f"{prefix}smarketing-csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": https,
        "CSRF_FAILURE_VIEW": "smarketing.web.views.errors.forged",
    }


def _transport(https: bool) -> dict[str, Any]:
    """Over http nothing is promised to browsers: localhost would be out of reach for a year."""
    always = {
        "SECURE_REFERRER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
        # Other sites on this host, and the lists that browsers ship with, are not ours to bind.
        "SILENCED_SYSTEM_CHECKS": ["security.W005", "security.W021"],
    }
    if not https:
        return always
    return always | {
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SECURE_REDIRECT_EXEMPT": [r"^health$", r"^health/work$"],
    }


def _logging() -> dict[str, Any]:
    """Warnings and worse to stderr, without what people typed."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
    }
