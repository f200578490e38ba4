"""Settings of a Django that knows only the records, for its own commands and for type checking.

`SMARKETING_DATABASE_URL` names the database; without it libpq's own defaults hold.
"""

import os

from smarketing.records.database import django_settings

ours = django_settings(os.environ.get("SMARKETING_DATABASE_URL", ""))
DATABASES = ours["DATABASES"]
INSTALLED_APPS = ours["INSTALLED_APPS"]
DEFAULT_AUTO_FIELD = ours["DEFAULT_AUTO_FIELD"]
USE_TZ = ours["USE_TZ"]
TIME_ZONE = ours["TIME_ZONE"]
AUTH_USER_MODEL = ours["AUTH_USER_MODEL"]
MIDDLEWARE = ours["MIDDLEWARE"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = ours["ACCOUNT_USER_MODEL_USERNAME_FIELD"]
ACCOUNT_LOGIN_METHODS = ours["ACCOUNT_LOGIN_METHODS"]
ACCOUNT_SIGNUP_FIELDS = ours["ACCOUNT_SIGNUP_FIELDS"]
