"""What a refused run leaves behind: nothing of its own, and everything of others."""

from __future__ import annotations

from django.test import TestCase

from assistants_app.models import Message, Run, Thread
from assistants_app.services.responses import Ask, create_response
from assistants_app.services.runs import RunOptions, create_run
from assistants_app.services.threads import add_message
from assistants_app.services.withdrawal import state_of, withdraw_run
from tests.assistants_app.rows import assistant_of, run_with, thread_with, wrote
from tests.people import make_people


def part(text):
    return {"type": "text", "text": {"value": text, "annotations": []}}


class WithdrawalTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = make_people().organization
        cls.assistant = assistant_of(cls.organization)

    def begin(self, thread, *texts):
        """A queued run that answers these messages."""
        options = RunOptions(asked=state_of(thread, thread.head))
        for text in texts:
            add_message(thread=thread, content=[part(text)])
        return create_run(thread=thread, assistant=self.assistant, options=options)

    def texts(self):
        return sorted(message.text for message in Message.objects.all())

    def test_a_thread_is_as_it_was(self):
        thread = thread_with(self.assistant)
        before = Thread.objects.filter(pk=thread.pk).values().get()
        words = self.texts()
        run = self.begin(thread, "One", "Two")
        assert withdraw_run(run.public_id) == (
            thread.public_id,
            self.organization.public_id,
        )
        after = Thread.objects.filter(pk=thread.pk).values().get()
        assert {**after, "updated_at": None} == {**before, "updated_at": None}
        assert self.texts() == words
        assert not Run.objects.exists()

    def test_an_empty_thread_is_empty_and_without_a_title(self):
        thread = Thread.objects.create(organization=self.organization)
        withdraw_run(self.begin(thread, "One").public_id)
        thread.refresh_from_db()
        assert (thread.head, thread.title) == (None, "")
        assert self.texts() == []

    def test_a_thread_that_was_made_for_it_goes(self):
        ask = Ask(organization=self.organization, options=RunOptions(), text="Hello")
        withdraw_run(create_response(ask).public_id)
        assert not Thread.objects.exists()
        assert not Message.objects.exists()

    def test_what_others_have_said_meanwhile_stays(self):
        thread = thread_with(self.assistant)
        run = self.begin(thread, "One")
        Run.objects.filter(pk=run.pk).update(status="failed")
        later = add_message(thread=thread, content=[part("Later")])
        withdraw_run(run.public_id)
        thread.refresh_from_db()
        later.refresh_from_db()
        assert thread.head == later
        assert later.parent == thread.messages.earliest("pk")
        assert "One" not in self.texts()

    def test_a_run_that_has_done_something_stays(self):
        thread = thread_with(self.assistant)
        run = run_with(thread, self.assistant, *wrote("Here."))
        Run.objects.filter(pk=run.pk).update(asked=state_of(None))
        assert withdraw_run(run.public_id) == ()
        assert Run.objects.exists()

    def test_twice_is_once(self):
        run = self.begin(thread_with(self.assistant), "One")
        withdraw_run(run.public_id)
        assert withdraw_run(run.public_id) == ()
