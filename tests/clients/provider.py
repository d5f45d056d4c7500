"""The provider behind the clients' stories: what it answers depends on the model.

Many clients talk to one server at once, so nothing is scripted in order. Each chat
model below has one habit; `CHAT_MODELS` is the list that the connection allows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from tests.upstream import answers, chat, clipdrop, images
from tests.upstream.answers import Answer, Cut
from tests.upstream.chat import Call
from tests.upstream.received import Received, check_bearer
from tests.upstream.server import Upstream

IMAGE_MODEL = "gpt-image-2"
EDIT_MODEL = "gpt-image-1.5"
# A model fills in what the schema gives as defaults, whichever model they are for.
SEED_CALL = (
    '{"prompt":"A bright sun","model":"dall-e-2","size":"512x512","n":1,'
    '"quality":"standard","response_format":"url","style":"vivid"}'
)
DRAW_CALL = '{"prompt":"a calm fjord"}'

Turn = Callable[[dict[str, Any], Upstream], Answer]


def start_provider() -> Upstream:
    """Start it; `stop()` ends it."""
    upstream = Upstream()
    chat.add_routes(upstream)
    upstream.route(chat.PATH, check_chat, paid=True)
    clipdrop.add_routes(upstream)
    images.add_routes(upstream)
    upstream.answer_with(chat.PATH, lambda request: turn(request, upstream))
    upstream.answer_with(images.GENERATIONS, draw)
    upstream.answer_with(images.EDITS, draw)
    upstream.start()
    return upstream


# Chat


def check_chat(request: Received, key: str) -> None:
    """As strict as ever; only `echoer` takes whatever is relayed to it."""
    if request.json.get("model") != "echoer":
        chat.check(request, key)
    check_bearer(request, key)


def turn(request: Received, upstream: Upstream) -> Answer:
    """The next turn of the model that was asked for."""
    return CHAT_TURNS[request.json["model"]](request.json, upstream)


def greet(body: dict[str, Any], upstream: Upstream) -> Answer:
    return say(body, "Hello", " from", " Oslo")


def call_once(body: dict[str, Any], upstream: Upstream) -> Answer:
    return call_then_say(
        body, "It is 4 degrees.", Call("get_weather", '{"city": "Oslo"}', "call_1")
    )


def call_twice(body: dict[str, Any], upstream: Upstream) -> Answer:
    return call_then_say(
        body,
        "4 and 9 degrees.",
        Call("get_weather", '{"city": "Oslo"}', "call_1"),
        Call("get_weather", '{"city": "Bergen"}', "call_2"),
    )


def call_create_image(body: dict[str, Any], upstream: Upstream) -> Answer:
    return call_then_say(
        body, "Here is your sun.", Call("create_image", SEED_CALL, "call_sun")
    )


def call_own_tool(body: dict[str, Any], upstream: Upstream) -> Answer:
    """Draw with the tool that Easel itself carries out."""
    return call_then_say(
        body, "Here is your fjord.", Call("generate_image", DRAW_CALL, "call_draw")
    )


def call_own_edit(body: dict[str, Any], upstream: Upstream) -> Answer:
    """Change the newest picture with the tool that Easel itself carries out."""
    return call_then_say(
        body, "Here it is.", Call("edit_image", DRAW_CALL, "call_edit")
    )


def break_off(body: dict[str, Any], upstream: Upstream) -> Answer:
    """The connection ends in the middle of a word."""
    return chat.stream(chat.chunk({"content": "Hel"}), Cut.CLOSE, done=False)


def stall(body: dict[str, Any], upstream: Upstream) -> Answer:
    """One word, then nothing until somebody cancels."""
    return chat.stream(chat.chunk({"content": "Hmm"}), upstream.gate())


def run_out(body: dict[str, Any], upstream: Upstream) -> Answer:
    if not body.get("stream"):
        return chat.completion("Once upon", finish="length")
    return chat.text_stream("Once", " upon", finish="length")


def refuse(body: dict[str, Any], upstream: Upstream) -> Answer:
    return chat.error(400, "This prompt is not allowed.", code="invalid_prompt")


def be_busy(body: dict[str, Any], upstream: Upstream) -> Answer:
    return chat.error(
        429,
        "Slow down.",
        type="requests",
        code="rate_limit_exceeded",
        headers={"retry-after": "60"},
    )


def say(body: dict[str, Any], *texts: str) -> Answer:
    if not body.get("stream"):
        return chat.completion("".join(texts))
    return chat.text_stream(*texts)


def call_then_say(body: dict[str, Any], text: str, *calls: Call) -> Answer:
    """Call the tools, unless the last message answers such a call."""
    if body["messages"][-1]["role"] == "tool" or not body.get("tools"):
        return say(body, text)
    if not body.get("stream"):
        return chat.completion(None, *calls, finish="tool_calls")
    return chat.tool_call_stream(*calls, piece=9)


CHAT_TURNS: dict[str, Turn] = {
    "greeter": greet,
    "echoer": greet,
    "caller": call_once,
    "double-caller": call_twice,
    "sun-caller": call_create_image,
    "drawer": call_own_tool,
    "editor": call_own_edit,
    "breaker": break_off,
    "staller": stall,
    "writer": run_out,
    "refuser": refuse,
    "busy": be_busy,
}
CHAT_MODELS = list(CHAT_TURNS)


# Pictures


def draw(request: Received) -> Answer:
    """Pictures of the right number, streamed where that was asked for."""
    is_edit = request.path == images.EDITS
    fields = form_fields(request) if is_edit else request.json
    if "forbidden" in fields["prompt"]:
        return blocked()
    size = fields.get("size", "auto")
    # Small where nobody asked for a size: many pictures go through the server here.
    width, height = (64, 64) if size == "auto" else map(int, size.split("x"))
    data = images.picture((fields.get("output_format") or "png").upper(), width, height)
    if not fields.get("stream"):
        return images.pictures(*[data] * fields.get("n", 1))
    shown = [
        images.preview(data, number, edit=is_edit)
        for number in range(fields.get("partial_images", 0))
    ]
    return images.stream(*shown, images.completed(data, edit=is_edit))


def form_fields(request: Received) -> dict[str, Any]:
    return {
        part.name: images.form_value(part)
        for part in request.parts
        if part.filename is None
    }


def blocked() -> Answer:
    """A prompt that the provider's own rules forbid."""
    error = {
        "type": "image_generation_user_error",
        "code": "moderation_blocked",
        "param": None,
        "message": "Your request was rejected by the safety system.",
        "moderation_details": {
            "moderation_stage": "input",
            "categories": ["violence"],
        },
    }
    return answers.raw(orjson.dumps({"error": error}), "application/json", status=400)
