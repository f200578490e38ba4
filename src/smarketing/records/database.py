"""The database of the records: Django brought to it, its tables brought up to date, its address for other readers."""

from __future__ import annotations

from typing import Any

from smarketing.vocabulary.errors import MissingExtra, OutsideError, UsageError

WHAT = "the database"
APPS = (
    "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "procrastinate.contrib.django",
    "smarketing.records", "allauth", "allauth.account", "allauth.mfa", "allauth.socialaccount", "allauth.usersessions",
)  # fmt: skip
"""The apps with tables; whoever brings the database up to date makes all of them."""
MIGRATING = 20180601
"""The number of the lock of whoever migrates."""
DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def open_records(url: str) -> None:
    """Make Django use the database at this URL, unless Django is set up already, and bring its tables up to date.

    Raises MissingExtra, UsageError for a URL that is none, OutsideError where no database answers or it may lose facts.
    """
    try:
        import django
        from django.apps import apps
        from django.conf import settings
    except ImportError as missing:
        raise MissingExtra(what=WHAT, extra="app") from missing
    if not settings.configured:
        settings.configure(**django_settings(url))
    if not apps.ready:
        django.setup()
    bring_up_to_date()


def bring_up_to_date() -> None:
    """Run the migrations that the database has not seen, one program after the other. Raises OutsideError where it does not answer."""
    from django.core.management import call_command
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
            try:
                executor = MigrationExecutor(connection)
                if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                    call_command("migrate", verbosity=0, interactive=False)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
    except OperationalError as failure:
        raise OutsideError(f"the database does not answer: {failure}".strip()) from failure


def django_settings(url: str) -> dict[str, Any]:
    """The settings of a Django that knows the records and what logging in keeps in tables, and nothing else."""
    return {
        "DATABASES": {"default": django_database(url)},
        "INSTALLED_APPS": list(APPS),
        "AUTH_USER_MODEL": "records.User",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "PROCRASTINATE_AUTODISCOVER_MODULE_NAME": None,  # jobs are actions, which the records do not know
        "MIDDLEWARE": ["allauth.account.middleware.AccountMiddleware"],  # its apps ask for it, though nobody is served here
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
    }


def django_database(url: str) -> dict[str, Any]:
    """A PostgreSQL URL (`postgresql://user:password@host:port/name?sslmode=require`) as Django wants it. Raises UsageError."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as wrong:
        raise UsageError(f"that is no PostgreSQL URL such as postgresql://user@host/name: {wrong}".strip()) from wrong
    named = {DJANGO_NAMES[name]: value for name, value in parts.items() if name in DJANGO_NAMES}
    options = {name: value for name, value in parts.items() if name not in DJANGO_NAMES}
    return {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", **named, "OPTIONS": options}


def connection_text() -> str:
    """How libpq reaches the database that Django uses, for readers that bring their own connection."""
    from django.db import connection
    from psycopg.conninfo import make_conninfo

    known = connection.settings_dict
    named = {name: known[theirs] for name, theirs in DJANGO_NAMES.items() if known.get(theirs)}
    others = {name: value for name, value in known["OPTIONS"].items() if isinstance(value, (str, int))}
    return make_conninfo("", **{name: str(value) for name, value in {**others, **named}.items()})
