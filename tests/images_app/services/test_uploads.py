from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings

from images_app.services.uploads import take_uploads
from tests.images_app.making import picture
from tests.people import make_people


class UploadTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()

    def take(self, *uploads, room=4):
        return take_uploads(
            organization=self.people.organization,
            uploads=[SimpleUploadedFile(name, data) for name, data in uploads],
            user=self.people.bob,
            room=room,
        )

    def test_good_ones_are_kept_beside_a_bad_one(self):
        taken = self.take(("sea.png", picture()), ("notes.txt", b"hello"))
        assert [file.name for file in taken.files] == ["sea.png"]
        assert len(taken.refusals) == 1
        assert taken.refusals[0].startswith("notes.txt: This is not a picture")

    def test_more_than_there_is_room_for_are_named(self):
        taken = self.take(("a.png", picture()), ("b.png", picture()), room=1)
        assert len(taken.files) == 1
        assert taken.refusals == ("b.png was left out: at most 1 picture.",)

    @override_settings(UPLOAD_MAX_PICTURE_BYTES=1024 * 1024)
    def test_a_large_one_is_refused_with_the_limit(self):
        taken = self.take(("big.png", picture() + b"0" * 1024 * 1024))
        assert taken.refusals == ("big.png: The picture is larger than 1 MiB.",)
