"""What a response is given besides plain fields: items of its input, the image tool."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from tests.conformance.claims import Claim, ignored, refused, served
from tests.conformance.outcome import Outcome, at
from tests.upstream.images import png

ASKED = "the provider is asked for it"
HELLO = {"role": "user", "content": "Hello"}
DATA_URL = "data:image/png;base64," + base64.b64encode(png(64, 64)).decode()
LOOK = {"role": "user", "content": [{"type": "input_image", "image_url": DATA_URL}]}
SEE = "message.input_image.image_url"


def asked_text(text: str) -> Callable[[Outcome], bool]:
    return lambda seen: text in str(seen.asked[-1]["messages"])


def sees_a_picture(seen: Outcome) -> bool:
    return "data:image/" in str(seen.asked[-1]["messages"])


# Items


def item(kind: str, *items: dict[str, Any]) -> Claim:
    """An item that the chat model is told of."""
    claim = served("input", list(items), asked_text("Rain"), ASKED)
    return claim.called(f"input: {kind}")


def seen_item(kind: str, *items: dict[str, Any]) -> Claim:
    """The same for one that brings a picture."""
    return served("input", list(items), sees_a_picture, ASKED).called(f"input: {kind}")


def input_part(part: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [part]}]


CALL = {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "c", "output": "Rain"}
INPUTS = (
    served("input", "How are you?", asked_text("How are you?"), ASKED).called(
        "input: text"
    ),
    served(
        "input",
        [{"role": "developer", "content": "Be kind."}, HELLO],
        asked_text("Be kind."),
        ASKED,
    ).called("input: messages of every role"),
    seen_item("input_image, data URL", LOOK),
    seen_item(
        "input_image, file",
        *input_part({"type": "input_image", "file_id": "{file_id}"}),
    ),
    refused("input", input_part({"type": "input_file", "file_id": "{file_id}"})).called(
        "input: input_file"
    ),
    item("function_call, function_call_output", CALL, OUTPUT),
    refused("input", [OUTPUT]).called("input: output of an unknown call"),
    refused("input", [CALL, HELLO], "No tool output found").called(
        "input: call without its output"
    ),
    seen_item(
        "image_generation_call, by its id",
        {"type": "image_generation_call", "id": "{picture_call_id}"},
        HELLO,
    ),
    refused("input", [{"type": "image_generation_call", "id": "ig_1"}, HELLO]).called(
        "input: image_generation_call that is unknown and brings no result"
    ),
    seen_item("item_reference", {"type": "item_reference", "id": "{item_id}"}),
    refused("input", [{"type": "item_reference", "id": "msg_1"}]).called(
        "input: item_reference to nothing"
    ),
    ignored(
        "input",
        [{"type": "reasoning", "id": "rs_1", "summary": []}, HELLO],
        "it is kept and given back; the chat model is not told of it",
    ).called("input: reasoning"),
)
INCLUDES = (
    ignored("include", [SEE], "input pictures are told when items are listed").called(
        f"include: {SEE}"
    ),
    refused("include", ["message.output_text.logprobs"]).called(
        "include: message.output_text.logprobs"
    ),
    ignored(
        "include",
        ["reasoning.encrypted_content", "web_search_call.results"],
        "no item of that kind is made",
    ).called("include: the other published values"),
    refused("include", ["colour"]).called("include: any other value"),
)


# The image tool


def tool(**options: Any) -> list[dict[str, Any]]:
    return [{"type": "image_generation", "model": "gpt-image-2", **options}]


def drawn(
    option: str, value: Any, sent: str = "", as_: Any = ..., **more: Any
) -> Claim:
    """An option of the image tool, seen at the provider of pictures."""
    expected = value if as_ is ... else as_

    def holds(seen: Outcome) -> bool:
        return expected in [at(body, sent or option) for body in seen.asked]

    claim = served("tools", tool(**{option: value}, **more), holds, ASKED)
    return named(option, claim).needing(model="drawer")


def edited(option: str, value: Any, holds: Callable[[Outcome], bool]) -> Claim:
    """The same for an option of edits."""
    options = {"model": "gpt-image-1.5", "action": "edit", option: value}
    claim = served("tools", tool(**options), holds, ASKED)
    return named(option, claim).needing(model="editor", input=[LOOK])


def named(option: str, claim: Claim) -> Claim:
    return claim.called(f"tools: image_generation, {option}")


def wrong(label: str, **options: Any) -> Claim:
    """A refusal that names the tool's own field."""
    return named(label, refused("tools", tool(**options)))


def offers(*names: str) -> Callable[[Outcome], bool]:
    """Whether the chat model is offered these functions."""
    return lambda seen: (
        tuple(entry["function"]["name"] for entry in seen.asked[0].get("tools", ()))
        == names
    )


def offered(option: str, value: Any, *names: str) -> Claim:
    claim = served("tools", tool(**{option: value}), offers(*names), ASKED)
    return named(f"{option} {value}", claim).needing(model="greeter", input=[LOOK])


IMAGE_TOOL = (
    drawn("model", "gpt-image-2"),
    wrong("a model that nobody has", model="no-such-model"),
    drawn("size", "1536x1024"),
    drawn("quality", "low"),
    drawn("background", "opaque"),
    drawn("output_format", "jpeg"),
    drawn("output_compression", 60, output_format="jpeg"),
    drawn("moderation", "low"),
    served(
        "tools",
        tool(partial_images=1),
        lambda seen: "response.image_generation_call.partial_image" in seen.names,
        "that many previews come",
    )
    .called("tools: image_generation, partial_images")
    .needing(model="drawer", stream=True),
    wrong("values that the model does not take", quality="mega"),
    named(
        "values that no model takes",
        refused("tools", [{"type": "image_generation", "size": "abc"}]),
    ),
    offered("action", "generate", "generate_image"),
    offered("action", "edit", "edit_image"),
    wrong("action edit without a picture", action="edit"),
    edited(
        "input_fidelity",
        "high",
        lambda seen: any(body.get("input_fidelity") == "high" for body in seen.asked),
    ),
    edited(
        "input_image_mask",
        {"image_url": DATA_URL},
        lambda seen: any("mask" in body.get("files", ()) for body in seen.asked),
    ),
    named(
        "mode on",
        served(
            "tools",
            tool(mode="on"),
            lambda seen: any("prompt" in body for body in seen.asked),
            "a picture is made",
        ).needing(model="drawer"),
    ),
    offered("mode", "off"),
    drawn("provider", "loopback", "model", "gpt-image-2"),
    wrong("a provider that is not there", provider="nowhere"),
    drawn("aspect_ratio", "3:2", "size", "1536x1024"),
    drawn("style", "in oil", "prompt", "a calm fjord, in oil"),
    wrong("seed that the model does not take", seed=7),
)
