from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import TestCase

from assistants_app.engine.events import (
    MessageStarted,
    RunCancelling,
    RunFailed,
    TextAdded,
)
from assistants_app.models import Message, Run
from assistants_app.services.assistants import update_assistant
from assistants_app.services.endings import end_idle_run, expire_if_overdue, recover
from assistants_app.services.runs import (
    RunInProgressError,
    RunOptions,
    ToolOutputsError,
    create_run,
    retry_run,
    submit_outputs,
)
from assistants_app.services.stored import RunStateError, append, unfinished_run
from assistants_app.services.threads import add_user_message, create_thread
from playground.lib.clock import now
from tests.assistants_app.rows import (
    COMPLETED,
    assistant_of,
    called,
    run_with,
    thread_with,
    wrote,
)
from tests.people import make_people


class Runs(TestCase):
    def setUp(self) -> None:
        self.organization = make_people().organization
        self.assistant = assistant_of(
            self.organization, instructions="Draw.", model="m-1", temperature=0.5
        )
        self.thread = thread_with(self.assistant)

    def waiting(self, *calls: tuple[str, str]) -> Run:
        return run_with(self.thread, self.assistant, *called(*calls))

    def test_a_run_copies_what_its_assistant_says(self) -> None:
        run = create_run(thread=self.thread, assistant=self.assistant)
        update_assistant(assistant=self.assistant, instructions="Else.", model="m-2")
        run.refresh_from_db()
        assert (run.instructions, run.model) == ("Draw.", "m-1")
        assert run.temperature == 0.5
        assert run.input_message == self.thread.head
        assert (run.status, run.last_sequence) == ("queued", 1)

    def test_a_request_may_say_otherwise(self) -> None:
        options = RunOptions(
            model="m-3", temperature=0.0, additional_instructions="Be brief."
        )
        run = create_run(thread=self.thread, assistant=self.assistant, options=options)
        assert (run.model, run.temperature) == ("m-3", 0.0)
        assert run.instructions == "Draw.\n\nBe brief."

    def test_a_second_run_of_a_busy_thread_is_refused(self) -> None:
        first = create_run(thread=self.thread, assistant=self.assistant)
        with pytest.raises(RunInProgressError) as caught:
            create_run(thread=self.thread, assistant=self.assistant)
        assert caught.value.run == first
        assert first.public_id in str(caught.value)

    def test_a_message_during_a_run_is_refused(self) -> None:
        create_run(thread=self.thread, assistant=self.assistant)
        with pytest.raises(RunInProgressError):
            add_user_message(thread=self.thread, text="And a boat")

    def test_after_its_end_the_thread_is_free(self) -> None:
        run_with(self.thread, self.assistant, *wrote("Here."), COMPLETED)
        assert unfinished_run(self.thread) is None
        create_run(thread=self.thread, assistant=self.assistant)

    def test_outputs_for_all_waiting_calls_queue_the_run_again(self) -> None:
        run = self.waiting(("call_1", "a"), ("call_2", "b"))
        run = submit_outputs(run, [("call_2", "two"), ("call_1", "one")])
        step = run.steps.get()
        outputs = [call["function"]["output"] for call in step.tool_calls]
        assert outputs == ["one", "two"]
        assert (run.status, step.status) == ("queued", "completed")

    def test_outputs_that_do_not_fit_are_refused_and_change_nothing(self) -> None:
        run = self.waiting(("call_1", "a"), ("call_2", "b"))
        for given in (
            [("call_1", "one")],
            [("call_1", "one"), ("call_3", "three")],
            [("call_1", "one"), ("call_1", "again"), ("call_2", "two")],
            [],
        ):
            with self.subTest(given), pytest.raises(ToolOutputsError):
                submit_outputs(run, given)
        run.refresh_from_db()
        assert run.status == "requires_action"
        assert len(run.steps.get().open_calls) == 2

    def test_outputs_for_a_run_that_does_not_wait_are_refused(self) -> None:
        run = create_run(thread=self.thread, assistant=self.assistant)
        with self.assertRaisesMessage(RunStateError, '"queued"'):
            submit_outputs(run, [("call_1", "one")])

    def test_a_waiting_run_is_cancelled_with_its_step(self) -> None:
        run = end_idle_run(self.waiting(("call_1", "a")))
        assert run.status == "cancelled"
        assert run.steps.get().status == "cancelled"
        assert run.cancelled_at is not None

    def test_a_finished_run_cannot_be_cancelled(self) -> None:
        run = run_with(self.thread, self.assistant, COMPLETED)
        with self.assertRaisesMessage(RunStateError, "'completed'"):
            end_idle_run(run)

    def test_a_run_that_waited_too_long_expires(self) -> None:
        run = self.waiting(("call_1", "a"))
        assert not expire_if_overdue(run)
        run.expires_at = now() - timedelta(seconds=1)
        run.save()
        assert expire_if_overdue(run)
        run.refresh_from_db()
        assert (run.status, run.steps.get().status) == ("expired", "expired")

    def test_outputs_that_come_too_late_expire_the_run(self) -> None:
        run = self.waiting(("call_1", "a"))
        Run.objects.update(expires_at=now() - timedelta(seconds=1))
        with self.assertRaisesMessage(RunStateError, '"expired"'):
            submit_outputs(run, [("call_1", "one")])

    def test_an_overdue_run_does_not_block_the_next_message(self) -> None:
        self.waiting(("call_1", "a"))
        Run.objects.update(expires_at=now() - timedelta(seconds=1))
        add_user_message(thread=self.thread, text="And a boat")
        assert Run.objects.get().status == "expired"

    def test_a_restart_fails_what_nobody_works_on_and_keeps_the_text(self) -> None:
        started = MessageStarted("step_1", "msg_1")
        text = TextAdded("msg_1", 0, "A calm")
        run = run_with(self.thread, self.assistant, started, text)
        assert recover() == 1
        run.refresh_from_db()
        message = Message.objects.get(public_id="msg_1")
        assert (run.status, message.status) == ("failed", "incomplete")
        assert message.text == "A calm"
        assert run.last_error["code"] == "server_error"

    def test_a_restart_ends_a_run_that_was_being_stopped_as_cancelled(self) -> None:
        run = run_with(self.thread, self.assistant, RunCancelling())
        recover()
        run.refresh_from_db()
        assert run.status == "cancelled"

    def test_a_restart_leaves_a_waiting_run_waiting(self) -> None:
        run = self.waiting(("call_1", "a"))
        assert recover() == 0
        run.refresh_from_db()
        assert run.waits


class RetryTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        people = make_people()
        cls.assistant = people.organization.assistants.create(name="A", model="m")
        cls.thread = create_thread(
            organization=people.organization, assistant=cls.assistant
        )
        cls.message = add_user_message(thread=cls.thread, text="Hello")
        cls.thread.refresh_from_db()
        cls.failed = create_run(thread=cls.thread, assistant=cls.assistant)
        append(cls.failed, [RunFailed("server_error", "No.")])

    def test_the_same_message_is_answered_again_with_the_same_settings(self):
        again = retry_run(self.failed)
        assert again.input_message == self.message
        assert (again.status, again.model) == ("queued", "m")

    def test_a_new_run_can_be_launched_without_another_look_at_its_rows(self):
        again = retry_run(self.failed)
        with self.assertNumQueries(0):
            assert again.thread.organization.public_id

    def test_only_the_last_run_can_be_tried_again(self):
        add_user_message(thread=self.thread, text="Never mind")
        with pytest.raises(RunStateError):
            retry_run(self.failed)
