"""`/v1/responses` without streams: the object, chains, what is refused."""

from __future__ import annotations

from datetime import timedelta

from assistants_app.api.responses.operations import begin_response, response_json
from assistants_app.api.responses.schemas_responses import ResponseCreate
from assistants_app.engine.events import RunStarted
from assistants_app.models import Message, Run, Thread
from assistants_app.services.responses import sweep_unstored
from assistants_app.services.stored import append
from playground.api.callers import Caller
from playground.api.validation import validate
from playground.lib.clock import now
from playground.organizations.services.organizations import create_api_key
from tests.assistants_app.api.api_case import ApiCase
from tests.assistants_app.rows import COMPLETED, wrote
from tests.people import client_of

PATH = "/responses"
MISSING = "missing_required_parameter"
DRAW = {"type": "image_generation"}
WEATHER = {
    "type": "function",
    "name": "weather",
    "description": "Tell the weather.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    "strict": None,
}

# Of a tool that names no model: what is near is made, but this is not near to anything.
WRONG_WISHES = (
    ({"quality": "mega"}, "quality"),
    ({"output_format": "gif"}, "output_format"),
    ({"output_format": "bmp"}, "output_format"),
    ({"moderation": "x"}, "moderation"),
    ({"background": "green"}, "background"),
    ({"size": "abc"}, "size"),
    ({"size": "100000x100000"}, "size"),
    ({"aspect_ratio": "wide"}, "aspect_ratio"),
    ({"background": "transparent", "output_format": "jpeg"}, "output_format"),
)


def body(text="Hello", **fields):
    return {"model": "offline-chat", "input": text, **fields}


def said(text, role="user"):
    return {"role": role, "content": text}


class ResponseCase(ApiCase):
    def respond(self, text="Hello", **fields):
        """A response that has been answered, without anybody having worked on it."""
        scopes = frozenset(self.api_key.scopes)
        caller = Caller(self.organization, scopes, api_key=self.api_key)
        data = validate(ResponseCreate, body(text, **fields))
        run = Run.objects.get(public_id=begin_response(caller, data))
        append(run, [RunStarted(), *wrote("Here."), COMPLETED])
        return response_json(run.public_id)

    def items(self, response_id, query=""):
        path = f"{PATH}/{response_id}/input_items?order=asc{query}"
        return self.read(path)["data"]


class ObjectTests(ResponseCase):
    def test_a_bare_response_has_every_published_key(self):
        made = self.made(PATH, body())
        (message,) = made.pop("output")
        assert message["id"].startswith("msg_")
        assert message["content"][0].pop("text")
        assert message["content"] == [
            {"type": "output_text", "annotations": [], "logprobs": []}
        ]
        assert made.pop("id").startswith("resp_")
        assert made.pop("created_at") <= made.pop("completed_at")
        usage = made.pop("usage")
        assert usage["input_tokens"] + usage["output_tokens"] == (usage["total_tokens"])
        assert made == {
            "object": "response",
            "status": "completed",
            "model": "offline-chat",
            "background": False,
            "conversation": None,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "max_output_tokens": None,
            "max_tool_calls": None,
            "metadata": {},
            "parallel_tool_calls": True,
            "previous_response_id": None,
            "prompt_cache_key": None,
            "reasoning": {"effort": None, "summary": None},
            "safety_identifier": None,
            "service_tier": "default",
            "store": True,
            "temperature": 1.0,
            "text": {"format": {"type": "text"}, "verbosity": "medium"},
            "tool_choice": "auto",
            "tools": [],
            "top_logprobs": 0,
            "top_p": 1.0,
            "truncation": "disabled",
            "user": None,
        }

    def test_what_is_asked_is_given_back(self):
        fields = {
            "instructions": "Two lines.",
            "metadata": {"team": "north"},
            "max_output_tokens": 4000,
            "max_tool_calls": 3,
            "temperature": 0.5,
            "top_p": 0.25,
            "tools": [WEATHER, {**DRAW, "size": "1024x1024", "partial_images": 1}],
            "tool_choice": "auto",
            "parallel_tool_calls": False,
            "truncation": "auto",
            "user": "u-1",
            "safety_identifier": "s-1",
            "prompt_cache_key": "k-1",
        }
        made = self.respond(**fields)
        assert {name: made[name] for name in fields} == fields

    def test_a_stored_response_reads_the_same(self):
        made = self.respond()
        assert self.read(f"{PATH}/{made['id']}") == made

    def test_too_few_tokens_make_it_incomplete(self):
        made = self.made(PATH, body("Who are you?", max_output_tokens=16))
        assert made["status"] == "incomplete"
        assert made["incomplete_details"] == {"reason": "max_output_tokens"}
        assert made["output"][0]["status"] == "incomplete"

    def test_a_response_of_others_is_not_there(self):
        made = self.respond()
        path = f"{PATH}/{made['id']}"
        for method, more in (("GET", ""), ("GET", "/input_items"), ("DELETE", "")):
            status, _ = self.call(method, path + more, key=self.mallorys_key)
            assert status == 404
        status, _ = self.call("POST", f"{path}/cancel", key=self.mallorys_key)
        assert status == 404
        theirs = body(previous_response_id=made["id"])
        assert self.call("POST", PATH, theirs, key=self.mallorys_key)[0] == 400

    def test_a_deleted_response_is_gone_but_stays_the_past_of_the_next(self):
        first = self.respond("Hello Ada")
        second = self.respond("Hello", previous_response_id=first["id"])
        status, answer = self.call("DELETE", f"{PATH}/{first['id']}")
        assert (status, answer["deleted"]) == (200, True)
        self.refused(f"{PATH}/{first['id']}", None, 404, "GET")
        texts = [i["content"][0]["text"] for i in self.items(second["id"])]
        assert texts[0] == "Hello Ada"

    def test_only_background_responses_can_be_cancelled(self):
        made = self.respond()
        error = self.refused(f"{PATH}/{made['id']}/cancel", {})
        assert error["message"] == "Cannot cancel a synchronous response."

    def test_a_cancel_takes_no_parameters(self):
        made = self.respond()
        error = self.refused(f"{PATH}/{made['id']}/cancel", {"reason": "late"})
        assert (error["param"], error["code"]) == ("reason", "unknown_parameter")

    def test_a_run_of_another_dialect_is_no_response(self):
        thread = Thread.objects.create(organization=self.organization)
        run = Run.objects.create(thread=thread, model="offline-chat")
        path = f"{PATH}/{run.public_id.replace('run_', 'resp_')}"
        self.refused(path, None, 404, "GET")


class PersonTests(ResponseCase):
    def send(self, person, method, path):
        browser = client_of(person)
        return browser.generic(method, f"/v1{path}").status_code

    def test_a_client_that_repeats_its_own_deletion_is_told_the_same(self):
        path = f"{PATH}/{self.respond()['id']}"
        first = self.call("DELETE", path)
        assert first[0] == 200
        again = {"X-Stainless-Retry-Count": "1"}
        assert self.call("DELETE", path, **again) == first
        assert self.call("DELETE", path)[0] == 404

    def test_a_person_reads_what_the_organization_made_but_deletes_only_his_own(self):
        path = f"{PATH}/{self.respond()['id']}"
        alice, bob = self.people.alice, self.people.bob
        assert self.send(bob, "GET", path) == 200
        assert self.send(bob, "DELETE", path) == 403
        assert self.send(self.people.mallory, "GET", path) == 404
        Run.objects.update(created_by=bob)
        assert self.send(bob, "DELETE", path) == 200
        path = f"{PATH}/{self.respond()['id']}"
        assert self.send(alice, "DELETE", path) == 200


class ChainTests(ResponseCase):
    def test_a_chain_tells_its_whole_past(self):
        first = self.respond("Hello One")
        second = self.respond("Hello Two", previous_response_id=first["id"])
        assert second["previous_response_id"] == first["id"]
        items = self.items(second["id"])
        assert [item["role"] for item in items] == ["user", "assistant", "user"]
        assert items[1] == first["output"][0]

    def test_forks_do_not_see_each_other(self):
        first = self.respond("Hello One")
        self.respond("Hello Left", previous_response_id=first["id"])
        right = self.respond("Hello Right", previous_response_id=first["id"])
        end = self.respond("Hello End", previous_response_id=right["id"])
        texts = [item["content"][0]["text"] for item in self.items(end["id"])]
        assert texts[0::2] == ["Hello One", "Hello Right", "Hello End"]

    def test_a_chain_may_leave_a_conversation_which_does_not_notice(self):
        conversation = self.made("/conversations", {})["id"]
        first = self.respond("Hello One", conversation=conversation)
        self.respond("Hello Aside", previous_response_id=first["id"])
        items = self.read(f"/conversations/{conversation}/items")["data"]
        assert len(items) == 2

    def test_threads_of_chains_are_nowhere_but_in_their_responses(self):
        self.respond()
        thread = Thread.objects.get()
        assert thread.is_hidden
        path = f"/threads/{thread.public_id}"
        for inner in ("", "/messages", "/runs"):
            self.refused(f"{path}{inner}", None, 404, method="GET")
        client = client_of(self.people.alice)
        assert client.get(thread.get_absolute_url()).status_code == 404

    def test_the_input_items_are_paged(self):
        made = self.respond([said(f"Hello {n}") for n in range(5)])
        path = f"{PATH}/{made['id']}/input_items"
        page = self.read(f"{path}?limit=2")
        texts = [item["content"][0]["text"] for item in page["data"]]
        assert (texts, page["has_more"]) == (["Hello 4", "Hello 3"], True)
        rest = self.read(f"{path}?after={page['last_id']}")
        assert len(rest["data"]) == 3
        assert rest["has_more"] is False


class UnstoredTests(ResponseCase):
    def test_what_is_not_to_be_stored_cannot_be_read(self):
        made = self.respond(store=False)
        assert made["store"] is False
        self.refused(f"{PATH}/{made['id']}", None, 404, "GET")
        error = self.refused(PATH, body(previous_response_id=made["id"]))
        assert error["code"] == "previous_response_not_found"

    def test_its_rows_go_ten_minutes_after_its_end(self):
        self.respond(store=False)
        sweep_unstored()
        assert Run.objects.count() == 1
        Run.objects.update(finished_at=now() - timedelta(minutes=11))
        sweep_unstored()
        assert not Thread.objects.exists()
        assert not Message.objects.exists()

    def test_an_unstored_end_of_a_chain_goes_and_the_chain_stays(self):
        first = self.respond("Hello One")
        self.respond("Hello Two", previous_response_id=first["id"], store=False)
        Run.objects.update(finished_at=now() - timedelta(minutes=11))
        sweep_unstored()
        assert [run.is_stored for run in Run.objects.all()] == [True]
        assert Message.objects.count() == 2

    def test_what_others_continue_is_kept(self):
        first = self.respond("Hello One")
        second = self.respond("Hello Two", previous_response_id=first["id"])
        self.call("DELETE", f"{PATH}/{first['id']}")
        Run.objects.update(finished_at=now() - timedelta(minutes=11))
        sweep_unstored()
        assert len(self.items(second["id"])) == 3


class RefusedTests(ApiCase):
    def test_each_refusal_names_its_field_and_rule(self):
        ask = {"model": "offline-chat", "input": "Hello"}
        call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": ""}
        for fields, param, code in (
            ({"model": None}, "model", "invalid_type"),
            ({"model": ""}, "model", "string_below_min_length"),
            ({"input": 5}, "input", "invalid_type"),
            ({"input": []}, "input", "array_below_min_length"),
            ({"input": ""}, "input", "string_below_min_length"),
            ({"input": [{}]}, "input[0].role", MISSING),
            (
                {"input": [{"role": "user", "content": []}]},
                "input[0].content",
                "array_below_min_length",
            ),
            ({"tool_choice": "required"}, "tool_choice", "invalid_value"),
            (
                {"input": [{"role": "x", "content": ""}]},
                "input[0].role",
                "invalid_value",
            ),
            (
                {"input": [{"type": "web_search_call"}]},
                "input[0].type",
                "invalid_value",
            ),
            ({"input": [{**call, "name": "a b"}]}, "input[0].name", "invalid_value"),
            ({"input": [{**call, "more": 1}]}, "input[0].more", "unknown_parameter"),
            ({"max_output_tokens": 15}, "max_output_tokens", "integer_below_min_value"),
            ({"temperature": 2.5}, "temperature", "decimal_above_max_value"),
            ({"background": True, "store": False}, "background", "invalid_value"),
            ({"prompt": {"id": "p"}}, "prompt", "unsupported_parameter"),
            ({"top_logprobs": 2}, "top_logprobs", "unsupported_value"),
            ({"include": ["x"]}, "include[0]", "invalid_value"),
            ({"tools": [{"type": "web_search"}]}, "tools[0]", "invalid_value"),
            ({"tools": [{"type": "function"}]}, "tools[0].name", MISSING),
            ({"tools": [WEATHER, WEATHER]}, "tools[1].name", "invalid_value"),
            (
                {"tools": [{**WEATHER, "name": "edit_image"}]},
                "tools[0].name",
                "invalid_value",
            ),
            (
                {"tools": [{**DRAW, "partial_images": 4}]},
                "tools[0].partial_images",
                "integer_above_max_value",
            ),
            (
                {"tools": [{**DRAW, "action": "edit"}]},
                "tools[0].action",
                "invalid_value",
            ),
            (
                {"tools": [{**DRAW, "model": "offline-painter", "size": "17x17"}]},
                "tools[0].size",
                "invalid_value",
            ),
            *(
                ({"tools": [{**DRAW, **wish}]}, f"tools[0].{name}", "invalid_value")
                for wish, name in WRONG_WISHES
            ),
            (
                {"tool_choice": {"type": "function", "name": "f"}},
                "tool_choice",
                "invalid_value",
            ),
            (
                {"text": {"format": {"type": "json_schema", "name": "a"}}},
                "text.format.schema",
                MISSING,
            ),
            ({"foo": 1}, "foo", "unknown_parameter"),
        ):
            with self.subTest(param=param, code=code):
                self.assert_refused(PATH, {**ask, **fields}, param, code)
        assert not Run.objects.exists()
        assert not Thread.objects.exists()

    def test_a_model_is_needed_and_the_document_says_so(self):
        self.assert_refused(PATH, {"input": "Hello"}, "model", MISSING)
        assert "model" in ResponseCreate.model_json_schema()["required"]

    def test_pictures_that_cannot_be_taken_are_named(self):
        place = "input[0].content[0]"
        for part, param, code in (
            ({}, place, "invalid_value"),
            ({"image_url": "http://a.example/b.png"}, ".image_url", "invalid_value"),
            ({"image_url": "data:text/plain,hello"}, ".image_url", "invalid_value"),
            (
                {"image_url": "data:image/png;base64,*"},
                ".image_url",
                "invalid_base64_image",
            ),
            (
                {"image_url": "data:image/png;base64,QUJD"},
                ".image_url",
                "invalid_image",
            ),
            ({"file_id": "file-unknown"}, ".file_id", "invalid_value"),
        ):
            content = [{"type": "input_image", **part}]
            param = param if param == place else place + param
            with self.subTest(param=param, code=code):
                items = [{"role": "user", "content": content}]
                self.assert_refused(PATH, body(items), param, code)

    def test_a_file_in_the_input_is_refused_by_name(self):
        content = [{"type": "input_file", "file_id": "file-1"}]
        error = self.refused(PATH, body([{"role": "user", "content": content}]))
        assert "input_file is not served here" in error["message"]

    def test_an_output_needs_its_call_and_a_call_its_output(self):
        output = {"type": "function_call_output", "call_id": "call_9", "output": "1"}
        error = self.refused(PATH, body([output]))
        assert error["message"] == (
            "No tool call found for function call output with call_id call_9."
        )
        call = {"type": "function_call", "call_id": "call_8", "name": "f"}
        error = self.refused(PATH, body([{**call, "arguments": "{}"}]))
        assert error["message"] == "No tool output found for function call call_8."
        call = {**call, "arguments": "{}"}
        error = self.refused(PATH, body([call, call, {**output, "call_id": "call_8"}]))
        twins = "Two function calls of the input have the call_id call_8"
        assert twins in error["message"]

    def test_the_past_is_one_that_is_there(self):
        two = body(previous_response_id="resp_1", conversation="conv_1")
        assert self.refused(PATH, two)["param"] == "previous_response_id"
        gone = self.refused(PATH, body(previous_response_id="resp_1"))
        assert gone["code"] == "previous_response_not_found"
        gone = self.refused(PATH, body(conversation="conv_1"), 404)
        assert gone["param"] == "conversation"
        none = self.refused(PATH, {"model": "offline-chat"})
        assert (none["param"], none["code"]) == ("input", MISSING)

    def test_a_model_that_nobody_knows_is_told_before_anything_else(self):
        error = self.refused(PATH, body(model="nobody/knows"), 404)
        assert (error["param"], error["code"]) == ("model", "model_not_found")

    def test_what_a_key_may_not_do_is_refused(self):
        _, key = create_api_key(
            organization=self.organization, name="reads", scopes=["read"]
        )
        status, answer = self.call("POST", PATH, body(), key=key)
        assert (status, answer["error"]["code"]) == (403, "missing_scope")

    def test_what_only_a_provider_could_do_is_told(self):
        for name in ("input_tokens", "compact"):
            error = self.refused(f"{PATH}/{name}", body(), 404)
            assert error["code"] == "unknown_url"

    def test_a_resume_needs_a_stream(self):
        thread = Thread.objects.create(organization=self.organization)
        run = Run.objects.create(thread=thread, model="m", pauses=False)
        path = f"{PATH}/{run.public_id.replace('run_', 'resp_')}?starting_after=2"
        assert self.refused(path, None, method="GET")["param"] == "starting_after"
