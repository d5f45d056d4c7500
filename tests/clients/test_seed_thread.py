"""The thread that Easel began with, from end to end, in three languages."""

from __future__ import annotations

import pytest

from tests.clients.orders import GONE_ON, PAUSED, without_deltas
from tests.clients.telling import PYTHONS


@pytest.mark.parametrize("name", PYTHONS)
def test_client_draws_for_a_paused_run_and_reads_on(clients, name):
    saw = clients[name].saw("seed_thread")
    assert saw["function"] == "create_image"
    assert saw["arguments"]["model"] == "dall-e-2"
    assert without_deltas(saw["names"]) == PAUSED
    assert saw["picture"] == ["png", "512x512"]
    assert without_deltas(saw["rest"]) == GONE_ON
    assert saw["text"] == "Here is your sun."


def test_node_draws_for_a_paused_run_and_reads_on(clients):
    saw = clients["node"].saw("seed_thread")
    assert saw["picture"] == ["png", "512x512"]
    assert without_deltas(saw["rest"]) == GONE_ON
    assert saw["text"] == "Here is your sun."


def test_plain_java_draws_for_a_paused_run_and_reads_on(clients):
    saw = clients["java"].saw("seed_thread")
    assert without_deltas(saw["names"])[:-1] == PAUSED
    assert without_deltas(saw["rest"])[:-1] == GONE_ON
    assert saw["text"] == "Here is your sun."
    assert saw["is_png"]
    assert saw["bytes"] > 1000


def test_java_asked_for_http_2_and_was_served_all_the_same(clients):
    clients["java"].saw("seed_thread")
    first = clients["java"].recorder.exchanges[0]
    assert first.headers["upgrade"] == "h2c"
    assert first.status == 200
