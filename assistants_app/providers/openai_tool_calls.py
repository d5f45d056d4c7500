"""Puts the fragments of tool calls into order, whatever a server leaves out.

Servers differ: some give no `index`, some no `id`, some the same of either for every
call, some a whole call at once, some repeat the name. Out of here each call has its own
index (in order of appearance), its own id, and its name in its first fragment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from assistants_app.providers.base import ToolCallArrived
from playground.lib.ids import new_id


class _Call:
    """One call as far as it has come."""

    def __init__(self, index: int, wire_index: object) -> None:
        self.index = index
        self.wire_index = wire_index
        self.wire_id = ""
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []

    @property
    def is_complete(self) -> bool:
        try:
            orjson.loads("".join(self.arguments))
        except orjson.JSONDecodeError:
            return False
        return True


class ToolCallReader:
    """Reads the `tool_calls` lists of one turn."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []

    @property
    def has_calls(self) -> bool:
        return bool(self._calls)

    @property
    def has_nameless_call(self) -> bool:
        return any(not call.name for call in self._calls)

    def read(self, fragments: list[Any]) -> Iterator[ToolCallArrived]:
        """What one chunk's list adds."""
        for position, fragment in enumerate(fragments):
            if isinstance(fragment, dict):
                function = fragment.get("function")
                function = function if isinstance(function, dict) else {}
                call = self._find(fragment, function, position, len(fragments))
                arrived = self._add(call, fragment, function)
                if arrived:
                    yield arrived

    def _find(
        self,
        fragment: dict[str, Any],
        function: dict[str, Any],
        position: int,
        count: int,
    ) -> _Call:
        index, wire_id = fragment.get("index"), _text(fragment.get("id"))
        name = _text(function.get("name"))
        if isinstance(index, int):
            found = self._find_last(wire_index=index)
            if found and not _is_another(found, wire_id, name):
                return found
            return self._begin(index)
        if wire_id:
            found = self._find_last(wire_id=wire_id)
            return found or self._begin(None)
        return self._find_unmarked(name, position, count)

    def _find_unmarked(self, name: str, position: int, count: int) -> _Call:
        """Without index and id, only place and name tell the calls apart."""
        if not self._calls:
            return self._begin(None)
        last = self._calls[-1]
        if not name:
            is_list = count > 1 and position < len(self._calls)
            return self._calls[position] if is_list else last
        if position or name != last.name or last.is_complete:
            return self._begin(None)
        return last

    def _find_last(self, **wanted: object) -> _Call | None:
        ((field, value),) = wanted.items()
        calls = reversed(self._calls)
        return next((call for call in calls if getattr(call, field) == value), None)

    def _begin(self, wire_index: int | None) -> _Call:
        call = _Call(len(self._calls), wire_index)
        self._calls.append(call)
        return call

    def _add(
        self, call: _Call, fragment: dict[str, Any], function: dict[str, Any]
    ) -> ToolCallArrived | None:
        """The fragment to pass on; one without a name waits for its name."""
        arguments = _arguments_text(function.get("arguments"))
        call.arguments.append(arguments)
        call.wire_id = call.wire_id or _text(fragment.get("id"))
        if call.name:
            return (
                ToolCallArrived(call.index, arguments=arguments) if arguments else None
            )
        call.name = _text(function.get("name"))
        if not call.name:
            return None
        call.id = self._own_id(call.wire_id)
        return ToolCallArrived(call.index, call.id, call.name, "".join(call.arguments))

    def _own_id(self, wire_id: str) -> str:
        is_taken = any(call.id == wire_id for call in self._calls)
        return new_id("call_") if not wire_id or is_taken else wire_id


def _is_another(call: _Call, wire_id: str, name: str) -> bool:
    """Whether a fragment with this call's index begins a new call all the same: some
    servers give every call the index 0."""
    if not (name and call.name):
        return False
    if wire_id and call.wire_id:
        return wire_id != call.wire_id
    return name != call.name and call.is_complete


def _arguments_text(arguments: object) -> str:
    if isinstance(arguments, dict):
        return orjson.dumps(arguments).decode()
    return _text(arguments)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
