from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from assistants_app.models import Run, Thread
from playground.lib import written_rows
from tests.people import make_people

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def new_run() -> Run:
    thread = Thread.objects.create(organization=make_people().organization)
    return Run(
        thread=thread,
        model="m",
        tools=[{"type": "function", "name": "größer"}],
        tool_choice=None,
        temperature=0.5,
        started_at=MOMENT,
    )


def values(run: Run) -> dict[str, object]:
    return {field.name: getattr(run, field.attname) for field in run._meta.fields}


def test_an_inserted_row_reads_back_as_django_would_have_saved_it():
    run = new_run()
    written_rows.insert(run)
    assert values(Run.objects.get(pk=run.pk)) == values(run)
    run.public_id, run.locks_thread, run.pk = "run_other", False, None
    run.save(force_insert=True)
    assert values(Run.objects.get(pk=run.pk)) == values(run)


def test_an_inserted_row_can_be_saved_again(django_assert_num_queries):
    run = new_run()
    written_rows.insert(run)
    run.model = "another"
    with django_assert_num_queries(1):
        run.save(update_fields=["model"])
    assert Run.objects.get().model == "another"


def test_a_constraint_speaks_up():
    run = new_run()
    written_rows.insert(run)
    again = Run(thread=run.thread, model="m")
    with pytest.raises(IntegrityError), transaction.atomic():
        written_rows.insert(again)


def test_an_update_changes_the_named_columns_of_its_row_alone():
    run = new_run()
    written_rows.insert(run)
    other = Run(thread=run.thread, model="m", locks_thread=False)
    written_rows.insert(other)
    run.usage, run.tool_choice = {"total_tokens": 3}, "auto"
    run.connection, run.model = None, "not named"
    written_rows.update(run, ("usage", "tool_choice", "connection"))
    stored = Run.objects.get(pk=run.pk)
    assert stored.usage == {"total_tokens": 3}
    assert stored.tool_choice == "auto"
    assert stored.model == "m"
    assert Run.objects.get(pk=other.pk).usage is None


def test_no_value_becomes_null():
    run = new_run()
    written_rows.insert(run)
    run.usage = {"total_tokens": 3}
    written_rows.update(run, ("usage",))
    run.usage = None
    written_rows.update(run, ("usage",))
    assert Run.objects.filter(usage__isnull=True).get() == run


def test_a_row_that_is_gone_is_no_silent_success():
    run = new_run()
    written_rows.insert(run)
    Run.objects.all().delete()
    with pytest.raises(DatabaseError):
        written_rows.update(run, ("status",))
