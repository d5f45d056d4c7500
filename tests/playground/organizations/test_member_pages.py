import re
from datetime import timedelta
from decimal import Decimal

from django.contrib.sessions.models import Session
from django.test import TestCase

from playground.lib.clock import now, today
from playground.organizations.models import ApiKey, AuditEntry, DailyUsage, Membership
from playground.organizations.services.organizations import create_api_key
from tests.people import client_of, make_member, make_people

LIST = "/settings/members/"


class MemberPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.admin = make_member(cls.people.organization, "ada@example.com", "admin")

    def setUp(self):
        self.client = client_of(self.people.alice)

    def roles(self):
        rows = Membership.objects.filter(organization=self.people.organization)
        return dict(rows.values_list("user__email", "role"))

    def change(self, person, role, client=None):
        path = f"{LIST}{person.pk}/role/"
        return (client or self.client).post(path, {"role": role}, follow=True)

    def test_a_role_can_be_changed_and_the_change_is_logged(self):
        response = self.change(self.people.bob, "admin")
        self.assertContains(response, "bob@example.com is admin now.")
        assert self.roles()["bob@example.com"] == "admin"
        entry = AuditEntry.objects.get(action="member.role_changed")
        assert entry.subject == "bob@example.com"
        assert entry.detail == {"from": "member", "to": "admin"}

    def test_the_same_role_again_is_no_change(self):
        self.change(self.people.bob, "member")
        assert not AuditEntry.objects.filter(action="member.role_changed").exists()

    def test_the_last_owner_keeps_his_role(self):
        response = self.change(self.people.alice, "member")
        self.assertContains(response, "is the last owner")
        assert self.roles()["alice@example.com"] == "owner"

    def test_an_admin_neither_names_owners_nor_changes_one(self):
        admin = client_of(self.admin)
        response = self.change(self.people.bob, "owner", admin)
        self.assertContains(response, "Select a valid choice")
        assert self.change(self.people.alice, "viewer", admin).status_code == 403
        assert self.roles()["bob@example.com"] == "member"
        assert self.roles()["alice@example.com"] == "owner"

    def test_the_list_tells_what_each_has_spent_this_month_and_a_keys_cap(self):
        key, _ = create_api_key(organization=self.people.organization, name="script")
        self.people.organization.budgets.create(api_key=key, amount=5)
        for user, cost in ((self.people.alice, "2.25"), (self.people.bob, "0.5")):
            DailyUsage.objects.create(
                organization=self.people.organization,
                day=today(),
                user_number=user.pk,
                connection_name="ours",
                kind="chat",
                model="m",
                calls=1,
                cost=Decimal(cost),
            )
        response = self.client.get(LIST)
        for text in ("$2.25", "$0.50", "$5.00"):
            self.assertContains(response, text)

    def test_a_member_can_be_removed_and_the_last_owner_cannot(self):
        self.client.post(f"{LIST}{self.people.bob.pk}/remove/")
        response = self.client.post(
            f"{LIST}{self.people.alice.pk}/remove/", follow=True
        )
        self.assertContains(response, "is the last owner")
        assert set(self.roles()) == {"alice@example.com", "ada@example.com"}

    def test_an_admin_cannot_remove_an_owner(self):
        path = f"{LIST}{self.people.alice.pk}/remove/"
        assert client_of(self.admin).post(path).status_code == 403

    def test_a_key_is_shown_once_and_only_its_hash_is_kept(self):
        data = {"name": "script", "scopes": ["read", "run"]}
        response = self.client.post(f"{LIST}keys/", data)
        # Reloading the page that shows it must not make another one.
        self.assertRedirects(response, LIST, fetch_redirect_response=False)
        (session,) = Session.objects.all()
        page = self.client.get(LIST)
        assert "no-store" in page["Cache-Control"]
        text = re.search(r"esl_[\w-]{20,}", page.content.decode())[0]
        key = ApiKey.objects.get()
        assert key.scopes == ["read", "run"]
        assert text not in key.key_hash
        assert text not in str(session.get_decoded())
        self.assertNotContains(self.client.get(LIST), text)

    def test_a_key_without_a_scope_is_refused(self):
        response = self.client.post(f"{LIST}keys/", {"name": "script"})
        self.assertContains(response, "Choose at least one scope.", status_code=422)
        self.assertContains(response, 'value="script"', status_code=422)

    def test_a_key_works_until_the_end_of_its_last_day(self):
        data = {"name": "script", "scopes": ["read"], "expires_on": "2999-12-31"}
        assert self.client.post(f"{LIST}keys/", data).status_code == 302
        key = ApiKey.objects.get()
        assert key.expires_at.isoformat() == "3000-01-01T00:00:00+00:00"
        detail = AuditEntry.objects.get(action="api_key.created").detail
        assert detail["expires_at"] == key.expires_at.isoformat()

    def test_a_key_that_needs_no_end_has_none(self):
        data = {"name": "script", "scopes": ["read"], "expires_on": ""}
        self.client.post(f"{LIST}keys/", data)
        assert ApiKey.objects.get().expires_at is None

    def test_a_last_day_that_is_over_or_is_none_is_refused(self):
        for day, text in (
            ("2020-01-01", "This day is over."),
            ("tomorrow", "Enter a valid date."),
            ("9999-12-31", "Choose an earlier day."),
        ):
            with self.subTest(day=day):
                data = {"name": "script", "scopes": ["read"], "expires_on": day}
                response = self.client.post(f"{LIST}keys/", data)
                self.assertContains(response, text, status_code=422)
        assert not ApiKey.objects.exists()

    def test_the_list_says_when_keys_were_used_and_when_they_end(self):
        moment = now()
        for name, values in {
            "used": {"last_used_at": moment - timedelta(hours=3, minutes=1)},
            "ending": {"expires_at": moment + timedelta(days=3)},
            "ended": {"expires_at": moment - timedelta(days=1)},
            "later": {"expires_at": moment + timedelta(days=100)},
            "dead": {"revoked_at": moment},
        }.items():
            key, _ = create_api_key(organization=self.people.organization, name=name)
            ApiKey.objects.filter(pk=key.pk).update(**values)
        page = self.client.get(LIST).content.decode()
        rows = {
            re.search(r'<th scope="row">(\w+)</th>', row)[1]: row
            for row in re.findall(r"<tr><th.*?</tr>", page, re.S)
            if "esl_" in row
        }
        assert "3\xa0hours" in rows["used"]
        assert ">soon<" in rows["ending"]
        assert ">expired<" in rows["ended"]
        assert "badge ochre" not in rows["later"]
        assert "badge madder" not in rows["later"]
        assert ">revoked<" in rows["dead"]
        assert "Revoke" not in rows["dead"]

    def test_a_key_can_be_revoked(self):
        key, _ = create_api_key(organization=self.people.organization, name="script")
        self.client.post(f"{LIST}keys/{key.public_id}/revoke/")
        key.refresh_from_db()
        assert key.revoked_at is not None

    def test_mallory_removes_and_revokes_nothing_of_ours(self):
        mallory = client_of(self.people.mallory)
        key, _ = create_api_key(organization=self.people.organization, name="script")
        paths = (f"{self.people.bob.pk}/remove/", f"keys/{key.public_id}/revoke/")
        for path in paths:
            with self.subTest(path=path):
                assert mallory.post(LIST + path).status_code == 404
        assert "bob@example.com" in self.roles()
