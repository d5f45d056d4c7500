from __future__ import annotations

import asyncio

from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, TestCase, TransactionTestCase
from django.urls import reverse

from images_app.models import Generation
from images_app.services import generate
from playground.organizations.models import Connection
from tests.images_app.making import (
    add_connection,
    add_picture,
    make_generation,
    picture,
)
from tests.people import client_of, make_member, make_people

HTMX = {"HX-Request": "true"}
CREATE = reverse("images:generation_create")


def url(name, generation):
    return reverse(f"images:{name}", args=[generation.public_id])


async def finished():
    """The newest generation, after the tasks that views have started."""
    await asyncio.gather(*generate._running.values())
    return await Generation.objects.order_by("-pk").afirst()


class CreateTests(TransactionTestCase):
    """With real transactions: the view starts a task in a context of its own."""

    def setUp(self):
        self.people = make_people()
        add_connection(self.people.organization, is_default_image=True)
        self.browser = AsyncClient()
        self.browser.force_login(self.people.bob)

    async def post(self, headers=HTMX, **data):
        values = {"model": "offline/offline-painter", "prompt": "A hill", **data}
        small = {"shape": "own", "width": "256", "height": "256"}
        return await self.browser.post(CREATE, {**small, **values}, headers=headers)

    async def test_the_card_comes_at_once_and_the_picture_after_it(self):
        answer = (await self.post(seed="3")).content.decode()
        assert 'data-state="queued"' in answer
        assert "<html" not in answer
        made = await finished()
        assert f'id="{made.public_id}"' in answer
        assert made.status == Generation.Status.COMPLETED
        assert made.asked["seed"] == 3
        assert made.created_by_id == self.people.bob.pk

    async def test_a_plain_form_leads_back_to_the_page(self):
        answer = await self.post(headers={})
        assert (answer.status_code, answer["Location"]) == (302, "/images/")
        assert (await finished()).status == Generation.Status.COMPLETED

    async def test_an_uploaded_picture_is_edited(self):
        upload = SimpleUploadedFile("coast.png", picture(256, 256))
        await self.post(images=upload, headers={})
        made = await finished()
        assert made.operation == "edit"
        assert await made.sources.acount() == 1
        assert made.status == Generation.Status.COMPLETED

    async def test_the_same_wish_again_is_a_new_generation(self):
        earlier = await sync_to_async(make_generation)(
            self.people.organization, status="failed", ask={"size": "256x256"}
        )
        answer = await self.browser.post(url("generation_retry", earlier), headers=HTMX)
        new = await finished()
        assert new.pk != earlier.pk
        assert new.public_id in answer.content.decode()
        assert new.status == Generation.Status.COMPLETED
        assert (await Generation.objects.aget(pk=earlier.pk)).status == "failed"

    async def test_what_was_not_sent_yet_can_be_stopped(self):
        made = await sync_to_async(make_generation)(self.people.organization)
        answer = await self.browser.post(url("generation_stop", made), headers=HTMX)
        made = await Generation.objects.aget()
        assert made.status == Generation.Status.CANCELLED
        assert "Stopped before a picture was there." in answer.content.decode()

    async def test_what_was_sent_goes_on(self):
        made = await sync_to_async(make_generation)(
            self.people.organization, status="sending"
        )
        await self.browser.post(url("generation_stop", made), headers=HTMX)
        assert (await Generation.objects.aget()).status == "sending"


class RefusedTests(TestCase):
    """What never becomes a generation."""

    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.organization = cls.people.organization
        add_connection(cls.organization, is_default_image=True)

    def setUp(self):
        self.client = client_of(self.people.bob)

    def post(self, headers=None, **data):
        values = {"model": "offline/offline-painter", "prompt": "A hill", **data}
        return self.client.post(CREATE, values, headers=headers or {})

    def test_an_empty_prompt_is_said_beside_the_field(self):
        answer = self.post(headers=HTMX, prompt="  ")
        assert answer["HX-Refused"] == "422"
        assert answer["HX-Retarget"] == "#plan"
        self.assertContains(answer, "The prompt is empty. Say what to draw.")
        self.assertContains(answer, 'role="alert"')
        assert not Generation.objects.exists()

    def test_nothing_typed_is_lost_on_a_plain_page(self):
        upload = SimpleUploadedFile("coast.png", picture())
        answer = self.post(n="19", seed="12", style_suffix="in oil", images=upload)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "A hill</textarea>" in text
        assert 'value="12"' in text
        assert 'value="in oil"' in text
        assert 'name="source"' in text
        assert "makes 1 to 10 pictures" in text

    def test_a_bad_upload_stops_the_request(self):
        answer = self.post(images=SimpleUploadedFile("a.txt", b"hello"))
        assert answer.status_code == 422
        self.assertContains(answer, "a.txt: This is not a picture", status_code=422)
        assert not Generation.objects.exists()

    def test_an_unknown_connection_is_said_and_never_replaced(self):
        answer = self.post(model="gone/gpt-image-2", headers=HTMX)
        assert answer["HX-Refused"] == "422"
        slot = answer.context["form"].slot("model")
        assert slot.error == "“offline” has no image model “gone/gpt-image-2”."
        assert not Generation.objects.exists()

    def test_a_retired_model_is_never_replaced_by_another(self):
        add_connection(self.organization, "main", "openai")
        answer = self.post(model="main/dall-e-3")
        self.assertContains(answer, "was shut down on 2026-05-12", status_code=422)
        assert not Generation.objects.exists()

    def test_a_viewer_cannot_spend(self):
        viewer = make_member(self.organization, "vera@example.com", "viewer")
        client = client_of(viewer)
        made = make_generation(self.organization, status="failed")
        for target in (
            CREATE,
            url("generation_retry", made),
            url("generation_stop", made),
        ):
            assert client.post(target).status_code == 403
        assert Generation.objects.count() == 1

    def test_a_stranger_reaches_nothing(self):
        made = make_generation(self.organization)
        client = client_of(self.people.mallory)
        assert client.get(url("generation_detail", made)).status_code == 404
        assert client.post(url("generation_retry", made)).status_code == 404
        assert client.post(url("generation_stop", made)).status_code == 404

    def test_a_retry_without_its_connection_says_why(self):
        made = make_generation(self.organization, status="failed")
        Connection.objects.all().delete()
        answer = self.client.post(url("generation_retry", made), headers=HTMX)
        assert answer["HX-Refused"] == "409"
        self.assertContains(answer, "It was not tried again.")
        page = self.client.post(url("generation_retry", made), follow=True)
        self.assertContains(page, "It was not tried again.")


class DetailTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.organization = cls.people.organization

    def setUp(self):
        self.client = client_of(self.people.bob)

    def detail(self, generation, client=None, **query):
        return (client or self.client).get(url("generation_detail", generation), query)

    def test_the_page_shows_what_was_sent_and_what_came_back(self):
        made = make_generation(
            self.organization,
            sent={"size": "1024x1024"},
            received={"created": 1763},
            usage={"output_tokens": 196},
        )
        add_picture(made)
        page = self.detail(made)
        self.assertContains(page, "&quot;size&quot;: &quot;1024x1024&quot;")
        self.assertContains(page, "&quot;created&quot;: 1763")
        self.assertContains(page, "&quot;output_tokens&quot;: 196")

    def test_only_admins_read_the_providers_own_words(self):
        made = make_generation(
            self.organization,
            status="failed",
            error_text="The key was refused.",
            error_admin_text="401 invalid_api_key",
        )
        self.assertNotContains(self.detail(made), "401 invalid_api_key")
        alice = client_of(self.people.alice)
        self.assertContains(self.detail(made, alice), "401 invalid_api_key")

    def test_nothing_new_is_answered_with_nothing(self):
        made = make_generation(self.organization)
        target = url("generation_detail", made)
        same = self.client.get(target, {"seen": "queued-0"}, headers=HTMX)
        assert same.status_code == 204
        add_picture(made)
        news = self.client.get(target, {"seen": "queued-0"}, headers=HTMX)
        assert news.status_code == 200
        self.assertNotContains(news, "<html")
        self.assertNotContains(news, "every 1s")
        self.assertContains(news, "Offline painter: 1 picture finished.")
