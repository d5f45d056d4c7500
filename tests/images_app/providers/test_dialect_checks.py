"""Free checks of the connections to dialects: what they ask, and what they conclude."""

from __future__ import annotations

import pytest

from playground.organizations.kinds import get_kind
from tests.images_app.providers.dialect_calls import KINDS, base_url
from tests.upstream import answers, images
from tests.upstream.dialects import AZURE_V1, PEERS
from tests.upstream.server import refusing_url

# Whose list of models says that the key is right.
LISTING = tuple(kind for kind in KINDS if kind not in {"azure", "recraft"})
AZURE, RECRAFT = PEERS["azure"], PEERS["recraft"]


@pytest.mark.parametrize("kind", LISTING)
async def test_a_list_of_models_means_that_it_works(upstream, kind):
    peer = PEERS[kind]
    upstream.script(peer.models, images.model_list("one"))
    found = await get_kind(kind).check(base_url(upstream, peer), upstream.key)
    assert (found.ok, found.models) == (True, ("one",))
    assert upstream.ledger == []


@pytest.mark.parametrize(
    ("peer", "path"),
    [(AZURE, "/azure/openai/models"), (AZURE_V1, AZURE_V1.models)],
)
async def test_azure_is_asked_for_its_models_which_are_no_deployments(
    upstream, peer, path
):
    upstream.script(path, images.model_list("gpt-image-2", "gpt-4.1"))
    found = await get_kind("azure").check(base_url(upstream, peer), upstream.key)
    assert (found.ok, found.models) == (True, ())
    assert "deployments" in found.text


@pytest.mark.parametrize(("left", "ok"), [(120, True), (0, False), ("many", False)])
async def test_recraft_is_asked_for_its_credits(upstream, left, ok):
    account = {"credits": left, "email": "alice@example.com"}
    upstream.script("/recraft/v1/users/me", answers.json(account))
    found = await get_kind("recraft").check(base_url(upstream, RECRAFT), upstream.key)
    assert found.ok == ok
    assert ("120" in found.text) == (left == 120)
    assert "alice" not in found.text


async def test_sglang_without_a_list_is_asked_what_it_serves(upstream):
    peer = PEERS["sglang"]
    upstream.script(peer.models, answers.empty(404))
    upstream.script("/models", answers.json({"model_path": "Qwen/Qwen-Image"}))
    found = await get_kind("sglang").check(base_url(upstream, peer), upstream.key)
    assert (found.ok, found.models) == (True, ("Qwen/Qwen-Image",))


@pytest.mark.parametrize("kind", ["azure", "recraft", "sglang"])
async def test_a_refused_key_is_told_and_not_shown(upstream, kind):
    peer = PEERS[kind]
    for path in ("/azure/openai/models", "/recraft/v1/users/me", "/models"):
        upstream.script(path, peer.refuse(401, f"Wrong key {upstream.key}"))
    upstream.script(peer.models, peer.refuse(401, f"Wrong key {upstream.key}"))
    found = await get_kind(kind).check(base_url(upstream, peer), upstream.key)
    assert not found.ok
    assert "401" in found.text
    assert upstream.key not in found.text


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_that_is_not_there_fails_with_a_sentence(kind):
    with refusing_url() as url:
        found = await get_kind(kind).check(url, "key")
    assert not found.ok
    assert found.text


@pytest.mark.parametrize("kind", ["azure", "recraft", "sglang"])
@pytest.mark.parametrize("answer", [answers.html(200), answers.json({"ok": 1})])
async def test_an_answer_that_is_none_of_theirs_is_a_failure(upstream, kind, answer):
    peer = PEERS[kind]
    for path in (
        "/azure/openai/models",
        "/recraft/v1/users/me",
        "/models",
        peer.models,
    ):
        upstream.script(path, answer)
    found = await get_kind(kind).check(base_url(upstream, peer), upstream.key)
    assert not found.ok
