"""`/keys`: which programs may come in, and what they may do; a key is shown once."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from smarketing.actions.keys import ACTS, SENDS, NewKey, keys, make_key, revoke_key
from smarketing.actions.people import users
from smarketing.records.keys import ApiKey, Scope
from smarketing.vocabulary.errors import UsageError
from smarketing.web.ingest.keyed import forget_keys
from smarketing.web.network import network_of

MEANS = {
    Scope.FACTS_WRITE: "send facts",
    Scope.READ: "read what the pages show",
    Scope.ACTS_WRITE: "act in the name of a user, as far as that user may",
}
NOBODY = ("", "Nobody")


def _may(scope: Scope) -> str:
    return f"{MEANS[scope]} ({scope.value})"


class Make(forms.Form):
    """A new key."""

    name = forms.CharField(label="Program", max_length=100, help_text="Who has it, such as website.")
    scope = forms.ChoiceField(label="It may", choices=[(scope.value, _may(scope)) for scope in Scope])
    user = forms.ChoiceField(
        label="In whose name", required=False, help_text="For a key that acts, or that reads what one person sees."
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["user"]
        field.choices = [NOBODY, *((user.email, f"{user} ({user.role})") for user in users() if user.is_active)]

    def clean(self) -> dict[str, Any]:
        """A user belongs to a key that acts, and to no other."""
        said = super().clean() or {}
        if said.get("scope") == ACTS and not said.get("user"):
            self.add_error("user", "A key that acts needs a user, in whose name it does.")
        elif said.get("scope") == SENDS and said.get("user"):
            self.add_error("user", "Facts are sent in nobody's name.")
        return said


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every key, without its token, and the form for a new one."""
    return _page(request, Make())


def _page(request: HttpRequest, form: Make, made: NewKey | None = None) -> HttpResponse:
    known = keys()
    shown = [(key, _may(Scope(key.scope))) for key in known]
    context = {"answer": _answer(known), "keys": shown, "form": form, "made": made}
    return render(request, "pages/keys.html", context, status=400 if form.errors else 200)


def _answer(known: list[ApiKey]) -> str:
    number = sum(key.revoked_at is None for key in known)
    return f"{number} {'program' if number == 1 else 'programs'} may come in." if number else "No program may come in."


def _by(request: HttpRequest) -> dict[str, str]:
    user: Any = request.user
    return {"by": user.email, "network": network_of(request)}


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def make(request: HttpRequest) -> HttpResponse:
    """Made: the page again, with the token, which is shown this once."""
    form = Make(request.POST)
    if not form.is_valid():
        return _page(request, form)
    said = form.cleaned_data
    try:
        made = make_key(said["name"], scope=said["scope"], user=said["user"], **_by(request))
    except UsageError as wrong:
        form.add_error("name", str(wrong))
        return _page(request, form)
    return _page(request, Make(), made)


@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """The program comes in no more."""
    key = ApiKey.objects.filter(pk=number).first()
    if key is None:
        raise Http404
    revoke_key(key.name, **_by(request))
    forget_keys()
    messages.success(request, f"{key.name} may come in no more.")
    return redirect("keys")
