"""Finished generations as the Images API writes them: JSON, and events of a stream."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from images_app.models import File, Generation, Picture
from images_app.services.files import is_transparent, read_bytes
from images_app.services.retired import asked_name
from images_app.services.signed_urls import signed_url
from playground.api.errors import SERVER, ApiError, provider_error
from playground.lib.errors import ErrorKind, ProviderError
from playground.organizations.kinds import all_kinds

QUALITIES = frozenset({"low", "medium", "high", "xhigh", "max"})
BACKGROUNDS = frozenset({"opaque", "transparent"})
NO_TOKENS: Mapping[str, Any] = {
    "input_tokens": 0,
    "output_tokens": 0,
    "total_tokens": 0,
    "input_tokens_details": {"text_tokens": 0, "image_tokens": 0},
}
_COUNTS = ("input_tokens", "output_tokens", "total_tokens")

Body = dict[str, Any]


def finished(public_id: str) -> Generation:
    """The generation with its pictures; ApiError where it has none to give."""
    generation = Generation.objects.prefetch_related("pictures__file").get(
        public_id=public_id
    )
    if generation.status != Generation.Status.COMPLETED:
        raise failure(generation)
    if not generation.pictures.all():
        raise ApiError(
            404, f"The pictures of {public_id} were deleted since.", retry=False
        )
    return generation


def failure(generation: Generation) -> ApiError:
    """Why there is no picture, told so that no client pays for it twice."""
    if generation.status == Generation.Status.CANCELLED:
        return ApiError(
            409,
            "The picture was stopped before it was made. Nothing was paid.",
            code="generation_cancelled",
            retry=False,
        )
    if not generation.error_kind:
        return ApiError(
            502,
            "The picture was not made, and nobody knows why.",
            type=SERVER,
            code="outcome_unknown",
            retry=False,
        )
    error = provider_error(
        ProviderError(
            ErrorKind(generation.error_kind),
            generation.error_text,
            may_have_cost=generation.may_have_cost,
            status=generation.error_status,
            param=generation.error_param or None,
            code=generation.error_code or None,
            retry_after=generation.retry_after,
            said=generation.error_said,
            details=generation.error_details,
        )
    )
    if generation.status == Generation.Status.MODERATED:
        return _moderated(error, generation)
    return error


def _moderated(error: ApiError, generation: Generation) -> ApiError:
    """The refusal in the words that clients of the named model look for."""
    if asked_name(generation):
        return replace(error, code="content_policy_violation")
    return replace(error, type="image_generation_user_error")


def headers(generation: Generation) -> dict[str, str]:
    """What was really done for this answer, and that it must not be asked for again."""
    told = {
        "x-easel-generation": generation.public_id,
        "x-easel-model": f"{generation.connection_name}/{generation.model}",
        "x-should-retry": "false",
    }
    changed = [entry["parameter"] for entry in generation.plan["adjustments"]]
    if changed:
        told["x-easel-adjusted"] = ", ".join(dict.fromkeys(changed))
    return {name: plain(value) for name, value in told.items()}


def plain(text: str) -> str:
    """The text as a header's value, which a connection's or model's name may not be."""
    return text.encode("ascii", "backslashreplace").decode()


def images_body(
    generation: Generation, *, as_urls: bool, base_url: str, asked: Mapping[str, Any]
) -> Body:
    """The whole answer. Reads the pictures' bytes unless it only points to them."""
    pictures = list(generation.pictures.all())
    data = [_item(picture, as_urls, base_url) for picture in pictures]
    body: Body = {"created": created(generation), "data": data}
    if asked_name(generation):
        return body
    body |= _measured(generation, pictures[0].file)
    usage = usage_of(generation)
    if usage is not None:
        body["usage"] = usage
    return body | _safety_identifier(asked)


def _item(picture: Picture, as_urls: bool, base_url: str) -> Body:
    item: Body = {}
    if as_urls:
        item["url"] = signed_url(base_url, picture.file)
    else:
        item["b64_json"] = base64_text(picture.file)
    if picture.revised_prompt:
        item["revised_prompt"] = picture.revised_prompt
    return item


def base64_text(file: File) -> str:
    """The stored bytes as base64."""
    return base64.b64encode(read_bytes(file)).decode("ascii")


def created(generation: Generation) -> int:
    """When it ended, in seconds; a replayed answer says the same."""
    return int((generation.finished_at or generation.created_at).timestamp())


def _measured(generation: Generation, file: File) -> Body:
    """What the picture is, where that is known for certain."""
    body: Body = {
        "output_format": file.mime.removeprefix("image/"),
        "size": f"{file.width}x{file.height}",
    }
    quality = _reported(generation, file, "quality")
    if quality in QUALITIES:
        body["quality"] = quality
    background = _reported(generation, file, "background")
    if background not in BACKGROUNDS or file.mime == "image/jpeg":
        background = "transparent" if is_transparent(read_bytes(file)) else "opaque"
    return {**body, "background": background}


def _reported(generation: Generation, file: File, name: str) -> Any:
    """What the provider said of its picture, else what it was sent.

    While there were only previews, it had not said anything.
    """
    fields = generation.plan["request_fields"]
    is_preview = file.purpose == File.Purpose.PARTIAL
    return (not is_preview and generation.received.get(name)) or fields.get(name)


def usage_of(generation: Generation) -> Body | None:
    """The provider's account of tokens, if it gave one; what it left out is 0."""
    usage = generation.usage or {}
    if not all(isinstance(usage.get(name), int) for name in _COUNTS[:2]):
        return None
    told = {name: usage.get(name) for name in _COUNTS}
    if not isinstance(told["total_tokens"], int):
        told["total_tokens"] = usage["input_tokens"] + usage["output_tokens"]
    told["input_tokens_details"] = _details(
        usage.get("input_tokens_details"), usage["input_tokens"]
    )
    if isinstance(usage.get("output_tokens_details"), dict):
        told["output_tokens_details"] = _details(usage["output_tokens_details"], 0)
    return told


def _details(details: Any, all_text: int) -> Body:
    if not isinstance(details, dict):
        return {"text_tokens": all_text, "image_tokens": 0}
    return {
        name: details[name] if isinstance(details.get(name), int) else 0
        for name in ("text_tokens", "image_tokens")
    }


def _safety_identifier(asked: Mapping[str, Any]) -> Body:
    """OpenAI's answers repeat who the request was made for."""
    name = asked.get("safety_identifier") or asked.get("user")
    return {"safety_identifier": name} if name else {}


# Events.


def partial_event(generation: Generation, number: int, file: File) -> bytes:
    """A preview."""
    kind = f"{_prefix(generation)}.partial_image"
    return _event(
        kind,
        {
            **_picture_fields(generation, file),
            "created_at": int(file.created_at.timestamp()),
            "partial_image_index": number,
        },
    )


def completed_events(generation: Generation, asked: Mapping[str, Any]) -> list[bytes]:
    """One event per picture, each with its share of the call's tokens.

    A provider tells them of the whole call, clients expect them in every event; the
    shares add up to what the provider told.
    """
    pictures = list(generation.pictures.all())
    usage = usage_of(generation) or (dict(NO_TOKENS) if _is_free(generation) else None)
    events = []
    for number, picture in enumerate(pictures):
        value = {
            **_picture_fields(generation, picture.file),
            "created_at": created(generation),
            **_safety_identifier(asked),
        }
        if usage is not None:
            value["usage"] = _share(usage, number, len(pictures))
        events.append(_event(f"{_prefix(generation)}.completed", value))
    return events


def _share(usage: Body, number: int, count: int) -> Body:
    """What one of `count` pictures has of an account; the first take what is over."""
    return {
        name: _share(value, number, count)
        if isinstance(value, dict)
        else value // count + (number < value % count)
        for name, value in usage.items()
    }


def error_event(error: ApiError) -> bytes:
    """A failure after the first event; nested, which every client understands."""
    body = orjson.dumps({"error": error.as_openai()})
    return b"event: error\ndata: " + body + b"\n\n"


def _picture_fields(generation: Generation, file: File) -> Body:
    """What every event says of its picture; a quality that is not known is “auto”."""
    measured = {"quality": "auto", **_measured(generation, file)}
    return {"b64_json": base64_text(file), **measured}


def _event(kind: str, value: Body) -> bytes:
    data = orjson.dumps({"type": kind, **value})
    return b"event: " + kind.encode() + b"\ndata: " + data + b"\n\n"


def _prefix(generation: Generation) -> str:
    is_edit = generation.operation == Generation.Operation.EDIT
    return "image_edit" if is_edit else "image_generation"


def _is_free(generation: Generation) -> bool:
    return any(k.is_free for k in all_kinds() if k.name == generation.kind)
