"""What a client's own retry gets, and what it makes anew."""

from __future__ import annotations

from datetime import timedelta

from assistants_app.models import Message, Run, Thread
from assistants_app.services.stored import append
from assistants_app.services.threads import delete_message
from playground.api.models import IdempotentRequest
from tests.assistants_app.api.run_case import RunCase
from tests.assistants_app.rows import COMPLETED, wrote

AGAIN = {"X-Stainless-Retry-Count": "1"}
YES = {"role": "user", "content": "yes"}
HELLO = {"messages": [{"role": "user", "content": "Hello"}]}


def keyed(key):
    return {"Idempotency-Key": key}


class FreeThingTests(RunCase):
    """Threads, assistants, conversations: only a key ties two requests together."""

    def test_a_retry_never_gets_what_may_be_another_users(self):
        item = {"type": "message", "role": "user", "content": "yes"}
        conversation = self.made("/conversations", {})["id"]
        cases = [
            ("/threads", HELLO),
            ("/assistants", {"model": "offline-chat"}),
            ("/conversations", {"metadata": {"a": "b"}}),
            (f"/conversations/{conversation}/items", {"items": [item]}),
        ]
        for path, body in cases:
            with self.subTest(path=path):
                first = self.made(path, body)
                again = self.made(path, body, **AGAIN)
                assert _id(again) != _id(first)

    def test_with_a_key_it_is_made_once(self):
        first = self.made("/threads", HELLO, **keyed("a"))
        assert self.made("/threads", HELLO, **keyed("a")) == first

    def test_with_a_key_what_was_deleted_since_is_missing(self):
        path = f"/threads/{self.made('/threads', HELLO, **keyed('b'))['id']}"
        self.call("DELETE", path)
        status, answer = self.call("POST", "/threads", HELLO, **keyed("b"))
        assert status == 404
        assert "No thread found" in answer["error"]["message"]


def _id(made):
    return made.get("id") or made["first_id"]


class MessageTests(RunCase):
    def setUp(self):
        super().setUp()
        self.messages = f"/threads/{self.thread.public_id}/messages"

    def test_a_retry_gets_the_last_message(self):
        first = self.made(self.messages, YES)
        assert self.made(self.messages, YES, **AGAIN) == first

    def test_the_same_words_after_others_are_said_again(self):
        first = self.made(self.messages, YES)
        self.made(self.messages, {"role": "user", "content": "no"})
        again = self.made(self.messages, YES, **AGAIN)
        assert again["id"] != first["id"]
        assert Message.objects.filter(thread=self.thread).count() == 4

    def test_the_same_words_after_an_answer_are_said_again(self):
        first = self.made(self.messages, YES)
        append(self.begun(), [COMPLETED])  # it wrote nothing
        assert self.made(self.messages, YES, **AGAIN)["id"] != first["id"]

    def test_one_that_was_deleted_since_is_said_again(self):
        first = self.made(self.messages, YES)
        delete_message(Message.objects.get(public_id=first["id"]))
        again = self.made(self.messages, YES, **AGAIN)
        assert again["id"] != first["id"]
        assert IdempotentRequest.objects.count() == 1


class RunTests(RunCase):
    def answered(self):
        """The id of a run of this request that is over."""
        run = Run.objects.get(public_id=self.made(self.path, self.body())["id"])
        append(run, [*wrote("Here it is."), COMPLETED])
        return run.public_id

    def test_a_retry_gets_the_last_run_at_work_or_over(self):
        first = self.made(self.path, self.body())["id"]
        assert self.made(self.path, self.body(), **AGAIN)["id"] == first
        append(Run.objects.get(public_id=first), [*wrote("Here it is."), COMPLETED])
        assert self.made(self.path, self.body(), **AGAIN)["id"] == first

    def test_a_new_turn_is_answered_by_a_new_run(self):
        first = self.answered()
        self.made(f"/threads/{self.thread.public_id}/messages", YES)
        second = self.made(self.path, self.body(), **AGAIN)["id"]
        assert second != first
        assert self.made(self.path, self.body(), **AGAIN)["id"] == second

    def test_a_later_run_is_not_passed_over(self):
        first = self.answered()
        other = self.made(self.path, self.body(temperature=0))["id"]
        append(Run.objects.get(public_id=other), [COMPLETED])
        again = self.made(self.path, self.body(), **AGAIN)["id"]
        assert again not in (first, other)

    def test_with_a_key_it_stays_the_first(self):
        first = self.made(self.path, self.body(), **keyed("r"))["id"]
        append(Run.objects.get(public_id=first), [*wrote("Here it is."), COMPLETED])
        self.made(f"/threads/{self.thread.public_id}/messages", YES)
        assert self.made(self.path, self.body(), **keyed("r"))["id"] == first


class ThreadAndRunTests(RunCase):
    PATH = "/threads/runs"

    def start(self, **headers):
        return self.made(self.PATH, self.body(thread=HELLO), **headers)

    def over(self, run_id, ago):
        run = Run.objects.get(public_id=run_id)
        append(run, [*wrote("Good day."), COMPLETED])
        run.refresh_from_db()
        assert run.finished_at is not None
        Run.objects.filter(pk=run.pk).update(finished_at=run.finished_at - ago)

    def test_a_retry_gets_the_run_that_is_at_work_or_just_over(self):
        first = self.start()["id"]
        assert self.start(**AGAIN)["id"] == first
        self.over(first, timedelta(seconds=5))
        assert self.start(**AGAIN)["id"] == first

    def test_one_that_is_over_for_a_while_is_another_users(self):
        first = self.start()
        self.over(first["id"], timedelta(seconds=31))
        again = self.start(**AGAIN)
        assert again["id"] != first["id"]
        assert again["thread_id"] != first["thread_id"]

    def test_a_thread_that_has_gone_on_is_another_users(self):
        first = self.start()
        self.over(first["id"], timedelta(0))
        self.made(f"/threads/{first['thread_id']}/messages", YES)
        assert self.start(**AGAIN)["thread_id"] != first["thread_id"]

    def test_a_thread_that_was_deleted_since_is_made_anew(self):
        first = self.start()
        Thread.objects.get(public_id=first["thread_id"]).delete()
        assert self.start(**AGAIN)["thread_id"] != first["thread_id"]
