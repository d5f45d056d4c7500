import pytest
from django.http import Http404
from django.test import TestCase

from playground.organizations import access
from playground.organizations.models import Connection, Membership
from playground.organizations.services.organizations import create_api_key
from tests.people import client_of, make_member, make_people


class AccessTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.connection = Connection.objects.create(
            organization=cls.people.organization, name="ours", kind="offline"
        )
        cls.key, _ = create_api_key(organization=cls.people.organization, name="k")

    def test_a_connection_is_found_only_from_inside(self):
        people = self.people
        found = access.get_connection(people.organization, "ours")
        assert found == self.connection
        with pytest.raises(Http404):
            access.get_connection(people.other_organization, "ours")

    def test_a_membership_is_found_only_from_inside(self):
        people = self.people
        found = access.get_membership(people.organization, people.bob.pk)
        assert found.role == "member"
        with pytest.raises(Http404):
            access.get_membership(people.other_organization, people.bob.pk)

    def test_an_api_key_is_found_only_from_inside(self):
        people, public_id = self.people, self.key.public_id
        assert access.get_api_key(people.organization, public_id) == self.key
        with pytest.raises(Http404):
            access.get_api_key(people.other_organization, public_id)

    def test_the_chosen_organization_counts_only_for_its_members(self):
        people = self.people
        foreign = people.organization.public_id
        membership = access.choose_membership(people.mallory, foreign)
        assert membership.organization == people.other_organization

    def test_nobody_switches_into_a_foreign_organization(self):
        client = client_of(self.people.mallory)
        target = self.people.organization.public_id
        assert (
            client.post("/organization/", {"organization": target}).status_code == 404
        )
        assert access.SESSION_KEY not in client.session

    def test_a_member_of_two_switches_between_them(self):
        Membership.objects.create(
            organization=self.people.other_organization, user=self.people.bob
        )
        client = client_of(self.people.bob)
        target = self.people.other_organization.public_id
        client.post("/organization/", {"organization": target})
        assert client.session[access.SESSION_KEY] == target

    def test_settings_are_for_admins_only(self):
        admin = make_member(self.people.organization, "ada@example.com", "admin")
        for person, status in [(self.people.bob, 403), (admin, 200)]:
            with self.subTest(person=person):
                response = client_of(person).get("/settings/connections/")
                assert response.status_code == status

    def test_htmx_is_sent_to_the_sign_in_page_as_a_whole(self):
        response = self.client.post(
            "/settings/connections/of/ours/check/",
            headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/a/"},
        )
        assert response.status_code == 204
        assert response["HX-Redirect"].startswith("/sign-in/?next=")

    def test_somebody_without_an_organization_is_told_so(self):
        self.people.bob.memberships.all().delete()
        response = client_of(self.people.bob).get("/", follow=True)
        self.assertTemplateUsed(response, "shell/no_organization.html")
