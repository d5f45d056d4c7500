"""What the model is told: pure functions over chat messages."""

from __future__ import annotations

from collections.abc import Sequence

from assistants_app.engine.events import MessageEnded, MessageStarted, TextAdded
from assistants_app.providers.base import ChatMessage, Text

# Events of a turn whose words are for the server only.
HIDDEN = (MessageStarted, MessageEnded, TextAdded)

ASK_FOR_PROMPT = (
    "Write only the prompt of a picture that fits the user's last message: one"
    " paragraph with subject, style, composition, light and what to leave out. No"
    " greeting, no explanation, no quotation marks."
)

DELETED_PICTURE = '{"status": "deleted", "error": "This picture was deleted."}'


def tool_result(call_id: str, output: str) -> ChatMessage:
    """The answer to a tool call."""
    return ChatMessage("tool", (Text(output),), tool_call_id=call_id)


def last_user_text(history: Sequence[ChatMessage]) -> str:
    """What the user said last, or "" if nobody said anything."""
    for message in reversed(history):
        if message.role == "user":
            return message_text(message)
    return ""


def message_text(message: ChatMessage) -> str:
    """The written parts of a message."""
    return "\n\n".join(part.text for part in message.content if isinstance(part, Text))


def asking_for_prompt(history: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The same conversation, ending with a request for a picture's prompt."""
    return [*history, ChatMessage("system", (Text(ASK_FOR_PROMPT),))]


def without_tools(history: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The conversation for a model that knows no tools: calls become plain notes."""
    plain: list[ChatMessage] = []
    for message in history:
        if message.role == "tool":
            note = f"A tool has answered: {message_text(message)}"
            plain.append(ChatMessage("system", (Text(note),)))
        elif message.content or not message.tool_calls:
            plain.append(ChatMessage(message.role, message.content))
    return plain
