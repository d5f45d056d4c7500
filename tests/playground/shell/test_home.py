from django.test import TestCase

from tests.people import client_of, make_member, make_people


class WelcomeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()

    def test_an_owner_can_draw_and_add_a_key(self):
        response = client_of(self.people.alice).get("/welcome/")
        self.assertContains(response, 'value="Draw a mountain at sunset"')
        self.assertContains(response, 'id="add-key"')

    def test_a_member_draws_but_adds_no_key(self):
        response = client_of(self.people.bob).get("/welcome/")
        self.assertContains(response, "Draw it")
        self.assertNotContains(response, 'id="add-key"')

    def test_a_viewer_is_told_that_he_can_only_look(self):
        viewer = make_member(self.people.organization, "vic@example.com", "viewer")
        response = client_of(viewer).get("/welcome/")
        self.assertContains(response, "You can look, but not draw.")
        self.assertNotContains(response, "Draw it")

    def test_the_offline_assistant_is_called_a_demonstration(self):
        self.people.organization.connections.create(
            name="offline", kind="offline", is_default_chat=True
        )
        response = client_of(self.people.bob).get("/welcome/")
        self.assertContains(response, "a demonstration and no language model")

    def test_a_wrong_host_name_is_explained(self):
        response = self.client.get("/healthz", headers={"Host": "evil.example"})
        page = self.client.get("/", headers={"Host": "evil.example"})
        assert response.status_code == page.status_code == 400
        self.assertContains(page, "EASEL_ALLOWED_HOSTS", status_code=400)
