"""The id of the request that is worked on: in its answer and in every log line."""

from __future__ import annotations

import logging
from contextvars import ContextVar

from playground.lib.ids import new_id

HEADER = "x-request-id"

_current: ContextVar[str] = ContextVar("request_id", default="-")


def begin() -> str:
    """A fresh id for the request that starts here."""
    request_id = new_id("req_")
    _current.set(request_id)
    return request_id


def current() -> str:
    """The id of the present request, or "-" outside of any."""
    return _current.get()


def go_on_as(request_id: str) -> None:
    """What follows in this context still belongs to the request with this id."""
    _current.set(request_id)


class RequestIdFilter(logging.Filter):
    """Gives each log record its `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current()
        return True
