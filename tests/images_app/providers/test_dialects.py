"""What is the same for every dialect: one bill at most, and each failure told."""

from __future__ import annotations

import pytest

from images_app.catalog.load import get_image_model
from images_app.providers.base import ImageRequest
from images_app.providers.dialects import DIALECTS
from images_app.providers.registry import make_image_provider
from images_app.services.plan import ImageAsk, PlanError, plan
from playground.lib.errors import ErrorKind
from tests.images_app.providers.dialect_calls import (
    KINDS,
    MASK,
    OTHER,
    PICTURE,
    base_url,
    draw,
    fail,
    proving,
    wish,
)
from tests.upstream import answers, images
from tests.upstream.dialects import PEERS
from tests.upstream.images import png

EDITING = tuple(kind for kind in KINDS if PEERS[kind].edit_fields is not None)
MASKING = tuple(kind for kind in KINDS if PEERS[kind].mask)
COUNTING = tuple(kind for kind in KINDS if PEERS[kind].max_n > 1)
STREAMING = ("azure", "litellm")
JUDGING = ("azure", "litellm", "together", "deepinfra", "recraft")


def without(*kinds: str) -> tuple[str, ...]:
    return tuple(kind for kind in KINDS if kind not in kinds)


def test_every_dialect_but_openais_own_has_a_peer():
    assert set(DIALECTS) == {"openai", *KINDS}


@pytest.mark.parametrize("kind", proving("generate"))
async def test_a_picture_is_made_as_this_server_wants_to_be_asked(upstream, kind):
    peer = PEERS[kind]
    upstream.script(peer.generations, peer.pictures(png()))
    result = await draw(upstream, wish(kind, size="1024x1024"), peer)
    assert [image.data for image in result.images] == [png()]
    assert upstream.requests[0].path == peer.generations
    assert result.received["pictures"] == 1
    assert len(upstream.ledger) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_whatever_a_plan_for_this_kind_sends_its_server_takes(upstream, kind):
    """All that the catalog offers at once, in its defaults or its lowest values."""
    peer, name = PEERS[kind], wish(kind).model
    model = get_image_model(name, kind)
    own = {"negative_prompt": "rain", "steps": 4, "guidance_scale": 2, "style_id": "s1"}
    own = {key: value for key, value in own.items() if key in model.parameters}
    ask = ImageAsk(
        prompt="A boat",
        model=name,
        n=model.max_n,
        size="1024x1024",
        quality="low" if "quality" in model.parameters else None,
        seed=7 if "seed" in model.parameters else None,
        style="realistic_image" if "style" in model.parameters else None,
        output_format="png" if "output_format" in model.parameters else None,
        options=own,
    )
    made = plan(ask, model, strict=True)
    upstream.script(peer.generations, peer.pictures(png()))
    await draw(upstream, ImageRequest(**made.request_fields), peer)
    assert len(upstream.ledger) == 1


@pytest.mark.parametrize("kind", proving("edit", EDITING))
async def test_a_picture_is_changed(upstream, kind):
    peer = PEERS[kind]
    upstream.script(peer.edits, peer.pictures(png(colour="red")))
    result = await draw(upstream, wish(kind, images=(PICTURE,)), peer)
    assert result.images[0].data == png(colour="red")
    note = {"name": "boat.png", "mime": "image/png", "bytes": len(png())}
    assert result.sent["images"] == [note]
    assert upstream.requests[0].path == peer.edits


@pytest.mark.parametrize("kind", [k for k in EDITING if PEERS[k].max_pictures > 1])
async def test_two_pictures_are_sent_in_their_order(upstream, kind):
    peer = PEERS[kind]
    upstream.script(peer.edits, peer.pictures(png()))
    await draw(upstream, wish(kind, images=(PICTURE, OTHER)), peer)
    body = upstream.requests[0].body
    if peer.edits_as == "multipart":
        assert body.index(PICTURE.data) < body.index(OTHER.data)
    else:
        first, second = (images.base64_text(p.data).encode() for p in (PICTURE, OTHER))
        assert body.index(first) < body.index(second)


@pytest.mark.parametrize("kind", proving("edit", set(KINDS) - set(EDITING)))
async def test_a_server_without_edits_is_sent_none(upstream, kind):
    error = await fail(upstream, wish(kind, images=(PICTURE,)), PEERS[kind])
    assert (error.kind, error.param) == (ErrorKind.INVALID, "image")
    assert not error.may_have_cost
    assert upstream.requests == []


@pytest.mark.parametrize("kind", proving("mask", MASKING))
async def test_a_mask_is_sent_in_the_form_that_this_server_reads(upstream, kind):
    peer = PEERS[kind]
    upstream.script(peer.edits, peer.pictures(png()))
    result = await draw(upstream, wish(kind, images=(PICTURE,), mask=MASK), peer)
    assert ("changes" in result.sent["mask"]) == (peer.mask == "white")


@pytest.mark.parametrize("kind", proving("mask", set(KINDS) - set(MASKING)))
async def test_a_server_without_masks_is_sent_none(upstream, kind):
    request = wish(kind, images=(PICTURE,), mask=MASK)
    error = await fail(upstream, request, PEERS[kind])
    assert error.param in {"mask", "image"}
    assert upstream.requests == []


@pytest.mark.parametrize("kind", proving("n", COUNTING))
async def test_several_pictures_come_from_one_call(upstream, kind):
    peer = PEERS[kind]
    upstream.script(peer.generations, peer.pictures(png(), png(colour="red")))
    result = await draw(upstream, wish(kind, n=2), peer)
    assert len(result.images) == 2
    assert upstream.requests[0].json["n"] == 2


@pytest.mark.parametrize("kind", proving("n"))
def test_more_pictures_than_one_call_makes_are_refused_before_it(kind):
    model = get_image_model(wish(kind).model, kind)
    ask = ImageAsk(prompt="A boat", model=model.id, n=PEERS[kind].max_n + 1)
    with pytest.raises(PlanError) as caught:
        plan(ask, model)
    assert (caught.value.parameter, caught.value.nearest) == ("n", PEERS[kind].max_n)


@pytest.mark.parametrize("kind", proving("partials", STREAMING))
async def test_previews_arrive_where_the_server_streams(upstream, kind):
    peer, seen = PEERS[kind], []
    stream = images.stream(images.preview(png()), images.completed(png()))
    upstream.script(peer.generations, stream)
    provider = make_image_provider(
        kind, base_url=base_url(upstream, peer), api_key=upstream.key
    )

    async def on_partial(number: int, data: bytes) -> None:
        seen.append((number, data))

    await provider.generate(wish(kind, partial_images=1), on_partial=on_partial)
    await provider.aclose()
    assert seen == [(0, png())]


@pytest.mark.parametrize("kind", proving("partials", without(*STREAMING)))
async def test_a_server_that_does_not_stream_is_not_asked_to(upstream, kind):
    model = get_image_model(wish(kind).model, kind)
    made = plan(ImageAsk(prompt="A boat", model=model.id, partial_images=2), model)
    assert made.request_fields["partial_images"] == 0
    assert [a.parameter for a in made.adjustments] == ["partial_images"]
    error = await fail(upstream, wish(kind, partial_images=1), PEERS[kind])
    assert error.param == "stream"
    assert upstream.requests == []


@pytest.mark.parametrize("kind", proving("moderated", JUDGING))
async def test_refused_content_is_moderated_and_costs_nothing(upstream, kind):
    peer = PEERS[kind]
    body = {"error": {"message": "Refused", "code": "content_policy_violation"}}
    upstream.script(peer.generations, answers.json(body, status=400))
    error = await fail(upstream, wish(kind), peer)
    assert (error.kind, error.may_have_cost) == (ErrorKind.MODERATED, False)


@pytest.mark.parametrize("kind", proving("rate limit"))
@pytest.mark.parametrize(("headers", "wait"), [({"Retry-After": "7"}, 7.0), ({}, None)])
async def test_too_many_requests_can_be_sent_again_later(upstream, kind, headers, wait):
    peer = PEERS[kind]
    answer = peer.refuse(429, "Too many requests", headers=headers)
    upstream.script(peer.generations, answer)
    error = await fail(upstream, wish(kind), peer)
    assert (error.kind, error.retry_safe) == (ErrorKind.RATE, True)
    assert (error.retry_after, error.may_have_cost) == (wait, False)
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("kind", proving("quota"))
async def test_an_empty_account_is_no_rate_limit(upstream, kind):
    peer = PEERS[kind]
    upstream.script(peer.generations, peer.refuse(402, "No credit left"))
    error = await fail(upstream, wish(kind), peer)
    assert (error.kind, error.retry_safe) == (ErrorKind.QUOTA, False)
    assert not error.may_have_cost


@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_server_says_of_a_refusal_is_kept(upstream, kind):
    peer = PEERS[kind]
    upstream.script(peer.generations, peer.refuse(400, "steps must be below 100"))
    error = await fail(upstream, wish(kind), peer)
    assert (error.kind, error.said) == (ErrorKind.INVALID, "steps must be below 100")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_refused_key_is_told_to_the_admin_and_shown_to_nobody(upstream, kind):
    peer = PEERS[kind]
    upstream.script(peer.generations, peer.refuse(401, f"Wrong key {upstream.key}"))
    error = await fail(upstream, wish(kind), peer)
    assert error.kind is ErrorKind.CONFIGURATION
    assert upstream.key not in error.admin_text + error.text + error.said


@pytest.mark.parametrize("kind", KINDS)
async def test_a_redirect_is_not_followed(upstream, kind):
    peer = PEERS[kind]
    upstream.script(peer.generations, answers.redirect(f"{upstream.url}/elsewhere"))
    error = await fail(upstream, wish(kind), peer)
    assert error.kind is ErrorKind.CONFIGURATION
    assert [request.path for request in upstream.requests] == [peer.generations]


@pytest.mark.parametrize("kind", proving("timeout"))
async def test_silence_after_the_body_may_have_cost(upstream, kind):
    upstream.script(PEERS[kind].generations, answers.hang(upstream.gate()))
    error = await fail(upstream, wish(kind), PEERS[kind], read_timeout=0.05)
    assert (error.kind, error.may_have_cost) == (ErrorKind.TIMEOUT, True)
    assert not error.retry_safe
    assert len(upstream.ledger) == 1


@pytest.mark.parametrize("kind", proving("cut after send"))
@pytest.mark.parametrize("answer", [answers.hang_up(), answers.reset()])
async def test_a_connection_cut_after_the_body_is_one_bill(upstream, kind, answer):
    upstream.script(PEERS[kind].generations, answer)
    error = await fail(upstream, wish(kind), PEERS[kind])
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert not error.retry_safe
    assert len(upstream.ledger) == len(upstream.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_no_picture_is_told_as_none(upstream, kind):
    peer = PEERS[kind]
    upstream.script(peer.generations, peer.pictures(b"<html>sorry</html>"))
    error = await fail(upstream, wish(kind), peer)
    assert (error.kind, error.may_have_cost) == (ErrorKind.UPSTREAM, True)
    assert "no picture" in error.text


@pytest.mark.parametrize("kind", KINDS)
async def test_the_key_and_the_bytes_are_not_among_what_is_kept(upstream, kind):
    peer = PEERS[kind]
    path = peer.edits if kind in EDITING else peer.generations
    pictures = (PICTURE,) if kind in EDITING else ()
    upstream.script(path, peer.pictures(png()))
    result = await draw(upstream, wish(kind, images=pictures), peer)
    kept = repr(result.sent) + repr(result.received)
    assert upstream.key not in kept
    assert images.base64_text(png())[:40] not in kept


@pytest.mark.parametrize("kind", without("azure", "litellm"))
async def test_an_option_that_this_server_lacks_is_refused_not_lost(upstream, kind):
    error = await fail(upstream, wish(kind, moderation="low"), PEERS[kind])
    assert (error.kind, error.param) == (ErrorKind.INVALID, "moderation")
    assert "moderation" in error.text
    assert upstream.requests == []
