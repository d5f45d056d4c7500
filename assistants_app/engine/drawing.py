"""The step of a run in which the server makes pictures itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from assistants_app.engine import prompt
from assistants_app.engine.events import (
    ImageCallEnded,
    ImageCallStarted,
    ImagePreviewed,
    RunEvent,
    ToolStepEnded,
    ToolStepStarted,
)
from assistants_app.engine.state import State
from assistants_app.engine.tools import (
    ImageOutcome,
    ImagePlanned,
    ImagePreview,
    ImageTools,
)
from assistants_app.providers.base import ToolCall
from playground.lib.ids import new_id

MAX_PICTURES = 12  # in one run: a model that draws in a circle costs money
PARALLEL_PICTURES = 4  # how many pictures of one turn are made at the same time


async def draw_step(
    calls: Sequence[ToolCall],
    state: State,
    images: ImageTools,
    usage: dict[str, int] | None,
) -> AsyncGenerator[RunEvent, None]:
    """One step with a call per picture; the model gets each outcome in call order."""
    step_id = new_id("step_")
    yield ToolStepStarted(step_id)
    outcomes: dict[int, ImageOutcome] = {}
    async with aclosing(_draw_all(step_id, calls, state, images, outcomes)) as events:
        async for event in events:
            yield event
    yield ToolStepEnded(step_id, usage=usage)
    for index, call in enumerate(calls):
        outcome = outcomes[index]
        state.pictures.extend(outcome.file_ids)
        state.history.append(prompt.tool_result(call.id, outcome.output))


async def _draw_all(
    step_id: str,
    calls: Sequence[ToolCall],
    state: State,
    images: ImageTools,
    outcomes: dict[int, ImageOutcome],
) -> AsyncGenerator[RunEvent, None]:
    """Draw several at a time; their events are merged as they come."""
    queue: asyncio.Queue[RunEvent | None | Exception] = asyncio.Queue()
    places = asyncio.Semaphore(PARALLEL_PICTURES)

    async def one(index: int, call: ToolCall) -> None:
        try:
            async with places:
                outcomes[index] = await _draw_one(
                    step_id, index, call, state, images, queue.put_nowait
                )
            queue.put_nowait(None)
        except Exception as exc:  # passed on to the run, which ends with it
            queue.put_nowait(exc)

    tasks = [asyncio.create_task(one(*pair)) for pair in enumerate(calls)]
    try:
        waiting = len(tasks)
        while waiting:
            event = await queue.get()
            if isinstance(event, Exception):
                raise event
            if event is None:
                waiting -= 1
            else:
                yield event
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _draw_one(
    step_id: str,
    index: int,
    call: ToolCall,
    state: State,
    images: ImageTools,
    tell: Callable[[RunEvent], None],
) -> ImageOutcome:
    generation_id = ""
    state.made += 1
    if state.made > MAX_PICTURES:
        outcome = _too_many()
        tell(_ended(step_id, index, new_id("ig_"), outcome))
        return outcome
    async with aclosing(images.draw(call)) as drawing:
        async for step in drawing:
            if isinstance(step, ImagePlanned):
                generation_id = step.generation_id
                tell(
                    ImageCallStarted(
                        step_id,
                        index,
                        call.id,
                        call.name,
                        call.arguments,
                        generation_id,
                        step.prompt,
                        step.sent_prompt,
                    )
                )
            elif isinstance(step, ImagePreview):
                tell(
                    ImagePreviewed(
                        step_id, index, generation_id, step.number, step.file_id
                    )
                )
            else:
                tell(_ended(step_id, index, generation_id, step))
                return step
    raise RuntimeError("A picture call ended without an outcome.")


def _too_many() -> ImageOutcome:
    text = f"A run makes at most {MAX_PICTURES} pictures."
    return ImageOutcome(
        "failed", json.dumps({"status": "failed", "error": text}), error=text
    )


def _ended(
    step_id: str, index: int, generation_id: str, outcome: ImageOutcome
) -> ImageCallEnded:
    return ImageCallEnded(
        step_id,
        index,
        generation_id,
        outcome.status,
        outcome.output,
        [*outcome.file_ids],
        outcome.revised_prompt,
        outcome.error,
    )
