from __future__ import annotations

import pytest

from assistants_app.models import Thread
from playground.lib.written_query import WrittenQuery
from playground.organizations.models import Organization
from tests.people import make_people

pytestmark = pytest.mark.django_db

by_name = WrittenQuery(lambda: Organization.objects.filter(name=""))
threads = WrittenQuery(lambda: Thread.objects.filter(organization_id=0))
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


def test_values_are_the_fields_own():
    people = make_people()
    thread = Thread.objects.create(
        organization=people.organization, metadata={"order": ["7"]}
    )
    (found,) = threads.rows(people.organization.pk)
    assert found == thread
    assert found.metadata == {"order": ["7"]}
    assert found.created_at == thread.created_at
    assert found.is_hidden is False
    found.title = "Changed"
    found.save()
    assert Thread.objects.get().title == "Changed"
