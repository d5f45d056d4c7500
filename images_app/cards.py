"""What a generation's card shows, worked out here so that the templates only print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from images_app.card_facts import Fact, Price, dimensions, facts, is_free, price
from images_app.card_failures import Failure, failure
from images_app.catalog.load import get_image_model
from images_app.models import Generation, Picture
from images_app.prompt_diff import is_same_prompt, prompt_diff
from images_app.services.sizes import AUTO, aspect_box, parse_size

Status = Generation.Status


@dataclass(frozen=True)
class CardPicture:
    """One finished picture: the stored file itself, at its true size in pixels."""

    file_id: str
    url: str
    download_url: str
    width: int
    height: int
    alt: str
    number: int


@dataclass(frozen=True)
class Preview:
    """An unfinished picture; `ticks` holds one truth value per expected preview."""

    url: str
    width: int
    height: int
    number: int
    ticks: tuple[bool, ...]


@dataclass(frozen=True)
class PromptLine:
    """A prompt under its label; `same` says that it repeats the one before."""

    label: str
    note: str
    html: SafeString | str
    same: bool = False


@dataclass(frozen=True)
class PlanChange:
    """One way in which the request differed from the wish, with the reason."""

    name: str
    asked: str
    sent: str
    reason: str


@dataclass(frozen=True)
class Card:
    """Everything that `images_app/_pic.html` and `_pic_frame.html` print.

    `state` is the generation's status, or `partial` while a preview is shown. The
    box is held at `hold_width` by `hold_height` before a picture is there. `since` is
    when the timer started. `stop_label` is "" when there is nothing to stop.
    """

    public_id: str
    state: str
    shape: str
    model: str
    model_id: str
    connection: str
    operation: str
    hold_width: int
    hold_height: int
    measure: str
    since: datetime
    is_finished: bool
    pictures: tuple[CardPicture, ...]
    preview: Preview | None
    facts: tuple[Fact, ...]
    price: Price
    prompts: tuple[PromptLine, ...]
    prompt_summary: str
    changes: tuple[PlanChange, ...]
    failure: Failure | None
    stop_label: str
    alt: str
    detail_url: str
    seen: str

    @property
    def frame_id(self) -> str:
        """The id of the part that previews replace."""
        return f"{self.public_id}_frame"


def card(generation: Generation) -> Card:
    """The card of a generation.

    Prefetch `pictures__file` and `sources`, select `partial`; `access.generations`
    does, otherwise each costs a query.
    """
    pictures = list(generation.pictures.all())
    width, height = _hold(generation, pictures)
    lines = _prompts(generation, pictures)
    return Card(
        public_id=generation.public_id,
        state=_state(generation),
        shape="tall" if height > width else "",
        model=get_image_model(generation.model, generation.kind).label,
        model_id=generation.model,
        connection=generation.connection_name,
        operation=generation.operation,
        hold_width=width,
        hold_height=height,
        measure=_measure(generation),
        since=generation.sent_at or generation.created_at,
        is_finished=generation.is_finished,
        pictures=tuple(_picture(picture, generation) for picture in pictures),
        preview=_preview(generation),
        facts=facts(generation, pictures),
        price=price(generation),
        prompts=lines,
        prompt_summary=_summary(generation, lines),
        changes=_changes(generation.plan),
        failure=failure(generation),
        stop_label=_stop_label(generation),
        alt=generation.sent_prompt or generation.asked_prompt,
        detail_url=reverse("images:generation_detail", args=[generation.public_id]),
        seen=f"{generation.status}-{generation.partial_count}",
    )


def _state(generation: Generation) -> str:
    if generation.status == Status.SENDING and generation.partial_id:
        return "partial"
    return str(generation.status)


def _hold(generation: Generation, pictures: list[Picture]) -> tuple[int, int]:
    """The box of the picture, or of the space that is held for it."""
    for file in (*(picture.file for picture in pictures), generation.partial):
        if file is not None and file.width and file.height:
            return file.width, file.height
    return aspect_box(_planned_size(generation))


def _planned_size(generation: Generation) -> str | None:
    """A size or a ratio: what is sent, else the source's, else the model's default."""
    fields = generation.plan.get("request_fields", {})
    size = fields.get("size") or generation.asked.get("size")
    if size and size != AUTO:
        return str(size)
    if ratio := generation.asked.get("aspect_ratio"):
        return str(ratio)
    if generation.operation == Generation.Operation.EDIT:
        source = next(iter(generation.sources.all()), None)
        return f"{source.width}x{source.height}" if source and source.width else None
    parameter = get_image_model(generation.model, generation.kind).size
    return parameter.default if parameter else None


def _measure(generation: Generation) -> str:
    """The size that is expected, as far as it is a size."""
    box = parse_size(_planned_size(generation) or "")
    return dimensions(box.width, box.height) if box else ""


def _picture(picture: Picture, generation: Generation) -> CardPicture:
    file = picture.file
    url = reverse("images:file", args=[file.public_id])
    return CardPicture(
        file_id=file.public_id,
        url=url,
        download_url=f"{url}?download=1",
        width=file.width or 1,
        height=file.height or 1,
        alt=generation.sent_prompt or generation.asked_prompt,
        number=picture.index + 1,
    )


def _preview(generation: Generation) -> Preview | None:
    file = generation.partial
    if generation.status != Status.SENDING or file is None:
        return None
    number = generation.partial_count
    expected = generation.plan.get("request_fields", {}).get("partial_images") or 0
    return Preview(
        url=reverse("images:file", args=[file.public_id]),
        width=file.width or 1,
        height=file.height or 1,
        number=number,
        ticks=tuple(at < number for at in range(max(expected, number))),
    )


def _prompts(generation: Generation, pictures: list[Picture]) -> tuple[PromptLine, ...]:
    asked, sent = generation.asked_prompt, generation.sent_prompt or ""
    lines = [PromptLine("Asked", "", asked)]
    if sent:
        lines.append(_line("Sent", "", asked, sent))
    for picture in pictures:
        if picture.revised_prompt:
            note = f"picture {picture.index + 1}" if len(pictures) > 1 else ""
            lines.append(_line("Revised", note, sent, picture.revised_prompt))
    return tuple(lines)


def _line(label: str, note: str, before: str, after: str) -> PromptLine:
    if is_same_prompt(before, after):
        return PromptLine(label, note, after, same=True)
    return PromptLine(label, note, prompt_diff(before, after))


def _rewriter(generation: Generation) -> str:
    """Who made the sent prompt of the asked one."""
    if generation.reference:
        return "by the assistant"
    return "by its style" if generation.asked.get("style_suffix") else "by Easel"


def _summary(generation: Generation, lines: tuple[PromptLine, ...]) -> str:
    """Who changed the prompt on its way, in a few words."""
    changed = {line.label for line in lines if not line.same}
    by: list[str] = []
    if "Sent" in changed:
        by.append(_rewriter(generation))
    if "Revised" in changed:
        by.append("by the provider")
    if not generation.sent_prompt:
        return "not sent"
    if not by:
        return "sent as asked"
    times = "changed once" if len(by) == 1 else "changed twice"
    return f"{times}, {' and '.join(by)}"


def _changes(plan: Mapping[str, Any]) -> tuple[PlanChange, ...]:
    return tuple(
        PlanChange(
            name=entry["parameter"].replace("_", " "),
            asked=str(entry["asked"]),
            sent="left out" if entry["sent"] is None else str(entry["sent"]),
            reason=entry["reason"],
        )
        for entry in plan.get("adjustments", ())
    )


def _stop_label(generation: Generation) -> str:
    """Only what can be stopped without paying: a call that was sent goes on."""
    if generation.status == Status.QUEUED:
        return "Stop, nothing was sent yet"
    if generation.status == Status.SENDING and is_free(generation.kind):
        return "Stop"
    return ""
