from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assistants_app.engine.progress import text_part
from assistants_app.models import Assistant
from assistants_app.services.runs import create_run
from assistants_app.services.stored import append
from assistants_app.services.threads import (
    add_message,
    add_user_message,
    create_thread,
)
from playground.organizations.services.connections import add_connection
from tests.assistants_app.rows import COMPLETED
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

    def threads_of_the_api(self):
        self.thread.assistant = None
        self.thread.save()

    def test_a_thread_without_an_assistant_lets_one_be_chosen(self):
        self.threads_of_the_api()
        choice = f'<option value="{self.assistant.public_id}">Illustrator</option>'
        page = client_of(self.people.bob).get(self.url())
        self.assertContains(page, choice, html=True)
        response = self.post({"text": "Hello"})
        self.assertContains(response, "Choose an assistant", status_code=422)
        assert not self.thread.messages.exists()
        self.post({"text": "Hello", "assistant": self.assistant.public_id})
        assert self.thread.runs.get().assistant == self.assistant
        page = client_of(self.people.bob).get(self.url())
        self.assertNotContains(page, choice, html=True)

    def test_an_assistant_of_others_cannot_be_chosen(self):
        self.threads_of_the_api()
        hers = self.people.other_organization.assistants.create(name="Hers")
        response = self.post({"text": "Hello", "assistant": hers.public_id})
        self.assertContains(response, "Choose an assistant", status_code=422)

    def test_a_thread_of_the_api_goes_on_with_the_assistant_of_its_last_run(self):
        self.threads_of_the_api()
        append(create_run(thread=self.thread, assistant=self.assistant), [COMPLETED])
        page = client_of(self.people.bob).get(self.url())
        self.assertContains(page, '<small class="cut">Illustrator</small>', html=True)
        self.post({"text": "Go on"})
        assert self.thread.runs.first().assistant == self.assistant

    def test_what_a_client_wrote_as_the_assistant_is_drawn_as_an_answer(self):
        content = [text_part("Look, *this* one")]
        add_message(thread=self.thread, content=content, role="assistant")
        page = client_of(self.people.bob).get(self.url())
        self.assertContains(page, "Look, <em>this</em> one")
        self.assertContains(page, 'aria-label="Assistant"')

    def test_a_picture_that_is_elsewhere_is_a_link_and_is_not_fetched(self):
        address = "https://pictures.example/a.png?b=<c>"
        part = {"type": "image_url", "image_url": {"url": address, "detail": "auto"}}
        add_message(thread=self.thread, content=[part])
        page = client_of(self.people.bob).get(self.url())
        self.assertContains(page, "Picture at pictures.example")
        self.assertContains(page, 'href="https://pictures.example/a.png?b=&lt;c&gt;"')
        self.assertNotContains(page, 'src="https://pictures.example')

    def test_a_thread_that_nobody_has_spoken_in_has_a_readable_name(self):
        self.thread.title = ""
        self.thread.save()
        page = client_of(self.people.bob).get(self.url())
        self.assertContains(page, '<b class="cut">New thread</b>', html=True)
        self.assertContains(page, "<title>New thread", html=False)

    def start_page(self, user):
        page = client_of(user).get(reverse("assistants:home"))
        return page, [str(entry) for entry in page.context["assistants"]]

    def test_assistants_that_programs_made_are_offered_last(self):
        Assistant.objects.update(created_by=self.people.alice)
        self.people.organization.assistants.create(model="offline-chat")
        page, names = self.start_page(self.people.bob)
        assert names == ["Illustrator", "Unnamed assistant · offline-chat"]
        assert page.context["assistant"] == self.assistant

    def test_the_assistant_that_a_person_used_last_is_chosen(self):
        made = self.people.organization.assistants
        newer = made.create(name="Newer", created_by=self.people.alice)
        for assistant in (self.assistant, newer):
            add_user_message(thread=self.thread, text="Hello")
            self.thread.refresh_from_db()
            run = create_run(
                thread=self.thread, assistant=assistant, user=self.people.alice
            )
            append(run, [COMPLETED])
        made.create(name="Newest", created_by=self.people.alice)
        assert self.start_page(self.people.alice)[1] == [
            "Newer",
            "Illustrator",
            "Newest",
        ]
        assert self.start_page(self.people.bob)[1][0] == "Newest"

    def test_unnamed_assistants_can_be_told_apart(self):
        self.threads_of_the_api()
        unnamed = self.people.organization.assistants.create()
        page, _ = self.start_page(self.people.bob)
        self.assertContains(page, unnamed.public_id + "</small>")
        page = client_of(self.people.bob).get(self.url())
        ending = unnamed.public_id[-6:]
        self.assertContains(page, f">Unnamed assistant (…{ending})</option>")

    def test_a_title_has_no_marks_of_markdown(self):
        add_user_message(
            thread=self.thread, text="# Draw **a `sun`**\n\n- [now](https://x.org)"
        )
        page = client_of(self.people.bob).get(self.url())
        self.assertContains(page, '<b class="cut">Draw a sun now</b>', html=True)

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
