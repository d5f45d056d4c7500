"""What an image provider is: one method, plain values in and out, one exception.

An adapter knows nothing of rows, users, organizations or retries. It is made for one
connection (base URL, key, options) and thrown away or kept as its maker likes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True)
class InputImage:
    """A picture that is sent along: the bytes as stored, their true type, a file name."""

    data: bytes = field(repr=False)
    mime: str
    name: str


@dataclass(frozen=True)
class ImageRequest:
    """Exactly what will be sent; planned and checked before an adapter sees it.

    None means "do not send this parameter". `size` is `WIDTHxHEIGHT` or `auto`.
    With `images` it is an edit. `partial_images` asks for that many previews.
    """

    model: str
    prompt: str
    n: int = 1
    size: str | None = None
    quality: str | None = None
    background: str | None = None
    output_format: str | None = None
    output_compression: int | None = None
    moderation: str | None = None
    style: str | None = None
    input_fidelity: str | None = None
    seed: int | None = None
    response_format: str | None = None
    user: str | None = None
    safety_identifier: str | None = None
    # The model's other parameters, by the catalog's names, such as `negative_prompt`.
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    partial_images: int = 0
    images: tuple[InputImage, ...] = ()
    mask: InputImage | None = None


@dataclass(frozen=True)
class GeneratedImage:
    """One finished picture: its bytes as they came, and what the provider said of it."""

    data: bytes = field(repr=False)
    revised_prompt: str | None = None
    seed: int | None = None


@dataclass(frozen=True)
class ImageResult:
    """The outcome of one paid call.

    `usage` is the provider's own account (tokens or credits), unchanged. `cost` is in
    USD and only what the provider itself reported; None means that it did not say.
    `sent` is the request as it left (no key, no bytes), `received` what came back
    besides pictures, both small enough to be stored and shown.
    """

    images: tuple[GeneratedImage, ...]
    usage: Mapping[str, Any] | None = None
    cost: Decimal | None = None
    request_id: str | None = None
    sent: Mapping[str, Any] = field(default_factory=dict)
    received: Mapping[str, Any] = field(default_factory=dict)


OnPartial = Callable[[int, bytes], Awaitable[None]]
"""Called with the preview's number (from 0) and its bytes."""


class ImageProvider(Protocol):
    """A service that makes or edits pictures."""

    stops_truly: bool
    """Whether cancelling the awaiting task ends the work and costs nothing."""

    async def generate(
        self, request: ImageRequest, *, on_partial: OnPartial
    ) -> ImageResult:
        """Make (or, with `images`, edit) `request.n` pictures; previews go to
        `on_partial` as they arrive. Raise ProviderError and nothing else; never
        send a request twice."""
        ...

    async def aclose(self) -> None:
        """Close what the adapter holds open."""
        ...
