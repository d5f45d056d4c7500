"""What the tests of images_app need: pictures, files, generations."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from images_app.models import File, Generation, Picture
from images_app.services.files import store_picture
from images_app.services.generate import create_generation
from images_app.services.plan import ImageAsk, plan
from images_app.services.routing import choose_image_route
from playground.organizations.models import Connection, Organization, User


def picture(
    width: int = 6, height: int = 4, format: str = "PNG", colour: str = "#a05c2c"
) -> bytes:
    """The bytes of a plain picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, format)
    return out.getvalue()


def add_connection(
    organization: Organization,
    name: str = "offline",
    kind: str = "offline",
    **more: Any,
) -> Connection:
    fields = {"base_url": "" if kind == "offline" else "http://127.0.0.1:9/v1"}
    return Connection.objects.create(
        organization=organization, name=name, kind=kind, **{**fields, **more}
    )


def make_file(
    organization: Organization,
    name: str = "sea.png",
    *,
    width: int = 6,
    height: int = 4,
) -> File:
    return store_picture(
        organization=organization,
        data=picture(width, height),
        name=name,
        purpose=File.Purpose.VISION,
    )


def make_generation(
    organization: Organization,
    *,
    prompt: str = "A harbour in the morning",
    model: str = "",
    user: User | None = None,
    status: str = "queued",
    ask: dict[str, Any] | None = None,
    **fields: Any,
) -> Generation:
    """A planned generation in this status; without a connection, one is added."""
    if not organization.connections.exists():
        add_connection(organization, is_default_image=True)
    route = choose_image_route(organization, model=model)
    wish = ImageAsk(prompt=prompt, model=route.model.id, **(ask or {}))
    generation = create_generation(
        organization=organization,
        route=route,
        ask=wish,
        plan=plan(wish, route.model),
        user=user,
    )
    for name, value in {"status": status, **fields}.items():
        setattr(generation, name, value)
    generation.save()
    return generation


def add_picture(
    generation: Generation, *, revised: str = "", width: int = 6, height: int = 4
) -> Picture:
    """A finished picture of a generation, which is completed by it."""
    file = store_picture(
        organization=generation.organization,
        data=picture(width, height),
        name="made",
        purpose=File.Purpose.GENERATED,
    )
    generation.status = Generation.Status.COMPLETED
    generation.save()
    return Picture.objects.create(
        generation=generation,
        index=generation.pictures.count(),
        file=file,
        revised_prompt=revised,
    )
