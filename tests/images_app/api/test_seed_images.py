"""The seed platform's calls for pictures."""

from __future__ import annotations

import io

import pytest
from asgiref.sync import sync_to_async
from django.test import TestCase
from PIL import Image

from images_app.models import Generation
from playground.organizations.models import Membership
from tests.images_app.calling import SMALL, CallTests
from tests.images_app.making import add_connection
from tests.people import client_of, make_people
from tests.upstream import chat, clipdrop, images
from tests.upstream.images import png

GENERATE = "/images/generate"
AS_JSON = {"Accept": "application/json"}


class GenerateTests(CallTests):
    async def draw(self, headers=None, **body):
        return await self.post(
            GENERATE, {"prompt": "A sea", "size": SMALL, **body}, **(headers or {})
        )

    def refused(self, response, status, code, field=None):
        body = response.json()
        assert body["success"] is False
        error = body["error"]
        assert (response.status_code, error["code"]) == (status, code), error
        assert error.get("details", {}).get("field") == field
        return error["message"]

    async def test_the_answer_is_the_pictures_bytes(self):
        response = await self.draw(
            provider="offline", organization_id=self.organization.public_id
        )
        assert response["Content-Type"] == "image/png"
        assert response["X-Provider"] == "offline"
        assert Image.open(io.BytesIO(response.content)).size == (256, 256)

    async def test_accept_asks_for_json(self):
        response = await self.draw(AS_JSON, n=2)
        body = response.json()
        assert (body["model"], body["provider"]) == ("offline-painter", "offline")
        assert len(body["data"]) == 2
        for item in body["data"]:
            assert set(item) == {"url", "revised_prompt", "seed"}
            assert isinstance(item["seed"], int)
            path = item["url"].removeprefix("http://testserver")
            assert (await self.async_client.get(path)).status_code == 200

    async def test_a_provider_is_told_as_it_was_asked_for(self):
        response = await self.draw(AS_JSON, provider="offline")
        assert response["X-Provider"] == "offline"
        await self.organization.connections.aupdate(name="painter")
        response = await self.draw(AS_JSON, provider="offline")
        assert (response["X-Provider"], response.json()["provider"]) == (
            "offline",
            "offline",
        )

    async def test_a_size_that_is_nowhere_near_is_refused(self):
        response = await self.draw(size="5x5")
        message = self.refused(response, 422, "VALIDATION_ERROR", "size")
        assert "nearest 256x256" in message

    async def test_options_of_other_providers_are_met_as_near_as_it_goes(self):
        response = await self.draw(
            AS_JSON, size=None, aspect_ratio="2:1", image_size="1K", quality="hd"
        )
        assert response.status_code == 200, response.content
        made = await self.only_generation()
        assert made.plan["request_fields"]["size"] == "1024x512"
        assert response["x-easel-adjusted"] == "quality"

    async def test_what_cannot_be_made_is_refused_in_its_own_envelope(self):
        org = self.people.other_organization.public_id
        invalid, denied = "VALIDATION_ERROR", "ORGANIZATION_ACCESS_DENIED"
        cases = [
            ({"prompt": ""}, 422, invalid, "prompt"),
            ({"provider": "google"}, 422, invalid, "provider"),
            ({"size": "banana"}, 422, invalid, "size"),
            ({"style": "banana"}, 422, invalid, "style"),
            ({"quality": "banana"}, 422, invalid, "quality"),
            ({"image_size": "8K"}, 422, invalid, "image_size"),
            (
                {"size": None, "image_size": "1K", "aspect_ratio": "wide"},
                422,
                invalid,
                "aspect_ratio",
            ),
            ({"n": 2}, 422, invalid, "n"),
            ({"foo": 1}, 422, invalid, "foo"),
            ({"organization_id": org}, 403, denied, "organization_id"),
            ({"organization_id": "org_none"}, 403, denied, "organization_id"),
        ]
        for body, status, code, field in cases:
            with self.subTest(body=body):
                self.refused(await self.draw(**body), status, code, field)
        assert not await Generation.objects.aexists()

    async def test_without_a_key_it_is_401(self):
        self.headers = {}
        response = await self.draw()
        self.refused(response, 401, "AUTHENTICATION_REQUIRED")

    async def test_a_key_needs_the_scope_for_pictures(self):
        self.headers = await sync_to_async(self.key_headers)("read")
        self.refused(await self.draw(), 403, "INSUFFICIENT_PERMISSIONS")

    async def test_a_role_counts_in_the_organization_that_is_named(self):
        other = self.people.other_organization
        await sync_to_async(add_connection)(other, is_default_image=True)
        await Membership.objects.acreate(
            organization=other, user=self.people.alice, role="viewer"
        )
        await self.async_client.aforce_login(self.people.alice)
        self.headers = {}
        denied = await self.draw(organization_id=other.public_id)
        self.refused(denied, 403, "INSUFFICIENT_PERMISSIONS")
        unclear = await self.draw()
        self.refused(unclear, 403, "AMBIGUOUS_ORGANIZATION", "organization_id")
        own = await self.draw(organization_id=self.organization.public_id)
        assert own.status_code == 200
        assert (await self.only_generation()).organization_id == self.organization.pk


class UpstreamTests(CallTests):
    @pytest.fixture(autouse=True)
    def _take_upstream(self, upstream):
        self.upstream = upstream

    async def test_the_providers_request_id_is_passed_on(self):
        await sync_to_async(self.serve_by)(self.upstream)
        answer = images.pictures(png(), headers={"x-request-id": "req-7"})
        self.upstream.script(images.GENERATIONS, answer)
        body = {"prompt": "A sea", "quality": "standard", "provider": "openai"}
        response = await self.post(GENERATE, body)
        assert response.content == png()
        assert response["X-Provider-Request-Id"] == "req-7"
        assert self.upstream.ledger[0].json["quality"] == "medium"

    async def test_credits_are_told_where_the_provider_counts_them(self):
        connection = await sync_to_async(add_connection)(
            self.organization, "clip", "clipdrop", base_url=self.upstream.url
        )
        connection.set_api_key(self.upstream.key)
        await sync_to_async(connection.save)()
        self.upstream.script(clipdrop.PATH, clipdrop.picture(png(16, 16)))
        body = {"prompt": "A sea", "provider": "clipdrop"}
        response = await self.post(GENERATE, body)
        assert response.content == png(16, 16)
        assert response["X-Provider"] == "clipdrop"
        assert response["X-Provider-Credits-Consumed"] == "1"

    async def test_a_provider_that_fails_is_told_in_the_envelope(self):
        await sync_to_async(self.serve_by)(self.upstream)
        self.upstream.script(images.GENERATIONS, chat.error(500, "It broke."))
        response = await self.post(GENERATE, {"prompt": "A sea"})
        error = response.json()["error"]
        assert (response.status_code, error["type"]) == (502, "server_error")


class ModelsTests(TestCase):
    def setUp(self):
        self.people = make_people()
        organization = self.people.organization
        add_connection(organization, is_default_image=True)
        add_connection(organization, "clip", "clipdrop")
        self.client = client_of(self.people.bob)

    def models(self, **query):
        response = self.client.get("/v1/images/models", query)
        assert response.status_code == 200, response.content
        return response.json()["models"]

    def test_each_model_says_what_it_can_do(self):
        models = {model["id"]: model for model in self.models()}
        painter = models["offline-painter"]
        clipdrop_model = models["clipdrop-text-to-image"]
        assert painter["is_default"] is True
        assert "image_editing" in painter["capabilities"]
        assert {"1:1", "16:9"} <= set(painter["aspect_ratios"])
        assert painter["formats"] == ["png", "jpeg", "webp"]
        assert clipdrop_model["provider"] == "clip"
        assert clipdrop_model["sizes"] == ["1024x1024"]
        assert clipdrop_model["capabilities"] == ["text_to_image"]
        cleanup = models["clipdrop-cleanup"]
        assert cleanup["capabilities"] == ["image_editing", "image_masking"]

    def test_provider_and_capability_are_filters(self):
        found = self.models(provider="clipdrop")
        assert {model["provider"] for model in found} == {"clip"}
        names = [m["id"] for m in self.models(capability="text_to_image")]
        assert names == ["offline-painter", "clipdrop-text-to-image"]
        assert self.models(provider="nobody") == []

    def test_a_foreign_organization_is_denied(self):
        foreign = self.people.other_organization.public_id
        response = self.client.get("/v1/images/models", {"organization_id": foreign})
        assert response.status_code == 403
        code = response.json()["error"]["code"]
        assert code == "ORGANIZATION_ACCESS_DENIED"
