"""How items of responses are named: by the rows that hold them."""

from __future__ import annotations

import re

PREFIXES = {
    "message": "msg_",
    "function_call": "fc_",
    "function_call_output": "fco_",
    "image_generation_call": "ig_",
    "reasoning": "rs_",
}
_NAMED = re.compile(r"(msg|fc|fco|rs)_([A-Za-z0-9]{24})")
_CALL = re.compile(r"fc_([A-Za-z0-9]{24})([0-9]{2,3})")


def response_id(run_id: str) -> str:
    """`resp_X` for `run_X`."""
    return "resp_" + run_id.removeprefix("run_")


def run_id(name: str) -> str:
    """`run_X` for `resp_X`; "" for a name of another form."""
    return "run_" + name.removeprefix("resp_") if name.startswith("resp_") else ""


def conversation_id(thread_id: str) -> str:
    """`conv_X` for `thread_X`."""
    return "conv_" + thread_id.removeprefix("thread_")


def thread_id(name: str) -> str:
    """`thread_X` for `conv_X`; "" for a name of another form."""
    return "thread_" + name.removeprefix("conv_") if name.startswith("conv_") else ""


def row_item_id(kind: str, message_id: str) -> str:
    """The item's name of a message row."""
    return PREFIXES[kind] + message_id.removeprefix("msg_")


def row_id(name: str) -> str:
    """The message row's public id for an item's name; "" if no row has such a name."""
    match = _NAMED.fullmatch(name)
    return f"msg_{match[2]}" if match else ""


def call_item_id(step_id: str, index: int) -> str:
    """The name of a function call of a run: its step's, and its place in it."""
    return f"fc_{step_id.removeprefix('step_')}{index:02d}"


def step_call(name: str) -> tuple[str, int]:
    """The step and the place of a function call's name; "" for another form."""
    match = _CALL.fullmatch(name)
    return (f"step_{match[1]}", int(match[2])) if match else ("", 0)
