"""A server that speaks OpenAI's Images API its own way, as strict as its description.

Fields that the true server would ignore without a word are refused here: nothing may
get lost on the way. The servers themselves are in `dialects.py`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Literal, Protocol

from PIL import Image

from tests.upstream import answers, images
from tests.upstream.answers import Answer
from tests.upstream.received import Part, Received, check_fields, require

NUMBER = (int, float)
Types = Mapping[str, type | tuple[type, ...]]


class Routes(Protocol):
    def route(self, path: str, check: Any, *, paid: bool = False) -> None: ...


@dataclass(frozen=True)
class Peer:
    """One kind of server. `fields` are those of a generation besides the prompt,
    `edit_fields` those of an edit (None: it has none)."""

    kind: str
    root: str
    fields: Types
    edit_fields: Types | None = None
    model: bool = True
    response_format: str = ""
    header: str = "Authorization"
    errors: Literal["object", "string", "detail"] = "object"
    query: str = ""
    max_n: int = 10
    edits_as: Literal["multipart", "json"] = "multipart"
    edits_path: str = "/images/edits"
    many: str = "image[]"
    max_pictures: int = 4
    mask: Literal["", "alpha", "white"] = ""
    extra: Callable[[Mapping[str, Any]], None] = field(default=lambda body: None)

    @property
    def generations(self) -> str:
        return f"{self.root}/images/generations"

    @property
    def edits(self) -> str:
        return f"{self.root}{self.edits_path}"

    @property
    def models(self) -> str:
        return f"{self.root}/models"

    def pictures(self, *datas: bytes, **told: Any) -> Answer:
        told.setdefault("usage", None)
        return images.pictures(*datas, **told)

    def refuse(
        self,
        status: int,
        sentence: str = "No",
        *,
        code: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The server's refusal, in the shape that it has there."""
        shapes: dict[str, Any] = {
            "object": {"error": {"message": sentence, "code": code or None}},
            "string": {"error": sentence},
            "detail": {"detail": sentence},
        }
        return answers.json(shapes[self.errors], status=status, headers=headers)

    def check_key(self, request: Received, key: str) -> None:
        expected = key if self.header == "api-key" else f"Bearer {key}"
        sent = {n: request.headers.get(n) for n in ("Authorization", "api-key")}
        others = {name: value for name, value in sent.items() if name != self.header}
        require(sent[self.header] == (expected if key else None), "the key is wrong")
        require(not any(others.values()), "the key is in a second header")

    def check_generation(self, request: Received, key: str) -> None:
        self._check_head(request, key)
        is_json = request.content_type == "application/json"
        require(is_json, "the body is not JSON")
        body = request.json
        pictures = self._json_pictures(body) if self.edits == self.generations else []
        allowed = self.edit_fields if pictures else self.fields
        assert allowed is not None
        self._check_body(body, allowed)
        require(len(pictures) <= self.max_pictures, "too many pictures")

    def check_edit(self, request: Received, key: str) -> None:
        self._check_head(request, key)
        assert self.edit_fields is not None
        if self.edits_as == "json":
            require(request.content_type == "application/json", "an edit is JSON here")
            body = request.json
            require(self._json_pictures(body), "an edit needs a picture")
            self._check_body(body, self.edit_fields)
            return
        files = [part for part in request.parts if part.filename is not None]
        plain = [part for part in request.parts if part.filename is None]
        names = [part.name for part in plain]
        require(len(names) == len(set(names)), "a field was sent twice")
        numbers = {n for n, t in self.edit_fields.items() if t in (int, NUMBER)}
        self._check_body(
            {
                p.name: _number(p) if p.name in numbers | {"n"} else p.text
                for p in plain
            },
            self.edit_fields,
        )
        self._check_files(files)

    def check_models(self, request: Received, key: str) -> None:
        require(request.method == "GET", "the method is not GET")
        require(request.query == self.query, f"the query is {request.query!r}")
        self.check_key(request, key)

    def _check_head(self, request: Received, key: str) -> None:
        require(request.method == "POST", "the method is not POST")
        require(request.query == self.query, f"the query is {request.query!r}")
        self.check_key(request, key)

    def _check_body(self, body: Mapping[str, Any], allowed: Types) -> None:
        common: dict[str, Any] = {"prompt": str, "n": int, **allowed}
        common |= {"model": str} if self.model else {}
        common |= {"response_format": str} if self.response_format else {}
        required = {"prompt"} | ({"model"} if self.model else set())
        check_fields(body, common, required=required)
        require(body["prompt"].strip(), "the prompt is empty")
        require(1 <= body.get("n", 1) <= self.max_n, "n is out of range")
        if self.response_format:
            wish = body.get("response_format")
            require(wish == self.response_format, f"response_format is {wish!r}")
        self.extra(body)

    def _json_pictures(self, body: dict[str, Any]) -> list[Any]:
        """What the body holds of pictures, taken out of it and checked."""
        found: list[Any] = []
        if self.kind == "xai":
            found = [body.pop("image")] if "image" in body else body.pop("images", [])
            for one in found:
                require(set(one) == {"type", "url"}, "a picture is no image_url object")
            found = [one["url"] for one in found]
        elif self.kind == "localai":
            found = body.pop("ref_images", [])
        elif self.kind == "together":
            found = body.pop("reference_images", [])
        for text in found:
            _check_picture(text, is_url=self.kind != "localai")
        return found

    def _check_files(self, files: list[Part]) -> None:
        pictures = [part for part in files if part.name != "mask"]
        masks = [part for part in files if part.name == "mask"]
        require(1 <= len(pictures) <= self.max_pictures, "too few or many pictures")
        name = "image" if len(pictures) == 1 else self.many
        require(all(p.name == name for p in pictures), f"they must all be {name}")
        for part in files:
            first = images.FIRST_BYTES.get(part.content_type or "")
            require(first and part.data.startswith(first), "a file is no picture")
        require(not masks or self.mask, "this server takes no mask")
        for part in masks:
            _check_mask(part.data, self.mask)


def _number(part: Part) -> float:
    try:
        return int(part.text)
    except ValueError:
        return float(part.text)


def _check_picture(text: str, *, is_url: bool) -> None:
    head, _, data = text.rpartition(",")
    require(head.startswith("data:image/") == is_url, "the picture's form is wrong")
    Image.open(BytesIO(base64.b64decode(data, validate=True))).verify()


def _check_mask(data: bytes, style: str) -> None:
    opened = Image.open(BytesIO(data))
    require(opened.format == "PNG", "a mask is a PNG")
    if style == "alpha":
        require("A" in opened.getbands(), "the mask has no alpha")
        return
    require(
        "A" not in opened.getbands(), "the mask is transparent, not black and white"
    )
    colours = {colour for _, colour in opened.convert("L").getcolors() or []}
    require(colours <= {0, 255} and 255 in colours, "the mask is not black and white")
