import re
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.test import Client, TestCase

from playground.lib.clock import now
from playground.organizations.models import (
    AuditEntry,
    Invitation,
    Membership,
    User,
)
from playground.organizations.services.invitations import create_invitation
from tests.people import client_of, make_member, make_people

LIST = "/settings/members/"
PASSWORD = "a-long-and-rare-one-81"


class InvitationTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.admin = make_member(cls.people.organization, "ada@example.com", "admin")

    def setUp(self):
        self.client = client_of(self.people.alice)

    def invite(self, email="", role="member", user=None):
        invitation, token = create_invitation(
            organization=self.people.organization,
            role=role,
            email=email,
            user=user or self.people.alice,
        )
        return invitation, f"/join/{token}/"

    def role_of(self, email):
        rows = self.people.organization.memberships.filter(user__email=email)
        return rows.values_list("role", flat=True).first()

    def account(self, **fields):
        data = {"email": "new@example.com", "name": "New", "new": PASSWORD}
        return {**data, "again": PASSWORD, **fields}


class InvitingTests(InvitationTests):
    def test_the_link_is_shown_once_and_only_its_hash_is_kept(self):
        data = {"email": "New@Example.com", "role": "viewer"}
        response = self.client.post(f"{LIST}invite/", data)
        self.assertRedirects(response, LIST, fetch_redirect_response=False)
        (session,) = Session.objects.all()
        page = self.client.get(LIST)
        assert "no-store" in page["Cache-Control"]
        token = re.search(r"http://testserver/join/([\w-]+)/", page.content.decode())[1]
        invitation = Invitation.objects.get()
        assert invitation.email == "new@example.com"
        assert timedelta(days=6) < invitation.expires_at - now() <= timedelta(days=7)
        assert token not in invitation.token_hash
        assert token not in str(session.get_decoded())
        self.assertNotContains(self.client.get(LIST), token)
        assert token not in str(AuditEntry.objects.values_list("subject", "detail"))

    def test_an_open_invitation_stands_in_the_list_and_can_be_revoked(self):
        invitation, link = self.invite("new@example.com")
        self.assertContains(self.client.get(LIST), "invited")
        path = f"{LIST}invitations/{invitation.pk}/revoke/"
        response = self.client.post(path, follow=True)
        self.assertContains(response, "Its link works no longer.")
        assert Client().get(link).status_code == 410
        assert AuditEntry.objects.filter(action="invitation.revoked").count() == 1

    def test_a_member_is_not_invited_again(self):
        data = {"email": "bob@example.com", "role": "member"}
        response = self.client.post(f"{LIST}invite/", data)
        self.assertContains(response, "is a member already", status_code=422)
        assert not Invitation.objects.exists()

    def test_an_admin_cannot_invite_owners(self):
        data = {"email": "", "role": "owner"}
        response = client_of(self.admin).post(f"{LIST}invite/", data)
        assert response.status_code == 422
        assert not Invitation.objects.exists()

    def test_members_and_mallory_cannot_invite_or_revoke(self):
        invitation, _ = self.invite()
        path = f"{LIST}invitations/{invitation.pk}/revoke/"
        data = {"email": "", "role": "member"}
        bob = client_of(self.people.bob)
        assert bob.post(f"{LIST}invite/", data).status_code == 403
        assert bob.post(path).status_code == 403
        assert client_of(self.people.mallory).post(path).status_code == 404
        assert Invitation.objects.get().is_open

    def test_who_is_no_admin_any_more_leaves_no_open_invitation(self):
        _, from_admin = self.invite(user=self.admin)
        _, from_alice = self.invite()
        self.client.post(f"{LIST}{self.admin.pk}/role/", {"role": "member"})
        assert Client().get(from_admin).status_code == 410
        assert Client().get(from_alice).status_code == 200
        self.client.post(f"{LIST}{self.admin.pk}/remove/")

    def test_an_owner_who_becomes_admin_takes_his_owners_invitations_back(self):
        make_member(self.people.organization, "olga@example.com", "owner")
        _, as_owner = self.invite(role="owner")
        _, as_member = self.invite()
        self.client.post(f"{LIST}{self.people.alice.pk}/role/", {"role": "admin"})
        assert Client().get(as_owner).status_code == 410
        assert Client().get(as_member).status_code == 200


class JoiningTests(InvitationTests):
    def test_looking_at_a_link_does_not_use_it_up(self):
        _, link = self.invite()
        for _ in range(2):
            response = Client().get(link)
            self.assertContains(response, "Join Fjordline Travel")
        assert response["Referrer-Policy"] == "same-origin"
        assert "no-store" in response["Cache-Control"]

    def test_a_stranger_makes_an_account_and_is_in(self):
        _, link = self.invite(role="viewer")
        guest = Client()
        response = guest.post(link, self.account())
        self.assertRedirects(response, "/", fetch_redirect_response=False)
        person = User.objects.get(pk=guest.session["_auth_user_id"])
        assert person.check_password(PASSWORD)
        assert self.role_of("new@example.com") == "viewer"
        entry = AuditEntry.objects.get(action="member.joined")
        assert (entry.user, entry.detail["invited_by"]) == (person, "Alice")

    def test_a_link_works_once(self):
        _, link = self.invite()
        Client().post(link, self.account())
        again = Client().post(link, self.account(email="other@example.com"))
        assert again.status_code == 410
        assert not User.objects.filter(email="other@example.com").exists()

    def test_a_link_ends_after_seven_days(self):
        _, link = self.invite()
        Invitation.objects.update(expires_at=now())
        assert Client().get(link).status_code == 410
        assert Client().post(link, self.account()).status_code == 410

    def test_the_address_of_an_invitation_cannot_be_changed(self):
        _, link = self.invite("meant@example.com")
        Client().post(link, self.account(email="other@example.com"))
        assert self.role_of("meant@example.com") == "member"
        assert not User.objects.filter(email="other@example.com").exists()

    def test_nobody_takes_over_an_account_that_exists(self):
        _, link = self.invite()
        response = Client().post(link, self.account(email="Mallory@example.com"))
        self.assertContains(response, "This address has an account.", status_code=422)
        assert not self.people.mallory.check_password(PASSWORD)
        assert Invitation.objects.get().is_open

    def test_bad_input_keeps_what_was_typed_but_no_password(self):
        _, link = self.invite()
        response = Client().post(link, self.account(again="something else"))
        self.assertContains(response, "The two passwords differ.", status_code=422)
        self.assertContains(response, "new@example.com", status_code=422)
        self.assertNotContains(response, PASSWORD, status_code=422)
        weak = Client().post(link, self.account(new="password", again="password"))
        self.assertContains(weak, "too common", status_code=422)

    def test_who_is_signed_in_joins_with_his_account_and_works_there(self):
        _, link = self.invite(role="admin")
        mallory = client_of(self.people.mallory)
        self.assertContains(mallory.get(link), "signed in as mallory@example.com")
        mallory.post(link)
        assert self.role_of("mallory@example.com") == "admin"
        assert mallory.session["organization"] == self.people.organization.public_id

    def test_an_invitation_for_somebody_else_is_refused_with_both_names(self):
        _, link = self.invite("meant@example.com")
        mallory = client_of(self.people.mallory)
        text = "is for meant@example.com, and you are signed in as mallory@example.com"
        self.assertContains(mallory.get(link), text)
        self.assertContains(mallory.post(link), text, status_code=409)
        assert Invitation.objects.get().is_open

    def test_a_member_keeps_his_role_and_the_invitation_stays_open(self):
        _, link = self.invite(role="viewer")
        client_of(self.people.bob).post(link)
        assert self.role_of("bob@example.com") == Membership.Role.MEMBER
        assert Invitation.objects.get().is_open
