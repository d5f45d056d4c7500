from __future__ import annotations

import re

from django.core.files.storage import default_storage
from django.test import TestCase
from django.urls import reverse

from images_app.services.files import read_bytes
from tests.images_app.making import make_file
from tests.people import client_of, make_member, make_people


class FileTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()

    def setUp(self):
        self.file = make_file(self.people.organization, "coast (1).png")
        self.url = reverse("images:file", args=[self.file.public_id])
        self.client = client_of(self.people.bob)

    def test_a_member_gets_the_bytes_as_they_are_stored(self):
        response = self.client.get(self.url)
        assert response.content == read_bytes(self.file)
        assert response["Content-Type"] == "image/png"
        assert response["Content-Disposition"] == 'inline; filename="coast (1).png"'

    def test_a_viewer_may_look(self):
        viewer = make_member(self.people.organization, "vera@example.com", "viewer")
        assert client_of(viewer).get(self.url).status_code == 200

    def test_a_stranger_learns_nothing(self):
        client = client_of(self.people.mallory)
        assert client.get(self.url).status_code == 404
        missing = reverse("images:file", args=["file-missing"])
        assert client.get(missing).status_code == 404

    def test_nobody_signed_in_is_sent_to_sign_in(self):
        self.client.logout()
        assert self.client.get(self.url).status_code == 302

    def test_a_download_has_the_files_name(self):
        response = self.client.get(self.url, {"download": "1"})
        disposition = response["Content-Disposition"]
        assert disposition == 'attachment; filename="coast (1).png"'

    def test_it_may_be_kept_by_this_browser_only_and_can_run_nothing(self):
        response = self.client.get(self.url)
        kept = "private, max-age=31536000, immutable"
        assert response["Cache-Control"] == kept
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].endswith("sandbox")

    def test_what_the_browser_has_is_not_sent_again(self):
        etag = self.client.get(self.url)["ETag"]
        again = self.client.get(self.url, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        other = self.client.get(self.url, headers={"If-None-Match": '"other"'})
        assert other.status_code == 200

    def test_bytes_that_are_gone_are_a_404(self):
        self.file.content.storage.delete(self.file.content.name)
        assert self.client.get(self.url).status_code == 404

    def test_nothing_is_written_here(self):
        assert self.client.post(self.url).status_code == 405


class SampleTests(TestCase):
    def test_the_sample_is_a_picture_for_people_signed_in(self):
        url = reverse("images:sample")
        assert self.client.get(url).status_code == 302
        client = client_of(make_people().bob)
        with self.settings(DATA_DIR=default_storage.path("")):
            response = client.get(url)
        assert response["Content-Type"] == "image/webp"
        assert re.match(rb"RIFF....WEBP", response.content, re.DOTALL)
