"""Generations, edits and variations as a program calls them, served offline."""

from __future__ import annotations

import base64
import io

from asgiref.sync import sync_to_async
from PIL import Image

from images_app.models import File, Generation
from images_app.services.signed_urls import sign
from tests.images_app.calling import SMALL, CallTests, events_of, upload
from tests.images_app.making import make_file, picture
from tests.upstream.images import mask

GENERATIONS, EDITS = "/images/generations", "/images/edits"
VARIATIONS = "/images/variations"
PROMPT_PART = b'Content-Disposition: form-data; name="prompt"\r\n\r\n'
IMAGE_PART = (
    b'Content-Disposition: form-data; name="image"; filename="sea.png"\r\n'
    b"Content-Type: image/png\r\n\r\n" + picture()
)


def opened(item) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(item["b64_json"])))


class GenerationTests(CallTests):
    async def draw(self, **body):
        return await self.post(GENERATIONS, {"prompt": "A sea", "size": SMALL, **body})

    async def test_it_answers_the_picture_and_what_is_known_of_it(self):
        response = await self.draw(output_format="webp")
        assert response.status_code == 200
        body = response.json()
        assert (body["size"], body["output_format"]) == (SMALL, "webp")
        assert opened(body["data"][0]).size == (256, 256)
        assert "url" not in body["data"][0]
        # Nobody counted anything, and nobody says 0.
        assert "usage" not in body

    async def test_headers_tell_which_model_and_generation_it_was(self):
        response = await self.draw()
        made = await self.only_generation()
        assert response["x-easel-generation"] == made.public_id
        assert response["x-easel-model"] == "offline/offline-painter"
        assert response["x-should-retry"] == "false"
        assert made.api_key_id is not None
        assert made.created_by_id is None

    async def test_several_pictures_come_in_one_answer(self):
        body = (await self.draw(n=2)).json()
        assert len({item["b64_json"] for item in body["data"]}) == 2

    async def test_a_url_opens_without_a_key(self):
        body = (await self.draw(response_format="url")).json()
        url = body["data"][0]["url"]
        assert url.startswith("http://testserver/v1/files/file-")
        fetched = await self.async_client.get(url.removeprefix("http://testserver"))
        assert fetched.status_code == 200
        assert Image.open(io.BytesIO(fetched.content)).size == (256, 256)

    async def test_who_it_is_made_for_is_repeated(self):
        body = (await self.draw(user="old", safety_identifier="new")).json()
        assert body["safety_identifier"] == "new"

    async def test_what_cannot_be_sent_is_refused_before_anything_is_made(self):
        cases = [
            ({"prompt": ""}, "prompt", "string_below_min_length"),
            ({"prompt": "x" * 4001}, "prompt", "string_above_max_length"),
            ({"n": 0}, "n", "integer_below_min_value"),
            ({"n": 11}, "n", "integer_above_max_value"),
            ({"n": "two"}, "n", "invalid_type"),
            ({"size": "banana"}, "size", "invalid_value"),
            ({"quality": "best"}, "quality", "invalid_value"),
            ({"background": "red"}, "background", "invalid_value"),
            ({"output_format": "bmp"}, "output_format", "invalid_value"),
            ({"output_compression": 101}, "output_compression", None),
            ({"output_compression": 50}, "output_compression", "invalid_value"),
            ({"aspect_ratio": "16:9"}, "aspect_ratio", "invalid_value"),
            ({"aspect_ratio": "99:1", "size": None}, "aspect_ratio", None),
            ({"style": "cubist"}, "style", "invalid_value"),
            ({"response_format": "file"}, "response_format", "invalid_value"),
            ({"partial_images": 2}, "partial_images", "invalid_value"),
            ({"partial_images": 4, "stream": True}, "partial_images", None),
            ({"frame_count": 4}, "frame_count", "unknown_parameter"),
            ({"stream": True, "response_format": "url"}, "response_format", None),
        ]
        for body, param, code in cases:
            with self.subTest(body=body):
                self.assert_refused(await self.draw(**body), 400, param, code)
        assert not await Generation.objects.aexists()

    async def test_a_refusal_is_plain_english_and_does_not_tell_what_was_done(self):
        cases = [
            ({"output_format": "bmp"}, "output_format", "is not an output format"),
            ({"aspect_ratio": "16:9"}, "aspect_ratio", "the ratio 16:9."),
            ({"output_compression": 50}, "output_compression", "webp, not png."),
        ]
        for body, param, words in cases:
            with self.subTest(body=body):
                message = self.assert_refused(await self.draw(**body), 400, param)
                assert words in message

    async def test_a_ratio_that_the_size_has_goes_with_it(self):
        response = await self.draw(aspect_ratio="1:1")
        assert response.status_code == 200, response.content

    async def test_a_jpeg_is_compressed_as_asked_and_a_png_is_whole(self):
        sizes = []
        for quality in (0, 100):
            response = await self.draw(
                output_format="jpeg", output_compression=quality, seed=1
            )
            assert "x-easel-adjusted" not in response
            data = response.json()["data"][0]["b64_json"]
            sizes.append(len(data))
        assert sizes[0] < sizes[1]
        assert "x-easel-adjusted" not in await self.draw(output_compression=100)

    async def test_the_background_is_told_as_it_is_in_the_bytes(self):
        for background in ("transparent", "opaque", "auto"):
            for stream in (False, True):
                with self.subTest(background=background, stream=stream):
                    body = {"background": background, "prompt": "A red apple"}
                    response = await self.draw(**body, stream=stream)
                    if stream:
                        ((_, told),) = await events_of(response)
                    else:
                        told = response.json()
                    is_clear = background == "transparent"
                    expected = "transparent" if is_clear else "opaque"
                    assert told["background"] == expected

    async def test_dall_e_2_makes_as_many_pictures_as_it_did(self):
        response = await self.draw(model="dall-e-2", n=10)
        assert response.status_code == 200, response.content
        assert len(response.json()["data"]) == 10

    async def test_a_call_with_every_default_of_the_old_tool_is_served(self):
        old = {"quality": "standard", "response_format": "url", "style": "vivid"}
        response = await self.draw(model="dall-e-2", n=1, **old)
        assert response.status_code == 200, response.content
        assert "/signed/" in response.json()["data"][0]["url"]
        assert response["x-easel-model"] == "offline/offline-painter"
        assert response["x-easel-adjusted"] == "model, style, quality"

    async def test_a_missing_prompt_is_named(self):
        response = await self.post(GENERATIONS, {})
        self.assert_refused(response, 400, "prompt", "missing_required_parameter")

    async def test_words_of_other_models_are_adapted_by_the_free_painter(self):
        response = await self.draw(quality="high", moderation="low")
        assert response["x-easel-adjusted"] == "quality, moderation"

    async def test_the_free_painter_refuses_what_would_be_another_picture(self):
        cases = [
            ({"size": "9999x3"}, "size", "nearest"),
            ({"size": "5x5"}, "size", "nearest 256x256"),
            (
                {"background": "transparent", "output_format": "jpeg"},
                "output_format",
                "png",
            ),
        ]
        for body, param, word in cases:
            with self.subTest(body=body):
                message = self.assert_refused(await self.draw(**body), 400, param)
                assert word in message
        # Near enough, and told.
        response = await self.draw(size="250x250")
        assert response["x-easel-adjusted"] == "size"

    async def test_a_chat_model_is_not_asked_for_pictures(self):
        response = await self.draw(model="gpt-4.1")
        message = self.assert_refused(response, 400, "model", "model_not_found")
        assert "chat model" in message

    async def test_a_key_without_the_scope_is_refused(self):
        self.headers = await sync_to_async(self.key_headers)("read", "run")
        response = await self.draw()
        assert self.assert_refused(response, 403, None, "missing_scope")

    async def test_a_key_for_images_alone_does_all_that_pictures_need(self):
        self.headers = await sync_to_async(self.key_headers)("images")
        url = (await self.draw(response_format="url")).json()["data"][0]["url"]
        made = url.split("/files/")[1].partition("/")[0]
        fields = {"file": upload(width=300, height=280), "purpose": "vision"}
        source = (await self.post_form("/files", fields)).json()["id"]
        answers = [
            await self.post(
                EDITS, {"images": [{"file_id": source}], "prompt": "Make it night"}
            ),
            await self.post("/images/generate", {"prompt": "A sea", "size": SMALL}),
            await self.post_form(
                VARIATIONS, {"image": upload(width=300, height=300), "size": SMALL}
            ),
            await self.get("/images/models"),
            await self.get("/models"),
            await self.get("/models/offline-painter"),
            await self.get(f"/files/{made}"),
            await self.get(f"/files/{made}/content"),
            await self.delete(f"/files/{source}"),
        ]
        assert [answer.status_code for answer in answers] == [200] * len(answers)
        for path in ("/files", "/assistants"):
            message = self.assert_refused(await self.get(path), 403, None)
            assert "no scope “read”" in message

    async def test_the_same_idempotency_key_makes_one_picture(self):
        named, body = {"Idempotency-Key": "k"}, {"prompt": "A sea", "size": SMALL}
        first = await self.post(GENERATIONS, body, **named)
        again = await self.post(GENERATIONS, body, **named)
        assert first.content == again.content
        assert await Generation.objects.acount() == 1
        other = await self.post(GENERATIONS, {"prompt": "A lake"}, **named)
        self.assert_refused(other, 409, "Idempotency-Key")

    async def test_each_of_several_pictures_completes_in_a_stream(self):
        events = await events_of(await self.draw(stream=True, n=2))
        assert [name for name, _ in events] == ["image_generation.completed"] * 2
        for name, value in events:
            assert (value["type"], value["size"]) == (name, SMALL)
            assert opened(value).size == (256, 256)
        # It cost no tokens, which a client's types demand to be told.
        assert events[-1][1]["usage"]["total_tokens"] == 0


class EditTests(CallTests):
    async def test_a_form_with_one_picture(self):
        fields = {"image": upload(width=300, height=280), "prompt": "Rain", "n": "1"}
        response = await self.post_form(EDITS, fields)
        assert response.status_code == 200, response.content
        assert opened(response.json()["data"][0]).size == (300, 280)
        made = await self.only_generation()
        assert made.operation == "edit"
        source = await made.sources.aget()
        assert (source.name, source.purpose) == ("sea.png", "vision")

    async def test_the_name_for_several_pictures_is_understood(self):
        response = await self.post_form(
            EDITS, {"image[]": [upload(), upload()], "prompt": "Rain"}
        )
        message = self.assert_refused(response, 400, "image")
        assert "at most 1 picture" in message
        assert not await File.objects.aexists()

    async def test_a_form_can_ask_for_a_stream(self):
        fields = {"image": upload(width=300, height=280), "prompt": "Make it night"}
        response = await self.post_form(EDITS, {**fields, "stream": "true"})
        assert response["Content-Type"].startswith("text/event-stream")
        ((name, value),) = await events_of(response)
        assert name == "image_edit.completed"
        assert opened(value).size == (300, 280)

    async def test_the_json_form_takes_stored_files_and_data_addresses(self):
        stored = await sync_to_async(make_file)(
            self.organization, width=280, height=280
        )
        encoded = base64.b64encode(picture(280, 280)).decode()
        address = f"data:image/png;base64,{encoded}"
        for reference in ({"file_id": stored.public_id}, {"image_url": address}):
            with self.subTest(reference=list(reference)):
                body = {"images": [reference], "prompt": "Rain"}
                response = await self.post(EDITS, body)
                assert response.status_code == 200, response.content

    async def test_a_mask_must_lie_over_the_picture(self):
        fields = {"image": upload(width=280, height=280), "prompt": "Rain"}
        small = await self.post_form(EDITS, {**fields, "mask": upload()})
        assert "must be equal" in self.assert_refused(small, 400, "mask")
        jpeg = upload(width=280, height=280, format="JPEG")
        fields["image"].seek(0)
        other = await self.post_form(EDITS, {**fields, "mask": jpeg})
        assert "PNG" in self.assert_refused(other, 400, "mask")
        fields["image"].seek(0)
        opaque = upload(width=280, height=280)
        plain = await self.post_form(EDITS, {**fields, "mask": opaque})
        assert "alpha" in self.assert_refused(plain, 400, "mask")
        fields["image"].seek(0)
        clear = upload(data=mask(280, 280))
        right = await self.post_form(EDITS, {**fields, "mask": clear})
        assert right.status_code == 200, right.content

    async def test_a_picture_above_the_limit_is_413_with_the_limit(self):
        with self.settings(UPLOAD_MAX_PICTURE_BYTES=1024 * 1024):
            large = upload(data=b"x" * (1024 * 1024 + 1))
            response = await self.post_form(EDITS, {"image": large, "prompt": "Rain"})
        message = self.assert_refused(response, 413, "image", "image_too_large")
        assert "1 MiB" in message

    async def post_raw(self, *parts):
        """A form byte by byte, for what a client would not write."""
        lines = b"".join(b"--B\r\n" + part + b"\r\n" for part in parts)
        return await self.async_client.post(
            "/v1/images/edits",
            lines + b"--B--\r\n",
            content_type="multipart/form-data; boundary=B",
            headers=self.headers,
        )

    async def test_a_text_that_is_no_utf_8_is_refused(self):
        response = await self.post_raw(PROMPT_PART + b"\xff\xfe a sea", IMAGE_PART)
        message = self.assert_refused(response, 400, "prompt")
        assert "UTF-8" in message

    async def test_a_name_that_is_too_long_is_named_as_the_reason(self):
        image = IMAGE_PART.replace(b"sea.png", b"x" * 1200 + b".png")
        response = await self.post_raw(PROMPT_PART + b"Rain", image)
        message = self.assert_refused(response, 400, None, "invalid_multipart")
        assert "shorter" in message

    async def test_a_signed_address_of_this_server_is_its_file(self):
        mine = await sync_to_async(make_file)(self.organization, width=280, height=280)
        theirs = await sync_to_async(make_file)(self.people.other_organization)
        own = sign("http://testserver", mine.public_id) + "?t=1"
        body = {"images": [{"image_url": own}], "prompt": "Rain"}
        response = await self.post(EDITS, body)
        assert response.status_code == 200, response.content
        assert await (await self.only_generation()).sources.aget() == mine
        param = "images[0].image_url"
        for url, status in (
            (own.replace("?t", "x?t"), 400),
            (sign("http://testserver", theirs.public_id), 404),
        ):
            body = {"images": [{"image_url": url}], "prompt": "Rain"}
            self.assert_refused(await self.post(EDITS, body), status, param)

    async def test_what_is_no_edit_is_refused(self):
        png = {"image": upload()}
        cases = [
            ({"prompt": "Rain"}, "image", "missing_required_parameter"),
            ({**png}, "prompt", "missing_required_parameter"),
            ({"image": "text", "prompt": "Rain"}, "image", "invalid_type"),
            (
                {"image": upload(data=b"no picture"), "prompt": "Rain"},
                "image",
                "invalid_image_file",
            ),
            (
                {"image": upload(format="GIF"), "prompt": "Rain"},
                "image",
                "invalid_image_file",
            ),
            ({**png, "prompt": "Rain", "n": "two"}, "n", "invalid_type"),
            ({**png, "prompt": "Rain", "n": "--1"}, "n", "invalid_type"),
            ({**png, "prompt": "Rain", "seed": "9" * 5000}, "seed", "invalid_type"),
            ({**png, "prompt": "Rain", "mask": "text"}, "mask", "invalid_type"),
            ({**png, "prompt": "Rain", "stream": "maybe"}, "stream", "invalid_type"),
            ({**png, "prompt": "Rain", "foo": "1"}, "foo", "unknown_parameter"),
            (
                {**png, "prompt": "Rain", "mask_image": upload()},
                "mask_image",
                "unknown_parameter",
            ),
            ({**png, "prompt": ["a", "b"]}, "prompt", "invalid_value"),
        ]
        for fields, param, code in cases:
            png["image"].seek(0)
            with self.subTest(fields=list(fields)):
                response = await self.post_form(EDITS, fields)
                self.assert_refused(response, 400, param, code)
        assert not await Generation.objects.aexists()

    async def test_what_is_no_reference_is_refused(self):
        cases = [
            ([], 400, "images"),
            ([{}], 400, "images[0]"),
            ([{"file_id": "file-none"}], 404, "images[0].file_id"),
            ([{"image_url": "data:image/png,abc"}], 400, "images[0].image_url"),
            ([{"image_url": "data:a;base64,?"}], 400, "images[0].image_url"),
            ([{"image_url": "http://127.0.0.1/a.png"}], 400, "images[0].image_url"),
            ([{"image_url": "file:///etc/passwd"}], 400, "images[0].image_url"),
        ]
        for pictures, status, param in cases:
            with self.subTest(pictures=pictures):
                body = {"images": pictures, "prompt": "Rain"}
                self.assert_refused(await self.post(EDITS, body), status, param)

    async def test_another_organizations_file_is_not_there(self):
        theirs = await sync_to_async(make_file)(self.people.other_organization)
        body = {"images": [{"file_id": theirs.public_id}], "prompt": "Rain"}
        field = "images[0].file_id"
        self.assert_refused(await self.post(EDITS, body), 404, field)

    async def test_a_body_that_is_no_form_is_named(self):
        for content_type, code in (
            ("text/plain", "invalid_content_type"),
            ("multipart/form-data", "invalid_multipart"),
        ):
            with self.subTest(content_type=content_type):
                response = await self.async_client.post(
                    "/v1/images/edits",
                    "abc",
                    content_type=content_type,
                    headers=self.headers,
                )
                self.assert_refused(response, 400, None, code)

    async def test_an_equal_form_with_the_same_key_makes_one_picture(self):
        for _ in range(2):
            fields = {"image": upload(width=280, height=280), "prompt": "Rain"}
            await self.post_form(EDITS, fields, **{"Idempotency-Key": "k"})
        assert await Generation.objects.acount() == 1
        assert await File.objects.filter(purpose="vision").acount() == 1


class VariationTests(CallTests):
    async def test_it_is_an_edit_with_an_instruction_that_is_written_down(self):
        response = await self.post_form(
            VARIATIONS, {"image": upload(width=300, height=300), "size": SMALL}
        )
        assert response.status_code == 200, response.content
        # The model that had variations answered with addresses.
        assert set(response.json()) == {"created", "data"}
        assert response.json()["data"][0]["url"]
        made = await self.only_generation()
        assert made.operation == "edit"
        assert made.sent_prompt.startswith("Make a variation")
        told = {entry["parameter"] for entry in made.plan["adjustments"]}
        assert told == {"model", "prompt"}

    async def test_a_file_that_nobody_reads_is_refused(self):
        for name in ("mask", "image[]"):
            fields = {"image": upload(width=300, height=300), name: upload()}
            response = await self.post_form(VARIATIONS, fields)
            self.assert_refused(response, 400, name, "unknown_parameter")
        assert not await Generation.objects.aexists()

    async def test_it_needs_one_picture(self):
        response = await self.post_form(VARIATIONS, {"n": "1"})
        self.assert_refused(response, 400, "image", "missing_required_parameter")

    async def test_a_model_that_cannot_start_from_pictures_is_named(self):
        fields = {"image": upload(), "model": "dall-e-3"}
        response = await self.post_form(VARIATIONS, fields)
        self.assert_refused(response, 400, "model", "unsupported_operation")
