from __future__ import annotations

from django.test import TestCase, override_settings
from django.urls import include, path

from assistants_app.services.assistants import update_assistant
from assistants_app.views.assistants import assistant_restore
from tests.assistants_app.rows import assistant_of
from tests.people import client_of, make_people

# The view at an address of its own, so that only the view is tested here.
urlpatterns = [
    path("restore/<str:assistant_id>/<int:number>/", assistant_restore),
    path("", include("playground.urls")),
]


@override_settings(ROOT_URLCONF=__name__)
class Restoring(TestCase):
    def setUp(self) -> None:
        self.people = make_people()
        self.assistant = assistant_of(self.people.organization, instructions="Draw.")
        update_assistant(assistant=self.assistant, instructions="Paint.")

    def restore(self, user, number: int = 1) -> int:
        url = f"/restore/{self.assistant.public_id}/{number}/"
        answer = client_of(user).post(url)
        self.assistant.refresh_from_db()
        return answer.status_code

    def test_an_earlier_version_becomes_the_newest(self) -> None:
        assert self.restore(self.people.alice) == 302
        assert (self.assistant.version, self.assistant.instructions) == (3, "Draw.")

    def test_a_version_that_never_was_is_not_found(self) -> None:
        assert self.restore(self.people.alice, number=7) == 404

    def test_a_member_cannot_restore_what_others_made(self) -> None:
        assert self.restore(self.people.bob) == 403
        assert self.assistant.version == 2

    def test_strangers_find_nothing(self) -> None:
        assert self.restore(self.people.mallory) == 404
