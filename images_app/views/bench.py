"""What the tester's pages and fragments are made from: the models and the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest

from images_app.access import files_of
from images_app.catalog.load import ImageModel
from images_app.form_fields import LABELS, fitted, own_parameters
from images_app.forms import ImageForm, Slot
from images_app.models import File, Generation
from images_app.services.routing import (
    ImageRoute,
    choose_image_route,
    offered_models,
)
from images_app.services.sizes import parse_size
from images_app.services.uploads import take_uploads
from playground.lib.clock import today
from playground.organizations.access import MemberRequest
from playground.organizations.models import Organization
from playground.organizations.services.connections import NoConnectionError

MAX_KEPT = 16
"""The most pictures that one form carries along, whatever its model takes."""


@dataclass(frozen=True)
class ModelChoice:
    """One line of the model list; `retires` is the provider's shutdown date."""

    key: str
    label: str
    retires: date | None


@dataclass
class Bench:
    """The tester as one request sees it. `form` is None when no model is offered."""

    choices: list[ModelChoice]
    route: ImageRoute | None = None
    form: ImageForm | None = None
    problem: str = ""
    refusal: str = ""  # why nothing was sent although the form is right
    sources: list[File] = field(default_factory=list)
    mask: File | None = None

    @property
    def key(self) -> str:
        return model_key(self.route) if self.route else ""

    @property
    def retires(self) -> date | None:
        """When the chosen model is shut down, if that is announced."""
        return self.route.model.shutdown_date if self.route else None

    @property
    def model_slot(self) -> Slot | None:
        return self.form.slot("model") if self.form else None

    @property
    def prompt_slot(self) -> Slot | None:
        return self.form.slot("prompt") if self.form else None

    @property
    def prompt_length(self) -> int:
        """In characters, as the limit counts them."""
        return len(str(self.form["prompt"].value() or "").strip()) if self.form else 0

    @property
    def prompt_length_text(self) -> str:
        return f"{self.prompt_length:,}"


def model_key(route: ImageRoute) -> str:
    """The value of a model in the form: its connection and its name."""
    return f"{route.connection.name}/{route.model.id}"


def read_bench(request: MemberRequest, *, is_draft: bool, refit: bool = False) -> Bench:
    """The bench for what was posted; `refit` after the model may have changed.

    Uploads are stored, so that a page that is drawn again still has them.
    """
    bench = open_bench(request.organization, request.POST.get("model", ""))
    if bench.route is None:
        return bench
    posted = _applied(request, bench.route.model)
    refusals = _take_pictures(request, bench)
    data = fitted(posted, bench.route.model) if refit else posted
    _fill(bench, bench.route.model, data, is_draft=is_draft)
    _check_pictures(bench, refusals)
    if bench.form and bench.problem and not is_draft:
        # Another model than the one that was asked for is never paid silently.
        bench.form.refuse("model", bench.problem)
    return bench


def start_bench(organization: Organization, earlier: Generation | None) -> Bench:
    """An empty bench, or one with the settings of an earlier generation."""
    data = _settings_of(earlier) if earlier else {}
    bench = open_bench(organization, data.get("model", ""))
    if bench.route is None:
        return bench
    if earlier:
        bench.sources = list(earlier.sources.order_by("pk"))
        bench.mask = earlier.mask
    model = bench.route.model
    _fill(bench, model, fitted(data, model), is_draft=True)
    return bench


def open_bench(organization: Organization, key: str) -> Bench:
    """The models, with this one (or the first) chosen; `problem` says what is amiss."""
    routes = offered_models(organization)
    bench = Bench([_choice(route) for route in routes])
    route = next((r for r in routes if model_key(r) == key), None)
    if route is None and key:
        route, bench.problem = _unlisted(organization, key)
        if route is not None:
            bench.choices.append(_choice(route))
    bench.route = route or (routes[0] if routes else None)
    return bench


def _unlisted(organization: Organization, key: str) -> tuple[ImageRoute | None, str]:
    """A model that is on no list but served under this very name, or what is amiss."""
    try:
        route = choose_image_route(organization, model=key)
    except NoConnectionError as exc:
        return None, str(exc)
    if model_key(route) == key:
        return route, ""
    return None, f"“{key}” is not offered any more."


def _choice(route: ImageRoute) -> ModelChoice:
    dies = route.model.shutdown_date
    label = f"{route.model.label} · {route.connection.name}"
    if dies is not None:
        label += f" ({'retired' if dies <= today() else 'retires'} {dies})"
    return ModelChoice(model_key(route), label, dies)


def _fill(
    bench: Bench, model: ImageModel, data: Mapping[str, Any], *, is_draft: bool
) -> None:
    bench.form = ImageForm(
        model,
        data,
        sources=bench.sources,
        mask=bench.mask,
        is_draft=is_draft,
    )
    bench.form.is_valid()


def _applied(request: HttpRequest, model: ImageModel) -> dict[str, str]:
    """What was posted, with the value of a pressed "use the nearest" button put in."""
    posted = {name: str(value) for name, value in request.POST.items()}
    known = {"n", "shape", "width", "height", *LABELS, *own_parameters(model)}
    for name, value in parse_qsl(posted.pop("apply", "")[:200]):
        if name in known:
            posted[name] = value
    return posted


def _pictures_of(request: MemberRequest, public_ids: list[str]) -> list[File]:
    found = files_of(request.organization, public_ids)
    return [file for file in found if file.is_picture]


def _take_pictures(request: MemberRequest, bench: Bench) -> dict[str, str]:
    """Kept pictures and new ones; what was refused, by field."""
    removed = request.POST.get("remove")
    kept = [i for i in request.POST.getlist("source") if i != removed][:MAX_KEPT]
    masks = [i for i in request.POST.getlist("mask_file")[:1] if i != removed]
    bench.sources = _pictures_of(request, kept)
    bench.mask = next(iter(_pictures_of(request, masks)), None)
    taken = take_uploads(
        organization=request.organization,
        uploads=request.FILES.getlist("images"),
        user=request.user,
        room=MAX_KEPT - len(bench.sources),
    )
    bench.sources.extend(taken.files)
    new_mask = take_uploads(
        organization=request.organization,
        uploads=request.FILES.getlist("mask"),
        user=request.user,
        room=1,
    )
    bench.mask = next(iter(new_mask.files), bench.mask)
    return {
        "images": " ".join(taken.refusals),
        "mask": " ".join(new_mask.refusals),
    }


def _check_pictures(bench: Bench, refusals: Mapping[str, str]) -> None:
    form = bench.form
    if form is None:
        return
    for name, text in refusals.items():
        if text:
            form.refuse(name, text)
    first = bench.sources[0] if form.sources else None
    mask = form.mask
    if mask and first and (mask.width, mask.height) != (first.width, first.height):
        form.refuse(
            "mask",
            f"The mask has {mask.width} × {mask.height} pixels and the first picture"
            f" {first.width} × {first.height}. Give a mask of the same size.",
        )


def _settings_of(generation: Generation) -> dict[str, str]:
    """The fields of the form as they stood for that generation."""
    asked = generation.asked
    said = {**asked, **asked.get("options", {})}
    data = {name: str(value) for name, value in said.items() if not _is_list(value)}
    data["model"] = f"{generation.connection_name}/{generation.model}"
    data["prompt"] = generation.asked_prompt
    data["shape"] = str(asked.get("aspect_ratio") or asked.get("size") or "")
    box = parse_size(data["shape"])
    if box is not None:
        data |= {"width": str(box.width), "height": str(box.height)}
    return data


def _is_list(value: object) -> bool:
    return isinstance(value, list | dict)
