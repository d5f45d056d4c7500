"""The Images API before a provider on real sockets: what is sent, paid, and told."""

from __future__ import annotations

import asyncio
import base64
import io

import pytest
from asgiref.sync import sync_to_async
from PIL import Image

from images_app.models import File, Generation
from images_app.services.outcome import PREVIEW_LIFETIME, sweep_files
from playground.lib.clock import now
from tests.images_app.calling import CallTests, events_of, read_events, upload
from tests.upstream import answers, chat, images
from tests.upstream.images import png

GENERATIONS, EDITS = "/images/generations", "/images/edits"
UP_GENERATIONS, UP_EDITS = images.GENERATIONS, images.EDITS
RETRY = {"X-Stainless-Retry-Count": "1"}


class UpstreamTests(CallTests):
    @pytest.fixture(autouse=True)
    def _take_upstream(self, upstream):
        self.upstream = upstream

    def setUp(self) -> None:
        super().setUp()
        self.serve_by(self.upstream)

    async def draw(self, headers=None, **body):
        return await self.post(
            GENERATIONS, {"prompt": "A sea", **body}, **(headers or {})
        )

    @property
    def sent(self):
        """The only body that the provider was sent."""
        (request,) = self.upstream.ledger
        return request.json


class AnswerTests(UpstreamTests):
    async def test_usage_and_what_the_provider_said_of_its_picture_is_passed_on(self):
        answer = images.pictures(
            png(), quality="low", background="opaque", revised_prompt="A calm sea"
        )
        self.upstream.script(UP_GENERATIONS, answer)
        response = await self.draw(model="gpt-image-2", quality="low")
        body = response.json()
        assert body["usage"] == images.USAGE
        assert (body["quality"], body["background"]) == ("low", "opaque")
        assert body["size"] == "8x8"
        assert body["data"][0]["revised_prompt"] == "A calm sea"
        assert base64.b64decode(body["data"][0]["b64_json"]) == png()
        assert response["x-easel-model"] == "main/gpt-image-2"
        assert self.sent == {
            "model": "gpt-image-2",
            "prompt": "A sea",
            "n": 1,
            "quality": "low",
        }

    async def test_a_known_model_gets_exactly_what_was_asked_or_nothing(self):
        cases = [
            ({"size": "1000x1000"}, "size"),
            ({"quality": "hd"}, "quality"),
            ({"style": "vivid"}, "style"),
            ({"background": "transparent", "output_format": "jpeg"}, "output_format"),
            ({"output_compression": 50}, "output_compression"),
            ({"response_format": "url"}, "response_format"),
            ({"n": 1, "seed": 4}, "seed"),
        ]
        for body, param in cases:
            with self.subTest(body=body):
                response = await self.draw(model="gpt-image-2", **body)
                message = self.assert_refused(response, 400, param)
                assert "left out" not in message
        assert not self.upstream.requests

    async def test_an_unknown_models_server_says_what_it_thinks_of_it(self):
        refusal = chat.error(
            404, "The model 'nix' does not exist.", code="model_not_found"
        )
        for stream in (False, True):
            with self.subTest(stream=stream):
                self.upstream.script(UP_GENERATIONS, refusal)
                response = await self.draw(model="nix", stream=stream)
                self.assert_refused(response, 404, None, "model_not_found")

    async def test_a_refused_parameter_keeps_its_name(self):
        refusal = chat.error(400, "No such quality.", param="quality", code="bad")
        self.upstream.script(UP_GENERATIONS, refusal)
        response = await self.draw(model="house-style", quality="ultra")
        self.assert_refused(response, 400, "quality", "bad")

    async def test_a_moderated_prompt_is_told_in_the_known_words(self):
        refusal = chat.error(400, "Refused.", code="moderation_blocked")
        self.upstream.script(UP_GENERATIONS, refusal)
        response = await self.draw()
        error = response.json()["error"]
        assert (response.status_code, error["code"], error["type"]) == (
            400,
            "moderation_blocked",
            "image_generation_user_error",
        )
        assert error["message"] == "Refused."

    async def test_a_refusal_is_told_in_the_providers_words_and_replayed_so(self):
        details = {"moderation_stage": "input", "categories": ["violence"]}
        refusal = answers.json(
            {
                "error": {
                    "message": f"No. Your key is {self.upstream.key}.",
                    "type": "image_generation_user_error",
                    "code": "moderation_blocked",
                    "param": None,
                    "moderation_details": details,
                }
            },
            status=400,
        )
        self.upstream.script(UP_GENERATIONS, refusal)
        named = {"Idempotency-Key": "refused"}
        first = await self.draw(headers=named)
        error = first.json()["error"]
        assert error["message"].startswith("No. Your key is [removed]")
        assert error["moderation_details"] == details
        assert (await self.draw(headers=named)).content == first.content
        assert len(self.upstream.ledger) == 1

    async def test_who_it_is_made_for_is_passed_on(self):
        self.upstream.script(UP_GENERATIONS, images.pictures(png()))
        await self.draw(user="user-1", safety_identifier="safe-1")
        assert (self.sent["user"], self.sent["safety_identifier"]) == (
            "user-1",
            "safe-1",
        )

    async def test_an_edit_passes_fidelity_pictures_in_order_and_numbers_on(self):
        self.upstream.script(UP_EDITS, images.pictures(png()))
        response = await self.post_form(
            EDITS,
            {
                "image[]": [upload("one.png"), upload("two.png", width=9)],
                "prompt": "Both",
                "output_format": "webp",
                "output_compression": "70",
            },
        )
        assert response.status_code == 200, response.content
        parts = self.upstream.requests[0].parts
        names = [part.filename for part in parts if part.filename]
        assert names == ["one.png", "two.png"]
        texts = {part.name: part.text for part in parts if not part.filename}
        assert texts["output_compression"] == "70"

    async def test_fidelity_is_for_models_that_have_it(self):
        fields = {"image": upload(), "prompt": "Both", "input_fidelity": "high"}
        response = await self.post_form(EDITS, {**fields, "model": "gpt-image-2"})
        self.assert_refused(response, 400, "input_fidelity")


class StreamTests(UpstreamTests):
    async def test_previews_and_the_picture_arrive_as_events(self):
        first, second = self.upstream.gate(), self.upstream.gate()
        self.upstream.script(
            UP_GENERATIONS,
            images.stream(
                images.preview(png(4, 4)),
                first,
                images.preview(png(6, 6), 1),
                second,
                images.completed(png()),
            ),
        )
        response = await self.draw(stream=True, partial_images=2, size="1024x1024")
        events = await events_of(response, first, second)
        assert [name for name, _ in events] == [
            "image_generation.partial_image",
            "image_generation.partial_image",
            "image_generation.completed",
        ]
        assert {e["background"] for _, e in events} == {"opaque"}
        assert [e["partial_image_index"] for _, e in events[:2]] == [0, 1]
        assert [e["size"] for _, e in events] == ["4x4", "6x6", "8x8"]
        assert [base64.b64decode(e["b64_json"]) for _, e in events] == [
            png(4, 4),
            png(6, 6),
            png(),
        ]
        assert events[-1][1]["usage"] == images.USAGE
        assert response["x-easel-model"] == "main/gpt-image-2"

    async def test_a_failure_after_the_first_event_is_an_event(self):
        broken = {"error": {"message": "It broke.", "type": "server_error"}}
        gate = self.upstream.gate()
        self.upstream.script(
            UP_GENERATIONS,
            images.stream(images.preview(png()), gate, images.raw_event(broken)),
        )
        response = await self.draw(stream=True, partial_images=1)
        events = await events_of(response, gate)
        assert [name for name, _ in events] == [
            "image_generation.partial_image",
            "error",
        ]
        assert set(events[-1][1]["error"]) >= {"message", "type", "param", "code"}

    async def test_a_stream_that_is_refused_has_its_status(self):
        self.upstream.script(
            UP_GENERATIONS, chat.error(429, "Slow down.", headers={"retry-after": "7"})
        )
        response = await self.draw(stream=True, partial_images=1)
        assert (response.status_code, response["retry-after"]) == (429, "7")

    async def test_a_reader_that_comes_back_gets_the_picture_without_a_second_bill(
        self,
    ):
        gate = self.upstream.gate()
        self.upstream.script(
            UP_GENERATIONS,
            images.stream(images.preview(png()), gate, images.completed(png())),
        )
        body = {"stream": True, "partial_images": 1}
        first = await events_of(await self.draw(**body), gate)
        again = await events_of(await self.draw(headers=RETRY, **body))
        assert again == first
        assert [name.rpartition(".")[2] for name, _ in first] == [
            "partial_image",
            "completed",
        ]
        assert len(self.upstream.ledger) == 1

    async def test_a_reader_that_comes_later_gets_the_picture_alone(self):
        gate = self.upstream.gate()
        self.upstream.script(
            UP_GENERATIONS,
            images.stream(images.preview(png()), gate, images.completed(png())),
        )
        body = {"stream": True, "partial_images": 1}
        first = await events_of(await self.draw(**body), gate)
        previews = File.objects.filter(purpose=File.Purpose.PARTIAL)
        await previews.aupdate(created_at=now() - PREVIEW_LIFETIME * 2)
        await sync_to_async(sweep_files)()
        again = await self.draw(headers=RETRY, **body)
        chunks = [chunk async for chunk in again.streaming_content if chunk]
        assert read_events(b"".join(chunks)) == first[-1:]

    async def test_the_tokens_of_several_pictures_are_shared_among_their_events(self):
        self.upstream.script(UP_GENERATIONS, images.pictures(png(), png(9), png(10)))
        response = await self.draw(model="gpt-image-2", n=3, stream=True)
        events = await events_of(response)
        shares = [value["usage"] for _, value in events]
        assert all(share["total_tokens"] > 0 for share in shares)
        for name in ("input_tokens", "output_tokens", "total_tokens"):
            assert sum(share[name] for share in shares) == images.USAGE[name]


class MoneyTests(UpstreamTests):
    async def test_two_tries_at_once_wait_for_one_paid_picture(self):
        gate = self.upstream.gate()
        self.upstream.script(UP_GENERATIONS, answers.hang(gate, images.pictures(png())))
        first = asyncio.create_task(self.draw())
        await gate.reached()
        second = asyncio.create_task(self.draw(headers=RETRY))
        gate.open()
        assert (await first).content == (await second).content
        assert len(self.upstream.ledger) == 1

    async def test_a_lost_answer_is_told_as_such_and_never_asked_for_again(self):
        self.upstream.script(UP_GENERATIONS, answers.hang_up())
        lost = await self.draw()
        assert lost["x-should-retry"] == "false"
        self.assert_refused(lost, 502, None, "outcome_unknown")
        again = await self.draw(headers=RETRY)
        self.assert_refused(again, 502, None, "outcome_unknown")
        assert len(self.upstream.ledger) == 1

    async def test_what_was_refused_for_free_is_tried_anew(self):
        self.upstream.script(
            UP_GENERATIONS,
            chat.error(429, "Slow down."),
            images.pictures(png()),
        )
        assert (await self.draw()).status_code == 429
        assert (await self.draw(headers=RETRY)).status_code == 200


class RetiredTests(UpstreamTests):
    async def test_dall_e_3_is_served_by_the_default_model_as_near_as_it_goes(self):
        self.upstream.script(UP_GENERATIONS, images.pictures(png()))
        response = await self.draw(
            model="dall-e-3", size="1792x1024", quality="hd", style="vivid"
        )
        assert set(response.json()) == {"created", "data"}
        assert "/signed/" in response.json()["data"][0]["url"]
        assert response["x-easel-model"] == "main/gpt-image-2"
        assert response["x-easel-adjusted"] == "model, quality, style"
        assert self.sent == {
            "model": "gpt-image-2",
            "prompt": "A sea",
            "n": 1,
            "size": "1792x1024",
            "quality": "high",
        }
        made = await self.only_generation()
        assert made.plan["adjustments"][0]["sent"] == "main/gpt-image-2"

    async def test_dall_e_2_takes_the_words_of_a_tool_for_both(self):
        """One tool with the defaults of both was what clients of the time sent."""
        self.upstream.script(UP_GENERATIONS, images.pictures(png()))
        response = await self.draw(
            model="dall-e-2", quality="hd", style="vivid", n=1, response_format="url"
        )
        assert response.status_code == 200, response.content
        assert response["x-easel-adjusted"] == "model, quality, style"
        assert self.sent == {
            "model": "gpt-image-2",
            "prompt": "A sea",
            "n": 1,
            "size": "1024x1024",
            "quality": "medium",
        }
        made = await self.only_generation()
        told = [
            (entry["parameter"], entry["asked"], entry["sent"])
            for entry in made.plan["adjustments"]
        ]
        assert told == [
            ("model", "dall-e-2", "main/gpt-image-2"),
            ("quality", "hd", "standard"),
            ("style", "vivid", None),
            ("quality", "standard", "medium"),
        ]

    async def test_a_small_picture_is_made_larger_and_scaled_down(self):
        self.upstream.script(UP_GENERATIONS, images.pictures(png(816, 816)))
        response = await self.draw(
            model="dall-e-2", size="256x256", response_format="b64_json"
        )
        data = base64.b64decode(response.json()["data"][0]["b64_json"])
        assert Image.open(io.BytesIO(data)).size == (256, 256)
        assert self.sent["size"] == "816x816"
        made = await self.only_generation()
        reasons = [entry["reason"] for entry in made.plan["adjustments"]]
        assert any("scaled down" in reason for reason in reasons)

    async def test_a_moderated_prompt_has_the_code_of_its_time(self):
        refusal = chat.error(400, "Not that.", code="moderation_blocked")
        self.upstream.script(UP_GENERATIONS, refusal)
        error = (await self.draw(model="dall-e-3")).json()["error"]
        assert (error["code"], error["type"], error["message"]) == (
            "content_policy_violation",
            "invalid_request_error",
            "Not that.",
        )

    async def test_without_a_model_old_words_mean_the_default_of_their_time(self):
        cases = [
            ({"size": "512x512"}, "dall-e-2"),
            ({"quality": "standard"}, "dall-e-2"),
            ({"quality": "hd"}, "dall-e-3"),
            ({"style": "vivid", "size": "1792x1024"}, "dall-e-3"),
            ({"style": "vivid", "quality": "standard"}, "dall-e-3"),
            ({"style": "vivid", "size": "512x512"}, "dall-e-2"),
        ]
        for body, old in cases:
            with self.subTest(body=body):
                self.upstream.script(UP_GENERATIONS, images.pictures(png(816, 816)))
                response = await self.draw(**body)
                assert set(response.json()) == {"created", "data"}, response.content
                assert "/signed/" in response.json()["data"][0]["url"]
                made = await Generation.objects.afirst()
                assert made.plan["adjustments"][0]["asked"] == old
        for body in ({"size": "512x512", "background": "opaque"}, {"size": "9x9"}):
            with self.subTest(body=body):
                self.assert_refused(await self.draw(**body), 400, "size")
        self.organization.serves_retired_models = False
        await self.organization.asave()
        self.assert_refused(await self.draw(size="512x512"), 400, "size")

    async def test_dall_e_2_changes_one_square_png(self):
        cases = [
            (upload(width=9, height=8), "square"),
            (upload(width=8, height=8, format="JPEG"), "PNG"),
        ]
        for image, word in cases:
            with self.subTest(word=word):
                fields = {"image": image, "prompt": "Rain", "model": "dall-e-2"}
                response = await self.post_form(EDITS, fields)
                assert word in self.assert_refused(response, 400, "image")
        assert not self.upstream.requests

    async def test_a_server_that_has_it_is_asked_for_it(self):
        await self.organization.connections.filter(name="main").aupdate(
            allowed_models=["dall-e-3", "gpt-image-2"]
        )
        for name in ("dall-e-3", "main/dall-e-3"):
            with self.subTest(name=name):
                self.upstream.script(UP_GENERATIONS, images.pictures(png()))
                response = await self.draw(model=name, style="vivid")
                assert response.status_code == 200, response.content
                assert "/signed/" in response.json()["data"][0]["url"]
                sent = self.upstream.requests[-1].json
                assert (sent["model"], sent["style"]) == ("dall-e-3", "vivid")

    async def test_a_server_whose_default_it_is_is_asked_for_it(self):
        await self.organization.connections.filter(name="main").aupdate(
            image_model="dall-e-3"
        )
        self.upstream.script(UP_GENERATIONS, images.pictures(png()))
        response = await self.draw()
        assert response.status_code == 200, response.content
        assert self.sent["model"] == "dall-e-3"

    async def test_its_own_rules_still_hold(self):
        cases = [
            ({"model": "dall-e-3", "n": 2}, "n"),
            ({"model": "dall-e-3", "size": "512x512"}, "size"),
            ({"model": "dall-e-2", "size": "1792x1024"}, "size"),
            ({"model": "dall-e-2", "style": "cubist"}, "style"),
            ({"model": "dall-e-2", "quality": "high"}, "quality"),
            ({"model": "dall-e-2", "prompt": "x" * 1001}, "prompt"),
            ({"model": "dall-e-3", "prompt": "x" * 4001}, "prompt"),
            ({"model": "dall-e-3", "quality": "low"}, "quality"),
            ({"model": "dall-e-3", "background": "opaque"}, "background"),
            ({"model": "dall-e-3", "stream": True}, "stream"),
        ]
        for body, param in cases:
            with self.subTest(body=body):
                self.assert_refused(await self.draw(**body), 400, param)
        assert not await Generation.objects.aexists()

    async def test_an_organization_can_refuse_them(self):
        self.organization.serves_retired_models = False
        await self.organization.asave()
        response = await self.draw(model="dall-e-3")
        message = self.assert_refused(response, 404, "model", "model_not_found")
        assert "gpt-image-2.5-sunburst" in message

    async def test_other_models_that_were_shut_down_name_their_successor(self):
        response = await self.draw(model="gpt-image-1")
        message = self.assert_refused(response, 400, "model", "model_not_found")
        assert "gpt-image-2.5-sunburst" in message


class NoConnectionTests(CallTests):
    async def test_without_a_default_connection_it_says_who_can_help(self):
        await sync_to_async(self.offline.delete)()
        response = await self.post(GENERATIONS, {"prompt": "A sea"})
        message = self.assert_refused(response, 400, "model")
        assert "admin" in message
