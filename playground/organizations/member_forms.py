from __future__ import annotations

from typing import Any

from django import forms

from playground.organizations.models import Membership

ROLE_WORDS = {
    "viewer": "viewer: sees threads and pictures",
    "member": "member: also runs and spends",
    "admin": "admin: also sets connections, prices, budgets and members",
    "owner": "owner: also names owners",
}


def grantable_roles(membership: Membership) -> list[str]:
    """The roles that this member may give; only an owner names owners."""
    roles = ["member", "viewer", "admin"]
    return [*roles, "owner"] if membership.role == Membership.Role.OWNER else roles


class InviteForm(forms.Form):
    """Makes an invitation: for whom, and as what."""

    email = forms.EmailField(
        max_length=254,
        required=False,
        help_text="Then nobody else can accept it. Left empty, whoever has the link can.",
    )
    role = forms.ChoiceField(label="Role", initial=Membership.Role.MEMBER)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(role, ROLE_WORDS[role]) for role in grantable_roles(membership)]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return email.lower()


class RoleForm(forms.Form):
    """Changes the role of a member."""

    role = forms.ChoiceField()

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(role, role) for role in grantable_roles(membership)]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
