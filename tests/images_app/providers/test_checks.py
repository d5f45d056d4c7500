from __future__ import annotations

import pytest

from images_app.providers.checks import check_clipdrop, check_offline, check_openai
from tests.upstream import answers, chat, clipdrop, images
from tests.upstream.server import refusing_url


async def test_a_list_of_models_means_that_the_connection_works(upstream):
    upstream.script(images.MODELS, images.model_list("one", "two"))
    check = await check_openai(upstream.base_url, upstream.key)
    assert check.ok
    assert check.models == ("one", "two")
    assert "2 models" in check.text
    assert upstream.ledger == []


async def test_a_bare_list_of_models_is_understood(upstream):
    upstream.script(images.MODELS, answers.json([{"id": "one"}, {"name": "two"}]))
    check = await check_openai(upstream.base_url, upstream.key)
    assert (check.ok, check.models) == (True, ("one",))


@pytest.mark.parametrize(
    "answer",
    [
        chat.error(401, "No such key"),
        answers.html(200),
        answers.json({"data": 1}),
        answers.json("text"),
        answers.empty(404),
        answers.hang_up(),
    ],
)
async def test_anything_else_is_a_failure_with_a_sentence(upstream, answer):
    upstream.script(images.MODELS, answer)
    check = await check_openai(upstream.base_url, upstream.key)
    assert not check.ok
    assert check.text
    assert upstream.key not in check.text


@pytest.mark.parametrize("check", [check_openai, check_clipdrop])
async def test_a_server_that_is_not_there_fails_with_a_sentence(check):
    with refusing_url() as url:
        result = await check(url, "key")
    assert not result.ok
    assert result.text


@pytest.mark.parametrize(
    ("status", "ok"), [(400, True), (401, False), (402, False), (403, False)]
)
async def test_clipdrop_is_asked_with_a_form_that_costs_nothing(upstream, status, ok):
    upstream.script(clipdrop.PATH, clipdrop.error(status, "Missing prompt"))
    check = await check_clipdrop(upstream.url, upstream.key)
    assert check.ok == ok
    assert [part.name for part in upstream.requests[0].parts] == ["check"]


async def test_a_server_that_takes_clipdrops_empty_form_is_not_clipdrop(upstream):
    upstream.script(clipdrop.PATH, answers.html(200))
    check = await check_clipdrop(upstream.url, upstream.key)
    assert not check.ok


async def test_the_offline_provider_always_works():
    assert (await check_offline()).ok
