"""`/v1/threads` and the messages in them."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from assistants_app.engine.events import TextAdded
from assistants_app.models import Message, Run, Thread
from images_app.models import File
from tests.assistants_app.api.api_case import ApiCase
from tests.assistants_app.rows import (
    COMPLETED,
    assistant_of,
    called,
    picture_of,
    run_with,
    thread_with,
    wrote,
)
from tests.people import client_of

HELLO = {"role": "user", "content": "Hello"}


def texts(page):
    return [m["content"][0]["text"]["value"] for m in page["data"]]


class ThreadTests(ApiCase):
    def test_a_thread_needs_nothing(self):
        status, made = self.call("POST", "/threads")
        assert status == 200
        assert made["id"].startswith("thread_")
        assert set(made) == {
            "id",
            "object",
            "created_at",
            "tool_resources",
            "metadata",
        }
        assert self.read(f"/threads/{made['id']}") == made

    def test_it_takes_its_first_messages_in_order(self):
        messages = [HELLO, {"role": "assistant", "content": "Hi"}, HELLO]
        made = self.made("/threads", {"messages": messages, "metadata": {"a": "b"}})
        assert made["metadata"] == {"a": "b"}
        page = self.read(f"/threads/{made['id']}/messages?order=asc")
        assert texts(page) == ["Hello", "Hi", "Hello"]
        assert [m["role"] for m in page["data"]] == ["user", "assistant", "user"]

    def test_a_wrong_message_makes_no_thread(self):
        wrong = {"role": "user", "content": [{"type": "text"}]}
        self.assert_refused(
            "/threads",
            {"messages": [HELLO, wrong]},
            "messages[1].content[0].text",
            "missing_required_parameter",
        )
        assert not Thread.objects.exists()

    def test_a_page_shows_what_the_api_wrote(self):
        url = {"url": "https://example.com/a.png"}
        parts = [{"type": "image_url", "image_url": url}]
        messages = [
            {"role": "assistant", "content": "Welcome aboard"},
            {"role": "user", "content": parts},
            HELLO,
        ]
        made = self.made("/threads", {"messages": messages})
        page = client_of(self.people.alice).get(f"/threads/{made['id']}/")
        self.assertContains(page, "Welcome aboard")
        self.assertContains(page, "Hello")

    def test_only_metadata_is_changed(self):
        path = f"/threads/{self.made('/threads')['id']}"
        changed = self.made(path, {"metadata": {"a": "b"}, "tool_resources": None})
        assert changed["metadata"] == {"a": "b"}
        assert self.made(path, {})["metadata"] == {"a": "b"}
        assert self.made(path, {"metadata": None})["metadata"] == {}
        self.assert_refused(path, {"messages": []}, "messages", "unknown_parameter")

    def test_a_deleted_thread_takes_everything_with_it(self):
        assistant = assistant_of(self.organization)
        thread = thread_with(assistant)
        run_with(thread, assistant, *wrote("Done"), COMPLETED)
        path = f"/threads/{thread.public_id}"
        status, answer = self.call("DELETE", path)
        assert (status, answer["object"]) == (200, "thread.deleted")
        assert self.refused(path, None, 404, "GET")["message"] == (
            f"No thread found with id '{thread.public_id}'."
        )
        assert not Message.objects.exists()

    def test_a_thread_whose_run_waits_can_be_deleted(self):
        assistant = assistant_of(self.organization)
        thread = thread_with(assistant)
        run_with(thread, assistant, *called(("call_A", "weather")))
        assert self.call("DELETE", f"/threads/{thread.public_id}")[0] == 200
        assert not Run.objects.exists()

    def test_a_client_that_repeats_its_own_deletion_is_told_the_same(self):
        path = f"/threads/{self.made('/threads', {'messages': [HELLO]})['id']}"
        message = self.read(f"{path}/messages")["data"][0]["id"]
        again = {"X-Stainless-Retry-Count": "1"}
        for what in (f"{path}/messages/{message}", path):
            first = self.call("DELETE", what)
            assert first[0] == 200
            assert self.call("DELETE", what, **again) == first
            assert self.call("DELETE", what)[0] == 404

    def test_others_threads_are_not_there(self):
        theirs = thread_with(assistant_of(self.people.other_organization))
        message = theirs.messages.get()
        path = f"/threads/{theirs.public_id}"
        for method, place in [
            ("GET", path),
            ("POST", path),
            ("DELETE", path),
            ("GET", f"{path}/messages"),
            ("GET", f"{path}/messages/{message.public_id}"),
            ("POST", f"{path}/messages/{message.public_id}"),
            ("DELETE", f"{path}/messages/{message.public_id}"),
            ("GET", f"{path}/runs"),
        ]:
            with self.subTest(method=method, place=place):
                error = self.refused(place, {}, 404, method)
                assert error["message"].startswith("No thread found with id ")
        self.refused(f"{path}/messages", HELLO, 404)


class MessageTests(ApiCase):
    def setUp(self):
        self.assistant = assistant_of(self.organization)
        self.thread = self.made("/threads")["id"]
        self.path = f"/threads/{self.thread}/messages"

    def test_a_message_has_every_published_key(self):
        made = self.made(self.path, {**HELLO, "metadata": {"a": "b"}})
        assert made.pop("id").startswith("msg_")
        assert isinstance(made.pop("created_at"), int)
        assert isinstance(made.pop("completed_at"), int)
        text = {"value": "Hello", "annotations": []}
        assert made == {
            "object": "thread.message",
            "thread_id": self.thread,
            "status": "completed",
            "incomplete_details": None,
            "incomplete_at": None,
            "role": "user",
            "content": [{"type": "text", "text": text}],
            "assistant_id": None,
            "run_id": None,
            "attachments": [],
            "metadata": {"a": "b"},
        }

    def test_parts_are_kept_in_order(self):
        file = picture_of(self.organization)
        url = {"url": "https://example.com/a.png", "detail": "low"}
        parts = [
            {"type": "text", "text": "Look"},
            {"type": "image_file", "image_file": {"file_id": file.public_id}},
            {"type": "image_url", "image_url": url},
        ]
        made = self.made(self.path, {"role": "user", "content": parts})
        assert made["content"] == [
            {"type": "text", "text": {"value": "Look", "annotations": []}},
            {
                "type": "image_file",
                "image_file": {"file_id": file.public_id, "detail": "auto"},
            },
            {"type": "image_url", "image_url": url},
        ]

    def test_an_attachment_names_a_file(self):
        file = picture_of(self.organization)
        attached = [{"file_id": file.public_id, "tools": []}]
        made = self.made(self.path, {**HELLO, "attachments": attached})
        assert made["attachments"] == attached

    def test_files_that_are_not_there_are_named(self):
        theirs = picture_of(self.people.other_organization).public_id
        preview = picture_of(self.organization)
        File.objects.filter(pk=preview.pk).update(purpose=File.Purpose.PARTIAL)
        for file_id in (theirs, preview.public_id, "file-nothing"):
            part = {"type": "image_file", "image_file": {"file_id": file_id}}
            error = self.refused(self.path, {"role": "user", "content": [part]}, 404)
            assert error["param"] == "content[0].image_file.file_id"
            error = self.refused(
                self.path, {**HELLO, "attachments": [{"file_id": file_id}]}, 404
            )
            assert error["message"] == f"No file found with id '{file_id}'."
            assert error["param"] == "attachments[0].file_id"

    def test_a_file_that_is_no_picture_is_no_image(self):
        file = picture_of(self.organization)
        File.objects.filter(pk=file.pk).update(width=None, height=None)
        part = {"type": "image_file", "image_file": {"file_id": file.public_id}}
        error = self.refused(self.path, {"role": "user", "content": [part]})
        assert error["param"] == "content[0].image_file.file_id"

    def test_a_picture_elsewhere_has_a_public_https_address(self):
        for url in (
            "http://a.example/b.png",
            "https://127.0.0.1/b",
            "https://nas.local/b",
        ):
            part = {"type": "image_url", "image_url": {"url": url}}
            error = self.refused(self.path, {"role": "user", "content": [part]})
            assert error["param"] == "content[0].image_url.url"

    def test_wrong_messages_are_refused_by_name(self):
        def url(address):
            part = {"type": "image_url", "image_url": {"url": address}}
            return {"role": "user", "content": [part]}

        place = "content[0].image_url.url"
        tool = [{"file_id": "file-a", "tools": [{"type": "file_search"}]}]
        cases = [
            ({"content": "x"}, "role", "missing_required_parameter"),
            ({"role": "user"}, "content", "missing_required_parameter"),
            ({**HELLO, "role": "system"}, "role", "invalid_value"),
            ({**HELLO, "content": ""}, "content", "string_below_min_length"),
            ({**HELLO, "content": []}, "content", "array_below_min_length"),
            ({**HELLO, "content": 7}, "content", "invalid_type"),
            ({**HELLO, "content": None}, "content", "invalid_type"),
            (
                {**HELLO, "content": "x" * 256_001},
                "content",
                "string_above_max_length",
            ),
            (
                {**HELLO, "content": [{"type": "audio"}]},
                "content[0].type",
                "invalid_value",
            ),
            (url("data:image/png;base64,AAAA"), place, "invalid_value"),
            (url("ftp://example.com/a.png"), place, "invalid_value"),
            (url("https://"), place, "invalid_value"),
            (url("http://[::1"), place, "invalid_value"),
            (
                {**HELLO, "attachments": tool},
                "attachments[0].tools[0].type",
                "invalid_value",
            ),
            ({**HELLO, "file_ids": []}, "file_ids", "unknown_parameter"),
        ]
        for sent, param, code in cases:
            with self.subTest(param=param, code=code):
                self.assert_refused(self.path, sent, param, code)

    def test_no_message_is_added_while_a_run_is_active(self):
        thread = thread_with(self.assistant)
        run = run_with(thread, self.assistant, *called(("call_A", "weather")))
        path = f"/threads/{thread.public_id}/messages"
        error = self.refused(path, HELLO)
        assert error["message"] == (
            f"Can't add messages to {thread.public_id} while a run {run.public_id} is"
            " active."
        )
        assert (error["param"], error["code"]) == (None, None)
        message_id = thread.messages.get().public_id
        refused = self.refused(f"{path}/{message_id}", None, 400, "DELETE")
        assert "while a run" in refused["message"]

    def test_the_list_holds_the_shown_path_and_filters_by_run(self):
        thread = thread_with(self.assistant, "One")
        run = run_with(thread, self.assistant, *wrote("First"), COMPLETED)
        Message.objects.create(
            thread=thread,
            parent=thread.messages.order_by("pk").first(),
            role="assistant",
            content=[{"type": "text", "text": {"value": "Aside", "annotations": []}}],
        )
        path = f"/threads/{thread.public_id}/messages"
        assert texts(self.read(path)) == ["First", "One"]
        page = self.read(f"{path}?run_id={run.public_id}")
        assert texts(page) == ["First"]
        assert page["data"][0]["run_id"] == run.public_id
        assert page["data"][0]["assistant_id"] == self.assistant.public_id
        assert self.read(f"{path}?run_id=run_other")["data"] == []

    def test_what_is_no_message_to_this_api_is_not_listed(self):
        thread = thread_with(self.assistant, "One")
        first = thread.messages.get()
        call = {"type": "function_call", "call_id": "c", "name": "n", "arguments": ""}
        item = Message.objects.create(
            thread=thread, parent=first, role="assistant", content=[call]
        )
        rule = Message.objects.create(
            thread=thread, parent=item, role="developer", content=[]
        )
        Thread.objects.filter(pk=thread.pk).update(head=rule)
        path = f"/threads/{thread.public_id}/messages"
        assert texts(self.read(path)) == ["One"]
        self.refused(f"{path}/{item.public_id}", None, 404, "GET")

    def test_the_list_is_paged_though_its_messages_share_a_second(self):
        ids = [self.made(self.path, HELLO)["id"] for _ in range(5)]
        page = self.read(f"{self.path}?limit=2")
        assert [m["id"] for m in page["data"]] == [ids[4], ids[3]]
        assert page["has_more"] is True
        rest = self.read(f"{self.path}?limit=3&after={ids[3]}")
        assert [m["id"] for m in rest["data"]] == [ids[2], ids[1], ids[0]]
        assert rest["has_more"] is False
        error = self.refused(f"{self.path}?after=msg_x", None, 400, "GET")
        assert error["param"] == "after"
        empty = self.read(f"/threads/{self.made('/threads')['id']}/messages")
        assert (empty["first_id"], empty["last_id"]) == (None, None)

    def test_a_list_takes_as_many_queries_for_many_as_for_few(self):
        run_path = f"/threads/{self.thread}/runs"
        assistant = self.assistant
        for text in ("One", "Two", "Three"):
            self.made(self.path, {"role": "user", "content": text})
            thread = Thread.objects.get(public_id=self.thread)
            run_with(thread, assistant, *wrote(f"{text}!"), COMPLETED)
        for path in (self.path, run_path):
            self.read(f"{path}?limit=1")  # what is noted once for a key
            with CaptureQueriesContext(connection) as few:
                self.read(f"{path}?limit=1")
            with self.assertNumQueries(len(few)):
                assert len(self.read(f"{path}?limit=3")["data"]) == 3

    def test_a_message_that_is_being_written_has_its_words_so_far(self):
        thread = thread_with(self.assistant)
        started, *_ = wrote("Done")
        added = TextAdded(started.message_id, 0, "So far")
        run_with(thread, self.assistant, started, added)
        page = self.read(f"/threads/{thread.public_id}/messages")
        assert texts(page) == ["So far", "A bay"]
        assert page["data"][0]["status"] == "in_progress"

    def test_a_member_changes_only_what_he_made(self):
        message_id = self.made(self.path, HELLO)["id"]
        bob = client_of(self.people.bob)
        bob.cookies["csrftoken"] = "a" * 32
        sent = {"content_type": "application/json"}
        sent["headers"] = {"X-CSRFToken": "a" * 32}
        for path in (f"/threads/{self.thread}", f"{self.path}/{message_id}"):
            assert bob.post(f"/v1{path}", {}, **sent).status_code == 403
            assert bob.delete(f"/v1{path}", **sent).status_code == 403
        own = bob.post(f"/v1{self.path}", HELLO, **sent).json()["id"]
        assert bob.delete(f"/v1{self.path}/{own}", **sent).status_code == 200

    def test_only_metadata_of_a_message_is_changed(self):
        path = f"{self.path}/{self.made(self.path, HELLO)['id']}"
        assert self.made(path, {"metadata": {"a": "b"}})["metadata"] == {"a": "b"}
        assert self.read(path)["metadata"] == {"a": "b"}
        self.assert_refused(path, {"content": "x"}, "content", "unknown_parameter")

    def test_a_deleted_message_leaves_the_others_in_their_order(self):
        ids = [
            self.made(self.path, {"role": "user", "content": word})["id"]
            for word in ("One", "Two", "Three")
        ]
        status, answer = self.call("DELETE", f"{self.path}/{ids[1]}")
        assert (status, answer["object"]) == (200, "thread.message.deleted")
        assert texts(self.read(self.path)) == ["Three", "One"]
        self.call("DELETE", f"{self.path}/{ids[2]}")
        assert texts(self.read(self.path)) == ["One"]
        self.made(self.path, {"role": "user", "content": "Four"})
        assert texts(self.read(self.path)) == ["Four", "One"]
        message = f"No message found with id '{ids[1]}'."
        assert (
            self.refused(f"{self.path}/{ids[1]}", None, 404, "GET")["message"]
            == message
        )

    def test_an_answer_outlives_the_question_that_is_deleted(self):
        thread = thread_with(self.assistant, "Question")
        run_with(thread, self.assistant, *wrote("Answer"), COMPLETED)
        question = thread.messages.get(role="user")
        path = f"/threads/{thread.public_id}/messages"
        assert self.call("DELETE", f"{path}/{question.public_id}")[0] == 200
        assert texts(self.read(path)) == ["Answer"]

    def test_a_message_of_another_thread_is_not_there(self):
        other = self.made("/threads", {"messages": [HELLO]})["id"]
        message = Message.objects.get(thread__public_id=other)
        self.refused(f"{self.path}/{message.public_id}", None, 404, "GET")

    def test_ids_with_a_nul_are_not_there(self):
        self.refused("/threads/%00", None, 404, "GET")
