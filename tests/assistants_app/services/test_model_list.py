import pytest
from django.test import TestCase

from assistants_app.services.model_list import chat_model_list
from images_app.services.model_list import image_model_list
from playground.organizations.services.connections import add_connection
from tests.people import make_people


class ModelListTests(TestCase):
    def setUp(self):
        self.connection = add_connection(
            organization=make_people().organization,
            kind="openai",
            name="ours",
            api_key="sk-proj-0123456789ab12",
        )

    def test_a_wrong_entry_of_a_chat_model_is_told_and_never_crashes(self):
        check = chat_model_list().check
        assert check(self.connection, "gpt-4.1", {"label": "Ours"}) == ""
        for entry in (
            {"label": 5},
            {"context": "many"},
            {"max_output": -1},
            {"tools": "yes"},
            {"shutdown_date": "soon"},
            {"shutdown_date": 5},
            {"price": {"input": "1"}},
            {"price": {"input": "x", "output": "1", "as_of": "2026-11-20"}},
            {"kind": "other"},
        ):
            with self.subTest(entry=entry):
                assert check(self.connection, "gpt-4.1", entry)

    def test_a_wrong_entry_of_an_image_model_is_told_and_never_crashes(self):
        check = image_model_list().check
        assert check(self.connection, "gpt-image-2", {"max_n": 2}) == ""
        for entry in (
            {"label": 5},
            {"max_n": 0},
            {"max_n": "two"},
            {"partial_images": 9},
            {"partial_images": [1]},
            {"price": {"unit": "image", "as_of": "soon", "usd": "1"}},
            {"price": {"unit": "image", "as_of": "2026-11-20", "usd": "x"}},
            {
                "price": {
                    "unit": "image",
                    "as_of": "2026-11-20",
                    "rows": [{"usd": "-1"}],
                }
            },
            {"shutdown_date": "soon"},
            {"kind": "other"},
        ):
            with self.subTest(entry=entry):
                assert check(self.connection, "gpt-image-2", entry)

    def test_the_price_entry_of_a_model_is_one_that_its_own_list_takes(self):
        for models in (chat_model_list(), image_model_list()):
            for name in models.names(self.connection):
                with self.subTest(name=name):
                    price = models.describe(self.connection, name).price_entry
                    assert price is None or not models.check(
                        self.connection, name, {"price": price}
                    )

    def test_a_models_values_are_ones_that_its_own_list_takes(self):
        for models in (chat_model_list(), image_model_list()):
            for name in (*models.names(self.connection), "nobody-knows-it"):
                with self.subTest(name=name):
                    values = models.describe(self.connection, name).values
                    assert models.check(self.connection, name, values) == ""


@pytest.mark.parametrize("models", [chat_model_list(), image_model_list()])
def test_every_field_has_a_label(models):
    assert all(field.label for field in models.fields)
