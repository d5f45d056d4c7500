"""The tool that the server executes itself: pictures for a run."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from channels.db import database_sync_to_async

from assistants_app.engine.tools import (
    ImageOutcome,
    ImagePlanned,
    ImagePreview,
    ImageProgress,
)
from assistants_app.providers.base import ToolCall, ToolSpec
from assistants_app.tools.image_options import image_ask
from images_app.models import File, Generation
from images_app.services.generate import (
    create_generation,
    create_refused,
    run_generation,
)
from images_app.services.plan import ImageAsk, PlanError, plan
from images_app.services.routing import ImageRoute
from images_app.services.tool_schema import EDIT, edit_tool_schema, tool_schema
from playground.organizations.models import ApiKey, Organization, User
from playground.organizations.services.ledger import BudgetExceededError


@dataclass(frozen=True)
class Payer:
    """On whose behalf pictures are made."""

    organization: Organization
    user: User | None = None
    api_key: ApiKey | None = None
    assistant: str = ""  # its public id


class ImageGeneration:
    """`generate_image` and, once the thread holds pictures, `edit_image`.

    `file_ids` are the thread's pictures, oldest first; pictures of this run join them.
    `asked` is what the user said: the chat model's prompt is only what is sent for it.
    `on_late` is called when a picture is finished after its run was stopped.
    """

    def __init__(
        self,
        *,
        run_id: str,
        payer: Payer,
        route: ImageRoute,
        options: Mapping[str, Any],
        file_ids: Sequence[str],
        asked: str = "",
        on_late: Callable[[], None] | None = None,
    ) -> None:
        self.run_id = run_id
        self.payer = payer
        self.route = route
        self.options = options
        self.file_ids = [*file_ids]
        self.asked = asked
        self.on_late = on_late
        self.drawn = 0

    def specs(self) -> Sequence[ToolSpec]:
        if self._is_used_up():
            return []
        action = self.options.get("action", "auto")
        can_edit = bool(self.file_ids) and "edit" in self.route.model.operations
        schemas = []
        can_draw = "generate" in self.route.model.operations
        if can_draw and (action != "edit" or not can_edit):
            schemas.append(tool_schema(self.route.model))
        if action != "generate" and can_edit:
            schemas.append(edit_tool_schema(self.route.model))
        return [ToolSpec(**schema) for schema in schemas]

    def _is_used_up(self) -> bool:
        """Whether the request's own limit on pictures is reached."""
        most = self.options.get("max_calls")
        return most is not None and self.drawn >= most

    async def draw(self, call: ToolCall) -> AsyncGenerator[ImageProgress, None]:
        """Plan, make and store one picture; the model is told how it went."""
        if not (refused := self._is_used_up()):
            self.drawn += 1
        generation = await database_sync_to_async(self._plan)(call, refused)
        yield ImagePlanned(
            generation.public_id, generation.asked_prompt, generation.sent_prompt
        )
        if not generation.is_finished:
            async for preview in _watch(generation.public_id, self.on_late):
                yield preview
        yield await database_sync_to_async(self._outcome)(generation.public_id)

    def _plan(self, call: ToolCall, is_too_many: bool = False) -> Generation:
        """The row of this call; one that can't be sent is refused and says why."""
        model = self.route.model
        ask, mask = ImageAsk(prompt="", model=model.id), None
        try:
            if is_too_many:
                raise PlanError("max_tool_calls", "No more pictures were allowed.")
            arguments = _arguments(call.arguments)
            sources = self._sources(arguments) if call.name == EDIT else []
            ask = image_ask(self.options, arguments, model, n_images=len(sources))
            if sources and (mask := self._mask()):
                ask = replace(ask, has_mask=True)
            planned = plan(ask, model)
            return create_generation(
                **self._account(), ask=ask, plan=planned, sources=sources, mask=mask
            )
        except (PlanError, BudgetExceededError) as exc:
            return create_refused(**self._account(), ask=ask, error=exc)

    def _account(self) -> dict[str, Any]:
        """Who asks, through what, and for which run."""
        return {
            "organization": self.payer.organization,
            "route": self.route,
            "user": self.payer.user,
            "api_key": self.payer.api_key,
            "assistant": self.payer.assistant,
            "reference": self.run_id,
            "asked_prompt": self.asked,
        }

    def _mask(self) -> File | None:
        """What may be changed of the first picture, where the request says so."""
        return File.objects.filter(
            organization=self.payer.organization, public_id=self.options.get("mask")
        ).first()

    def _sources(self, arguments: Mapping[str, Any]) -> list[File]:
        """The pictures to be changed: those named, else the newest."""
        named = arguments.get("image_id") or self.file_ids[-1:]
        wanted = [named] if isinstance(named, str) else [str(name) for name in named]
        found = {
            file.public_id: file
            for file in File.objects.filter(
                organization=self.payer.organization, public_id__in=wanted
            )
        }
        for file_id in wanted:
            if file_id not in found or file_id not in self.file_ids:
                offered = ", ".join(self.file_ids[-8:]) or "none"
                raise PlanError(
                    "image_id",
                    f"There is no picture “{file_id}” in this thread. Pictures here,"
                    f" newest last: {offered}.",
                )
        return [found[file_id] for file_id in wanted]

    def _outcome(self, public_id: str) -> ImageOutcome:
        generation = Generation.objects.prefetch_related("pictures__file").get(
            public_id=public_id
        )
        pictures = list(generation.pictures.all())
        file_ids = tuple(picture.file.public_id for picture in pictures)
        self.file_ids.extend(file_ids)
        told: dict[str, Any] = {"status": generation.status}
        if pictures:
            file = pictures[0].file
            told |= {
                "image_id": file.public_id,
                "size": f"{file.width}x{file.height}",
                "prompt": generation.sent_prompt,
            }
            if pictures[0].revised_prompt:
                told["revised_prompt"] = pictures[0].revised_prompt
        else:
            told["error"] = generation.error_text or "No picture was made."
        return ImageOutcome(
            status=generation.status,  # type: ignore[arg-type]
            output=json.dumps(told, ensure_ascii=False),
            file_ids=file_ids,
            revised_prompt=pictures[0].revised_prompt if pictures else "",
            error=generation.error_text,
        )


def _arguments(text: str) -> dict[str, Any]:
    try:
        arguments = json.loads(text or "{}")
    except (ValueError, RecursionError):  # the second: nested far too deeply
        arguments = None
    if not isinstance(arguments, dict):
        raise PlanError("arguments", "The arguments of this call are no JSON object.")
    return {key: _plain(key, value) for key, value in arguments.items()}


def _plain(key: str, value: Any) -> Any:
    """Models write numbers as text and text as numbers; the plan checks the values."""
    if key in {"seed", "output_compression"} and isinstance(value, str | float):
        try:
            return int(value)
        except ValueError:
            raise PlanError(key, f"“{value}” is not a whole number.") from None
    if key in {"seed", "output_compression", "image_id"} or value is None:
        return value
    return str(value)


async def _watch(
    public_id: str, on_late: Callable[[], None] | None
) -> AsyncGenerator[ImagePreview, None]:
    """Run the generation and yield its previews until it is finished."""
    previews: asyncio.Queue[ImagePreview | None] = asyncio.Queue()

    async def on_preview(number: int, file_id: str) -> None:
        previews.put_nowait(ImagePreview(number, file_id))

    async def work() -> None:
        try:
            await run_generation(public_id, on_preview, on_late)
        finally:
            previews.put_nowait(None)

    task = asyncio.create_task(work())
    try:
        while (preview := await previews.get()) is not None:
            yield preview
        await task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
