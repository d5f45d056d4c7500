"""Clients that retry by themselves against cut connections: everything is paid once."""

from __future__ import annotations

import pytest

from tests.clients.telling import BILLED, PYTHONS

NAMES = (*PYTHONS, "node")


def billed(world, mark: str) -> list[str]:
    """What the provider may charge for: the paths of the requests with this mark."""
    ledger = world.provider.ledger
    return sorted(r.path for r in ledger if mark.encode() in r.body)


@pytest.mark.parametrize("name", NAMES)
def test_cut_requests_are_answered_after_two_retries(clients, name):
    saw = clients[name].saw("one_bill")
    assert saw["pictures"] == 1
    assert saw["streamed"][-1] == "image_generation.completed"
    assert (saw["run"], saw["messages"]) == ("completed", 2)
    assert saw["response"] == "Hello from Oslo"


@pytest.mark.parametrize("name", NAMES)
def test_what_was_cut_and_retried_has_one_bill(world, clients, name):
    mark = clients[name].saw("one_bill")["mark"]
    pictures, chats = "/v1/images/generations", "/v1/chat/completions"
    assert billed(world, f"{mark}: picture") == [pictures]
    assert billed(world, f"{mark}: stream") == [pictures]
    assert billed(world, f"{mark}: run") == [chats]
    assert billed(world, f"{mark}: response") == [chats]


@pytest.mark.parametrize("name", NAMES)
def test_connections_were_really_cut_after_the_body(clients, name):
    clients[name].saw("one_bill")
    cut = [e for e in clients[name].recorder.of("one_bill") if e.was_cut]
    assert len(cut) == 2 * 4
    assert {e.path.rsplit("/", 1)[1] for e in cut} == set(BILLED)
    assert all(e.body and not e.answer for e in cut)
    assert {e.headers["x-stainless-retry-count"] for e in cut} == {"0", "1"}
