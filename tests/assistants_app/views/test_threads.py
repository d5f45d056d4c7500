from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assistants_app.services.threads import add_user_message, create_thread
from playground.organizations.services.connections import add_connection
from tests.people import client_of, make_member, make_people


class ThreadPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        add_connection(
            organization=cls.people.organization,
            kind="offline",
            name="offline",
            default_chat=True,
            default_image=True,
        )
        cls.assistant = cls.people.organization.assistants.create(name="Illustrator")
        cls.thread = create_thread(
            organization=cls.people.organization, assistant=cls.assistant
        )

    def url(self, name="thread_detail"):
        return reverse(f"assistants:{name}", args=[self.thread.public_id])

    def post(self, data, user=None, **headers):
        client = client_of(user or self.people.bob)
        return client.post(self.url("message_create"), data, headers=headers)

    def test_every_member_of_the_organization_sees_its_threads(self):
        add_user_message(thread=self.thread, text="Hello there")
        for user in (self.people.alice, self.people.bob):
            response = client_of(user).get(self.url())
            self.assertContains(response, "Hello there")

    def test_strangers_find_no_thread(self):
        assert client_of(self.people.mallory).get(self.url()).status_code == 404
        assert self.post({"text": "Hi"}, self.people.mallory).status_code == 404

    def test_the_demonstration_says_what_it_is(self):
        response = client_of(self.people.bob).get(self.url())
        self.assertContains(response, "no language model")

    def test_a_viewer_reads_but_does_not_write(self):
        viewer = make_member(self.people.organization, "v@example.com", "viewer")
        response = client_of(viewer).get(self.url())
        self.assertContains(response, "You are a viewer here")
        self.assertNotContains(response, "<textarea")
        assert self.post({"text": "Hi"}, viewer).status_code == 403

    def test_an_empty_message_is_refused_beside_the_field(self):
        response = self.post({"text": "  "})
        self.assertContains(response, "Write a message", status_code=422)
        assert not self.thread.messages.exists()

    def test_a_second_message_waits_for_the_run_and_keeps_its_text(self):
        add_user_message(thread=self.thread, text="First")
        self.thread.refresh_from_db()
        self.thread.runs.create(assistant=self.assistant, model="m")
        response = self.post({"text": "Second & more"}, **{"HX-Request": "true"})
        assert response["HX-Refused"] == "409"
        self.assertContains(response, "A run is still going on")
        self.assertContains(response, "Second &amp; more")

    def test_a_file_that_is_no_picture_is_refused_and_the_text_kept(self):
        fake = SimpleUploadedFile("cat.png", b"not a picture", "image/png")
        response = self.post({"text": "Look", "pictures": [fake]})
        self.assertContains(response, "cat.png: This is not a picture", status_code=422)
        self.assertContains(response, "Look", status_code=422)

    def test_a_deleted_assistant_is_said_and_nothing_is_lost(self):
        self.assistant.deleted_at = self.assistant.created_at
        self.assistant.save()
        response = self.post({"text": "Are you there?"})
        self.assertContains(response, "assistant was deleted", status_code=422)
        self.assertContains(response, "Are you there?", status_code=422)

    def test_a_fresh_organization_is_welcomed(self):
        response = client_of(self.people.mallory).get(reverse("assistants:home"))
        self.assertRedirects(response, reverse("shell:welcome"))

    def test_a_page_costs_the_same_queries_however_long_the_rail(self):
        client = client_of(self.people.bob)
        client.get(self.url())
        with self.assertNumQueries(self.count(client)):
            for _ in range(5):
                create_thread(
                    organization=self.people.organization, assistant=self.assistant
                )
            # five inserts, then the same page
            client.get(self.url())

    def count(self, client):
        with CaptureQueriesContext(connection) as queries:
            client.get(self.url())
        return len(queries) + 5
