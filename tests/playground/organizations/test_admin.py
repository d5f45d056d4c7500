from django.test import TestCase

from playground.organizations.models import ApiKey, Connection, SignInLink
from playground.organizations.services.organizations import create_api_key
from playground.organizations.services.sign_in import create_sign_in_link
from tests.people import client_of, make_people

MODELS = (
    "user",
    "organization",
    "membership",
    "connection",
    "apikey",
    "usageentry",
    "auditentry",
    "signinlink",
)


class AdminTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.people.alice.is_staff = cls.people.alice.is_superuser = True
        cls.people.alice.save()
        connection = Connection(
            organization=cls.people.organization, name="ours", kind="openai"
        )
        connection.set_api_key("sk-a-very-secret-key")
        connection.save()
        create_api_key(organization=cls.people.organization, name="script")
        create_sign_in_link(user=cls.people.bob)

    def setUp(self):
        self.client = client_of(self.people.alice)

    def test_every_model_has_its_list(self):
        for model in MODELS:
            with self.subTest(model=model):
                page = self.client.get(f"/admin/organizations/{model}/")
                assert page.status_code == 200

    def test_no_page_shows_a_key_or_a_hash(self):
        secrets = [ApiKey.objects.get().key_hash, SignInLink.objects.get().token_hash]
        for row in (
            *Connection.objects.all(),
            ApiKey.objects.get(),
            SignInLink.objects.get(),
        ):
            path = f"/admin/organizations/{row._meta.model_name}/{row.pk}/change/"
            with self.subTest(path=path):
                text = self.client.get(path, follow=True).content.decode()
                assert self.people.organization.name in text or "bob" in text.lower()
                for secret in (*secrets, "very-secret", "gAAAA"):
                    assert secret not in text

    def test_the_ledgers_can_only_be_read(self):
        for model in ("usageentry", "auditentry", "apikey"):
            with self.subTest(model=model):
                page = self.client.get(f"/admin/organizations/{model}/add/")
                assert page.status_code == 403

    def test_a_user_can_be_added_and_changed(self):
        data = {"email": "New@Example.com", "usable_password": "false"}
        page = self.client.post("/admin/organizations/user/add/", data)
        assert page.status_code in {200, 302}
        path = f"/admin/organizations/user/{self.people.bob.pk}/change/"
        assert self.client.get(path).status_code == 200
