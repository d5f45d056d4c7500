from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.test import TestCase
from PIL import Image

from images_app.models import File
from images_app.services.files import (
    NotAPictureError,
    delete_file,
    measure,
    read_bytes,
    store_picture,
)
from tests.images_app.making import picture
from tests.people import make_people


def png_of(width, height):
    """A PNG of a few bytes that claims this size: a decompression bomb."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 64)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data)


def chunk(kind, data):
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


@pytest.mark.parametrize(
    ("format", "mime"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
    ],
)
def test_the_type_is_read_from_the_bytes(format, mime):
    found = measure(picture(7, 5, format))
    assert (found.mime, found.width, found.height) == (mime, 7, 5)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Use PNG, JPEG, WebP or GIF"),
        (picture(64, 64)[:60], "damaged or incomplete"),
        (picture(4, 4, "BMP"), "Use PNG, JPEG, WebP or GIF"),
        (png_of(9000, 9000), "9000 × 9000 pixels"),
        (png_of(60000, 60000), "the limit of 40 megapixels"),
    ],
    ids=["empty", "svg", "truncated", "bmp", "many pixels", "bomb"],
)
def test_what_is_no_picture_is_refused_with_a_reason(data, words):
    with pytest.raises(NotAPictureError) as refused:
        measure(data)
    assert words in str(refused.value)


def test_a_picture_over_the_limit_of_bytes_is_refused(settings):
    settings.UPLOAD_MAX_PICTURE_BYTES = 1024 * 1024
    with pytest.raises(NotAPictureError, match="larger than 1 MiB"):
        measure(b"\x89PNG" + b"0" * 1024 * 1024)


class StoredFileTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = make_people().organization

    def store(self, data=None, name="sea.png"):
        return store_picture(
            organization=self.organization,
            data=data or picture(),
            name=name,
            purpose=File.Purpose.VISION,
        )

    def test_the_bytes_are_kept_as_they_came(self):
        data = picture(8, 8, "JPEG")
        assert read_bytes(self.store(data)) == data

    def test_a_name_cannot_leave_its_folder_and_tells_the_true_type(self):
        file = self.store(picture(format="WEBP"), name="../../etc/pass\nwd.php")
        assert file.name == "pass_wd.webp"
        assert file.content.name.startswith(self.organization.public_id)

    def test_an_empty_name_becomes_a_plain_one(self):
        assert self.store(name="...").name == "picture.png"

    def test_a_deleted_file_takes_its_bytes_along(self):
        file = self.store()
        storage, place = file.content.storage, file.content.name
        with self.captureOnCommitCallbacks(execute=True):
            delete_file(file)
        assert not storage.exists(place)

    def test_an_animation_is_taken_whole(self):
        out = io.BytesIO()
        frames = [Image.new("P", (4, 4), colour) for colour in (1, 2)]
        frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
        file = self.store(out.getvalue(), name="two.gif")
        assert file.mime == "image/gif"
        assert read_bytes(file) == out.getvalue()
