from __future__ import annotations

import pytest
from django.test import TestCase

from assistants_app.models import AssistantVersion
from assistants_app.services.assistants import (
    delete_assistant,
    duplicate_assistant,
    restore_version,
    snapshot,
    update_assistant,
)
from assistants_app.services.runs import create_run
from tests.assistants_app.rows import assistant_of, thread_with
from tests.people import make_people


class Assistants(TestCase):
    def setUp(self) -> None:
        people = make_people()
        self.alice, self.bob = people.alice, people.bob
        self.assistant = assistant_of(
            people.organization, instructions="Draw.", tools=[{"type": "x"}]
        )

    def test_a_new_assistant_has_its_first_version(self) -> None:
        version = self.assistant.versions.get()
        assert (self.assistant.version, version.number) == (1, 1)
        assert version.snapshot["instructions"] == "Draw."

    def test_each_change_is_a_version_that_names_who_made_it(self) -> None:
        update_assistant(assistant=self.assistant, user=self.bob, instructions="Paint.")
        newest = self.assistant.versions.first()
        assert newest is not None
        assert (newest.number, newest.created_by) == (2, self.bob)
        assert newest.snapshot["instructions"] == "Paint."

    def test_saving_without_a_change_keeps_the_version(self) -> None:
        same = update_assistant(assistant=self.assistant, **snapshot(self.assistant))
        assert (same.version, same.versions.count()) == (1, 1)

    def test_an_earlier_version_is_restored_as_the_newest(self) -> None:
        update_assistant(assistant=self.assistant, instructions="Paint.", tools=[])
        restored = restore_version(assistant=self.assistant, number=1, user=self.alice)
        assert (restored.version, restored.instructions) == (3, "Draw.")
        assert restored.tools == [{"type": "x"}]

    def test_a_version_that_never_was_cannot_be_restored(self) -> None:
        with pytest.raises(AssistantVersion.DoesNotExist):
            restore_version(assistant=self.assistant, number=9)

    def test_a_copy_has_its_own_name_and_its_own_versions(self) -> None:
        first = duplicate_assistant(assistant=self.assistant, user=self.bob)
        second = duplicate_assistant(assistant=self.assistant, user=self.bob)
        assert first.name == "Illustrator, copy"
        assert second.name == "Illustrator, copy 2"
        assert (first.version, first.created_by) == (1, self.bob)
        update_assistant(assistant=first, tools=[])
        self.assistant.refresh_from_db()
        assert self.assistant.tools == [{"type": "x"}]

    def test_a_deleted_assistant_keeps_its_runs_and_its_name(self) -> None:
        run = create_run(thread=thread_with(self.assistant), assistant=self.assistant)
        delete_assistant(self.assistant)
        run.refresh_from_db()
        assert run.assistant is not None
        assert run.assistant.name == "Illustrator"
        assert run.assistant.deleted_at is not None
