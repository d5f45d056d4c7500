from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.test import TestCase

from assistants_app.engine.events import (
    ArgumentsAdded,
    FunctionCallStarted,
    ImageCallEnded,
    MessageEnded,
    MessageStarted,
    Numbered,
    RunFailed,
    RunIncomplete,
    TextAdded,
    ToolStepStarted,
    TurnFinished,
)
from assistants_app.engine.progress import text_part
from assistants_app.models import Message, Run, RunEvents
from assistants_app.services import rows
from assistants_app.services.stored import append, content_so_far
from playground.organizations.models import UsageEntry
from tests.assistants_app.rows import (
    COMPLETED,
    assistant_of,
    drew,
    offline,
    run_with,
    thread_with,
    wrote,
)
from tests.people import make_people


class Rows(TestCase):
    def setUp(self) -> None:
        self.organization = make_people().organization
        self.assistant = assistant_of(self.organization)
        self.thread = thread_with(self.assistant)

    def run_of(self, *events):
        return run_with(self.thread, self.assistant, *events)

    def test_a_message_hangs_below_the_question_and_heads_the_thread(self) -> None:
        run = self.run_of(*wrote("Here.", "file-1"), COMPLETED)
        message = run.messages.get()
        self.thread.refresh_from_db()
        assert message.parent == run.input_message
        assert self.thread.head == message
        assert (message.text, message.file_ids) == ("Here.", ["file-1"])
        assert run.steps.get().message == message

    def test_two_messages_of_a_run_follow_each_other(self) -> None:
        run = self.run_of(*wrote("One."), *wrote("Two."), COMPLETED)
        first, second = run.messages.order_by("pk")
        assert second.parent == first
        assert [step.index for step in run.steps.all()] == [0, 1]

    def test_events_are_stored_as_one_row_per_batch_without_gaps(self) -> None:
        run = self.run_of(*wrote("One."), COMPLETED)
        batches = [(batch.first, batch.last) for batch in RunEvents.objects.all()]
        assert batches == [(1, 1), (2, 5)]
        assert run.last_sequence == 5

    def test_text_that_streams_is_read_from_the_events(self) -> None:
        run = self.run_of(
            MessageStarted("step_1", "msg_1"), TextAdded("msg_1", 0, "A calm")
        )
        message = Message.objects.get(public_id="msg_1")
        assert message.content == []
        assert content_so_far(message) == [text_part("A calm")]
        append(run, [MessageEnded("step_1", "msg_1", [text_part("A calm bay")])])
        message.refresh_from_db()
        assert content_so_far(message) == [text_part("A calm bay")]

    def test_an_incomplete_message_says_why(self) -> None:
        cut = MessageEnded("step_1", "msg_1", [], incomplete_reason="max_tokens")
        run = self.run_of(
            MessageStarted("step_1", "msg_1"),
            cut,
            RunIncomplete("max_completion_tokens"),
        )
        message = run.messages.get()
        assert message.status == "incomplete"
        assert message.incomplete_at is not None
        assert run.status == "incomplete"

    def test_arguments_are_joined_call_by_call(self) -> None:
        run = self.run_of(
            ToolStepStarted("step_1"),
            FunctionCallStarted("step_1", 0, "call_1", "weather"),
            ArgumentsAdded("step_1", 0, "call_1", '{"at":'),
            ArgumentsAdded("step_1", 0, "call_1", " 1}"),
        )
        call = run.steps.get().tool_calls[0]
        assert call["function"]["arguments"] == '{"at": 1}'
        assert call["function"]["output"] is None

    def test_a_picture_call_keeps_what_was_asked_and_what_came(self) -> None:
        run = self.run_of(*drew("file-1"))
        call = run.steps.get().tool_calls[0]
        assert call["status"] == "completed"
        assert (call["prompt"], call["file_ids"]) == ("A bay", ["file-1"])

    def test_a_picture_refused_before_it_began_is_kept_in_its_place(self) -> None:
        refused = ImageCallEnded("step_1", 0, "ig_9", "failed", "{}", error="Too many.")
        run = self.run_of(ToolStepStarted("step_1"), refused)
        call = run.steps.get().tool_calls[0]
        assert (call["status"], call["error"]) == ("failed", "Too many.")

    def test_a_turn_is_counted_on_the_run_and_in_the_ledger(self) -> None:
        run = self.run_of(
            TurnFinished("m-1", True, 10, 5), TurnFinished("m-1", True, 20, 7)
        )
        run.refresh_from_db()
        assert (run.turns, run.usage["total_tokens"]) == (2, 42)
        assert UsageEntry.objects.count() == 2
        entry = UsageEntry.objects.first()
        assert entry.cost is None
        assert entry.cost_origin == "unknown"

    def test_a_free_connection_costs_nothing_and_not_unknown(self) -> None:
        run = self.run_of()
        run.connection = offline(self.organization)
        run.save()
        append(run, [TurnFinished("offline-chat", True, 10, 5)])
        entry = UsageEntry.objects.get()
        assert (entry.cost, entry.cost_origin) == (0, "computed")

    def test_a_failure_is_named_on_the_run_and_on_its_failed_step(self) -> None:
        cut = MessageEnded("step_1", "msg_1", [], "failed", "run_failed")
        failure = RunFailed("rate_limit_exceeded", "Too fast.", "429 from x")
        run = self.run_of(MessageStarted("step_1", "msg_1"), cut, failure)
        assert run.last_error == {"code": failure.code, "message": "Too fast."}
        run.refresh_from_db()
        assert run.error_admin_text == "429 from x"
        assert run.steps.get().last_error["code"] == "rate_limit_exceeded"
        assert run.finished_at is not None

    def test_a_batch_that_failed_counts_nothing_and_can_be_stored_again(self):
        run = self.run_of(*wrote("One."))
        taken = run.steps.get().public_id
        written = rows.RunRows(run.public_id)
        turn = Numbered(run.last_sequence + 1, 0, TurnFinished("m", True, 7, 2))
        double = Numbered(run.last_sequence + 2, 0, ToolStepStarted(taken))
        with pytest.raises(IntegrityError):
            written.store([turn, double])
        written.store([turn])
        run.refresh_from_db()
        assert (run.turns, run.usage["total_tokens"]) == (1, 9)
        assert UsageEntry.objects.filter(reference=run.public_id).count() == 1

    def test_a_change_that_others_made_meanwhile_stays(self):
        run = self.run_of()
        written = rows.RunRows(run.public_id)
        written.store([Numbered(run.last_sequence + 1, 0, TurnFinished("m", False))])
        Run.objects.filter(pk=run.pk).update(metadata={"a": "b"})
        written.store([Numbered(run.last_sequence + 2, 0, COMPLETED)])
        run.refresh_from_db()
        assert (run.metadata, run.status) == ({"a": "b"}, "completed")
