from __future__ import annotations

from django.test import TestCase
from django.urls import reverse

from assistants_app.models import (
    Assistant,
    AssistantVersion,
    Message,
    Run,
    RunEvents,
    RunStep,
    Thread,
)
from assistants_app.services.assistants import create_assistant
from assistants_app.services.runs import create_run
from assistants_app.services.threads import add_user_message, create_thread
from tests.people import client_of, make_people

MODELS = (Assistant, AssistantVersion, Message, Run, RunEvents, RunStep, Thread)


class AdminPages(TestCase):
    def setUp(self) -> None:
        people = make_people()
        people.alice.is_staff = people.alice.is_superuser = True
        people.alice.save()
        self.client = client_of(people.alice)
        assistant = create_assistant(
            organization=people.organization,
            name="Illustrator",
            tools=[{"type": "image_generation", "style": "<b>oil</b>"}],
        )
        thread = create_thread(organization=people.organization)
        add_user_message(thread=thread, text="A bay")
        thread.refresh_from_db()
        run = create_run(thread=thread, assistant=assistant)
        RunStep.objects.create(run=run, index=0, type="tool_calls")

    def test_every_model_has_a_list_and_a_page_for_each_row(self) -> None:
        for model in MODELS:
            name = f"admin:{model._meta.label_lower.replace('.', '_')}"
            row = model._default_manager.first()
            with self.subTest(model.__name__):
                page = self.client.get(reverse(f"{name}_changelist"))
                assert page.status_code == 200
                page = self.client.get(reverse(f"{name}_change", args=[row.pk]))
                assert page.status_code == 200

    def test_json_is_readable_and_escaped(self) -> None:
        row = Assistant.objects.get()
        page = self.client.get(
            reverse("admin:assistants_assistant_change", args=[row.pk])
        )
        self.assertContains(page, "&lt;b&gt;oil&lt;/b&gt;")
        self.assertContains(page, "<pre>[\n  {")

    def test_rows_cannot_be_changed_there(self) -> None:
        row = Run.objects.get()
        url = reverse("admin:assistants_run_change", args=[row.pk])
        assert self.client.post(url, {"status": "completed"}).status_code == 403
