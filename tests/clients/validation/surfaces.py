"""What each path answers, in the words of the client's types and of OpenAI's schemas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from openai.types import (
    FileDeleted,
    FileObject,
    ImageEditStreamEvent,
    ImageGenStreamEvent,
    ImagesResponse,
    Model,
)
from openai.types.beta import (
    Assistant,
    AssistantDeleted,
    AssistantStreamEvent,
    Thread,
    ThreadDeleted,
)
from openai.types.beta.threads import Message, MessageDeleted, Run
from openai.types.beta.threads.runs import RunStep
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.conversations import (
    Conversation,
    ConversationDeletedResource,
    ConversationItem,
    ConversationItemList,
)
from openai.types.responses import Response, ResponseItem, ResponseStreamEvent


@dataclass(frozen=True)
class Surface:
    """One operation: its path as OpenAI writes it, and the types of its answers.

    `item` stands for the entries of a list. `events` and `event_schema` are for
    streams. `schema` is the name of the body's schema.
    """

    method: str
    path: str
    type: Any = None
    schema: str = ""
    item: Any = None
    events: Any = None
    event_schema: str = ""

    def matches(self, method: str, path: str) -> bool:
        pattern = re.sub(r"{\w+}", "[^/]+", self.path)
        return method == self.method and bool(re.fullmatch(f"/v1{pattern}", path))


RUN_EVENTS = {"events": AssistantStreamEvent, "event_schema": "AssistantStreamEvent"}
RESPONSE_EVENTS = {"events": ResponseStreamEvent, "event_schema": "ResponseStreamEvent"}
DRAWN: dict[str, Any] = {
    "type": ImagesResponse,
    "schema": "ImagesResponse",
    "events": ImageGenStreamEvent,
    "event_schema": "ImageGenStreamEvent",
}
EDITED: dict[str, Any] = {
    "type": ImagesResponse,
    "schema": "ImagesResponse",
    "events": ImageEditStreamEvent,
    "event_schema": "ImageEditStreamEvent",
}
CHAT: dict[str, Any] = {
    "type": ChatCompletion,
    "schema": "CreateChatCompletionResponse",
    "events": ChatCompletionChunk,
    "event_schema": "CreateChatCompletionStreamResponse",
}

ASSISTANT = "/assistants/{assistant_id}"
THREAD = "/threads/{thread_id}"
MESSAGE = f"{THREAD}/messages/{{message_id}}"
RUN = f"{THREAD}/runs/{{run_id}}"
RESPONSE = "/responses/{response_id}"
TALK = "/conversations/{conversation_id}"
FILE = "/files/{file_id}"

SURFACES = [
    # First: the pattern of one thread would take it for a thread's id.
    Surface("POST", "/threads/runs", Run, "RunObject", **RUN_EVENTS),
    Surface("POST", "/assistants", Assistant, "AssistantObject"),
    Surface("GET", "/assistants", schema="ListAssistantsResponse", item=Assistant),
    Surface("GET", ASSISTANT, Assistant, "AssistantObject"),
    Surface("POST", ASSISTANT, Assistant, "AssistantObject"),
    Surface("DELETE", ASSISTANT, AssistantDeleted, "DeleteAssistantResponse"),
    Surface("POST", "/threads", Thread, "ThreadObject"),
    Surface("GET", THREAD, Thread, "ThreadObject"),
    Surface("POST", THREAD, Thread, "ThreadObject"),
    Surface("DELETE", THREAD, ThreadDeleted, "DeleteThreadResponse"),
    Surface("POST", f"{THREAD}/messages", Message, "MessageObject"),
    Surface("GET", f"{THREAD}/messages", schema="ListMessagesResponse", item=Message),
    Surface("GET", MESSAGE, Message, "MessageObject"),
    Surface("POST", MESSAGE, Message, "MessageObject"),
    Surface("DELETE", MESSAGE, MessageDeleted, "DeleteMessageResponse"),
    Surface("POST", f"{THREAD}/runs", Run, "RunObject", **RUN_EVENTS),
    Surface("GET", f"{THREAD}/runs", schema="ListRunsResponse", item=Run),
    Surface("GET", RUN, Run, "RunObject"),
    Surface("POST", RUN, Run, "RunObject"),
    Surface("POST", f"{RUN}/cancel", Run, "RunObject"),
    Surface("POST", f"{RUN}/submit_tool_outputs", Run, "RunObject", **RUN_EVENTS),
    Surface("GET", f"{RUN}/steps", schema="ListRunStepsResponse", item=RunStep),
    Surface("GET", f"{RUN}/steps/{{step_id}}", RunStep, "RunStepObject"),
    Surface("POST", "/images/generations", **DRAWN),
    Surface("POST", "/images/edits", **EDITED),
    Surface("POST", "/images/variations", ImagesResponse, "ImagesResponse"),
    Surface("POST", "/responses", Response, "Response", **RESPONSE_EVENTS),
    Surface("GET", RESPONSE, Response, "Response", **RESPONSE_EVENTS),
    Surface("POST", f"{RESPONSE}/cancel", Response, "Response"),
    Surface(
        "GET", f"{RESPONSE}/input_items", schema="ResponseItemList", item=ResponseItem
    ),
    Surface("POST", "/conversations", Conversation, "ConversationResource"),
    Surface("GET", TALK, Conversation, "ConversationResource"),
    Surface("POST", TALK, Conversation, "ConversationResource"),
    Surface("DELETE", TALK, ConversationDeletedResource, "DeletedConversationResource"),
    Surface("POST", f"{TALK}/items", ConversationItemList, "ConversationItemList"),
    Surface("GET", f"{TALK}/items", ConversationItemList, "ConversationItemList"),
    Surface("GET", f"{TALK}/items/{{item_id}}", ConversationItem, "ConversationItem"),
    Surface(
        "DELETE", f"{TALK}/items/{{item_id}}", Conversation, "ConversationResource"
    ),
    Surface("POST", "/chat/completions", **CHAT),
    Surface("POST", "/files", FileObject, "OpenAIFile"),
    Surface("GET", "/files", schema="ListFilesResponse", item=FileObject),
    Surface("GET", FILE, FileObject, "OpenAIFile"),
    Surface("DELETE", FILE, FileDeleted, "DeleteFileResponse"),
    Surface("GET", "/models", schema="ListModelsResponse", item=Model),
    Surface("GET", "/models/{model}", Model, "Model"),
]


def find_surface(method: str, path: str) -> Surface | None:
    """The operation of this request; None for what is no JSON of OpenAI's."""
    return next((one for one in SURFACES if one.matches(method, path)), None)
