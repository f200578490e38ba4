"""`/invitation/TOKEN`: somebody who was asked in chooses a password; then they are in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from smarketing.actions.invitations import accept, find_invitation
from smarketing.records.people import User
from smarketing.vocabulary.errors import UsageError
from smarketing.web.accounts.onward import home_of
from smarketing.web.network import network_of
from smarketing.web.views.entry import WANTED, welcome

FIRST = "first day"


class FirstPassword(forms.Form):
    """A name and, twice, a password."""

    name = forms.CharField(label="Your name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    wanted = forms.CharField(label="Password", max_length=1024, strip=False, widget=WANTED)
    again = forms.CharField(label="Password, again", max_length=1024, strip=False, widget=WANTED)

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """The two are equal."""
        said = super().clean() or {}
        if said.get("wanted") != said.get("again"):
            self.add_error("again", "The two are not equal.")
        return said


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The form; sent, the person is signed in, and their day begins."""
    invitation = find_invitation(token)
    if invitation is None:
        return render(request, "pages/invitation_gone.html", status=404)
    known = User.objects.filter(email=invitation.email).first()
    name = known.name if known else invitation.name
    form = FirstPassword(request.POST if request.method == "POST" else None, initial={"name": name})
    user = _accepted(request, token, form) if request.method == "POST" and form.is_valid() else None
    if user is not None:
        return _in(request, user, new=known is None)
    context = {"form": form, "invitation": invitation, "new": known is None, "token": token}
    return render(request, "pages/invitation.html", context, status=400 if form.errors else 200)


@sensitive_variables()
def _accepted(request: HttpRequest, token: str, form: FirstPassword) -> User | None:
    said = form.cleaned_data
    try:
        return accept(token, name=said["name"], password=said["wanted"], network=network_of(request))
    except UsageError as weak:
        form.add_error("wanted", str(weak).removeprefix("this password will not do. "))
        return None


def _in(request: HttpRequest, user: User, *, new: bool) -> HttpResponse:
    """Whoever sits there, the one who was asked in is who comes in."""
    if request.user.is_authenticated:
        request.session.flush()
    answer = welcome(request, user, onward=reverse("first-day"), way="invitation")
    if new:
        request.session[FIRST] = True
    else:
        messages.success(request, "Your password is changed.")
    return answer


@require_safe
def first_day(request: HttpRequest) -> HttpResponse:
    """To where the day of this user begins; who comes there for the first time is welcomed, once what protects them is set up."""
    user: Any = request.user
    if request.session.pop(FIRST, False):
        messages.success(request, f"Welcome, {user.get_short_name()}. This is where your day begins.")
    return redirect(home_of(user))
