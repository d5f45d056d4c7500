from __future__ import annotations

import pytest
from django.test import TestCase

from images_app.models import Generation
from images_app.services.retry import RetryError, retry_generation
from tests.images_app.making import add_connection, make_file, make_generation
from tests.people import make_people


class RetryTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.organization = cls.people.organization
        cls.offline = add_connection(cls.organization, is_default_image=True)

    def make(self, **fields):
        return make_generation(self.organization, status="failed", **fields)

    def again(self, earlier):
        return retry_generation(earlier, user=self.people.bob)

    def test_the_same_wish_becomes_a_new_generation(self):
        wish = {"aspect_ratio": "3:2", "seed": 7, "style_suffix": "in oil"}
        earlier = self.make(ask=wish)
        new = self.again(earlier)
        assert new.public_id != earlier.public_id
        assert new.status == Generation.Status.QUEUED
        assert (new.asked, new.sent_prompt) == (earlier.asked, earlier.sent_prompt)
        assert new.created_by == self.people.bob

    def test_the_earlier_one_stays_as_it_ended(self):
        earlier = self.make(error_text="It failed.")
        self.again(earlier)
        earlier.refresh_from_db()
        assert (earlier.status, earlier.error_text) == ("failed", "It failed.")

    def test_its_pictures_are_sent_along_again(self):
        source = make_file(self.organization)
        earlier = self.make(ask={"n_images": 1})
        earlier.sources.set([source])
        assert list(self.again(earlier).sources.all()) == [source]

    def test_a_deleted_source_is_said(self):
        earlier = self.make(ask={"n_images": 1})
        with pytest.raises(RetryError, match="was deleted"):
            self.again(earlier)

    def test_another_connection_is_never_taken_in_its_place(self):
        add_connection(self.organization, "second")
        earlier = self.make(model="second/offline-painter")
        self.organization.connections.filter(name="second").delete()
        with pytest.raises(RetryError, match="second"):
            self.again(earlier)
        assert Generation.objects.count() == 1
