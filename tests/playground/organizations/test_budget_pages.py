from __future__ import annotations

import re
from decimal import Decimal

from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext

from playground.lib.clock import today
from playground.organizations.models import (
    ApiKey,
    AuditEntry,
    Budget,
    Reservation,
)
from tests.people import client_of, make_member, make_people
from tests.playground.organizations.usage_rows import spend

PAGE = "/settings/budget/"
NEW = "/settings/budget/new/"


class Pages(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.organization = cls.people.organization
        cls.key = ApiKey.objects.create(
            organization=cls.organization, name="ci-smoke", key_hash="x", key_end="1234"
        )

    def setUp(self):
        self.client = client_of(self.people.alice)

    def budget(self, amount="10", **fields):
        return Budget.objects.create(
            organization=self.organization, amount=Decimal(amount), **fields
        )

    def text(self, path=PAGE, client=None):
        """The page's words without its tags."""
        page = (client or self.client).get(path).content.decode()
        return " ".join(re.sub(r"<[^>]+>", " ", page).split())


class BudgetPageTests(Pages):
    def test_a_new_organization_is_told_what_there_will_be(self):
        text = self.text()
        assert "Nothing was called in" in text
        assert "no budget is set" in text
        assert "calls are counted, and none is refused" in text

    def test_the_figures_are_those_of_the_month(self):
        self.budget("200")
        spend(self.organization, "0.40", pictures=4)
        spend(self.organization, "3", kind="chat", pictures=0, model="gpt-4.1")
        spend(self.organization, "0", unknown_calls=17, calls=17, model="mystery")
        Reservation.objects.create(
            organization=self.organization, reference="run_1", amount=Decimal("0.06")
        )
        text = self.text()
        for words in (
            "Spent $3.40 of $200.00",
            "Reserved now $0.06 1 call in progress",
            "Pictures 5 $0.10 on average",
            "Price unknown 17 give them a price",
        ):
            assert words in text

    def test_spending_is_shown_by_member_key_assistant_and_model(self):
        self.budget("4", user=self.people.bob)
        spend(
            self.organization, "1", user_number=self.people.bob.pk, assistant="asst_x"
        )
        spend(self.organization, "2", api_key_number=self.key.pk)
        spend(self.organization, "5", user_number=987654)
        text = self.text()
        assert "Bob $1.00 1 1 0" in text
        assert "No member calls of API keys $2.00 1 1 0" in text
        assert "ci-smoke …1234 $2.00 1 1 0" in text
        assert "asst_x deleted $1.00 1 1 0" in text
        assert "deleted person 987654" in text
        self.assertContains(self.client.get(PAGE), "25 percent of $4.00")

    def test_what_nobody_can_price_is_not_shown_as_nothing(self):
        spend(self.organization, "0", unknown_calls=2, calls=2, model="mystery")
        text = self.text()
        assert "mystery ours unknown 1 2 2" in text
        assert "Spent – no budget" in text

    def test_another_organizations_calls_and_budgets_are_not_shown(self):
        spend(self.people.other_organization, "77")
        Budget.objects.create(
            organization=self.people.other_organization, amount=Decimal(99)
        )
        text = self.text()
        assert "77" not in text
        assert "99" not in text

    def test_another_month_can_be_looked_at(self):
        month = today().replace(day=1)
        earlier = month.replace(year=month.year - 1)
        spend(self.organization, "12.34", day=earlier)
        page = self.client.get(PAGE, {"month": f"{earlier:%Y-%m}"})
        self.assertContains(page, "$12.34")
        self.assertNotContains(page, "Likely by")
        self.assertContains(page, f'value="{earlier:%Y-%m}" selected')
        assert "$12.34" not in self.text()

    def test_a_month_that_is_none_is_not_found(self):
        for month in ("2026-13", "x", "9999-01", "1999-12", "2026-1-1"):
            with self.subTest(month=month):
                page = self.client.get(PAGE, {"month": month})
                assert page.status_code == 404

    def test_the_queries_do_not_grow_with_what_is_shown(self):
        spend(
            self.organization,
            "1",
            user_number=self.people.bob.pk,
            api_key_number=self.key.pk,
            assistant="asst_x",
        )
        before = self.queries()
        for n in range(5):
            user = make_member(self.organization, f"m{n}@example.com", "member")
            self.budget(user=user)
            spend(
                self.organization,
                "1",
                user_number=user.pk,
                api_key_number=self.key.pk,
                assistant=f"asst_{n}",
                model=f"m{n}",
            )
        assert self.queries() == before <= 25

    def queries(self):
        with CaptureQueriesContext(connection) as found:
            self.client.get(PAGE)
        return len(found)

    def test_only_admins_see_it(self):
        assert client_of(self.people.bob).get(PAGE).status_code == 403
        assert Client().get(PAGE).status_code == 302


class BudgetFormTests(Pages):
    def add(self, **changed):
        data = {
            "subject": "organization",
            "amount": "200",
            "mode": "hard",
            **changed,
        }
        return self.client.post(NEW, data)

    def test_the_organization_a_member_and_a_key_get_budgets(self):
        self.assertRedirects(self.add(), PAGE)
        self.add(subject=f"member-{self.people.bob.pk}", amount="60.50", mode="soft")
        self.add(subject=f"key-{self.key.pk}", stops_unknown="on")
        found = Budget.objects.order_by("pk")
        assert [
            (b.user, b.api_key, b.amount, b.mode, b.stops_unknown) for b in found
        ] == [
            (None, None, 200, "hard", False),
            (self.people.bob, None, Decimal("60.50"), "soft", False),
            (None, self.key, 200, "hard", True),
        ]

    def test_who_has_a_budget_is_not_offered_again(self):
        self.add()
        self.assertNotContains(self.client.get(NEW), 'value="organization"')
        assert self.add().status_code == 422
        assert Budget.objects.count() == 1

    def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(self):
        for wrong, rule in (
            ({"amount": "-1"}, "Write 0 or more."),
            ({"amount": "$200"}, "Write an amount such as 200"),
            ({"amount": "1.234"}, "no more than 2 decimal places"),
            ({"amount": ""}, "This field is required."),
            ({"amount": "NaN"}, "Write an amount such as 200"),
            (
                {"subject": f"member-{self.people.mallory.pk}"},
                "not one of the available",
            ),
            ({"mode": "soft", "stops_unknown": "on"}, "A budget that only warns"),
        ):
            with self.subTest(wrong=wrong):
                page = self.add(**{"amount": "123.45", **wrong})
                self.assertContains(page, rule, status_code=422)
                if "amount" not in wrong:
                    self.assertContains(page, 'value="123.45"', status_code=422)
        assert not Budget.objects.exists()

    def test_a_budget_is_changed_and_the_change_is_audited(self):
        budget = self.budget("10", user=self.people.bob)
        path = f"{PAGE}{budget.pk}/"
        self.assertContains(self.client.get(path), 'value="10.00"')
        self.assertRedirects(
            self.client.post(path, {"amount": "20", "mode": "soft"}), PAGE
        )
        budget.refresh_from_db()
        assert (budget.amount, budget.mode, budget.user) == (
            20,
            "soft",
            self.people.bob,
        )
        assert AuditEntry.objects.get().action == "budget.changed"

    def test_a_budget_is_removed_after_a_question(self):
        budget = self.budget()
        path = f"{PAGE}{budget.pk}/remove/"
        self.assertContains(self.client.get(path), "What was spent stays counted.")
        assert Budget.objects.exists()
        self.assertRedirects(self.client.post(path), PAGE)
        assert not Budget.objects.exists()
        assert AuditEntry.objects.get().action == "budget.removed"

    def test_mallory_reaches_no_budget_of_ours(self):
        budget = self.budget()
        mallory = client_of(self.people.mallory)
        for path in (f"{PAGE}{budget.pk}/", f"{PAGE}{budget.pk}/remove/"):
            with self.subTest(path=path):
                assert mallory.get(path).status_code == 404
                assert mallory.post(path, {"amount": "1"}).status_code == 404
        assert Budget.objects.get() == budget

    def test_members_set_no_budgets(self):
        budget = self.budget()
        bob = client_of(self.people.bob)
        for path in (NEW, f"{PAGE}{budget.pk}/", f"{PAGE}{budget.pk}/remove/"):
            with self.subTest(path=path):
                assert bob.post(path, {"amount": "1"}).status_code == 403


class WarningTests(Pages):
    def test_admins_are_told_on_every_page(self):
        self.budget("10", mode="hard")
        spend(self.organization, "8.50")
        text = self.text("/assistants/")
        assert (
            "85 % of the budget of Fjordline Travel is gone: $8.50 of $10.00." in text
        )
        spend(self.organization, "2", model="other")
        text = self.text("/assistants/")
        assert "is used up: $10.50 of $10.00. Calls that cost money are refused" in text

    def test_a_budget_that_only_warns_says_so(self):
        self.budget("10", mode="soft", user=self.people.bob)
        spend(self.organization, "10", user_number=self.people.bob.pk)
        text = self.text("/assistants/")
        assert "The budget of Bob is used up" in text
        assert "this budget only warns" in text

    def test_members_are_not_told(self):
        self.budget("10")
        spend(self.organization, "10")
        page = client_of(self.people.bob).get("/assistants/")
        self.assertNotContains(page, "budget-warning")

    def test_nobody_is_told_below_80_percent(self):
        self.budget("10")
        spend(self.organization, "7.99")
        self.assertNotContains(self.client.get("/assistants/"), "budget-warning")
