from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

from django.test import TestCase

from assistants_app.models import Assistant
from playground.lib.clock import today
from playground.organizations.models import Budget
from tests.people import client_of, make_member, make_people
from tests.playground.organizations.usage_rows import spend

PAGE = "/settings/usage/"
EXPORT = "/settings/usage/export/"


class UsagePageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.organization = cls.people.organization
        cls.assistant = Assistant.objects.create(
            organization=cls.organization, name="Postcard Studio"
        )
        spend(
            cls.organization,
            "1.25",
            user_number=cls.people.bob.pk,
            assistant=cls.assistant.public_id,
        )
        spend(cls.organization, "7.50", user_number=cls.people.alice.pk)

    def test_a_member_sees_what_he_has_spent_himself(self):
        page = client_of(self.people.bob).get(PAGE).content.decode()
        text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
        assert "Spent $1.25 no budget of your own" in text
        assert "Postcard Studio $1.25 1 1 0" in text
        assert "7.50" not in text

    def test_a_member_is_told_that_his_budget_ends(self):
        Budget.objects.create(
            organization=self.organization, user=self.people.bob, amount=Decimal("1.50")
        )
        page = client_of(self.people.bob).get(PAGE)
        self.assertContains(page, "83 % of your budget is gone.")

    def test_a_viewer_has_a_page_too(self):
        viewer = make_member(self.organization, "v@example.com", "viewer")
        self.assertContains(client_of(viewer).get(PAGE), "Nothing was called in")

    def test_admins_are_led_to_everybodys(self):
        page = client_of(self.people.alice).get(PAGE)
        self.assertRedirects(page, "/settings/budget/")


class UsageExportTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.organization = cls.people.organization

    def rows(self, user, **query):
        response = client_of(user).get(EXPORT, query)
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))

    def test_there_is_one_line_for_each_daily_sum(self):
        bob = self.people.bob.pk
        spend(self.organization, "0.125", user_number=bob, pictures=2, tokens=30)
        spend(self.organization, "0", kind="chat", model="m", unknown_calls=1)
        spend(self.people.other_organization, "99")
        first, second = self.rows(self.people.alice)
        assert first == {
            "day": today().isoformat(),
            "member": "Bob",
            "api_key": "",
            "assistant": "",
            "assistant_id": "",
            "connection": "ours",
            "kind": "image",
            "model": "gpt-image-2",
            "calls": "1",
            "pictures": "2",
            "tokens": "30",
            "cost_usd": "0.12500000",
            "calls_of_unknown_price": "0",
        }
        assert second["calls_of_unknown_price"] == "1"

    def test_a_member_gets_his_own_lines(self):
        spend(self.organization, "1", user_number=self.people.bob.pk)
        spend(self.organization, "2", user_number=self.people.alice.pk)
        (row,) = self.rows(self.people.bob)
        assert row["member"] == "Bob"

    def test_no_name_becomes_a_formula(self):
        person = make_member(self.organization, "eve@example.com", "member")
        person.name = '=HYPERLINK("http://evil.example")'
        person.save()
        spend(self.organization, "1", user_number=person.pk, model="@SUM(1)")
        (row,) = self.rows(self.people.alice)
        assert row["member"].startswith("'=")
        assert row["model"] == "'@SUM(1)"

    def test_the_file_is_named_after_its_month(self):
        response = client_of(self.people.alice).get(EXPORT, {"month": "2026-01"})
        assert 'filename="easel-usage-2026-01.csv"' in response["Content-Disposition"]
        assert "no-store" in response["Cache-Control"]

    def test_a_month_that_is_none_is_not_found(self):
        response = client_of(self.people.alice).get(EXPORT, {"month": "soon"})
        assert response.status_code == 404
