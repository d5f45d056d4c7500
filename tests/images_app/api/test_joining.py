"""What a client's own retry of a paid picture gets."""

from __future__ import annotations

from asgiref.sync import sync_to_async

from images_app.models import File, Generation
from images_app.services.files import delete_file
from tests.images_app.calling import SMALL, CallTests

BODY = {"prompt": "A sea", "size": SMALL}
AGAIN = {"X-Stainless-Retry-Count": "1"}


class RetryTests(CallTests):
    async def test_a_retry_gets_the_same_pictures(self):
        for path in ("/images/generations", "/images/generate"):
            with self.subTest(path=path):
                first = await self.post(path, BODY)
                assert (await self.post(path, BODY, **AGAIN)).content == first.content

    async def test_pictures_that_were_deleted_since_are_made_anew(self):
        for path in ("/images/generations", "/images/generate"):
            with self.subTest(path=path):
                await self.post(path, BODY)
                await self.forget_pictures()
                made = await Generation.objects.acount()
                assert (await self.post(path, BODY, **AGAIN)).status_code == 200
                assert await Generation.objects.acount() == made + 1

    async def forget_pictures(self):
        async for file in File.objects.all():
            await sync_to_async(delete_file)(file)
