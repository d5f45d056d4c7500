"""Assistants, threads of messages, and the runs that answer them."""

from assistants_app.models.assistant import Assistant, AssistantVersion
from assistants_app.models.run import Run, RunEvents, RunStep
from assistants_app.models.thread import Message, Thread

__all__ = [
    "Assistant",
    "AssistantVersion",
    "Message",
    "Run",
    "RunEvents",
    "RunStep",
    "Thread",
]
