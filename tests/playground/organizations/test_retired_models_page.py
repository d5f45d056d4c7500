from __future__ import annotations

from django.test import TestCase

from playground.organizations.models import AuditEntry
from playground.organizations.services.connections import add_connection
from tests import scripted_kind
from tests.people import client_of, make_people

LIST = "/settings/connections/"
SAVE = "/settings/connections/retired-models/"


class RetiredModelsPageTests(TestCase):
    def setUp(self):
        scripted_kind.register(self)
        self.people = make_people()
        self.organization = self.people.organization
        add_connection(
            organization=self.organization,
            kind="scripted",
            name="ours",
            api_key="k-123456",
        )
        self.client = client_of(self.people.alice)

    def save(self, client=None, **fields):
        response = (client or self.client).post(SAVE, fields, follow=True)
        self.organization.refresh_from_db()
        return response

    def shown(self):
        form = self.client.get(LIST).context["retired_form"]
        return form["serves_retired_models"].value()

    def test_an_admin_switches_them_off_and_on_again(self):
        self.assertContains(self.client.get(LIST), "dall-e-3")
        self.assertContains(self.save(), "refused from now on")
        assert not self.organization.serves_retired_models
        self.assertContains(self.save(serves_retired_models="on"), "served from now on")
        assert self.organization.serves_retired_models

    def test_the_box_shows_what_holds(self):
        assert self.shown()
        self.save()
        assert not self.shown()

    def test_each_change_is_in_the_audit(self):
        self.save()
        entry = AuditEntry.objects.get(action="retired_models.changed")
        assert (entry.subject, entry.user) == ("refused", self.people.alice)
        assert entry.organization == self.organization

    def test_a_member_may_not(self):
        response = self.save(client_of(self.people.bob))
        assert response.status_code == 403
        assert self.organization.serves_retired_models
