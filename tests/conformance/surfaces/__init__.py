"""Every surface of the API, in the order of the page."""

from __future__ import annotations

from tests.conformance.claims import Surface
from tests.conformance.surfaces import (
    assistants,
    images,
    others,
    responses,
    runs,
    seed,
)

SURFACES: tuple[Surface, ...] = (
    assistants.SURFACE,
    runs.SURFACE,
    images.SURFACE,
    responses.SURFACE,
    others.CHAT,
    others.FILES,
    seed.SURFACE,
)
