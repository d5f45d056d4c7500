from __future__ import annotations

import pytest

from playground.lib.written_query import WrittenQuery
from playground.organizations.models import Organization
from tests.people import make_people

pytestmark = pytest.mark.django_db

by_name = WrittenQuery(lambda: Organization.objects.filter(name=""))
names_left_out = WrittenQuery(lambda: Organization.objects.filter(pk=0).defer("name"))


def test_each_call_has_its_own_values():
    people = make_people()
    assert by_name.rows("Fjordline Travel") == [people.organization]
    assert by_name.rows("Mallory and Sons") == [people.other_organization]
    assert by_name.rows("' OR 1=1 --") == []


def test_columns_that_are_left_out_are_read_when_asked_for(
    django_assert_num_queries,
):
    people = make_people()
    with django_assert_num_queries(1):
        (found,) = names_left_out.rows(people.organization.pk)
    with django_assert_num_queries(1):
        assert found.name == "Fjordline Travel"
