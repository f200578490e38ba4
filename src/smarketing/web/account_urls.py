"""The addresses of the login's steps and of what protects an account; django-allauth finds them by these names."""

from __future__ import annotations

from allauth.account.views import account_inactive, reauthenticate
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as apps
from allauth.socialaccount.providers.openid_connect import views as provider
from allauth.socialaccount.views import login_cancelled
from django.urls import path

from smarketing.web.accounts.provided import asked_for
from smarketing.web.accounts.sessions import renewed
from smarketing.web.views import account, entry

urlpatterns = [
    path("login", entry.enter, name="login"),
    path("login", entry.enter, name="account_login"),
    path("login/code", factors.authenticate, name="mfa_authenticate"),
    path("login/inactive", account_inactive, name="account_inactive"),
    path("login/cancelled", login_cancelled, name="socialaccount_login_cancelled"),
    path("login/with/<slug:provider_id>", asked_for(provider.login), name="openid_connect_login"),
    path("login/with/<slug:provider_id>/back", provider.callback, name="openid_connect_callback"),
    path("logout", entry.leave, name="logout"),
    path("logout", entry.leave, name="account_logout"),
    path("password", entry.password, name="password"),
    path("account", account.page, name="account"),
    path("account", account.page, name="mfa_index"),
    path("account/sessions/end", account.end_sessions, name="sessions-end"),
    path("account/sessions/<int:number>/end", account.end_session, name="session-end"),
    path("account/again", renewed(reauthenticate), name="account_reauthenticate"),
    path("account/again/code", renewed(factors.reauthenticate), name="mfa_reauthenticate"),
    path("account/second-factor", apps.activate_totp, name="mfa_activate_totp"),
    path("account/second-factor/off", apps.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/recovery-codes", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
