"""Images."""

from __future__ import annotations

import base64
from typing import Any

from tests.conformance.claims import (
    UNKNOWN,
    Operation,
    Surface,
    echoed,
    passed,
    refused,
    served,
)
from tests.conformance.outcome import Outcome
from tests.upstream.images import mask, png

SUN = ("sun.png", png(64, 64), "image/png")
MASK = ("mask.png", mask(64, 64), "image/png")
OFFLINE: dict[str, Any] = {"model": "offline-painter", "size": "256x256"}
DATA_URL = "data:image/png;base64," + base64.b64encode(png(64, 64)).decode()
MASK_URL = "data:image/png;base64," + base64.b64encode(mask(64, 64)).decode()


def picture(seen: Outcome) -> bytes:
    return base64.b64decode(seen.json["data"][0]["b64_json"])


def same_again(seen: Outcome) -> bool:
    """The same seed draws the same picture."""
    fields = {**OFFLINE, "prompt": "A calm fjord", "seed": 5}
    again = seen.probe.send("POST", "/v1/images/generations", json=fields)
    return picture(seen) == picture(again)


PICTURE = "the answer is a picture of the model that has it"


def is_picture(seen: Outcome) -> bool:
    return picture(seen).startswith(b"\x89PNG")


STREAMED = served(
    "stream",
    True,
    lambda seen: seen.names[-1].endswith(".completed"),
    "the answer is a stream of events",
)
PARTIALS = served(
    "partial_images",
    2,
    lambda seen: len(seen.names) == 3,
    "that many previews come",
).needing(stream=True)
# What the newest models of OpenAI take besides.
LATER: tuple[tuple[str, Any], ...] = (
    ("complexity", "low"),
    ("frame_count", 4),
    ("frame_duration_ms", 200),
)
COMMON = (
    served("n", 2, lambda seen: len(seen.json["data"]) == 2, "that many pictures come"),
    refused("n", 11).called("n out of range"),
    passed("size", "1024x1536"),
    refused("size", "10x10").called("size that the model does not offer"),
    passed("quality", "low"),
    refused("quality", "hd").called("quality that the model does not offer"),
    passed("background", "opaque"),
    passed("output_format", "jpeg"),
    passed("output_compression", 50).needing(output_format="jpeg"),
    refused("output_compression", 50).called("output_compression of a png"),
    STREAMED,
    PARTIALS,
    refused("partial_images", 2).called("partial_images without stream"),
    passed("user", "user-1"),
    passed("safety_identifier", "user-1"),
    *(refused(name, value) for name, value in LATER),
    UNKNOWN,
)

SURFACE = Surface(
    "Images",
    "Sizes, qualities and formats are those of the model; what it does not offer is"
    " refused before anything is paid. `dall-e-2` and `dall-e-3` are served by the"
    " organization's default image connection.",
    (
        Operation(
            "POST /v1/images/generations",
            "Make pictures.",
            {"model": "gpt-image-2", "prompt": "A calm fjord"},
            (
                passed("prompt", "A red house"),
                refused("prompt", "").called("prompt, empty"),
                refused("prompt", "x" * 32_001).called("prompt, too long"),
                passed("model", "gpt-image-1.5"),
                refused("model", "no-such-model").called("model that nobody knows"),
                served(
                    "model",
                    "dall-e-2",
                    lambda seen: seen.json["data"][0]["url"].startswith("http"),
                    "the answer is a URL, as that model's was",
                )
                .called("model: dall-e-2, retired")
                .needing(size="256x256"),
                served(
                    "style",
                    "vivid",
                    lambda seen: seen.json["data"][0]["url"].startswith("http"),
                    "the answer is a picture; that model had no styles",
                )
                .called("style: dall-e-2, retired")
                .needing(model="dall-e-2", size="256x256"),
                refused("model", "gpt-4.1").called("model that chats"),
                *COMMON,
                passed("moderation", "low"),
                served(
                    "response_format",
                    "url",
                    lambda seen: seen.json["data"][0]["url"].startswith("http"),
                    "the answer is a URL",
                )
                .called("response_format (models that have it)")
                .needing(**OFFLINE),
                refused("response_format", "url").called(
                    "response_format of a model without it"
                ),
                served(
                    "style",
                    "natural",
                    lambda seen: seen.json["data"][0]["url"].startswith("http"),
                    "dall-e-3 has it, and the answer is a picture",
                )
                .called("style (models that have it)")
                .needing(model="dall-e-3", size="1024x1024"),
                refused("style", "vivid").called("style of a model without it"),
                served("seed", 5, same_again, "the same seed gives the same picture")
                .called("seed (models that have it)")
                .needing(**OFFLINE),
                echoed("aspect_ratio", "16:9", "1344x756", "size")
                .called("aspect_ratio (Easel's own)")
                .needing(model="offline-painter"),
                refused("aspect_ratio", "16:9")
                .called("aspect_ratio that the size does not have")
                .needing(size="1024x1024"),
                refused("options", {"steps": 20}).called(
                    "options (Easel's own) that the model does not have"
                ),
            ),
        ),
        Operation(
            "POST /v1/images/edits",
            "Change pictures, as multipart or as JSON.",
            {"model": "gpt-image-1.5", "prompt": "Make it night", "image": SUN},
            (
                served(
                    "image",
                    SUN,
                    lambda seen: seen.asked[0]["files"] == ["image"],
                    "the provider is asked for it",
                ),
                served(
                    "image",
                    [SUN, SUN],
                    lambda seen: seen.asked[0]["files"] == ["image[]", "image[]"],
                    "the provider is asked for it",
                ).called("image[]"),
                refused("image", ("a.txt", b"words", "text/plain")).called(
                    "image that is no picture"
                ),
                served(
                    "mask",
                    MASK,
                    lambda seen: "mask" in seen.asked[0]["files"],
                    "the provider is asked for it",
                ),
                refused("mask", SUN).called("mask without transparency"),
                passed("prompt", "Make it day"),
                passed("input_fidelity", "high"),
                *COMMON,
                refused("moderation", "low").called(
                    "moderation of a model whose edits do not take it"
                ),
                refused("mask_image", MASK).called("file that nobody reads"),
                refused("options[steps]", 20, says="options.steps").called(
                    "options (Easel's own) that the model does not have"
                ),
                served(
                    "response_format",
                    "url",
                    lambda seen: seen.json["data"][0]["url"].startswith("http"),
                    "the answer is a URL",
                )
                .called("response_format (models that have it)")
                .needing(**OFFLINE),
                served("seed", 5, is_picture, PICTURE)
                .called("seed (models that have it)")
                .needing(**OFFLINE),
                served("style", "oil", is_picture, PICTURE)
                .called("style (models that have it)")
                .needing(**OFFLINE),
                refused("style", "vivid").called("style of a model without it"),
                echoed("aspect_ratio", "16:9", "1344x756", "size")
                .called("aspect_ratio (Easel's own)")
                .needing(model="offline-painter"),
            ),
            form=True,
        ),
        Operation(
            "POST /v1/images/edits",
            "The same as JSON.",
            {
                "model": "gpt-image-1.5",
                "prompt": "Make it night",
                "images": [{"image_url": DATA_URL}],
            },
            (
                served(
                    "images",
                    [{"file_id": "{file_id}"}],
                    lambda seen: seen.asked[0]["files"] == ["image"],
                    "the provider is asked for it",
                ),
                refused("images", []).called("images, empty"),
                served(
                    "mask",
                    {"image_url": MASK_URL},
                    lambda seen: "mask" in seen.asked[0]["files"],
                    "the provider is asked for it",
                ),
                passed("input_fidelity", "high"),
                *COMMON,
                refused("moderation", "low"),
                refused("options", {"steps": 20}).called(
                    "options (Easel's own) that the model does not have"
                ),
            ),
        ),
        Operation(
            "POST /v1/images/variations",
            "Make a variation, as an edit with a fixed instruction.",
            {"model": "dall-e-2", "image": SUN, "size": "256x256"},
            (
                served(
                    "n",
                    2,
                    lambda seen: len(seen.json["data"]) == 2,
                    "that many pictures come",
                ),
                served(
                    "response_format",
                    "b64_json",
                    lambda seen: picture(seen).startswith(b"\x89PNG"),
                    "the answer is base64",
                ),
                refused("size", "10x10").called("size that DALL-E 2 did not have"),
                passed("user", "user-1").needing(
                    model="gpt-image-1.5", size="1024x1024"
                ),
            ),
            form=True,
        ),
    ),
)
