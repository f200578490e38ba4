"""In and out: login, logout, a new password; what comes after the password is in `accounts`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login as Entering
from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from smarketing.actions.people import opens_until
from smarketing.actions.trail import note
from smarketing.web.accounts.onward import home_of
from smarketing.web.accounts.provided import offered
from smarketing.web.attempts import failed, forgiven, wait_seconds
from smarketing.web.locale import reader
from smarketing.web.network import network_of

WRONG = "That e-mail address and password do not belong together."
LATER = "Too many attempts. Try again in {minutes} minutes."
OVER = "That password was for the first days. On the machine that serves these pages, smarketing user password gives another one."
FOR_A_WHILE = "The password that was printed opens until {day}. Choose your own at your name, under Change password."

PRESENT = forms.PasswordInput(attrs={"autocomplete": "current-password"})
WANTED = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class Login(forms.Form):
    """E-mail address and password."""

    email = forms.CharField(label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(label="Password", max_length=1024, strip=False, widget=PRESENT)


class NewPassword(forms.Form):
    """The present password and, twice, the new one."""

    present = forms.CharField(label="Present password", max_length=1024, strip=False, widget=PRESENT)
    wanted = forms.CharField(label="New password", max_length=1024, strip=False, widget=WANTED)
    again = forms.CharField(label="New password, again", max_length=1024, strip=False, widget=WANTED)

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """The present one is right, the two new ones are equal and strong."""
        said = super().clean() or {}
        if "present" in said and not self.user.check_password(said["present"]):
            self.add_error("present", "This is not your present password.")
        if said.get("wanted") != said.get("again"):
            self.add_error("again", "The two are not equal.")
        elif said.get("wanted"):
            try:
                validate_password(said["wanted"], self.user)
            except forms.ValidationError as weak:
                self.add_error("wanted", weak)
        return said


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The login; whoever is in goes on to where they wanted to."""
    if request.user.is_authenticated:
        return redirect(_onward(request, request.user))
    form = Login(request.POST if request.method == "POST" else None)
    tried = _try(request, form) if request.method == "POST" else Tried()
    if tried.user is not None:
        return welcome(request, tried.user, onward=_onward(request, tried.user))
    asked = request.POST.get("next", request.GET.get("next", ""))
    context = {"form": form, "next": asked, "provider": offered()}
    answer = render(request, "pages/login.html", context, status=tried.status)
    if tried.seconds:
        answer.headers["Retry-After"] = str(tried.seconds)
    return answer


class Tried(NamedTuple):
    """What became of a form: somebody, or the status of the answer and, where it was tried too often, the seconds to wait."""

    user: Any = None
    status: int = 200
    seconds: int = 0


@sensitive_variables()
def _try(request: HttpRequest, form: Login) -> Tried:
    """400 and 429: the form says why not, never which of the two was wrong."""
    if not form.is_valid():
        return Tried(status=400)
    email, address = form.cleaned_data["email"].strip().lower(), network_of(request)
    if seconds := wait_seconds(email, address):
        form.add_error(None, LATER.format(minutes=-(-seconds // 60)))
        return Tried(status=429, seconds=seconds)
    user = authenticate(request, username=email, password=form.cleaned_data["password"])
    until = opens_until(user) if user is not None else None
    over = until is not None and until <= datetime.now(UTC)
    if user is None or over:
        failed(email, address)
        because = "the first password is over" if over else "wrong password"
        note(email[:254], "failed to sign in", email[:254], now=datetime.now(UTC), network=address, because=because)
        form.add_error(None, OVER if over else WRONG)
        return Tried(status=400)
    if until is not None:
        messages.warning(request, FOR_A_WHILE.format(day=reader().date(until)))
    forgiven(email, address)
    return Tried(user)


def welcome(request: HttpRequest, user: Any, *, onward: str, way: str = "password") -> HttpResponse:
    """Somebody has shown who they are: to the second factor where they have one, then `onward`, in a new session."""
    request.session.cycle_key()
    record_authentication(request, user, way, reauthenticated=True)
    answer: HttpResponse = perform_login(request, Entering(user=user, redirect_url=onward))
    return answer


@require_http_methods(["POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """The session is forgotten here and in the browser."""
    logout(request)
    return redirect("login")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A new password; every other session of this user ends."""
    form = NewPassword(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        user: Any = request.user
        user.set_password(form.cleaned_data["wanted"])
        user.save(update_fields=["password"])
        note(user.email, "changed a password", user.email, now=datetime.now(UTC), network=network_of(request))
        update_session_auth_hash(request, user)
        messages.success(request, "Your password is changed. Everywhere else you are logged out.")
        return redirect("home")
    return render(request, "pages/password.html", {"form": form}, status=400 if form.errors else 200)


def _onward(request: HttpRequest, user: Any) -> str:
    """`next` where it stays on this site, else where the day of this user begins."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    local = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if local else home_of(user)
