"""`/v1/threads/{thread_id}/runs` as they are stored and told."""

from __future__ import annotations

from datetime import timedelta

from assistants_app.api.assistants_v2 import run_operations
from assistants_app.api.assistants_v2.schemas_runs import ThreadRunCreate
from assistants_app.api.assistants_v2.wire_events import RunStream
from assistants_app.engine.events import RunFailed, RunIncomplete, TurnFinished
from assistants_app.models import Message, Run, Thread
from playground.api.validation import validate
from playground.lib.clock import now
from tests.assistants_app.api.reading import read
from tests.assistants_app.api.run_case import WEATHER, RunCase
from tests.assistants_app.rows import (
    COMPLETED,
    assistant_of,
    called,
    thread_with,
    wrote,
)


class StartedRunTests(RunCase):
    def test_a_run_is_as_its_assistant_says(self):
        run = self.begun()
        assert (run.model, run.tools) == ("offline-chat", self.assistant.tools)
        assert (run.api_key, run.created_by) == (self.api_key, None)
        assert run.input_message == self.thread.head
        told = self.read(f"{self.path}/{run.public_id}")
        assert told["status"] == "queued"
        assert told["expires_at"] == told["created_at"] + 600
        assert told["tool_choice"] == told["response_format"] == "auto"
        assert told["truncation_strategy"] == {"type": "auto", "last_messages": None}
        assert told["parallel_tool_calls"] is True
        assert self.response["openai-poll-after-ms"] == "250"

    def test_a_request_says_it_otherwise(self):
        fields = {
            "model": "offline/offline-chat",
            "instructions": "Be brief.",
            "tools": [WEATHER],
            "metadata": {"a": "b"},
            "temperature": 0.5,
            "top_p": 0.25,
            "max_prompt_tokens": 300,
            "max_completion_tokens": 256,
            "truncation_strategy": {"type": "last_messages", "last_messages": 3},
            "tool_choice": {"type": "function", "function": {"name": "weather"}},
            "parallel_tool_calls": False,
            "response_format": {"type": "json_object"},
        }
        run = self.begun(**fields, reasoning_effort="high")
        told = self.read(f"{self.path}/{run.public_id}")
        assert {name: told[name] for name in fields} == fields
        assert run.reasoning_effort == "high"

    def test_additional_instructions_follow_and_messages_are_added(self):
        self.assistant.instructions = "Be kind."
        self.assistant.save()
        run = self.begun(
            additional_instructions="Be quick.",
            additional_messages=[{"role": "user", "content": "And a boat"}],
        )
        assert run.instructions == "Be kind.\n\nBe quick."
        assert run.input_message.text == "And a boat"

    def test_auto_undoes_the_assistants_format(self):
        self.assistant.response_format = {"type": "json_object"}
        self.assistant.save()
        run = self.begun(response_format="auto")
        assert self.read(f"{self.path}/{run.public_id}")["response_format"] == "auto"

    def test_the_image_tool_can_be_demanded(self):
        run = self.begun(tool_choice={"type": "image_generation"})
        assert run.image_options == {"mode": "on"}

    def test_a_thread_can_be_made_with_its_run(self):
        messages = [{"role": "user", "content": "Hello"}]
        data = validate(
            ThreadRunCreate,
            self.body(thread={"messages": messages, "metadata": {"a": "b"}}),
        )
        public_id = run_operations.begin_thread_run(self.caller(), data)
        run = Run.objects.get(public_id=public_id)
        assert run.thread.metadata == {"a": "b"}
        assert run.input_message.text == "Hello"

    def test_a_second_run_is_refused_and_adds_no_message(self):
        run = self.begun()
        messages = [{"role": "user", "content": "More"}]
        error = self.refused(self.path, self.body(additional_messages=messages))
        assert error["message"] == (
            f"Thread {self.thread.public_id} already has an active run {run.public_id}."
        )
        assert (error["param"], error["code"]) == (None, None)
        assert Message.objects.count() == 1


class RefusedRunTests(RunCase):
    def test_wrong_bodies_are_refused_by_name(self):
        cases = [
            ({"assistant_id": None}, "assistant_id", "invalid_type"),
            (
                {"max_prompt_tokens": 255},
                "max_prompt_tokens",
                "integer_below_min_value",
            ),
            (
                {"max_completion_tokens": 1},
                "max_completion_tokens",
                "integer_below_min_value",
            ),
            (
                {"max_completion_tokens": 2**64 - 1},
                "max_completion_tokens",
                "integer_above_max_value",
            ),
            ({"tools": [WEATHER] * 21}, "tools", "array_above_max_length"),
            ({"stream": "yes"}, "stream", "invalid_type"),
            ({"tool_choice": "any"}, "tool_choice", "invalid_value"),
            (
                {"tool_choice": {"type": "file_search"}},
                "tool_choice.type",
                "invalid_value",
            ),
            (
                {"tool_choice": {"type": "function", "function": {"name": "other"}}},
                "tool_choice.function.name",
                "invalid_value",
            ),
            ({"tools": [], "tool_choice": "required"}, "tool_choice", "invalid_value"),
            (
                {"tools": [], "tool_choice": {"type": "image_generation"}},
                "tool_choice",
                "invalid_value",
            ),
            (
                {"truncation_strategy": {"type": "last_messages"}},
                "truncation_strategy",
                "invalid_value",
            ),
            (
                {"truncation_strategy": {"type": "auto", "last_messages": 0}},
                "truncation_strategy.last_messages",
                "integer_below_min_value",
            ),
            (
                {"additional_messages": [{"role": "user"}]},
                "additional_messages[0].content",
                "missing_required_parameter",
            ),
            (
                {"tools": [{"type": "image_generation", "size": "7x7"}]},
                "tools[0].size",
                "invalid_value",
            ),
            ({"thread_id": "x"}, "thread_id", "unknown_parameter"),
        ]
        for fields, param, code in cases:
            with self.subTest(param=param, code=code):
                self.assert_refused(self.path, self.body(**fields), param, code)
        assert not Run.objects.exists()

    def test_a_stream_is_refused_by_the_same_rules(self):
        fields = {"stream": True, "max_prompt_tokens": 1}
        self.assert_refused(
            self.path,
            self.body(**fields),
            "max_prompt_tokens",
            "integer_below_min_value",
        )

    def test_unknown_ids_have_the_published_texts(self):
        error = self.refused(self.path, {"assistant_id": "asst_x"}, 404)
        assert error["message"] == "No assistant found with id 'asst_x'."
        error = self.refused("/threads/thread_x/runs", self.body(), 404)
        assert error["message"] == "No thread found with id 'thread_x'."
        error = self.refused(f"{self.path}/run_x", None, 404, "GET")
        assert error["message"] == "No run found with id 'run_x'."
        error = self.refused("/threads/runs", {"assistant_id": "asst_x"}, 404)
        assert error["message"] == "No assistant found with id 'asst_x'."

    def test_others_assistants_are_not_there(self):
        theirs = assistant_of(self.people.other_organization, model="offline-chat")
        self.refused(self.path, {"assistant_id": theirs.public_id}, 404)
        body = {"assistant_id": theirs.public_id, "thread": {"messages": []}}
        self.refused("/threads/runs", body, 404)
        assert Thread.objects.count() == 1

    def test_a_wrong_message_in_a_new_thread_is_named_from_the_bodys_top(self):
        part = {"type": "image_file", "image_file": {"file_id": "file-x"}}
        messages = [{"role": "user", "content": [part]}]
        error = self.refused(
            "/threads/runs", self.body(thread={"messages": messages}), 404
        )
        place = "thread.messages[0].content[0].image_file.file_id"
        assert error["param"] == place
        assert Thread.objects.count() == 1

    def test_a_model_that_leads_nowhere_is_refused(self):
        self.connection.is_enabled = False
        self.connection.save()
        error = self.refused(self.path, self.body())
        assert (error["param"], error["code"]) == ("model", "model_not_found")


class BrokenStreamTests(RunCase):
    async def test_what_fails_inside_a_stream_is_an_event_that_clients_raise(self):
        with self.assertLogs("playground.api.front", "ERROR"):
            sent = [
                piece
                async for piece in run_operations.chunks("run_gone", RunStream({}))
            ]
        (name, data), done = read(b"".join(sent))
        assert (name, done) == ("error", ("done", "[DONE]"))
        assert set(data["error"]) == {"message", "type", "param", "code"}
        assert data["error"]["type"] == "server_error"


class FinishedRunTests(RunCase):
    def test_a_completed_run(self):
        turn = TurnFinished("m", True, 10, 5)
        told = self.read(self.happened(turn, *wrote("Done"), COMPLETED))
        assert told["status"] == "completed"
        assert told["usage"] == {
            "prompt_tokens": 10,
            "completion_tokens": 5,
            "total_tokens": 15,
        }
        assert isinstance(told["completed_at"], int)
        assert told["expires_at"] is None
        assert told["required_action"] is None

    def test_a_failed_run_says_why_in_public_words_only(self):
        failure = RunFailed("server_error", "It broke.", "key abc at 10.0.0.1")
        path = self.happened(failure)
        told = self.read(path)
        assert told["last_error"] == {"code": "server_error", "message": "It broke."}
        assert isinstance(told["failed_at"], int)
        assert "10.0.0.1" not in str(told)

    def test_an_incomplete_run_says_why(self):
        told = self.read(self.happened(RunIncomplete("max_prompt_tokens")))
        assert told["status"] == "incomplete"
        assert told["incomplete_details"] == {"reason": "max_prompt_tokens"}

    def test_a_waiting_run_says_what_to_do(self):
        path = self.happened(*called(("call_A", "weather"), ("call_B", "weather")))
        told = self.read(path)
        assert told["status"] == "requires_action"
        assert told["usage"] is None
        calls = told["required_action"]["submit_tool_outputs"]["tool_calls"]
        assert [call["id"] for call in calls] == ["call_A", "call_B"]
        assert calls[0]["function"] == {"name": "weather", "arguments": ""}

    def test_outputs_must_fit_the_calls_that_wait(self):
        path = self.happened(*called(("call_A", "weather"), ("call_B", "weather")))
        submit = f"{path}/submit_tool_outputs"
        outputs = [{"tool_call_id": "call_A", "output": "x"}]
        error = self.refused(submit, {"tool_outputs": outputs})
        assert error["message"] == (
            "Expected tool outputs for call_ids ['call_A', 'call_B'], got ['call_A']"
        )
        self.assert_refused(
            submit,
            {"tool_outputs": [{"output": "x"}]},
            "tool_outputs[0].tool_call_id",
            "missing_required_parameter",
        )
        self.assert_refused(
            submit,
            {"tool_outputs": [{"tool_call_id": "call_A", "output": {"a": 1}}]},
            "tool_outputs[0].output",
            "invalid_type",
        )
        self.assert_refused(submit, {}, "tool_outputs", "missing_required_parameter")

    def test_a_finished_run_takes_no_outputs_and_no_cancel(self):
        path = self.happened(*wrote("Done"), COMPLETED)
        error = self.refused(f"{path}/submit_tool_outputs", {"tool_outputs": []})
        assert (
            error["message"] == 'Runs in status "completed" do not accept tool outputs.'
        )
        error = self.refused(f"{path}/cancel", None)
        assert error["message"] == "Cannot cancel run with status 'completed'."

    def test_a_waiting_run_is_cancelled_with_its_step(self):
        path = self.happened(*called(("call_A", "weather")))
        told = self.made(f"{path}/cancel")
        assert (told["status"], told["cancelled_at"]) == ("cancelling", None)
        told = self.read(path)
        assert told["status"] == "cancelled"
        assert isinstance(told["cancelled_at"], int)
        (step,) = self.read(f"{path}/steps")["data"]
        assert step["status"] == "cancelled"
        assert isinstance(step["cancelled_at"], int)

    def test_a_client_that_repeats_its_own_cancel_is_told_of_the_cancelled_run(self):
        path = f"{self.happened(*called(('call_A', 'weather')))}/cancel"
        self.made(path)
        self.refused(path, None)
        again = {"X-Stainless-Retry-Count": "1"}
        assert self.made(path, **again)["status"] == "cancelled"

    def test_cancel_has_no_parameters(self):
        path = f"{self.happened(*called(('call_A', 'weather')))}/cancel"
        self.assert_refused(path, {"reason": "x"}, "reason", "unknown_parameter")

    def test_a_run_of_an_assistant_without_a_model_names_the_one_that_serves(self):
        self.assistant.model = ""
        self.assistant.save()
        assert self.made(self.path, self.body())["model"] == "offline-chat"

    def test_a_run_that_waited_too_long_has_expired_with_its_step(self):
        path = self.happened(*called(("call_A", "weather")))
        Run.objects.update(expires_at=now() - timedelta(seconds=1))
        told = self.read(path)
        assert told["status"] == "expired"
        assert told["required_action"] is None
        (step,) = self.read(f"{path}/steps")["data"]
        assert step["status"] == "expired"
        assert isinstance(step["expired_at"], int)
        error = self.refused(f"{path}/submit_tool_outputs", {"tool_outputs": []})
        assert "“" not in error["message"]
        assert 'status "expired" do not accept' in error["message"]

    def test_only_metadata_of_a_run_is_changed(self):
        path = self.happened(*wrote("Done"), COMPLETED)
        assert self.made(path, {"metadata": {"a": "b"}})["metadata"] == {"a": "b"}
        self.assert_refused(path, {"model": "x"}, "model", "unknown_parameter")

    def test_the_runs_of_a_thread_are_listed_without_those_not_to_be_kept(self):
        paths = [self.happened(*wrote(word), COMPLETED) for word in ("A", "B")]
        hidden = self.happened(*wrote("C"), COMPLETED).rpartition("/")[2]
        Run.objects.filter(public_id=hidden).update(is_stored=False)
        ids = [path.rpartition("/")[2] for path in paths]
        assert [run["id"] for run in self.read(self.path)["data"]] == ids[::-1]
        self.refused(f"{self.path}/{hidden}", None, 404, "GET")

    def test_a_run_is_found_in_its_own_thread_only(self):
        path = self.happened(*wrote("Done"), COMPLETED)
        run_id = path.rpartition("/")[2]
        other = thread_with(self.assistant).public_id
        for place in ("", "/cancel", "/submit_tool_outputs", "/steps"):
            method = "GET" if place in {"", "/steps"} else "POST"
            body = {"tool_outputs": []} if "submit" in place else None
            error = self.refused(
                f"/threads/{other}/runs/{run_id}{place}", body, 404, method
            )
            assert error["message"] == f"No run found with id '{run_id}'."
