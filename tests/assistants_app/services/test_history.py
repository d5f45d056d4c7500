from __future__ import annotations

from django.test import TestCase

from assistants_app.engine.events import RunCompleted, RunFailed
from assistants_app.models import Message, Run
from assistants_app.providers.base import ChatMessage, Picture, Text
from assistants_app.services.history import (
    SHOWN_PICTURES,
    History,
    message_path,
    runs_on_path,
)
from assistants_app.services.runs import create_run
from tests.assistants_app.rows import (
    COMPLETED,
    answered,
    assistant_of,
    drew,
    picture_of,
    run_with,
    say,
    thread_with,
    wrote,
)
from tests.people import make_people


def words(message: ChatMessage) -> str:
    return " ".join(part.text for part in message.content if isinstance(part, Text))


def pictures(message: ChatMessage) -> list[Picture]:
    return [part for part in message.content if isinstance(part, Picture)]


class Histories(TestCase):
    def setUp(self) -> None:
        people = make_people()
        self.organization = people.organization
        self.other = people.other_organization
        self.assistant = assistant_of(self.organization, instructions="Draw.")
        self.thread = thread_with(self.assistant, "A bay")

    def history(self, *, sees: bool = True) -> History:
        run = create_run(thread=self.thread, assistant=self.assistant)
        return History(run, sees=sees, names_files=True)

    def answer(self, *events) -> Run:
        return run_with(self.thread, self.assistant, *events, COMPLETED)

    def test_the_instructions_come_first_then_the_conversation(self) -> None:
        self.answer(*wrote("Here."))
        self.thread = say(self.thread, "And a boat")
        messages = self.history().messages()
        assert [(m.role, words(m)) for m in messages] == [
            ("system", "Draw."),
            ("user", "A bay"),
            ("assistant", "Here."),
            ("user", "And a boat"),
        ]

    def test_only_the_shown_path_is_told(self) -> None:
        self.answer(*wrote("The left branch."))
        first = Message.objects.get(role="user")
        self.thread.refresh_from_db()
        self.thread.head = first
        self.thread.save()
        self.thread = say(self.thread, "The right branch")
        texts = [words(message) for message in self.history().messages()]
        assert texts == ["Draw.", "A bay", "The right branch"]

    def test_a_circle_of_parents_does_not_trap_the_reader(self) -> None:
        message = self.thread.head
        message.parent = message
        message.save()
        assert message_path(self.thread, message.pk) == [message]

    def test_tool_calls_are_told_with_their_outputs(self) -> None:
        self.answer(*answered("call_1", "weather", "Rain"), *wrote("It rains."))
        self.thread = say(self.thread, "And tomorrow?")
        _, _, call, output, text, _ = self.history().messages()
        assert [c.name for c in call.tool_calls] == ["weather"]
        assert (output.role, output.tool_call_id) == ("tool", "call_1")
        assert (words(output), words(text)) == ("Rain", "It rains.")

    def test_every_call_of_a_cancelled_run_has_an_answer(self) -> None:
        self.answer(*drew("file-missing"))
        self.thread = say(self.thread, "Again")
        messages = self.history().messages()
        calls = [call.id for message in messages for call in message.tool_calls]
        answers = [m.tool_call_id for m in messages if m.role == "tool"]
        assert calls == answers

    def test_what_this_run_did_before_its_pause_is_told(self) -> None:
        run = run_with(
            self.thread, self.assistant, *answered("call_1", "weather", "Rain")
        )
        history = History(run, sees=True, names_files=False)
        roles = [message.role for message in history.messages()]
        assert roles == ["system", "user", "assistant", "tool"]

    def test_an_attached_picture_is_put_before_a_model_that_sees(self) -> None:
        file = picture_of(self.organization)
        self.thread = thread_with(self.assistant, "What is this?", files=[file])
        user = self.history().messages()[-1]
        assert len(pictures(user)) == 1
        assert pictures(user)[0].data
        assert file.public_id in words(user)

    def test_a_model_that_does_not_see_is_told_of_the_picture(self) -> None:
        file = picture_of(self.organization, 8, 6)
        self.thread = thread_with(self.assistant, "What is this?", files=[file])
        user = self.history(sees=False).messages()[-1]
        assert pictures(user) == []
        assert f"{file.public_id}, 8 × 6" in words(user)

    def test_a_deleted_picture_is_said_to_be_deleted(self) -> None:
        file = picture_of(self.organization)
        self.thread = thread_with(self.assistant, "Look", files=[file])
        file.delete()
        assert "was deleted" in words(self.history().messages()[-1])

    def test_a_made_picture_that_was_deleted_is_not_offered_any_more(self) -> None:
        gone, kept = picture_of(self.organization), picture_of(self.organization)
        for number, file in enumerate((gone, kept)):
            name = file.public_id
            self.answer(*drew(name, f"call_{number}"), *wrote("Here.", name))
            self.thread = say(self.thread, "Again")
        name = gone.public_id
        gone.delete()
        history = self.history()
        messages = history.messages()
        first, second = (words(m) for m in messages if m.role == "tool")
        assert "was deleted" in first
        assert kept.public_id in second
        assert history.file_ids() == [kept.public_id]
        assert not any(name in words(message) for message in messages)

    def test_a_picture_of_another_organization_is_never_shown(self) -> None:
        file = picture_of(self.other)
        self.thread = thread_with(self.assistant, "Look", files=[file])
        history = self.history()
        assert pictures(history.messages()[-1]) == []
        assert history.file_ids() == []

    def test_the_newest_pictures_come_with_the_next_message_at_low_detail(self) -> None:
        made = [picture_of(self.organization) for _ in range(SHOWN_PICTURES + 1)]
        for number, file in enumerate(made):
            self.answer(*drew(file.public_id, f"call_{number}"), *wrote("Here."))
            self.thread = say(self.thread, f"Next {number}")
        history = self.history()
        messages = history.messages()
        shown = pictures(messages[-1])
        assert len(shown) == SHOWN_PICTURES
        assert {picture.detail for picture in shown} == {"low"}
        assert [p for m in messages[:-1] for p in pictures(m)] == []
        assert history.file_ids() == [file.public_id for file in made]

    def test_pictures_of_this_run_are_not_put_between_result_and_answer(self) -> None:
        file = picture_of(self.organization)
        run = run_with(self.thread, self.assistant, *drew(file.public_id))
        history = History(run, sees=True, names_files=True)
        assert [p for m in history.messages() for p in pictures(m)] == []
        assert history.waiting_pictures() == [file.public_id]

    def test_pictures_that_a_message_has_shown_wait_no_longer(self) -> None:
        file = picture_of(self.organization)
        run = run_with(
            self.thread,
            self.assistant,
            *drew(file.public_id),
            *wrote("Here.", file.public_id),
            RunCompleted(),
        )
        history = History(run, sees=True, names_files=True)
        assert history.waiting_pictures() == []


class FailedRuns(TestCase):
    def test_a_failed_run_stays_where_its_message_is(self) -> None:
        organization = make_people().organization
        assistant = assistant_of(organization, model="m")
        thread = thread_with(assistant, "First")
        failed = run_with(thread, assistant, RunFailed("server_error", "No."))
        thread = say(thread, "Second")
        path = message_path(thread, thread.head_id)
        assert runs_on_path(thread, path) == {path[0].pk: failed}
