"""In and out: login, logout, a new password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from smarketing.web.attempts import failed, forgiven, wait_seconds

WRONG = "That e-mail address and password do not belong together."
LATER = "Too many attempts. Try again in {minutes} minutes."

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
        return redirect(_onward(request))
    form = Login(request.POST or None)
    status = 200
    if request.method == "POST":
        status = _try(request, form)
        if status == 200:
            return redirect(_onward(request))
    asked = request.POST.get("next", request.GET.get("next", ""))
    return render(request, "pages/login.html", {"form": form, "next": asked}, status=status)


@sensitive_variables()
def _try(request: HttpRequest, form: Login) -> int:
    """200: somebody is logged in now; 400 and 429: the form says why not, never which of the two was wrong."""
    if not form.is_valid():
        return 400
    email, address = form.cleaned_data["email"].strip().lower(), str(request.META.get("REMOTE_ADDR", ""))
    if seconds := wait_seconds(email, address):
        form.add_error(None, LATER.format(minutes=-(-seconds // 60)))
        return 429
    user = authenticate(request, username=email, password=form.cleaned_data["password"])
    if user is None:
        failed(email, address)
        form.add_error(None, WRONG)
        return 400
    forgiven(email)
    login(request, user)
    return 200


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
    form = NewPassword(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        user: Any = request.user
        user.set_password(form.cleaned_data["wanted"])
        user.save(update_fields=["password"])
        update_session_auth_hash(request, user)
        messages.success(request, "Your password is changed. Everywhere else you are logged out.")
        return redirect("home")
    return render(request, "pages/password.html", {"form": form}, status=400 if form.errors else 200)


def _onward(request: HttpRequest) -> str:
    """`next` where it stays on this site, else the scoreboard."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    local = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if local else resolve_url("home")
