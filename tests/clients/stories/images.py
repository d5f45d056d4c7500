"""Pictures in every form that the client knows."""

from __future__ import annotations

import base64
from typing import Any

from openai import OpenAI
from telling import download, kind_of, png, png_size, refusal, story

MODEL = "gpt-image-2"
EDITOR = "gpt-image-1.5"


def bytes_of(picture: Any) -> bytes:
    return base64.b64decode(picture.b64_json)


@story
def picture_as_base64(client: OpenAI) -> Any:
    answer = client.images.generate(
        model=MODEL,
        prompt="A calm fjord",
        size="1024x1536",
        quality="low",
        n=2,
        output_format="jpeg",
        output_compression=80,
        moderation="low",
        background="opaque",
    )
    return {
        "kinds": [kind_of(bytes_of(picture)) for picture in answer.data],
        "urls": [picture.url for picture in answer.data],
        "size": answer.size,
        "format": answer.output_format,
        "tokens": answer.usage and answer.usage.total_tokens,
    }


@story
def picture_of_a_retired_model(client: OpenAI) -> Any:
    """Made by today's model, answered as DALL-E did: a URL, at the size asked for."""
    raw = client.images.with_raw_response.generate(
        model="dall-e-2", prompt="A bright sun", size="512x512"
    )
    answer = raw.parse()
    data = download(answer.data[0].url)
    inline = client.images.generate(
        model="dall-e-2",
        prompt="A bright sun",
        size="256x256",
        response_format="b64_json",
    )
    return {
        "made_by": raw.headers.get("x-easel-model"),
        "kind": kind_of(data),
        "size": png_size(data),
        "b64": answer.data[0].b64_json,
        "inline": kind_of(bytes_of(inline.data[0])),
    }


@story
def streamed_picture(client: OpenAI) -> Any:
    stream = client.images.generate(
        model=MODEL, prompt="A calm fjord", stream=True, partial_images=2
    )
    events = list(stream)
    return {
        "types": [event.type for event in events],
        "kinds": [kind_of(bytes_of(event)) for event in events],
        "numbers": [getattr(event, "partial_image_index", None) for event in events],
        "tokens": events[-1].usage.total_tokens,
    }


@story
def edited_pictures(client: OpenAI) -> Any:
    one = client.images.edit(
        model=EDITOR, image=("a.png", png(), "image/png"), prompt="Make it night"
    )
    several = client.images.edit(
        model=EDITOR,
        image=[("a.png", png(), "image/png"), ("b.png", png(32, 32), "image/png")],
        prompt="Join them",
        size="1024x1024",
        quality="low",
        input_fidelity="high",
        output_format="webp",
    )
    masked = client.images.edit(
        model=EDITOR,
        image=("a.png", png(), "image/png"),
        mask=("mask.png", png(alpha=0), "image/png"),
        prompt="Add a boat",
    )
    streamed = client.images.edit(
        model=EDITOR,
        image=("a.png", png(), "image/png"),
        prompt="Make it night",
        stream=True,
        partial_images=1,
    )
    return {
        "one": kind_of(bytes_of(one.data[0])),
        "several": kind_of(bytes_of(several.data[0])),
        "masked": kind_of(bytes_of(masked.data[0])),
        "streamed": [event.type for event in streamed],
    }


@story
def varied_picture(client: OpenAI) -> Any:
    """DALL-E 2's variations, made by the organization's own model."""
    answer = client.images.create_variation(
        model="dall-e-2", image=("a.png", png(256, 256), "image/png"), size="256x256"
    )
    data = download(answer.data[0].url)
    return {"kind": kind_of(data), "size": png_size(data)}


@story
def refused_pictures(client: OpenAI) -> Any:
    def generate(**options: Any) -> Any:
        return client.images.generate(**{"model": MODEL, "prompt": "x", **options})

    return {
        "prompt": refusal(lambda: generate(prompt="")),
        "long": refusal(lambda: generate(model="dall-e-2", prompt="x" * 1001)),
        "size": refusal(lambda: generate(size="10x10")),
        "n": refusal(lambda: generate(n=11)),
        "unknown": refusal(lambda: generate(extra_body={"colour": "red"})),
        "format": refusal(lambda: generate(response_format="url")),
        "model": refusal(lambda: generate(model="no-such-model")),
        "blocked": refusal(lambda: generate(prompt="Something forbidden")),
        "blocked_stream": refusal(
            lambda: list(generate(prompt="Something forbidden", stream=True))
        ),
        "partials": refusal(lambda: generate(partial_images=2)),
        "no_picture": refusal(
            lambda: client.images.edit(
                model=EDITOR, image=("a.txt", b"no picture", "text/plain"), prompt="x"
            )
        ),
    }
