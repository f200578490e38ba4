"""`/people`: who may come in and what as; people are asked in, given another role, suspended and let in again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from smarketing.actions import invitations, people
from smarketing.actions.invitations import Invited
from smarketing.records.people import Role, User
from smarketing.vocabulary.errors import UsageError
from smarketing.web.accounts.provided import linked
from smarketing.web.accounts.settings import second_factor
from smarketing.web.network import network_of
from smarketing.web.states import place

ROLES = [(role.value, role.value) for role in Role]
MEANS = {
    "marketing": "brings leads, checks them, imports what their tools tell",
    "sales": "works the leads they are given",
    "leader": "sees everything that both teams do",
    "operations": "sees everything, and looks after people, keys and connections",
    "viewer": "looks, and changes nothing",
}


class Ask(forms.Form):
    """Whom to ask in."""

    email = forms.EmailField(label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label="Name", max_length=200, required=False)
    role = forms.ChoiceField(label="Role", choices=ROLES)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Everybody, those who were asked in, and the form that asks."""
    return _page(request, Ask())


def _page(request: HttpRequest, form: Ask, invited: Invited | None = None, *, mailed: bool = False) -> HttpResponse:
    everybody = people.users()
    factors = set(Authenticator.objects.filter(type="totp").values_list("user_id", flat=True))
    context = {
        "answer": _answer(everybody),
        "people": [{"user": user, "factor": user.pk in factors} for user in everybody],
        "invitations": invitations.open_invitations(),
        "form": form,
        "means": MEANS,
        "invited": invited,
        "link": request.build_absolute_uri(invited.path) if invited else "",
        "mailed": mailed,
    }
    return render(request, "pages/people.html", context, status=400 if form.errors else 200)


def _answer(everybody: list[User]) -> str:
    active = sum(user.is_active for user in everybody)
    suspended = len(everybody) - active
    said = f"{active} {'person' if active == 1 else 'people'} may come in"
    return f"{said}; {suspended} more {'is' if suspended == 1 else 'are'} suspended." if suspended else f"{said}."


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def invite(request: HttpRequest) -> HttpResponse:
    """Asked in: the page again, with the link, which is shown this once."""
    form = Ask(request.POST)
    if not form.is_valid():
        return _page(request, form)
    said: Any = form.cleaned_data
    try:
        invited = invitations.invite(said["email"], role=said["role"], name=said["name"], **_by(request))
    except UsageError as wrong:
        form.add_error("email", str(wrong))
        return _page(request, form)
    return _page(request, Ask(), invited, mailed=_mailed(request, invited, new=True))


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "network": network_of(request)}


def _mails() -> bool:
    return place().settings.mail_url is not None


def _mailed(request: HttpRequest, invited: Invited, *, new: bool) -> bool:
    if not _mails():
        return False
    link = request.build_absolute_uri(invited.path)
    return invitations.mail_invitation(invited, link=link, by=str(request.user), new=new)


@require_POST
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """The link of an invitation opens nothing any more."""
    try:
        email = invitations.take_back(number, **_by(request)).email
    except UsageError as gone:
        raise Http404 from gone
    messages.success(request, f"The invitation of {email} opens nothing any more.")
    return redirect("people")


@require_safe
def person(request: HttpRequest, number: int) -> HttpResponse:
    """One person, and what can be done."""
    return _person(request, _found(number))


def _found(number: int) -> User:
    found = User.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _person(
    request: HttpRequest, user: User, invited: Invited | None = None, *, mailed: bool = False, wrong: str = ""
) -> HttpResponse:
    context = {
        "person": user,
        "myself": user.pk == request.user.pk,
        "factor": Authenticator.objects.filter(user=user, type="totp").exists(),
        "linked": linked(user),
        "roles": [{"name": name, "means": MEANS[name], "chosen": name == user.role} for name in MEANS],
        "second_factor": second_factor(),
        "invited": invited,
        "link": request.build_absolute_uri(invited.path) if invited else "",
        "mailed": mailed,
        "wrong": wrong,
    }
    return render(request, "pages/person.html", context, status=400 if wrong else 200)


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def change(request: HttpRequest, number: int) -> HttpResponse:
    """One of `CHANGES` to a person; a link for a password is shown this once."""
    user, do = _found(number), request.POST.get("do", "")
    try:
        if do == "password":
            invited = invitations.link_for_password(user.email, **_by(request))
            return _person(request, user, invited, mailed=_mailed(request, invited, new=False))
        said = CHANGES[do](request, user) if do in CHANGES else None
    except UsageError as wrong:
        return _person(request, user, wrong=str(wrong))
    if said is None:
        raise Http404
    messages.success(request, said)
    return redirect("person", number=number)


def _noted(request: HttpRequest) -> dict[str, str]:
    by: Any = request.user
    return {"by": by.email, "network": network_of(request)}


def _role(request: HttpRequest, user: User) -> str:
    changed = people.change_role(user.email, request.POST.get("role", ""), **_noted(request))
    return f"{changed} is {changed.role} now."


def _off(request: HttpRequest, user: User) -> str:
    return f"{people.let_in(user.email, active=False, **_noted(request))} may come in no more."


def _on(request: HttpRequest, user: User) -> str:
    return f"{people.let_in(user.email, active=True, **_noted(request))} may come in again."


def _forget(request: HttpRequest, user: User) -> str:
    return f"{people.forget_factors(user.email, **_noted(request))} signs in with the password alone now, and is signed out everywhere."


def _out(request: HttpRequest, user: User) -> str:
    places = people.sign_out(user.email, **_noted(request))
    return f"{user} is signed out everywhere." if places else f"{user} was signed in nowhere."


CHANGES: dict[str, Callable[[HttpRequest, User], str]] = {"role": _role, "off": _off, "on": _on, "out": _out, "forget": _forget}
"""What the forms of a person's page ask for → what does it and says so."""
