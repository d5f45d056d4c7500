from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from images_app.models import File, Generation
from tests.images_app.making import (
    add_connection,
    add_picture,
    make_file,
    make_generation,
    picture,
)
from tests.people import client_of, make_member, make_people

HTMX = {"HX-Request": "true"}
TESTER = reverse("images:tester")


class TesterPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.organization = cls.people.organization
        add_connection(cls.organization, is_default_image=True)
        add_connection(cls.organization, "main", "openai")
        add_connection(cls.organization, "drop", "clipdrop")

    def setUp(self):
        self.client = client_of(self.people.bob)

    def draft(self, name, **data):
        values = {"model": "offline/offline-painter", "prompt": "A hill", **data}
        return self.client.post(reverse(f"images:{name}"), values, headers=HTMX)

    def test_the_default_connection_is_chosen_and_its_options_shown(self):
        page = self.client.get(TESTER)
        self.assertContains(page, "Offline painter · offline</option>")
        self.assertContains(page, 'name="seed"')
        self.assertContains(page, "Nothing was drawn here yet.")

    def test_a_retiring_model_names_its_day(self):
        page = self.client.get(TESTER)
        self.assertContains(page, "GPT Image 1.5 · main (retires 2026-12-01)")

    def test_results_are_newest_first_and_older_ones_one_link_away(self):
        made = [
            make_generation(self.organization, prompt=f"Hill {number}", status="failed")
            for number in range(25)
        ]
        page = self.client.get(TESTER)
        text = page.content.decode()
        assert text.index("Hill 24") < text.index("Hill 1<")
        assert made[0].public_id not in text
        older = f"{TESTER}?before={made[1].pk}"
        self.assertContains(page, older)
        assert made[0].public_id in self.client.get(older).content.decode()

    def test_more_results_need_no_more_queries(self):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                self.client.get(TESTER)
            return len(captured)

        add_picture(make_generation(self.organization, user=self.people.bob))
        few = queries()
        for _ in range(3):
            add_picture(make_generation(self.organization, user=self.people.bob))
        assert queries() == few

    def test_results_of_conversations_and_strangers_are_not_listed(self):
        make_generation(self.organization, prompt="In a run", reference="run_1")
        make_generation(self.people.other_organization, prompt="Theirs")
        page = self.client.get(TESTER)
        self.assertNotContains(page, "In a run")
        self.assertNotContains(page, "Theirs")

    def test_an_unfinished_result_asks_for_itself_and_a_finished_one_does_not(self):
        waiting = make_generation(self.organization)
        url = reverse("images:generation_detail", args=[waiting.public_id])
        self.assertContains(self.client.get(TESTER), f'hx-get="{url}?seen=queued-0"')
        add_picture(waiting)
        self.assertNotContains(self.client.get(TESTER), "every 1s")

    def test_the_settings_of_an_earlier_result_fill_the_form(self):
        wish = {"size": "1536x1024", "quality": "high", "style_suffix": "in oil"}
        earlier = make_generation(
            self.organization, prompt="A pier", model="main/gpt-image-2", ask=wish
        )
        page = self.client.get(TESTER, {"from": earlier.public_id})
        form = page.context["form"]
        assert page.context["bench"].key == "main/gpt-image-2"
        assert form["prompt"].value() == "A pier"
        assert (form["shape"].value(), form["width"].value()) == ("own", 1536)
        assert form["quality"].value() == "high"
        assert form["style_suffix"].value() == "in oil"

    def test_the_settings_of_a_stranger_are_not_found(self):
        foreign = make_generation(self.people.other_organization)
        page = self.client.get(TESTER, {"from": foreign.public_id})
        assert page.status_code == 404

    def test_a_viewer_sees_results_and_no_form(self):
        viewer = make_member(self.organization, "vera@example.com", "viewer")
        make_generation(self.organization, prompt="A pier", status="failed")
        page = client_of(viewer).get(TESTER)
        self.assertContains(page, "A pier")
        self.assertContains(page, "Your role here is viewer.")
        self.assertNotContains(page, 'id="image-form"')
        self.assertNotContains(page, "Try again")

    def test_without_a_connection_the_way_on_is_named(self):
        page = client_of(self.people.mallory).get(TESTER)
        self.assertContains(page, "No connection makes pictures yet.")

    def test_the_plan_follows_the_form(self):
        answer = self.draft("plan", shape="3:2", style_suffix="in oil")
        self.assertContains(answer, "1248 × 832")
        self.assertContains(answer, "A hill, in oil")
        self.assertContains(answer, "6 of 4,000")
        self.assertNotContains(answer, "<html")

    def test_an_error_is_put_beside_its_field_with_a_button(self):
        answer = self.draft("plan", shape="own", width="100", height="300")
        self.assertContains(answer, 'id="id_shape_error"')
        self.assertContains(answer, "100 is too small: an edge has at least 256.")
        self.assertContains(answer, 'name="apply"')

    def test_the_button_puts_the_nearest_value_into_the_form(self):
        fix = "shape=own&width=256&height=768"
        answer = self.draft("options", shape="own", width="9", height="9", apply=fix)
        self.assertContains(answer, 'value="768"')
        self.assertNotContains(answer, 'name="apply"')

    def test_only_known_fields_can_be_applied(self):
        answer = self.draft("options", apply="prompt=other&model=main/gpt-image-2")
        assert answer.context["form"]["prompt"].value() == "A hill"
        assert answer.context["bench"].key == "offline/offline-painter"

    def test_another_model_brings_its_own_options_and_keeps_the_rest(self):
        answer = self.draft("options", model="main/gpt-image-2", shape="3:2", seed="5")
        self.assertContains(answer, 'name="quality"')
        self.assertNotContains(answer, 'name="seed"')
        assert answer.context["form"]["shape"].value() == "3:2"
        self.assertNotContains(answer, "<textarea")

    def test_without_javascript_the_whole_page_comes_back(self):
        values = {"model": "main/gpt-image-2", "prompt": "A hill"}
        page = self.client.post(reverse("images:options"), values)
        self.assertContains(page, "</html>")
        self.assertContains(page, "A hill</textarea>")
        self.assertContains(page, 'name="quality"')

    def test_a_reference_picture_is_stored_and_shown(self):
        upload = SimpleUploadedFile("coast.png", picture())
        answer = self.draft("sources", images=upload)
        file = File.objects.get(purpose=File.Purpose.VISION)
        self.assertContains(answer, f'name="source" value="{file.public_id}"')
        self.assertContains(answer, "Inputs</dt><dd>1 picture")

    def test_a_file_that_is_no_picture_is_refused_beside_its_field(self):
        answer = self.draft("sources", images=SimpleUploadedFile("a.txt", b"hello"))
        self.assertContains(answer, "a.txt: This is not a picture")
        assert not File.objects.exists()

    def test_a_picture_can_be_taken_away_again(self):
        file = make_file(self.organization)
        answer = self.draft("sources", source=file.public_id, remove=file.public_id)
        self.assertNotContains(answer, 'name="source"')

    def test_a_strangers_picture_cannot_be_smuggled_in(self):
        foreign = make_file(self.people.other_organization)
        answer = self.draft("sources", source=foreign.public_id)
        self.assertNotContains(answer, foreign.public_id)

    def test_a_mask_of_another_size_is_refused_with_both_sizes(self):
        source = make_file(self.organization, width=8, height=8)
        mask = make_file(self.organization, width=4, height=4)
        answer = self.draft(
            "sources", source=source.public_id, mask_file=mask.public_id
        )
        self.assertContains(answer, "4 × 4 pixels and the first picture 8 × 8")

    def test_pictures_wait_aside_while_the_model_cannot_take_them(self):
        file = make_file(self.organization)
        model = "drop/clipdrop-text-to-image"
        answer = self.draft("options", model=model, source=file.public_id)
        self.assertContains(answer, f'name="source" value="{file.public_id}"')
        assert answer.context["form"].plan is not None

    def test_a_viewer_cannot_plan(self):
        viewer = make_member(self.organization, "vera@example.com", "viewer")
        client = client_of(viewer)
        assert client.post(reverse("images:plan")).status_code == 403

    def test_nothing_is_made_by_looking(self):
        self.draft("plan")
        self.draft("options")
        assert not Generation.objects.exists()
