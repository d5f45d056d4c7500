"""A thread with a question, and runs in it in which things have happened."""

from __future__ import annotations

from assistants_app.api.assistants_v2 import run_operations
from assistants_app.api.assistants_v2.schemas_runs import RunCreate
from assistants_app.models import Run
from playground.api.callers import Caller
from playground.api.validation import validate
from tests.assistants_app.api.api_case import ApiCase
from tests.assistants_app.rows import assistant_of, run_with, thread_with

WEATHER = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object"}, "strict": None},
}
DRAW = {"type": "image_generation", "mode": "auto"}


class RunCase(ApiCase):
    def setUp(self):
        self.assistant = assistant_of(
            self.organization, model="offline-chat", tools=[WEATHER, DRAW]
        )
        self.thread = thread_with(self.assistant)
        self.path = f"/threads/{self.thread.public_id}/runs"

    def body(self, **fields):
        return {"assistant_id": self.assistant.public_id, **fields}

    def caller(self):
        scopes = frozenset(self.api_key.scopes)
        return Caller(self.organization, scopes, api_key=self.api_key)

    def begun(self, **fields) -> Run:
        """The rows of a run that is started this way, without anybody working on it."""
        data = validate(RunCreate, self.body(**fields))
        public_id = run_operations.begin_run(
            self.caller(), data, thread_id=self.thread.public_id
        )
        return Run.objects.get(public_id=public_id)

    def happened(self, *events) -> str:
        """The path of a run in which this has happened."""
        return f"{self.path}/{run_with(self.thread, self.assistant, *events).public_id}"
