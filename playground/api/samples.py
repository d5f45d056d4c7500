"""What the reference shows as requests: bodies worth copying, and the SDK's method.

`$chat` and `$image` stand for the models that the organization uses by default.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

HELLO = {"role": "user", "content": "What can you do?"}
WISH = {"role": "user", "content": "Draw a lighthouse at dusk."}
PICTURE_TOOL = {"type": "image_generation", "size": "1024x1024"}

BODIES: dict[str, Json] = {
    "POST /v1/chat/completions": {"model": "$chat", "messages": [HELLO]},
    "POST /v1/responses": {
        "model": "$chat",
        "input": "Draw a lighthouse at dusk.",
        "tools": [{"type": "image_generation"}],
    },
    "POST /v1/conversations": {
        "items": [{"type": "message", **HELLO}],
    },
    "POST /v1/conversations/{conversation_id}": {"metadata": {"topic": "postcards"}},
    "POST /v1/conversations/{conversation_id}/items": {
        "items": [{"type": "message", **HELLO}],
    },
    "POST /v1/assistants": {
        "model": "$chat",
        "name": "Postcards",
        "instructions": "You illustrate postcards.",
        "tools": [PICTURE_TOOL],
    },
    "POST /v1/assistants/{assistant_id}": {"instructions": "Prefer flat shapes."},
    "POST /v1/threads": {"messages": [WISH]},
    "POST /v1/threads/{thread_id}": {"metadata": {"topic": "postcards"}},
    "POST /v1/threads/{thread_id}/messages": WISH,
    "POST /v1/threads/{thread_id}/messages/{message_id}": {
        "metadata": {"is_draft": "no"}
    },
    "POST /v1/threads/runs": {
        "assistant_id": "asst_…",
        "thread": {"messages": [WISH]},
    },
    "POST /v1/threads/{thread_id}/runs": {"assistant_id": "asst_…"},
    "POST /v1/threads/{thread_id}/runs/{run_id}": {"metadata": {"reason": "test"}},
    "POST /v1/threads/{thread_id}/runs/{run_id}/submit_tool_outputs": {
        "tool_outputs": [{"tool_call_id": "call_…", "output": '{"url": "…"}'}]
    },
    "POST /v1/images/generations": {
        "model": "$image",
        "prompt": "A lighthouse at dusk",
        "size": "1024x1024",
    },
    "POST /v1/images/edits": {
        "model": "$image",
        "image": "@lighthouse.png",
        "prompt": "Add a full moon",
    },
    "POST /v1/images/variations": {
        "image": "@lighthouse.png",
        "response_format": "b64_json",
    },
    "POST /v1/files": {"file": "@lighthouse.png", "purpose": "vision"},
    "POST /v1/images/generate": {"prompt": "A lighthouse at dusk"},
    "POST /v1/model/response": {
        "model": "$chat",
        "inputs": [WISH],
        "tools": [{"type": "image_generation", "mode": "auto"}],
    },
    "PATCH /v1/organizations/{organization_id}/providers/{provider_name}": {
        "is_active": True
    },
}

# Methods of the official Python SDK, from the client on.
SDK_METHODS: dict[str, str] = {
    "POST /v1/chat/completions": "chat.completions.create",
    "POST /v1/responses": "responses.create",
    "GET /v1/responses/{response_id}": "responses.retrieve",
    "DELETE /v1/responses/{response_id}": "responses.delete",
    "POST /v1/responses/{response_id}/cancel": "responses.cancel",
    "GET /v1/responses/{response_id}/input_items": "responses.input_items.list",
    "POST /v1/conversations": "conversations.create",
    "GET /v1/conversations/{conversation_id}": "conversations.retrieve",
    "POST /v1/conversations/{conversation_id}": "conversations.update",
    "DELETE /v1/conversations/{conversation_id}": "conversations.delete",
    "POST /v1/conversations/{conversation_id}/items": "conversations.items.create",
    "GET /v1/conversations/{conversation_id}/items": "conversations.items.list",
    "GET /v1/conversations/{conversation_id}/items/{item_id}": (
        "conversations.items.retrieve"
    ),
    "DELETE /v1/conversations/{conversation_id}/items/{item_id}": (
        "conversations.items.delete"
    ),
    "POST /v1/assistants": "beta.assistants.create",
    "GET /v1/assistants": "beta.assistants.list",
    "GET /v1/assistants/{assistant_id}": "beta.assistants.retrieve",
    "POST /v1/assistants/{assistant_id}": "beta.assistants.update",
    "DELETE /v1/assistants/{assistant_id}": "beta.assistants.delete",
    "POST /v1/threads": "beta.threads.create",
    "GET /v1/threads/{thread_id}": "beta.threads.retrieve",
    "POST /v1/threads/{thread_id}": "beta.threads.update",
    "DELETE /v1/threads/{thread_id}": "beta.threads.delete",
    "POST /v1/threads/{thread_id}/messages": "beta.threads.messages.create",
    "GET /v1/threads/{thread_id}/messages": "beta.threads.messages.list",
    "GET /v1/threads/{thread_id}/messages/{message_id}": (
        "beta.threads.messages.retrieve"
    ),
    "POST /v1/threads/{thread_id}/messages/{message_id}": (
        "beta.threads.messages.update"
    ),
    "DELETE /v1/threads/{thread_id}/messages/{message_id}": (
        "beta.threads.messages.delete"
    ),
    "POST /v1/threads/runs": "beta.threads.create_and_run",
    "POST /v1/threads/{thread_id}/runs": "beta.threads.runs.create",
    "GET /v1/threads/{thread_id}/runs": "beta.threads.runs.list",
    "GET /v1/threads/{thread_id}/runs/{run_id}": "beta.threads.runs.retrieve",
    "POST /v1/threads/{thread_id}/runs/{run_id}": "beta.threads.runs.update",
    "POST /v1/threads/{thread_id}/runs/{run_id}/cancel": "beta.threads.runs.cancel",
    "POST /v1/threads/{thread_id}/runs/{run_id}/submit_tool_outputs": (
        "beta.threads.runs.submit_tool_outputs"
    ),
    "GET /v1/threads/{thread_id}/runs/{run_id}/steps": "beta.threads.runs.steps.list",
    "GET /v1/threads/{thread_id}/runs/{run_id}/steps/{step_id}": (
        "beta.threads.runs.steps.retrieve"
    ),
    "POST /v1/images/generations": "images.generate",
    "POST /v1/images/edits": "images.edit",
    "POST /v1/images/variations": "images.create_variation",
    "POST /v1/files": "files.create",
    "GET /v1/files": "files.list",
    "GET /v1/files/{file_id}": "files.retrieve",
    "DELETE /v1/files/{file_id}": "files.delete",
    "GET /v1/files/{file_id}/content": "files.content",
    "GET /v1/models": "models.list",
    "GET /v1/models/{model_id}": "models.retrieve",
}

# What answers with the bytes of a picture.
PICTURES = frozenset(
    {
        "GET /v1/files/{file_id}/content",
        "GET /v1/files/{file_id}/signed/{token}",
        "POST /v1/images/generate",
    }
)
# What answers with JSON that holds pictures as base64, and under which name.
BASE64 = {
    "POST /v1/images/generations": "b64_json",
    "POST /v1/images/edits": "b64_json",
    "POST /v1/images/variations": "b64_json",
    "POST /v1/responses": "result",
    "GET /v1/responses/{response_id}": "result",
}
# What needs no key: the address is one.
KEYLESS = frozenset({"GET /v1/files/{file_id}/signed/{token}"})

# Ids in example addresses, by the parameter's name.
IDS = {
    "assistant_id": "asst_…",
    "thread_id": "thread_…",
    "message_id": "msg_…",
    "run_id": "run_…",
    "step_id": "step_…",
    "file_id": "file-…",
    "response_id": "resp_…",
    "conversation_id": "conv_…",
    "item_id": "msg_…",
    "organization_id": "org_…",
    "model_id": "$chat",
    "provider_name": "openai",
    "token": "…",
}
