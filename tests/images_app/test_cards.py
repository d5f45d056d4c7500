from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.test import TestCase

from images_app.access import get_generation
from images_app.card_facts import seconds, usd
from images_app.cards import card
from images_app.models import Generation
from playground.lib.clock import now
from tests.images_app.making import (
    add_connection,
    add_picture,
    make_file,
    make_generation,
)
from tests.people import make_people


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "$0.00"),
        ("0.048", "$0.048"),
        ("0.05", "$0.05"),
        ("0.0512", "$0.051"),
        ("0.00042", "$0.00042"),
        ("12.5", "$12.50"),
        ("1234", "$1,234.00"),
    ],
)
def test_money_has_as_many_digits_as_it_needs(amount, text):
    assert usd(Decimal(amount)) == text


def test_time_is_told_in_seconds_and_then_in_minutes():
    assert [seconds(9.84), seconds(119.9), seconds(125)] == [
        "9.8 s",
        "119.9 s",
        "2 min 5 s",
    ]


class CardTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.organization = cls.people.organization
        add_connection(cls.organization, is_default_image=True)
        add_connection(cls.organization, "paid", "openai")

    def make(self, model="paid/gpt-image-2", **fields):
        return make_generation(self.organization, model=model, **fields)

    def card(self, generation):
        return card(get_generation(self.organization, generation.public_id))

    def facts(self, generation):
        return {fact.label: fact for fact in self.card(generation).facts}

    def html(self, generation, template="images_app/_pic.html"):
        return render_to_string(template, {"card": self.card(generation)})

    def test_the_space_is_held_in_the_ratio_that_was_asked_for(self):
        shown = self.card(self.make(ask={"size": "1536x1024"}))
        assert (shown.hold_width, shown.hold_height) == (1536, 1024)
        assert shown.measure == "1536 × 1024"

    def test_without_a_size_the_models_default_is_held(self):
        shown = self.card(self.make(model=""))
        assert (shown.hold_width, shown.hold_height) == (1024, 1024)

    def test_an_edit_holds_the_space_of_its_source(self):
        generation = self.make(model="", operation="edit")
        generation.sources.set([make_file(self.organization, width=30, height=20)])
        shown = self.card(generation)
        assert (shown.hold_width, shown.hold_height) == (30, 20)

    def test_a_picture_that_came_in_another_size_says_so(self):
        generation = self.make(ask={"size": "1536x1024"})
        add_picture(generation, width=60, height=40)
        size = self.facts(generation)["Size"]
        assert (size.asked, size.value) == ("1536 × 1024", "60 × 40")

    def test_a_ratio_that_was_met_is_no_difference(self):
        generation = self.make(ask={"aspect_ratio": "3:2"})
        add_picture(generation, width=60, height=40)
        assert self.facts(generation)["Size"].asked == ""

    def test_a_ratio_that_was_missed_is_one(self):
        generation = self.make(ask={"aspect_ratio": "3:2"})
        add_picture(generation, width=40, height=40)
        assert self.facts(generation)["Size"].asked == "3:2"

    def test_what_was_adjusted_before_sending_has_its_reason(self):
        add_connection(self.organization, "drop", "clipdrop")
        generation = self.make("drop/clipdrop-text-to-image", ask={"quality": "high"})
        changes = self.card(generation).changes
        assert [(change.name, change.sent) for change in changes] == [
            ("quality", "left out")
        ]
        assert changes[0].reason in self.html(generation)

    def test_the_picture_shown_is_the_stored_file_under_the_sent_prompt(self):
        generation = self.make(prompt='A "harbour" & <b>', status="completed")
        file = add_picture(generation).file
        html = self.html(generation)
        assert f'src="/images/files/{file.public_id}/"' in html
        assert 'alt="A &quot;harbour&quot; &amp; &lt;b&gt;"' in html
        assert f"/images/files/{file.public_id}/?download=1" in html

    def test_every_picture_of_a_call_is_shown(self):
        generation = self.make(ask={"n": 2})
        files = [add_picture(generation).file for _ in range(2)]
        html = self.html(generation)
        assert all(f'src="/images/files/{f.public_id}/"' in html for f in files)

    def test_an_unknown_price_is_written_and_never_zero(self):
        generation = self.make(status="completed")
        add_picture(generation)
        assert self.card(generation).price.text == "price unknown"
        assert "$0" not in self.html(generation)

    def test_zero_is_written_where_the_provider_said_so(self):
        generation = self.make(cost=Decimal(0), cost_origin="reported")
        add_picture(generation)
        shown = self.card(generation).price
        assert (shown.text, shown.note) == ("$0.00", "reported")

    def test_a_style_and_a_revision_are_shown_as_differences(self):
        generation = self.make(prompt="A hill", ask={"style_suffix": "in oil"})
        add_picture(generation, revised="A green hill, in oil")
        html = self.html(generation)
        assert "A hill<ins>, in oil</ins>" in html
        assert "A <ins>green</ins> hill, in oil" in html
        summary = self.card(generation).prompt_summary
        assert summary == "changed twice, by its style and by the provider"

    def test_an_unchanged_prompt_is_shown_once(self):
        shown = self.card(self.make())
        assert shown.prompt_summary == "sent as asked"
        assert [line.same for line in shown.prompts] == [False, True]

    def test_a_preview_is_shown_in_the_frame_alone(self):
        generation = self.make(status="sending", sent_at=now())
        generation.partial = make_file(self.organization)
        generation.partial_count = 1
        generation.save()
        frame = self.html(generation, "images_app/_pic_frame.html")
        assert f'id="{generation.public_id}_frame"' in frame
        assert generation.partial.public_id in frame
        assert "Preview 1 of 1" in frame
        assert "pic-label" not in frame
        assert 'data-state="partial"' in self.html(generation)

    def test_the_four_outcomes_without_a_picture_never_share_a_look(self):
        looks = set()
        for status in ("failed", "moderated", "unknown", "cancelled"):
            shown = self.card(self.make(status=status)).failure
            looks.add((shown.icon, shown.tone, shown.badge))
        assert len(looks) == 4
        assert len({icon for icon, _, _ in looks}) == 4

    def test_an_unknown_outcome_says_that_trying_again_may_cost_again(self):
        shown = self.card(self.make(status="unknown", may_have_cost=True)).failure
        assert shown.title == "Outcome unknown. It may have been billed."
        assert shown.retry_label == "Try again, may cost again"

    def test_a_price_that_was_planned_is_what_trying_again_may_cost(self):
        generation = self.make(status="unknown", may_have_cost=True)
        generation.plan = {**generation.plan, "price": {"amount": "0.048"}}
        generation.save()
        label = self.card(generation).failure.retry_label
        assert label == "Try again, may cost another $0.048"

    def test_a_failure_that_cost_nothing_says_so(self):
        generation = self.make(status="failed", error_text="The key was refused.")
        html = self.html(generation)
        assert "The key was refused. Not charged." in html
        assert self.card(generation).price.text == "not charged"

    def test_the_providers_raw_words_are_on_no_card(self):
        generation = self.make(status="failed", error_admin_text="403 sk-secret")
        assert "sk-secret" not in self.html(generation)

    def test_only_what_costs_nothing_to_stop_can_be_stopped(self):
        queued, paid = self.make(), self.make(status="sending")
        free = self.make(model="", status="sending")
        labels = [self.card(one).stop_label for one in (queued, paid, free)]
        assert labels == ["Stop, nothing was sent yet", "", "Stop"]

    def test_the_time_runs_from_the_moment_of_sending(self):
        sent = now() - timedelta(seconds=5)
        generation = self.make(status="sending", sent_at=sent)
        assert f'data-since="{sent.isoformat()}"' in self.html(generation)

    def test_a_card_of_any_state_holds_no_form_and_no_token(self):
        for status in Generation.Status.values:
            html = self.html(self.make(status=status))
            assert "<form" not in html
            assert "csrf" not in html
