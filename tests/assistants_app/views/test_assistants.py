from __future__ import annotations

import json
from typing import Any

from django.test import TestCase
from django.urls import reverse

from assistants_app.models import Assistant
from assistants_app.samples import create_samples
from assistants_app.services.assistants import create_assistant, update_assistant
from assistants_app.views import assistants as views
from playground.organizations.services.connections import add_connection
from tests.assistants_app.rows import offline
from tests.people import client_of, make_member, make_people

WEATHER = {"name": "weather", "parameters": {"type": "object", "properties": {}}}
NEW = "assistants:assistant_create"


class AssistantPages(TestCase):
    def setUp(self) -> None:
        self.people = people = make_people()
        self.organization = people.organization
        offline(self.organization)
        self.alice, self.bob = client_of(people.alice), client_of(people.bob)
        self.mallory = client_of(people.mallory)
        viewer = make_member(self.organization, "vera@example.com", "viewer")
        self.vera = client_of(viewer)
        self.assistant = create_assistant(
            organization=self.organization,
            user=people.alice,
            name="Illustrator",
            instructions="Draw.\nBriefly. ",
            tools=[
                {"type": "image_generation", "mode": "auto", "aspect_ratio": "3:2"},
                {"type": "file_search"},
                {"type": "function", "function": WEATHER},
            ],
        )

    def url(self, name: str = "edit", assistant: Assistant | None = None) -> str:
        public_id = (assistant or self.assistant).public_id
        return reverse(f"assistants:assistant_{name}", args=[public_id])

    def as_shown(self, **changed: Any) -> dict[str, Any]:
        """What a browser sends of the editor, with these fields changed."""
        page = self.alice.get(self.url()).context
        data: dict[str, Any] = {
            bound.html_name: bound.value()
            for form in (page["form"], page["image"])
            for bound in form
            if bound.value() is not None
        }
        data["instructions"] = data["instructions"].replace("\n", "\r\n")
        data["function"] = [box.text for box in page["functions"].boxes]
        return {**data, **changed}

    def save(self, **changed: Any) -> Any:
        return self.alice.post(self.url(), self.as_shown(**changed))

    def test_the_list_shows_name_tools_and_version(self) -> None:
        page = self.alice.get(reverse("assistants:assistant_list"))
        for text in ("Illustrator", "image_generation auto", "weather", "v1"):
            self.assertContains(page, text)
        self.assertContains(page, f"?assistant={self.assistant.public_id}")

    def test_the_list_needs_few_queries_however_long_it_is(self) -> None:
        create_samples(self.organization, self.people.alice)
        with self.assertNumQueries(8):
            self.alice.get(reverse("assistants:assistant_list"))

    def test_the_newest_assistant_stands_first(self) -> None:
        create_samples(self.organization, self.people.alice)
        page = self.alice.get(reverse("assistants:assistant_list"))
        names = [card.assistant.name for card in page.context["cards"]]
        assert names[0] == "Illustrator"
        assert names[-2:] == ["Studio with create_image", "Illustrator"]

    def test_mine_shows_only_what_i_made(self) -> None:
        page = self.bob.get(reverse("assistants:assistant_list"), {"show": "mine"})
        self.assertNotContains(page, "Illustrator")
        self.assertContains(page, "No assistant fits")

    def test_a_search_looks_at_names_and_tools(self) -> None:
        url = reverse("assistants:assistant_list")
        self.assertContains(self.alice.get(url, {"q": "WEATHER"}), "Illustrator")
        self.assertNotContains(self.alice.get(url, {"q": "boats"}), "Illustrator")

    def test_without_assistants_the_list_says_what_to_do(self) -> None:
        page = self.mallory.get(reverse("assistants:assistant_list"))
        self.assertContains(page, "There is no assistant yet")
        self.assertNotContains(page, "Illustrator")

    def test_strangers_find_nothing(self) -> None:
        assert self.mallory.get(self.url()).status_code == 404
        for name in ("edit", "delete", "duplicate"):
            assert self.mallory.post(self.url(name)).status_code == 404

    def test_a_member_reads_what_others_made_and_cannot_save_it(self) -> None:
        page = self.bob.get(self.url())
        self.assertContains(page, "read only")
        self.assertNotContains(page, "Save as v2")
        assert self.bob.post(self.url(), self.as_shown(name="Mine")).status_code == 403
        assert self.bob.post(self.url("delete")).status_code == 403

    def test_a_viewer_reads_and_makes_nothing(self) -> None:
        assert self.vera.get(self.url()).status_code == 200
        assert self.vera.get(reverse(NEW)).status_code == 403
        assert self.vera.post(self.url("duplicate")).status_code == 403

    def test_a_member_makes_and_changes_his_own(self) -> None:
        data = {"name": "Mapper", "image-mode": "off"}
        answer = self.bob.post(reverse(NEW), data)
        made = Assistant.objects.get(name="Mapper")
        self.assertRedirects(answer, self.url(assistant=made))
        assert made.created_by == self.people.bob
        page = self.bob.get(self.url(assistant=made))
        self.assertContains(page, "Save as v2")

    def test_saving_what_is_shown_changes_nothing(self) -> None:
        answer = self.save()
        self.assertRedirects(answer, self.url())
        self.assistant.refresh_from_db()
        assert self.assistant.version == 1

    def test_a_change_is_the_next_version_and_says_so(self) -> None:
        answer = self.alice.post(self.url(), self.as_shown(name="Painter"), follow=True)
        self.assertContains(answer, "Saved as version 2")
        self.assistant.refresh_from_db()
        assert (self.assistant.name, self.assistant.version) == ("Painter", 2)
        assert self.assistant.instructions == "Draw.\nBriefly. "

    def test_tools_that_the_editor_does_not_show_are_kept_in_place(self) -> None:
        self.save(**{"image-size": "1:1"})
        self.assistant.refresh_from_db()
        assert self.assistant.tools == [
            {"type": "image_generation", "mode": "auto", "aspect_ratio": "1:1"},
            {"type": "file_search"},
            {"type": "function", "function": WEATHER},
        ]

    def test_a_refused_form_keeps_all_that_was_typed(self) -> None:
        answer = self.save(name="", instructions="Half a", function=["{\n  oops"])
        self.assertContains(answer, "Half a", status_code=422)
        self.assertContains(answer, "oops", status_code=422)
        self.assertContains(answer, "Line 2, character 3", status_code=422)
        self.assertContains(answer, "This is not saved yet", status_code=422)
        self.assistant.refresh_from_db()
        assert self.assistant.version == 1

    def test_an_empty_box_removes_a_function(self) -> None:
        self.save(function=["  "])
        self.assistant.refresh_from_db()
        assert self.assistant.function_tools == []

    def test_a_pasted_list_becomes_several_functions(self) -> None:
        pasted = json.dumps([WEATHER, {"name": "lookup"}])
        self.save(function=[pasted])
        self.assistant.refresh_from_db()
        names = [tool["function"]["name"] for tool in self.assistant.function_tools]
        assert names == ["weather", "lookup"]

    def test_a_size_that_the_model_does_not_have_is_refused_beside_it(self) -> None:
        answer = self.save(**{"image-size": "4x9999"})
        assert answer.status_code == 422
        assert "not offered" in str(answer.context["image"].errors["size"])

    def test_options_that_exclude_each_other_are_refused_beside_one(self) -> None:
        add_connection(
            organization=self.organization,
            kind="openai",
            name="openai",
            api_key="sk-abcdefghijkl",
        )
        answer = self.save(
            **{
                "image-route": "openai/gpt-image-2",
                "image-size": "",
                "image-background": "transparent",
                "image-output_format": "jpeg",
            }
        )
        assert answer.status_code == 422
        assert "output_format" in answer.context["image"].errors

    def test_a_provider_that_is_gone_is_refused_unless_pictures_are_off(self) -> None:
        gone = {"image-route": "gone/painter-9"}
        answer = self.save(**gone)
        assert answer.status_code == 422
        assert "gone" in str(answer.context["image"].errors["route"])
        update_assistant(
            assistant=self.assistant,
            tools=[{"type": "image_generation", "mode": "off", "provider": "gone"}],
        )
        assert self.save(name="Painter").status_code == 302
        self.assistant.refresh_from_db()
        assert self.assistant.image_tool["provider"] == "gone"

    def test_another_model_keeps_what_still_fits(self) -> None:
        add_connection(
            organization=self.organization,
            kind="openai",
            name="openai",
            api_key="sk-abcdefghijkl",
        )
        said = {"part": "image", "image-size": "3:2", "image-style": "oil & ink"}
        fits = self.bob.get(reverse(NEW), {**said, "image-route": "openai/gpt-image-2"})
        self.assertContains(fits, '<option value="3:2" selected>')
        self.assertContains(fits, "oil &amp; ink")
        drops = self.bob.get(
            reverse(NEW),
            {**said, "image-route": "openai/gpt-image-1.5", "image-size": "3:1"},
        )
        self.assertContains(drops, "does not take size 3:1")

    def test_a_function_box_is_added_with_and_without_scripts(self) -> None:
        part = self.bob.get(reverse(NEW), {"part": "function", "add": "create_image"})
        self.assertContains(part, "create_image")
        whole = self.alice.post(self.url(), self.as_shown(name="", add="empty"))
        self.assertContains(whole, 'name="function"', count=2)
        assert self.bob.get(reverse(NEW), {"part": "other"}).status_code == 404

    def test_a_model_that_is_not_listed_can_be_typed(self) -> None:
        self.save(other_model="offline/another")
        self.assistant.refresh_from_db()
        assert self.assistant.model == "offline/another"
        page = self.alice.get(self.url())
        assert page.context["form"]["other_model"].value() == "offline/another"

    def test_a_missing_connection_is_said(self) -> None:
        update_assistant(assistant=self.assistant, model="gone/gpt-9")
        self.assertContains(self.alice.get(self.url()), "No connection called “gone”")
        self.organization.connections.all().delete()
        page = self.alice.get(self.url())
        self.assertContains(page, "There is no default connection for chat")

    def test_a_retired_model_is_marked_in_the_list_and_the_editor(self) -> None:
        add_connection(
            organization=self.organization,
            kind="openai",
            name="openai",
            api_key="sk-abcdefghijkl",
        )
        update_assistant(assistant=self.assistant, model="gpt-3.5-turbo")
        page = self.alice.get(reverse("assistants:assistant_list"))
        self.assertContains(page, "gpt-3.5-turbo was shut down")
        self.assertContains(self.alice.get(self.url()), "Choose another model")

    def test_a_copy_opens_in_the_editor_and_is_mine(self) -> None:
        answer = self.bob.post(self.url("duplicate"))
        copy = Assistant.objects.get(name="Illustrator, copy")
        self.assertRedirects(answer, self.url(assistant=copy))
        assert copy.created_by == self.people.bob

    def test_a_deleted_assistant_is_gone_from_the_pages(self) -> None:
        answer = self.alice.post(self.url("delete"), follow=True)
        self.assertContains(answer, "Its threads and runs stay")
        assert self.alice.get(self.url()).status_code == 404

    def test_nothing_is_deleted_by_a_link(self) -> None:
        assert self.alice.get(self.url("delete")).status_code == 405
        assert self.alice.get(self.url("duplicate")).status_code == 405

    def test_names_are_escaped(self) -> None:
        update_assistant(assistant=self.assistant, name="<script>alert(1)</script>")
        for url in (reverse("assistants:assistant_list"), self.url()):
            self.assertNotContains(self.alice.get(url), "<script>alert")

    def test_the_templates_of_functions_are_ones_that_can_be_completed(self) -> None:
        assert views.TEMPLATES["create_image"]["name"] == "create_image"
