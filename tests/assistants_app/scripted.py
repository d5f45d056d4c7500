"""A chat model and a painter that do exactly what a test says, and a strict reader."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from assistants_app.engine.events import (
    ENDINGS,
    ArgumentsAdded,
    FunctionCallStarted,
    ImageCallEnded,
    ImageCallStarted,
    ImagePreviewed,
    MessageEnded,
    MessageStarted,
    OutputGiven,
    PictureShown,
    RunEvent,
    RunPaused,
    RunStarted,
    TextAdded,
    ToolStepEnded,
    ToolStepStarted,
    TurnFinished,
)
from assistants_app.engine.loop import run_events
from assistants_app.engine.state import RunSetup
from assistants_app.engine.tools import (
    ImageOutcome,
    ImagePlanned,
    ImagePreview,
    ImageProgress,
    ImageTools,
)
from assistants_app.providers.base import (
    ChatDelta,
    ChatMessage,
    ChatRequest,
    FinishReason,
    Text,
    TextArrived,
    ToolCall,
    ToolCallArrived,
    ToolSpec,
    TurnEnded,
    Usage,
)

# In a painter's script: whoever else can work does so now.
LET_OTHERS_GO = object()
Scripted = ChatDelta | Exception | asyncio.Event

GENERATE = ToolSpec("generate_image", "Draw.", {"type": "object"})
EDIT = ToolSpec("edit_image", "Change.", {"type": "object"})
WEATHER = ToolSpec("weather", "Tell the weather.", {"type": "object"})


class ScriptedProvider:
    """Answers turn after turn from its script and keeps the requests that it got.

    An exception is raised, an event is waited for, anything else is yielded.
    """

    def __init__(self, *turns: Sequence[Scripted]) -> None:
        self.turns = [*turns]
        self.requests: list[ChatRequest] = []
        self.open_streams = 0

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatDelta, None]:
        self.requests.append(request)
        assert self.turns, "The script has no more turns."
        self.open_streams += 1
        try:
            for step in self.turns.pop(0):
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                else:
                    yield step
        finally:
            self.open_streams -= 1

    async def aclose(self) -> None:
        pass


class ScriptedImages:
    """Draws what its script says per prompt; a prompt without a script is completed.

    Implements `assistants_app.engine.tools.ImageTools`. Each script is a list of
    progress values, exceptions to raise and gates to wait for.
    """

    def __init__(self, *specs: ToolSpec, **scripts: Sequence[Any]) -> None:
        self._specs = specs or (GENERATE,)
        self.scripts = scripts
        self.calls: list[ToolCall] = []
        self.drawing = 0
        self.most_at_once = 0

    def specs(self) -> Sequence[ToolSpec]:
        return self._specs

    async def draw(self, call: ToolCall) -> AsyncGenerator[ImageProgress, None]:
        number = len(self.calls)
        self.calls.append(call)
        self.drawing += 1
        self.most_at_once = max(self.most_at_once, self.drawing)
        try:
            for step in self.scripts.get(call.id, drawn(number)):
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif step is LET_OTHERS_GO:
                    await asyncio.sleep(0)
                else:
                    yield step
        finally:
            self.drawing -= 1


def drawn(number: int | str, *, previews: int = 0) -> list[ImageProgress]:
    """The progress of a picture that succeeds."""
    return [
        ImagePlanned(f"ig_{number}", "asked", "sent"),
        *(ImagePreview(n, f"file-preview{n}") for n in range(previews)),
        ImageOutcome(
            "completed", f'{{"image_id": "file-{number}"}}', (f"file-{number}",)
        ),
    ]


def refused(status: Any, number: int | str = 0) -> list[ImageProgress]:
    """The progress of a picture that does not come."""
    return [
        ImagePlanned(f"ig_{number}", "asked", "sent"),
        ImageOutcome(status, f'{{"status": "{status}"}}', error="No picture."),
    ]


def text_turn(*words: str, reason: FinishReason = FinishReason.STOP) -> list[Scripted]:
    """A turn that writes."""
    return [*(TextArrived(word) for word in words), end(reason)]


def call_turn(
    *calls: tuple[str, str] | tuple[str, str, str], said: str = ""
) -> list[Scripted]:
    """A turn that calls tools: (id, name) or (id, name, arguments) each."""
    deltas: list[Scripted] = [TextArrived(said)] if said else []
    for index, (call_id, name, *rest) in enumerate(calls):
        deltas.append(ToolCallArrived(index, call_id, name, rest[0] if rest else "{}"))
    return [*deltas, end(FinishReason.TOOL_CALLS)]


def end(reason: FinishReason = FinishReason.STOP, *, tokens: int = 5) -> TurnEnded:
    return TurnEnded(reason, Usage(10, tokens), "scripted-1")


def setup(text: str = "Draw a bay", **fields: Any) -> RunSetup:
    """A run that answers one message."""
    history = [ChatMessage("user", (Text(text),))]
    return RunSetup(**{"model": "scripted", "history": history, **fields})


async def collect(
    run: RunSetup, provider: ScriptedProvider, images: ImageTools | None = None
) -> list[RunEvent]:
    """All events of a segment, checked for order."""
    events = [event async for event in run_events(run, provider, images)]
    assert_sequential(events)
    return events


def kinds(events: Sequence[RunEvent]) -> list[str]:
    """The names of the events; runs of equal names count once."""
    names = [type(event).__name__ for event in events]
    return [n for i, n in enumerate(names) if i == 0 or names[i - 1] != n]


def of_kind(events: Sequence[RunEvent], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def text_of(events: Sequence[RunEvent]) -> str:
    return "".join(event.text for event in of_kind(events, TextAdded))


def assert_sequential(events: Sequence[RunEvent], *, ended: bool = True) -> None:
    """One thing open at a time, everything closed, exactly one ending, at the end.

    A pause leaves its tool step open. `ended` False: the run was cut off before its
    ending, so only the order is checked.
    """
    reader = _Reader()
    for event in events:
        assert reader.ending is None, f"{event} came after {reader.ending}."
        reader.read(event)
    if ended:
        assert reader.ending is not None, "The run has no ending."
        reader.check_closed()


class _Reader:
    """What a strict client would keep of a run."""

    def __init__(self) -> None:
        self.message: MessageStarted | None = None
        self.parts: list[str] = []
        self.step = ""
        self.functions: dict[int, bool] = {}
        self.pictures: dict[int, bool] = {}
        self.ending: RunEvent | None = None
        self.seen: set[str] = set()

    def read(self, event: RunEvent) -> None:
        match event:
            case RunStarted() | TurnFinished():
                pass
            case MessageStarted():
                self._open(event.step_id)
                self.message, self.parts = event, []
            case PictureShown(message_id=message_id, index=index, file_id=file_id):
                self._in_message(message_id)
                assert index == len(self.parts), "Pictures stand in order."
                self.parts.append(file_id)
            case TextAdded(message_id=message_id, index=index, text=text):
                self._add_text(message_id, index, text)
            case MessageEnded(message_id=message_id):
                self._in_message(message_id)
                assert len(event.content) == len(self.parts)
                self.message = None
            case ToolStepStarted(step_id=step_id):
                self._open(step_id)
                self.step, self.functions, self.pictures = step_id, {}, {}
            case FunctionCallStarted(index=index):
                assert event.step_id == self.step
                assert index == len(self.functions), "Calls are numbered in order."
                self.functions[index] = False
            case ArgumentsAdded(index=index):
                assert event.step_id == self.step
                assert self.functions[index] is False
            case OutputGiven(index=index):
                assert event.step_id == self.step
                assert self.functions[index] is False, "A call is answered once."
                self.functions[index] = True
            case ImageCallStarted(index=index):
                assert event.step_id == self.step
                assert index not in self.pictures
                self.pictures[index] = False
            case ImagePreviewed(index=index):
                assert self.pictures[index] is False, "A preview comes before the end."
            case ImageCallEnded(index=index):
                assert event.step_id == self.step
                assert not self.pictures.get(index), "A picture ends once."
                self.pictures[index] = True
            case ToolStepEnded(step_id=step_id):
                assert step_id == self.step
                if event.step_status == "completed":
                    assert all(self.functions.values()), "A call has no output."
                assert all(self.pictures.values()), "A picture has no end."
                self.step = ""
            case _:
                assert isinstance(event, ENDINGS), f"{event} is not expected here."
                self.ending = event

    def _open(self, step_id: str) -> None:
        assert self.message is None, "A message is still open."
        assert not self.step, "A tool step is still open."
        assert step_id not in self.seen, "A step's id is used twice."
        self.seen.add(step_id)

    def _in_message(self, message_id: str) -> None:
        assert self.message is not None, "No message is open."
        assert self.message.message_id == message_id

    def _add_text(self, message_id: str, index: int, text: str) -> None:
        self._in_message(message_id)
        assert text, "An empty piece of text was sent."
        if index == len(self.parts):
            self.parts.append("")
        assert index == len(self.parts) - 1, "Text stands behind the pictures."

    def check_closed(self) -> None:
        assert self.message is None, "The message was never ended."
        if isinstance(self.ending, RunPaused):
            assert self.step, "A pause needs an open step."
            assert not all(self.functions.values()), "Nothing is waited for."
        else:
            assert not self.step, "The tool step was never ended."
