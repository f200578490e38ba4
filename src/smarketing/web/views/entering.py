"""`/leads/new`: a lead that somebody enters by hand, with a warning where it may be there already."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from smarketing.actions.acts.asked import NotDone
from smarketing.actions.acts.entering import WAYS, NewLead, enter_lead, lead_id_of
from smarketing.reports.person.duplicates import MAIL, NAME, PHONE, SHORTEST_NUMBER, Like, digits, duplicates
from smarketing.web.consenting import consent_of_lead
from smarketing.web.held import keeper
from smarketing.web.inbox.told import refused
from smarketing.web.states import place
from smarketing.web.told.names import campaign_names

LONGEST, LONGEST_NOTE = 200, 4000
TOLD = ("name", "email", "phone", "company", "way", "campaign", "note")
PART = "parts/lead_likes.html"
SAME = {MAIL: "has the same mail address", PHONE: "has the same phone number", NAME: "has nearly the same name"}
ASKED = (("", "Nobody asked"), ("yes", "Yes, they agreed"), ("no", "No, they do not want it"))
PHONE_CHARACTERS = RegexValidator(r"^\+?[\d\s()./-]+$", "Write digits, such as +49 30 1234567.")


class NewLeadForm(forms.Form):
    """Who it is, how it came, and what it said about being contacted. One of mail, phone and company is enough to find it again."""

    name = forms.CharField(
        label="Name", max_length=LONGEST, widget=forms.TextInput(attrs={"autocomplete": "off"}), help_text="With it at least one of the next three."
    )  # fmt: skip
    email = forms.EmailField(label="Mail", required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    phone = forms.CharField(
        label="Phone", required=False, max_length=40, validators=[PHONE_CHARACTERS], widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    company = forms.CharField(
        label="Company", required=False, max_length=LONGEST, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    way = forms.ChoiceField(label="How it came", choices=[(word, way.label) for word, way in WAYS.items()])
    campaign = forms.ChoiceField(label="Campaign", required=False, help_text="The touch counts for it.")
    may_mail = forms.ChoiceField(label="May we mail?", choices=ASKED, required=False)
    may_call = forms.ChoiceField(label="May we call?", choices=ASKED, required=False)
    note = forms.CharField(label="Note", required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        campaigns = sorted(campaign_names().items(), key=lambda one: one[1].casefold()) if keeper().now.outcome else []
        chosen: Any = self.fields["campaign"]
        chosen.choices = [("", "None"), *campaigns]

    def clean_phone(self) -> str:
        """Digits enough to call."""
        phone = str(self.cleaned_data.get("phone") or "").strip()
        if phone and len(digits(phone)) < SHORTEST_NUMBER:
            raise forms.ValidationError(f"These are too few digits; a number has {SHORTEST_NUMBER} or more.")
        return phone

    def clean(self) -> dict[str, Any]:
        """There is a way to find the person again; a campaign belongs to something that they did."""
        said = super().clean() or {}
        if not any(said.get(name) or name in self.errors for name in ("email", "phone", "company")):
            self.add_error(None, "A name alone is nobody: add a mail address, a phone number or the company.")
        if said.get("campaign") and (way := said.get("way")) in WAYS and WAYS[way].kind is None:
            self.add_error(
                "campaign", "They did nothing yet, so no campaign brought them. Choose how they came, or leave it out."
            )
        return said

    @property
    def new(self) -> NewLead:
        """What was told."""
        said: dict[str, Any] = {name: self.cleaned_data[name] for name in TOLD}
        said |= {name: {"yes": True, "no": False}.get(self.cleaned_data[name]) for name in ("may_mail", "may_call")}
        return NewLead(**said)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The form; sent, whoever it may be already is shown first, and sent again all the same the lead is entered."""
    sent = request.method == "POST"
    form = NewLeadForm(request.POST if sent else None)
    if sent and request.headers.get("HX-Target") == "likes":
        return render(request, PART, {"likes": likes(request.POST.dict())})
    found = likes(request.POST.dict()) if sent else []
    if sent and form.is_valid() and (not found or "anyway" in request.POST):
        return _enter(request, form)
    context = {
        "form": form,
        "key": request.POST.get("key") or uuid.uuid4().hex,
        "likes": found,
        "warned": sent and not form.errors,
        "entered": request.GET.get("entered", ""),
    }
    return render(request, "pages/lead_new.html", context, status=400 if form.errors else 200)


def likes(said: dict[str, str]) -> list[dict[str, Any]]:
    """Who is there already and may be the same person, with what is alike."""
    outcome = keeper().now.outcome
    if outcome is None:
        return []
    asked = {name: str(said.get(name) or "")[:LONGEST] for name in ("name", "email", "phone", "company")}
    return [_shown(each) for each in duplicates(outcome, **asked) if each.lead_id != lead_id_of(said.get("key", ""))]


def _shown(like: Like) -> dict[str, Any]:
    return {**like._asdict(), "why": SAME[like.by], "sure": like.by != NAME, "consent": consent_of_lead(like.lead_id)}


def _enter(request: HttpRequest, form: NewLeadForm) -> HttpResponse:
    """Enter it, and offer the next form."""
    user: Any = request.user
    try:
        done = enter_lead(place(), user, form.new, key=request.POST.get("key", ""), now=place().now())
    except NotDone as problem:
        form.add_error(None, f"Not done: {refused(problem, user)}")
        return render(request, "pages/lead_new.html", {"form": form, "key": uuid.uuid4().hex, "likes": []}, status=problem.status)
    messages.success(request, f"{form.new.name} was entered.")  # the name stays out of the address, which others may log
    return redirect(f"{reverse('lead-new')}?{urlencode({'entered': done.body['lead_id']})}")
