"""`/v1/conversations`, their items, and the pages that show them."""

from __future__ import annotations

from openai.types.responses import ResponseFunctionToolCall

from assistants_app.api.responses.operations import begin_response, response_json
from assistants_app.api.responses.schemas_responses import ResponseCreate
from assistants_app.engine.events import RunStarted
from assistants_app.models import Message, Run, Thread
from assistants_app.services.responses import KEPT_UNSTORED, sweep_unstored
from assistants_app.services.stored import append
from playground.api.callers import Caller
from playground.api.validation import validate
from playground.lib.clock import now
from tests.assistants_app.api.api_case import ApiCase
from tests.assistants_app.rows import (
    COMPLETED,
    answered,
    assistant_of,
    called,
    picture_of,
    run_with,
    thread_with,
    wrote,
)
from tests.people import client_of

PATH = "/conversations"
WEATHER = {"type": "function", "name": "weather", "parameters": {"type": "object"}}


def message(text="Hello", role="user"):
    return {"type": "message", "role": role, "content": text}


def output(call_id, text="Rain"):
    return {"type": "function_call_output", "call_id": call_id, "output": text}


class ConversationCase(ApiCase):
    def conversation(self, *items):
        return self.made(PATH, {"items": list(items)})["id"]

    def items(self, name, query=""):
        return self.read(f"{PATH}/{name}/items?order=asc{query}")["data"]

    def respond(self, name, *events, text="Hello", **fields):
        """A response in which this has happened."""
        scopes = frozenset(self.api_key.scopes)
        caller = Caller(self.organization, scopes, api_key=self.api_key)
        fields = {
            "model": "offline-chat",
            "input": text,
            "conversation": name,
            **fields,
        }
        data = validate(ResponseCreate, fields)
        run = Run.objects.get(public_id=begin_response(caller, data))
        append(run, [RunStarted(), *events])
        return response_json(run.public_id)


class ConversationTests(ConversationCase):
    def test_it_is_made_read_changed_and_deleted(self):
        made = self.made(PATH, {"metadata": {"topic": "boats"}})
        assert made.pop("created_at")
        name = made.pop("id")
        assert name.startswith("conv_")
        assert made == {"object": "conversation", "metadata": {"topic": "boats"}}
        changed = self.made(f"{PATH}/{name}", {"metadata": {"a": "b"}})
        assert changed["metadata"] == {"a": "b"}
        assert self.read(f"{PATH}/{name}") == changed
        status, answer = self.call("DELETE", f"{PATH}/{name}")
        deleted = {"id": name, "object": "conversation.deleted", "deleted": True}
        assert (status, answer) == (200, deleted)
        self.refused(f"{PATH}/{name}", None, 404, "GET")

    def test_responses_of_a_deleted_one_can_still_be_read_and_continued(self):
        name = self.conversation(message("Earlier"))
        made = self.respond(name, *wrote("Here."), COMPLETED)
        path = f"/responses/{made['id']}"
        before = self.read(f"{path}/input_items")
        assert self.call("DELETE", f"{PATH}/{name}")[0] == 200
        self.refused(f"{PATH}/{name}", None, 404, "GET")
        self.refused(f"{PATH}/{name}/items", None, 404, "GET")
        assert self.read(path) == made
        assert self.read(f"{path}/input_items") == before
        ask = {"model": "offline-chat", "input": "Go on"}
        self.made("/responses", {**ask, "previous_response_id": made["id"]})
        page = client_of(self.people.bob).get("/playground/")
        self.assertNotContains(page, "Earlier")

    def test_its_rows_go_with_its_last_response(self):
        name = self.conversation(message())
        made = self.respond(name, *wrote("Here."), COMPLETED)
        self.call("DELETE", f"{PATH}/{name}")
        self.call("DELETE", f"/responses/{made['id']}")
        Run.objects.update(finished_at=now() - KEPT_UNSTORED * 2)
        sweep_unstored()
        assert not Thread.objects.exists()

    def test_a_client_that_repeats_its_own_deletion_is_told_the_same(self):
        path = f"{PATH}/{self.conversation(message())}"
        (item,) = self.read(f"{path}/items")["data"]
        again = {"X-Stainless-Retry-Count": "1"}
        for what in (f"{path}/items/{item['id']}", path):
            first = self.call("DELETE", what)
            assert first[0] == 200
            assert self.call("DELETE", what, **again) == first
            assert self.call("DELETE", what)[0] == 404
        assert self.call("DELETE", f"{PATH}/conv_none", **again)[0] == 404

    def test_what_is_being_made_in_a_deleted_one_is_stopped(self):
        name = self.conversation(message())
        made = self.respond(name)
        self.call("DELETE", f"{PATH}/{name}")
        assert self.read(f"/responses/{made['id']}")["status"] == "cancelled"

    def test_an_empty_message_is_refused_by_name(self):
        items = [message("Hello"), {"role": "user", "content": []}]
        place = "items[1].content"
        self.assert_refused(PATH, {"items": items}, place, "array_below_min_length")

    def test_one_of_others_is_not_there(self):
        name = self.conversation(message())
        item = self.items(name)[0]["id"]
        for method, more in (
            ("GET", ""),
            ("POST", ""),
            ("DELETE", ""),
            ("GET", "/items"),
            ("POST", "/items"),
            ("GET", f"/items/{item}"),
            ("DELETE", f"/items/{item}"),
        ):
            fields = {"items": [message()]} if more == "/items" else {"metadata": {}}
            body = fields if method == "POST" else None
            path = f"{PATH}/{name}{more}"
            assert self.call(method, path, body, key=self.mallorys_key)[0] == 404

    def test_a_member_changes_only_what_he_made(self):
        name = self.conversation(message())
        item = self.items(name)[0]["id"]
        browser = client_of(self.people.bob)
        for method, more in (
            ("POST", ""),
            ("DELETE", ""),
            ("DELETE", f"/items/{item}"),
        ):
            answer = browser.generic(
                method,
                f"/v1{PATH}/{name}{more}",
                b'{"metadata": {}}',
                content_type="application/json",
            )
            assert answer.status_code == 403
        assert len(self.items(name)) == 1

    def test_a_thread_of_the_pages_is_a_conversation(self):
        assistant = assistant_of(self.organization)
        thread = thread_with(assistant, "A bay")
        events = answered("call_1", "weather", "Rain")
        run_with(thread, assistant, *events, *wrote("Here."), COMPLETED)
        items = self.items(thread.public_id.replace("thread_", "conv_"))
        kinds = [item["type"] for item in items]
        expected = ["message", "function_call", "function_call_output", "message"]
        assert kinds == expected
        assert items[2]["output"] == "Rain"

    def test_the_thread_of_a_chain_is_no_conversation(self):
        thread = Thread.objects.create(organization=self.organization, is_hidden=True)
        name = thread.public_id.replace("thread_", "conv_")
        self.refused(f"{PATH}/{name}", None, 404, "GET")

    def test_wrong_fields_are_named(self):
        many = [message() for _ in range(21)]
        self.assert_refused(PATH, {"items": many}, "items", "array_above_max_length")
        self.assert_refused(PATH, {"foo": 1}, "foo", "unknown_parameter")
        name = self.conversation()
        path = f"{PATH}/{name}/items"
        self.assert_refused(path, {"items": []}, "items", "array_below_min_length")
        wrong = {"items": [message(role="robot")]}
        self.assert_refused(path, wrong, "items[0].role", "invalid_value")
        assert self.items(name) == []


class ItemTests(ConversationCase):
    def test_items_are_added_at_the_end_and_given_back(self):
        name = self.conversation(message("One"))
        answer = self.made(
            f"{PATH}/{name}/items",
            {"items": [message("Two", "assistant"), message("Three")]},
        )
        assert [item["role"] for item in answer["data"]] == ["assistant", "user"]
        assert answer["has_more"] is False
        listed = self.items(name)
        assert listed[1:] == answer["data"]
        assert listed[0]["content"] == [{"type": "input_text", "text": "One"}]
        for item in listed:
            assert self.read(f"{PATH}/{name}/items/{item['id']}") == item

    def test_every_kind_of_item_is_kept(self):
        file = picture_of(self.organization)
        shown = {"type": "input_image", "file_id": file.public_id, "detail": "high"}
        name = self.conversation(
            {"type": "message", "role": "user", "content": [shown]},
            {
                "type": "function_call",
                "call_id": "c",
                "name": "weather",
                "arguments": "{}",
            },
            output("c"),
            {"type": "reasoning", "id": "rs_1", "summary": []},
            {"type": "image_generation_call", "id": "ig_1", "status": "failed"},
        )
        items = self.items(name)
        assert [item["type"] for item in items] == [
            "message",
            "function_call",
            "function_call_output",
            "reasoning",
            "image_generation_call",
        ]
        assert items[0]["content"][0]["file_id"] == file.public_id
        prefixes = [item["id"].partition("_")[0] for item in items]
        assert prefixes == ["msg", "fc", "fco", "rs", "ig"]
        for item in items:
            assert self.read(f"{PATH}/{name}/items/{item['id']}") == item

    def test_pages_of_items_follow_each_other(self):
        name = self.conversation(*[message(str(n)) for n in range(5)])
        page = self.read(f"{PATH}/{name}/items?limit=3")
        texts = [item["content"][0]["text"] for item in page["data"]]
        assert (texts, page["has_more"]) == (["4", "3", "2"], True)
        rest = self.read(f"{PATH}/{name}/items?limit=3&after={page['last_id']}")
        texts = [item["content"][0]["text"] for item in rest["data"]]
        assert (texts, rest["has_more"]) == (["1", "0"], False)

    def test_a_deleted_item_leaves_no_gap(self):
        name = self.conversation(message("One"), message("Two"), message("Three"))
        middle = self.items(name)[1]["id"]
        status, answer = self.call("DELETE", f"{PATH}/{name}/items/{middle}")
        assert (status, answer["id"]) == (200, name)
        texts = [item["content"][0]["text"] for item in self.items(name)]
        assert texts == ["One", "Three"]
        self.refused(f"{PATH}/{name}/items/{middle}", None, 404, "GET")

    def test_a_response_adds_its_input_and_its_output(self):
        name = self.conversation(message("One"))
        made = self.respond(name, *wrote("Two."), COMPLETED)
        assert made["conversation"] == {"id": name}
        items = self.items(name)
        assert [item["role"] for item in items] == ["user", "user", "assistant"]
        assert items[2] == made["output"][0]

    def test_a_call_of_a_response_is_answered_by_the_next(self):
        name = self.conversation()
        events = called(("call_1", "weather"))[:-1]
        self.respond(name, *events, COMPLETED, tools=[WEATHER])
        fields = {"model": "offline-chat", "conversation": name}
        open_call = self.refused("/responses", {**fields, "input": "And?"})
        assert "No tool output found for function call call_1" in open_call["message"]
        self.respond(name, *wrote("It rains."), COMPLETED, text=[output("call_1")])
        kinds = [item["type"] for item in self.items(name)]
        assert kinds[1:3] == ["function_call", "function_call_output"]

    def test_a_call_of_a_response_cannot_be_deleted_alone(self):
        name = self.conversation()
        events = answered("call_1", "weather", "Rain")
        self.respond(name, *events, COMPLETED, tools=[WEATHER])
        call = self.items(name)[1]["id"]
        error = self.refused(f"{PATH}/{name}/items/{call}", None, method="DELETE")
        assert "cannot be deleted alone" in error["message"]

    def test_what_is_nested_deeply_is_given_back_or_refused(self):
        def nested(levels):
            summary = {"type": "summary_text", "text": "x"}
            for _ in range(levels):
                summary = {"a": summary}
            return {"type": "reasoning", "id": "rs_1", "summary": [summary]}

        name = self.conversation(nested(190))
        assert self.items(name)[0]["summary"] == nested(190)["summary"]
        error = self.refused(PATH, {"items": [nested(200)]})
        assert error["code"] == "nested_too_deeply"

    def test_a_picture_with_its_bytes_is_taken_back(self):
        file = picture_of(self.organization)
        shown = {"type": "input_image", "file_id": file.public_id, "detail": "high"}
        item = {"type": "message", "role": "user", "content": [shown]}
        query = "&include[]=message.input_image.image_url"
        (given,) = self.items(self.conversation(item), query)
        (part,) = given["content"]
        assert part["file_id"] == file.public_id
        assert part["image_url"].startswith("data:image/png;base64,")
        (again,) = self.items(self.conversation(given), query)
        assert again["content"] == given["content"]

    def test_two_different_pictures_in_one_part_are_refused(self):
        ours = picture_of(self.organization)
        for url in ("https://a.example/b.png", "data:image/png;base64,QUJD"):
            part = {"type": "input_image", "file_id": ours.public_id, "image_url": url}
            item = {"type": "message", "role": "user", "content": [part]}
            with self.subTest(url=url):
                error = self.refused(PATH, {"items": [item]})
                assert error["param"] == "items[0].content[0]"

    def test_a_call_as_the_official_client_dumps_it_is_taken(self):
        call = ResponseFunctionToolCall(
            type="function_call", call_id="c", name="weather", arguments="{}"
        )
        name = self.conversation(call.model_dump())
        assert self.items(name)[0]["call_id"] == "c"

    def test_an_entry_of_the_query_is_named_as_the_list_is(self):
        name = self.conversation(message())
        for query in ("include[]=colour", "include=colour"):
            with self.subTest(query=query):
                path = f"{PATH}/{name}/items?{query}&limit=2"
                error = self.refused(path, None, method="GET")
                assert (error["param"], error["code"]) == (
                    "include[0]",
                    "invalid_value",
                )
                assert "but got 'colour' instead" in error["message"]

    def test_of_several_faults_in_a_query_each_has_its_name(self):
        name = self.conversation(message())
        for query, param in (
            ("include[]=x&order=up", "include[0]"),
            ("limit=0&order=up", "limit"),
            ("limit=0&include[]=message.input_image.image_url", "limit"),
        ):
            with self.subTest(query=query):
                path = f"{PATH}/{name}/items?{query}"
                assert self.refused(path, None, method="GET")["param"] == param


class PageTests(ConversationCase):
    def test_the_page_shows_the_words_and_passes_over_the_rest(self):
        name = self.conversation(
            message("Be brief", "system"),
            message("What is the weather?"),
            {
                "type": "function_call",
                "call_id": "c",
                "name": "weather",
                "arguments": "{}",
            },
            output("c"),
        )
        self.respond(name, *wrote("It rains."), COMPLETED, text=[message("Thanks")])
        self.respond(name, *wrote("Bye."), COMPLETED, text=[message("", "developer")])
        page = client_of(self.people.alice)
        thread = Thread.objects.get()
        shown = page.get(thread.get_absolute_url())
        assert shown.status_code == 200
        for words in ("What is the weather?", "It rains.", "Thanks", "Bye."):
            self.assertContains(shown, words)
        assert thread.title == "What is the weather?"
        status, listed = self.call("GET", f"/threads/{thread.public_id}/messages")
        assert status == 200
        assert len(listed["data"]) < Message.objects.count()
