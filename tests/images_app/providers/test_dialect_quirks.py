"""What is one server's own: names, prompts, addresses, costs, silent refusals."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest

from images_app.providers.base import InputImage
from images_app.providers.dialect_requests import find_target
from images_app.providers.dialects import DIALECTS
from playground.lib.errors import ErrorKind
from tests.images_app.providers.dialect_calls import PICTURE, draw, fail, wish
from tests.upstream import answers, images
from tests.upstream.dialects import AZURE_V1, PEERS
from tests.upstream.images import png

proves = pytest.mark.proves
AZURE, LOCALAI, XAI = PEERS["azure"], PEERS["localai"], PEERS["xai"]
DIFFUSION = {"negative_prompt": "rain", "steps": 20, "guidance_scale": 3.5}


# Names of parameters.


@pytest.mark.parametrize(
    ("kind", "options", "sent"),
    [
        (
            "vllm-omni",
            {**DIFFUSION, "true_cfg_scale": 4},
            {
                "negative_prompt": "rain",
                "num_inference_steps": 20,
                "guidance_scale": 3.5,
                "true_cfg_scale": 4,
            },
        ),
        (
            "sglang",
            DIFFUSION,
            {
                "negative_prompt": "rain",
                "num_inference_steps": 20,
                "guidance_scale": 3.5,
            },
        ),
        (
            "lemonade",
            {"steps": 4, "guidance_scale": 1},
            {"steps": 4, "cfg_scale": 1},
        ),
        ("localai", {"steps": 15}, {"step": 15}),
        ("together", {"steps": 4, "negative_prompt": "rain"}, None),
        ("recraft", {"style_id": "abc"}, None),
    ],
)
async def test_each_server_is_sent_its_own_names(upstream, kind, options, sent):
    peer = PEERS[kind]
    upstream.script(peer.generations, peer.pictures(png()))
    await draw(upstream, wish(kind, options=options), peer)
    body = upstream.requests[0].json
    assert {name: body[name] for name in sent or options} == (sent or options)


async def test_xinference_reads_its_extras_from_json_in_a_text(upstream):
    peer = PEERS["xinference"]
    upstream.script(peer.generations, peer.pictures(png()))
    request = wish("xinference", size="512x768", seed=7, options=DIFFUSION)
    await draw(upstream, request, peer)
    body = upstream.requests[0].json
    assert body["size"] == "512*768"
    assert orjson.loads(body["kwargs"]) == {
        "negative_prompt": "rain",
        "num_inference_steps": 20,
        "guidance_scale": 3.5,
        "seed": 7,
    }


async def test_together_is_sent_two_numbers_for_a_size(upstream):
    peer = PEERS["together"]
    upstream.script(peer.generations, peer.pictures(png()))
    await draw(upstream, wish("together", size="1344x768"), peer)
    body = upstream.requests[0].json
    assert (body["width"], body["height"]) == (1344, 768)
    assert body["response_format"] == "base64"


async def test_lemonade_is_sent_a_png_of_whatever_was_given(upstream):
    peer = PEERS["lemonade"]
    upstream.script(peer.edits, peer.pictures(png()))
    webp = InputImage(images.picture("WEBP"), "image/webp", "boat.webp")
    result = await draw(upstream, wish("lemonade", images=(webp,)), peer)
    files = [part for part in upstream.requests[0].parts if part.filename]
    assert files[0].content_type == "image/png"
    assert "PNG" in result.sent["images"][0]["changes"][0]


async def test_recrafts_vectors_are_refused_before_they_are_paid(upstream):
    request = wish("recraft", model="recraftv4_vector")
    error = await fail(upstream, request, PEERS["recraft"])
    assert (error.kind, error.param) == (ErrorKind.INVALID, "model")
    assert upstream.requests == []


async def test_a_relative_address_of_sglang_is_fetched_from_its_own_host(upstream):
    peer, path = PEERS["sglang"], "/v1/images/abc/content"
    upstream.script(peer.edits, images.picture_urls(path))
    upstream.script(path, answers.raw(png(), "image/png"))
    result = await draw(upstream, wish("sglang", images=(PICTURE,)), peer)
    assert result.images[0].data == png()


async def test_what_a_server_says_beside_a_bare_error_is_told_too(upstream):
    peer = PEERS["sd-server"]
    body = {"error": "server_error", "message": "out of memory"}
    upstream.script(peer.generations, answers.json(body, status=500))
    error = await fail(upstream, wish("sd-server"), peer)
    assert "server_error: out of memory" in error.admin_text


# Prompts.


async def test_sd_server_is_given_no_orders_within_a_prompt(upstream):
    peer = PEERS["sd-server"]
    upstream.script(peer.generations, peer.pictures(png()))
    tag = '<sd_cpp_extra_args>{"width": 9999}</sd_cpp_extra_args>'
    result = await draw(upstream, wish("sd-server", prompt=f"A boat {tag}"), peer)
    assert upstream.requests[0].json["prompt"] == "A boat"
    assert result.sent["prompt"] == "A boat"
    assert "sd_cpp_extra_args" in result.sent["prompt_changes"][0]


async def test_a_prompt_of_nothing_but_orders_is_refused(upstream):
    prompt = "<sd_cpp_extra_args>{}</sd_cpp_extra_args>"
    error = await fail(upstream, wish("sd-server", prompt=prompt), PEERS["sd-server"])
    assert (error.kind, error.param) == (ErrorKind.INVALID, "prompt")
    assert upstream.requests == []


async def test_localai_is_not_given_a_bar_that_would_split_the_prompt(upstream):
    upstream.script(LOCALAI.generations, LOCALAI.pictures(png()))
    result = await draw(upstream, wish("localai", prompt="cat|dog|bird"), LOCALAI)
    assert upstream.requests[0].json["prompt"] == "cat/dog/bird"
    assert "|" in result.sent["prompt_changes"][0]


async def test_localai_reads_what_to_avoid_behind_a_bar(upstream):
    upstream.script(LOCALAI.generations, LOCALAI.pictures(png()))
    options = {"negative_prompt": "rain|fog"}
    result = await draw(upstream, wish("localai", options=options), LOCALAI)
    assert upstream.requests[0].json["prompt"] == "A boat|rain/fog"
    assert "prompt_changes" not in result.sent


# xAI.


@proves("xai", "moderated")
async def test_xais_silent_refusal_is_moderated_and_may_have_cost(upstream):
    empty = images.document({"url": "", "respect_moderation": False}, usage=None)
    upstream.script(XAI.generations, empty)
    error = await fail(upstream, wish("xai"), XAI)
    assert (error.kind, error.may_have_cost) == (ErrorKind.MODERATED, True)
    assert not error.retry_safe


async def test_one_of_two_pictures_that_xai_holds_back_is_told(upstream):
    good = {"b64_json": images.base64_text(png()), "respect_moderation": True}
    held = {"respect_moderation": False}
    upstream.script(XAI.generations, images.document(good, held, usage=None))
    result = await draw(upstream, wish("xai", n=2), XAI)
    assert len(result.images) == 1
    assert len(result.received["missing"]) == 1


async def test_xai_tells_what_the_call_has_cost(upstream):
    usage = {"cost_in_usd_ticks": 400_000_000}
    upstream.script(XAI.generations, XAI.pictures(png(), usage=usage))
    result = await draw(upstream, wish("xai"), XAI)
    assert result.cost == Decimal("0.04")
    assert result.usage == usage


async def test_xai_is_sent_one_picture_alone_and_several_as_a_list(upstream):
    upstream.script(XAI.edits, XAI.pictures(png()), XAI.pictures(png()))
    await draw(upstream, wish("xai", images=(PICTURE,)), XAI)
    await draw(upstream, wish("xai", images=(PICTURE, PICTURE)), XAI)
    one, two = (request.json for request in upstream.requests)
    assert one["image"]["url"].startswith("data:image/png;base64,")
    assert len(two["images"]) == 2


# Azure.


async def test_azures_key_goes_into_its_own_header_and_the_deployment_into_the_path(
    upstream,
):
    upstream.script(AZURE.generations, AZURE.pictures(png()))
    await draw(upstream, wish("azure"), AZURE)
    request = upstream.requests[0]
    assert request.path == "/azure/openai/deployments/painter/images/generations"
    assert request.query == "api-version=2025-04-01-preview"
    assert request.headers["api-key"] == upstream.key
    assert "model" not in request.json


async def test_on_azures_v1_the_body_names_the_deployment(upstream):
    upstream.script(AZURE_V1.generations, AZURE_V1.pictures(png()))
    await draw(upstream, wish("azure"), AZURE_V1)
    assert upstream.requests[0].json["model"] == "painter"
    assert upstream.requests[0].query == ""


def test_a_connection_may_name_its_deployment_and_another_api_version():
    base_url = "https://r.openai.azure.com/openai/deployments/one"
    target = find_target(base_url, wish("azure"), DIALECTS["azure"], "2026-01-01")
    assert target.base_url + target.path == f"{base_url}/images/generations"
    assert target.query == {"api-version": "2026-01-01"}
    assert not target.sends_model


@proves("azure", "moderated")
async def test_azures_filter_is_found_where_azure_hides_it(upstream):
    body = {
        "error": {
            "code": "contentFilter",
            "message": "Your task failed as a result of our safety system.",
            "inner_error": {
                "code": "ResponsibleAIPolicyViolation",
                "content_filter_results": {"violence": {"filtered": True}},
            },
        }
    }
    upstream.script(AZURE.generations, answers.json(body, status=400))
    error = await fail(upstream, wish("azure"), AZURE)
    assert (error.kind, error.may_have_cost) == (ErrorKind.MODERATED, False)
    assert len(upstream.requests) == 1
