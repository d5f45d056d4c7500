from __future__ import annotations

import re
from decimal import Decimal

from django.test import TestCase

from assistants_app.services.chat_prices import chat_model_of
from images_app.services.models import model_of
from playground.lib.clock import today
from playground.organizations.models import AuditEntry, Connection
from playground.organizations.services.connections import add_connection
from tests.people import client_of, make_people
from tests.playground.organizations.usage_rows import spend

PAGE = "/settings/budget/"
PRICE = "/settings/budget/prices/of/ours/"


def address(model="gpt-image-2", service="image", what=""):
    return f"{PRICE}{what}?service={service}&model={model}"


class PricePageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.ours = add_connection(
            organization=cls.people.organization,
            kind="openai",
            name="ours",
            api_key="sk-123456789012",
        )

    def setUp(self):
        self.client = client_of(self.people.alice)

    def save(self, data, **named):
        response = self.client.post(address(**named), data)
        self.ours = Connection.objects.get(pk=self.ours.pk)
        return response

    def line(self, model):
        """The model's line in the table, as words."""
        page = self.client.get(PAGE).content.decode()
        rows = re.findall(r"<tr><th scope=\"row\"><span.*?</tr>", page, re.S)
        lines = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
        return next(line for line in lines if line.startswith(model + " ours"))

    def test_list_prices_stand_with_their_day(self):
        line = self.line("gpt-4.1")
        assert "1M tokens" in line
        assert "$2 in, $8 out per 1M tokens list" in line
        assert " 2026 Change" in line

    def test_a_model_without_a_price_is_unknown_and_comes_first_when_it_was_used(self):
        spend(self.people.organization, "0", model="mystery", unknown_calls=3, calls=3)
        page = self.client.get(PAGE)
        assert page.context["prices"][0].model.name == "mystery"
        assert "3 calls without a price – – unknown – Set a price" in self.line(
            "mystery"
        )

    def test_an_own_price_is_what_calls_are_counted_with(self):
        page = self.save({"unit": "image", "image-usd": "0.04"})
        self.assertRedirects(page, f"{PAGE}#prices", fetch_redirect_response=False)
        price = model_of(self.ours, "gpt-image-2").price
        assert (price.unit, price.usd, price.as_of) == (
            "image",
            Decimal("0.04"),
            today(),
        )
        assert "$0.04 per picture own" in self.line("gpt-image-2")

    def test_only_the_chosen_way_of_billing_counts(self):
        data = {"unit": "credit", "credit-credits": "2", "credit-usd": "0.01"}
        self.save({**data, "image-usd": "9", "token-image_output": "x"} | data)
        assert self.ours.model_entries == {}
        self.save({**data, "image-usd": "9"})
        entry = self.ours.model_entries["image"]["gpt-image-2"]["price"]
        assert entry == {
            "unit": "credit",
            "credits": "2",
            "usd": "0.01",
            "as_of": today().isoformat(),
        }

    def test_an_own_price_of_tokens_keeps_the_lists_estimates_in_proportion(self):
        listed = model_of(self.ours, "gpt-image-2").price
        double = str(listed.image_output * 2)
        self.save({"unit": "token", "token-image_output": double})
        own = model_of(self.ours, "gpt-image-2").price
        assert own.image_output == listed.image_output * 2
        assert own.text_input is None
        assert [row.usd for row in own.rows] == [row.usd * 2 for row in listed.rows]

    def test_a_chat_model_has_two_prices(self):
        page = self.save({"any-input": "1.5"}, model="gpt-4.1", service="chat")
        self.assertContains(page, "Write a price; 0 where it is free.", status_code=422)
        self.assertContains(page, 'value="1.5"', status_code=422)
        data = {"any-input": "1.5", "any-output": "0"}
        assert self.save(data, model="gpt-4.1", service="chat").status_code == 302
        price = chat_model_of(self.ours, "gpt-4.1").price
        assert (price.input, price.output) == (Decimal("1.5"), 0)

    def test_what_is_wrong_stands_beside_its_field(self):
        for data, rule in (
            ({"unit": "image", "image-usd": "-1"}, "Write 0 or more."),
            ({"unit": "image", "image-usd": "four"}, "Write a number such as 0.04"),
            ({"unit": "image", "image-usd": "1e9"}, "less than or equal to 1000000"),
            ({"unit": "image"}, "Write a price; 0 where it is free."),
            ({"unit": "token", "token-text_input": "1"}, "Write a price; 0 where"),
            ({"unit": "hour"}, "not one of the available choices"),
            ({}, "This field is required."),
        ):
            with self.subTest(data=data):
                self.assertContains(self.save(data), rule, status_code=422)
        assert self.ours.model_entries == {}

    def test_other_things_said_of_the_model_stay(self):
        self.ours.model_entries = {"image": {"gpt-image-2": {"label": "House model"}}}
        self.ours.save()
        self.save({"unit": "image", "image-usd": "0.04"})
        self.client.post(address(what="remove/"))
        self.ours = Connection.objects.get(pk=self.ours.pk)
        entry = self.ours.model_entries["image"]["gpt-image-2"]
        assert entry == {"label": "House model"}

    def test_without_its_own_price_the_list_holds_again(self):
        listed = model_of(self.ours, "gpt-image-2").price
        self.save({"unit": "image", "image-usd": "0.04"})
        self.assertContains(self.client.get(address()), "Remove own price")
        self.client.post(address(what="remove/"))
        self.ours = Connection.objects.get(pk=self.ours.pk)
        assert model_of(self.ours, "gpt-image-2").price == listed
        self.assertNotContains(self.client.get(address()), "Remove own price")

    def test_each_change_is_in_the_audit(self):
        self.save({"unit": "image", "image-usd": "0.04"})
        self.client.post(address(what="remove/"))
        removed, changed = AuditEntry.objects.filter(action__startswith="price.")
        assert (changed.action, removed.action) == ("price.changed", "price.removed")
        assert {changed.subject, removed.subject} == {"ours/gpt-image-2"}
        assert changed.user == self.people.alice
        assert changed.detail["changes"]["price"]["to"]["usd"] == "0.04"
        assert removed.detail["changes"]["price"]["from"]["usd"] == "0.04"
        log = self.client.get("/settings/audit/")
        self.assertContains(log, "unit image, as of")
        self.assertContains(log, "USD 0.04")

    def test_a_model_that_no_list_names_can_be_given_a_price(self):
        path = "/settings/budget/prices/new/"
        self.assertContains(self.client.get(path), "ours, pictures")
        page = self.client.get(path, {"model_of": "image/ours", "model": "a/b c"})
        self.assertRedirects(page, f"{PRICE}?service=image&model=a%2Fb+c")
        self.save({"unit": "image", "image-usd": "1"}, model="a%2Fb+c")
        assert "$1" in self.line("a/b c")

    def test_no_model_is_named_without_a_connection_or_a_name(self):
        path = "/settings/budget/prices/new/"
        for data in (
            {"model_of": "image/theirs", "model": "m"},
            {"model_of": "image/ours", "model": ""},
            {"model_of": "image/ours", "model": "m" * 201},
        ):
            with self.subTest(data=data):
                assert self.client.get(path, data).status_code == 422

    def test_there_is_no_price_of_what_is_not_served(self):
        for path in (
            PRICE,
            address(service="video"),
            address(model=""),
            address(model="m" * 201),
            address().replace("ours", "theirs"),
        ):
            with self.subTest(path=path):
                assert self.client.get(path).status_code == 404

    def test_mallory_and_members_change_no_price(self):
        data = {"unit": "image", "image-usd": "0"}
        for user, status in ((self.people.mallory, 404), (self.people.bob, 403)):
            for path in (address(), address(what="remove/")):
                with self.subTest(user=user, path=path):
                    assert client_of(user).post(path, data).status_code == status
        self.ours.refresh_from_db(fields=["model_entries"])
        assert self.ours.model_entries == {}
