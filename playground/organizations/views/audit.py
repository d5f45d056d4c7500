"""Settings: the log of administrative changes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from playground.organizations.access import MemberRequest, member_required
from playground.organizations.audit_words import NOBODY, action_words, audit_lines
from playground.organizations.models import Membership, Organization, User

PAGE = 50
NO_PERSON = "none"


class AuditFilterForm(forms.Form):
    """Whose changes, and of which sort; `before` is where the last page ended."""

    member = forms.ChoiceField(required=False)
    action = forms.ChoiceField(required=False, label="Change")
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(auditentry__organization=organization).distinct()
        self.fields["member"].choices = [  # type: ignore[attr-defined]
            ("", "Everybody"),
            *((str(person.pk), str(person)) for person in people.order_by("email")),
            (NO_PERSON, NOBODY),
        ]
        entries = organization.audit.order_by()
        actions = entries.values_list("action", flat=True).distinct()
        words = {action: action_words(action).rstrip(":") for action in actions}
        self.fields["action"].choices = [  # type: ignore[attr-defined]
            ("", "All changes"),
            *sorted(words.items(), key=lambda item: item[1]),
        ]


@require_GET
@member_required(Membership.Role.ADMIN)
def audit_list(request: MemberRequest) -> HttpResponse:
    form = AuditFilterForm(request.GET, organization=request.organization)
    if not form.is_valid():
        context = {"form": form, "lines": [], "older": "", "is_filtered": True}
        return render(request, "organizations/audit_list.html", context, status=422)
    asked = form.cleaned_data
    entries = request.organization.audit.select_related("user").order_by("-pk")
    if asked["member"]:
        is_nobody = asked["member"] == NO_PERSON
        entries = entries.filter(user=None if is_nobody else asked["member"])
    if asked["action"]:
        entries = entries.filter(action=asked["action"])
    if asked["before"]:
        entries = entries.filter(pk__lt=asked["before"])
    found = list(entries[: PAGE + 1])
    kept = {name: asked[name] for name in ("member", "action") if asked[name]}
    context = {
        "form": form,
        "lines": audit_lines(found[:PAGE]),
        "is_filtered": bool(kept),
        "newest": "?" + urlencode(kept) if asked["before"] else "",
        "older": "?" + urlencode({**kept, "before": found[PAGE - 1].pk})
        if len(found) > PAGE
        else "",
    }
    return render(request, "organizations/audit_list.html", context)
