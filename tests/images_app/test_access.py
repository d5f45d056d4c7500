from __future__ import annotations

import pytest
from django.http import Http404
from django.test import TestCase

from images_app.access import files_of, get_file, get_files, get_generation
from tests.images_app.making import make_file, make_generation
from tests.people import make_people


class AccessTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.ours = make_file(cls.people.organization, "ours.png")
        cls.theirs = make_file(cls.people.other_organization, "theirs.png")

    def test_a_file_of_another_organization_is_not_there(self):
        with pytest.raises(Http404):
            get_file(self.people.organization, self.theirs.public_id)

    def test_files_come_in_the_order_they_were_named(self):
        second = make_file(self.people.organization, "second.png")
        names = [second.public_id, self.ours.public_id]
        found = get_files(self.people.organization, names)
        assert [file.public_id for file in found] == names

    def test_the_missing_file_is_named(self):
        names = [self.ours.public_id, self.theirs.public_id]
        with pytest.raises(Http404, match=self.theirs.public_id):
            get_files(self.people.organization, names)

    def test_foreign_files_are_left_out_of_a_form(self):
        names = [self.theirs.public_id, self.ours.public_id]
        assert files_of(self.people.organization, names) == [self.ours]

    def test_a_generation_of_another_organization_is_not_there(self):
        foreign = make_generation(self.people.other_organization)
        with pytest.raises(Http404):
            get_generation(self.people.organization, foreign.public_id)
