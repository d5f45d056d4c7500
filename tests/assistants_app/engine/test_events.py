from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any, get_args

import pytest
from asgiref.sync import async_to_sync
from hypothesis import given, settings
from hypothesis import strategies as st

from assistants_app.engine.events import (
    ENDINGS,
    Ending,
    Numbered,
    RunCompleted,
    RunEvent,
    TextAdded,
    from_json,
    to_json,
)
from assistants_app.providers.base import FinishReason, TextArrived, ToolCallArrived
from playground.lib.errors import ErrorKind, ProviderError
from tests.assistants_app.scripted import (
    GENERATE,
    WEATHER,
    ScriptedImages,
    ScriptedProvider,
    collect,
    drawn,
    end,
    refused,
    setup,
)

KINDS = get_args(RunEvent)


def example(kind: type[Any]) -> Any:
    """A value of this event with something in each field."""
    values = {"int": 3, "bool": True, "list[str]": ["file-1"]}
    content = {"list[dict[str, Any]]": [{"type": "text"}]}
    usage = {"dict[str, int] | None": {"total_tokens": 3}}
    known = {**values, **content, **usage}
    return kind(**{f.name: known.get(str(f.type), "text") for f in fields(kind)})


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_survives_being_stored_as_json(kind: type[Any]) -> None:
    numbered = Numbered(7, 1_700_000_000_000, example(kind))
    assert from_json(json.loads(json.dumps(to_json(numbered)))) == numbered


@pytest.mark.parametrize("kind", KINDS)
def test_events_are_frozen_values(kind: type[Any]) -> None:
    event = example(kind)
    assert is_dataclass(event)
    with pytest.raises(FrozenInstanceError):
        event.anything = 1


def test_a_stored_event_names_its_kind_number_and_time() -> None:
    stored = to_json(Numbered(2, 5, TextAdded("msg_1", 0, "A bay")))
    assert stored == {
        "sequence": 2,
        "at": 5,
        "type": "TextAdded",
        "message_id": "msg_1",
        "index": 0,
        "text": "A bay",
    }


def test_the_endings_are_the_same_in_both_spellings() -> None:
    assert set(get_args(Ending)) == set(ENDINGS)
    assert RunCompleted in ENDINGS


NAMES = st.sampled_from(["generate_image", "weather", "teleport"])
ERROR = ProviderError(ErrorKind.UPSTREAM, "The service failed.")


@st.composite
def turns(draw):
    """A turn as any server might send it: words, calls, faults, one end."""
    script: list[Any] = []
    for index in range(draw(st.integers(0, 3))):
        if draw(st.booleans()):
            script.append(TextArrived(draw(st.sampled_from(["A", " ", "bay."]))))
        script.append(ToolCallArrived(index, f"call_{index}", draw(NAMES), "{}"))
    if draw(st.booleans()):
        script.append(TextArrived("Done."))
    last = st.sampled_from(
        [ERROR, KeyError("x"), *(end(reason) for reason in FinishReason)]
    )
    return [*script, draw(last)]


@given(
    scripts=st.lists(turns(), min_size=1, max_size=4),
    mode=st.sampled_from(["auto", "on", "off"]),
    calls_tools=st.booleans(),
    picture=st.sampled_from(
        [drawn("x", previews=1), refused("moderated"), [KeyError("y")]]
    ),
)
@settings(deadline=None, max_examples=150)
def test_whatever_a_server_sends_a_run_has_one_ending_and_keeps_order(
    scripts, mode, calls_tools, picture
) -> None:
    provider = ScriptedProvider(*scripts, *[[ERROR]] * 3)
    images = ScriptedImages(GENERATE, **{f"call_{n}": picture for n in range(3)})
    run = setup(image_mode=mode, calls_tools=calls_tools, functions=[WEATHER])
    async_to_sync(collect)(run, provider, images)
    assert (provider.open_streams, images.drawing) == (0, 0)
