"""`POST /text-to-image/v1` as the loopback upstream checks and answers it.

Its base URL is `upstream.url`. Builders: `picture(png())`, `error(402, "…")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from tests.upstream import answers
from tests.upstream.answers import Answer
from tests.upstream.received import Received, require

PATH = "/text-to-image/v1"
PROMPT_LIMIT = 1000


class Routes(Protocol):
    def route(self, path: str, check: Any, *, paid: bool = False) -> None: ...


def add_routes(server: Routes) -> None:
    server.route(PATH, check, paid=True)


def check(request: Received, key: str) -> None:
    """Refuse what the real endpoint would refuse; a form without a prompt is what a
    connection's test sends, and the test scripts the refusal."""
    require(request.method == "POST", "the method is not POST")
    require(request.headers.get("x-api-key") == key, "the x-api-key is not the key")
    require("Authorization" not in request.headers, "there is a second key")
    parts = request.parts
    names = [part.name for part in parts]
    require(names in (["prompt"], ["check"]), f"the form has {names}")
    require(parts[0].filename is None, "the prompt was sent as a file")
    if names == ["prompt"]:
        text = parts[0].text
        require(text.strip(), "the prompt is empty")
        require(len(text) <= PROMPT_LIMIT, "the prompt is too long")


def picture(
    data: bytes,
    *,
    consumed: str | None = "1",
    remaining: str | None = "99",
    content_type: str = "image/png",
) -> Answer:
    """A finished picture with the account's headers; None leaves one out."""
    told: Mapping[str, str | None] = {
        "x-credits-consumed": consumed,
        "x-remaining-credits": remaining,
    }
    headers = {name: value for name, value in told.items() if value is not None}
    return answers.raw(data, content_type, headers=headers)


def error(status: int, sentence: str = "It went wrong.") -> Answer:
    """A failure: one sentence, no code."""
    return answers.json({"error": sentence}, status=status)
