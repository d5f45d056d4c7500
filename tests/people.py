"""Alice owns an organization, Bob is a member of it, Mallory owns another one."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from playground.organizations.models import Membership, Organization, User


@dataclass(frozen=True)
class People:
    organization: Organization
    alice: User
    bob: User
    other_organization: Organization
    mallory: User


def make_people() -> People:
    """The three people and their two organizations, none with a password."""
    organization = Organization.objects.create(name="Fjordline Travel")
    other = Organization.objects.create(name="Mallory and Sons")
    return People(
        organization=organization,
        alice=make_member(organization, "alice@example.com", "owner"),
        bob=make_member(organization, "bob@example.com", "member"),
        other_organization=other,
        mallory=make_member(other, "mallory@example.com", "owner"),
    )


def make_member(organization: Organization, email: str, role: str) -> User:
    user = User.objects.create_user(email, name=email.partition("@")[0].title())
    Membership.objects.create(organization=organization, user=user, role=role)
    return user


def client_of(user: User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return client
