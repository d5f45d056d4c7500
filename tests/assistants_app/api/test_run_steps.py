"""`/v1/threads/{thread_id}/runs/{run_id}/steps`."""

from __future__ import annotations

from tests.assistants_app.api.run_case import RunCase
from tests.assistants_app.rows import COMPLETED, answered, drew, wrote


class RunStepTests(RunCase):
    def test_steps_tell_what_was_done(self):
        events = [
            *answered("call_A", "weather", "rain"),
            *drew("file-1"),
            *wrote("Done", "file-1"),
            COMPLETED,
        ]
        path = self.happened(*events)
        page = self.read(f"{path}/steps?order=asc")
        function, picture, message = page["data"]
        assert function["step_details"]["tool_calls"] == [
            {
                "id": "call_A",
                "type": "function",
                "function": {"name": "weather", "arguments": "", "output": "rain"},
            }
        ]
        (call,) = picture["step_details"]["tool_calls"]
        assert (call["type"], call["status"]) == ("image_generation_call", "completed")
        assert (call["file_id"], call["generation_id"]) == ("file-1", "ig_1")
        details = message["step_details"]
        assert details["type"] == message["type"] == "message_creation"
        message_id = details["message_creation"]["message_id"]
        told = self.read(f"/threads/{self.thread.public_id}/messages/{message_id}")
        assert [part["type"] for part in told["content"]] == ["image_file", "text"]
        assert set(message) == {
            "id",
            "object",
            "created_at",
            "assistant_id",
            "thread_id",
            "run_id",
            "type",
            "status",
            "step_details",
            "last_error",
            "expired_at",
            "cancelled_at",
            "failed_at",
            "completed_at",
            "metadata",
            "usage",
        }
        assert self.read(f"{path}/steps/{message['id']}") == message

    def test_steps_are_paged(self):
        path = self.happened(
            *answered("call_A", "weather", "rain"), *wrote("Done"), COMPLETED
        )
        page = self.read(f"{path}/steps?limit=1")
        assert (page["has_more"], page["data"][0]["type"]) == (
            True,
            "message_creation",
        )
        rest = self.read(f"{path}/steps?after={page['last_id']}")
        assert (rest["has_more"], rest["data"][0]["type"]) == (False, "tool_calls")

    def test_include_is_taken_in_both_spellings_and_checked(self):
        path = self.happened(*wrote("Done"), COMPLETED)
        known = "step_details.tool_calls[*].file_search.results[*].content"
        for name in ("include", "include[]"):
            assert self.read(f"{path}/steps?{name}={known}")["data"]
            error = self.refused(f"{path}/steps?{name}=other", None, 400, "GET")
            assert error["param"] == name

    def test_an_unknown_step_is_not_there(self):
        path = self.happened(*wrote("Done"), COMPLETED)
        error = self.refused(f"{path}/steps/step_x", None, 404, "GET")
        assert error["message"] == "No run step found with id 'step_x'."
