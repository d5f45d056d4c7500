from __future__ import annotations

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.test import TestCase

from images_app.services import routing
from images_app.services.routing import choose_image_route, offered_models
from playground.organizations.models import Connection
from playground.organizations.services.connections import NoConnectionError
from tests.images_app.making import add_connection
from tests.people import make_people


class RoutingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = make_people().organization
        cls.offline = add_connection(cls.organization, is_default_image=True)
        cls.openai = add_connection(cls.organization, "main", "openai")

    def test_no_name_means_the_default_connection_and_its_model(self):
        route = choose_image_route(self.organization)
        assert (route.connection, route.model.id) == (self.offline, "offline-painter")

    def test_a_connection_in_front_of_the_model_decides(self):
        route = choose_image_route(self.organization, model="main/gpt-image-2")
        assert (route.connection, route.model.id) == (self.openai, "gpt-image-2")

    def test_a_catalog_model_goes_to_the_connection_of_its_kind(self):
        route = choose_image_route(self.organization, model="gpt-image-2")
        assert route.connection == self.openai

    def test_an_unknown_model_takes_every_standard_option(self):
        route = choose_image_route(self.organization, model="main/house-style-3")
        assert not route.model.known
        assert "quality" in route.model.parameters

    def test_a_retired_model_is_refused_with_its_successor(self):
        with pytest.raises(NoConnectionError, match=r"shut down on .* Use gpt-image"):
            choose_image_route(self.organization, model="main/dall-e-3")

    def test_a_provider_that_is_not_offered_is_refused(self):
        with pytest.raises(NoConnectionError, match="not offered"):
            choose_image_route(self.organization, provider="nowhere")

    def test_the_default_connection_is_offered_first(self):
        offered = offered_models(self.organization)
        assert offered[0].connection == self.offline

    def test_retired_models_are_not_offered(self):
        names = {route.model.id for route in offered_models(self.organization)}
        assert "dall-e-3" not in names
        assert "gpt-image-2" in names

    def test_a_model_is_offered_until_its_last_day(self):
        with patch.object(routing, "today", lambda: date(2026, 11, 30)):
            names = {route.model.id for route in offered_models(self.organization)}
        assert "gpt-image-1.5" in names
        with patch.object(routing, "today", lambda: date(2026, 12, 1)):
            names = {route.model.id for route in offered_models(self.organization)}
        assert "gpt-image-1.5" not in names

    def test_a_list_of_allowed_models_is_all_that_is_offered(self):
        self.openai.allowed_models = ["gpt-image-2", "house-style-3"]
        self.openai.save()
        names = [
            route.model.id
            for route in offered_models(self.organization)
            if route.connection == self.openai
        ]
        assert names == ["gpt-image-2", "house-style-3"]

    def test_a_switched_off_connection_offers_nothing(self):
        self.openai.is_enabled = False
        self.openai.save()
        offered = offered_models(self.organization)
        assert {route.connection for route in offered} == {self.offline}


class AddedModelTests(TestCase):
    """A model that only an admin's entry names."""

    def setUp(self):
        self.organization = make_people().organization
        add_connection(self.organization, is_default_image=True)
        entries = {"image": {"house-painter": {"label": "Ours"}, "gpt-image-2": {}}}
        self.second = add_connection(
            self.organization, "second", "openai", model_entries=entries
        )

    def test_it_is_offered_and_led_to_its_connection(self):
        names = [
            (r.connection.name, r.model.id) for r in offered_models(self.organization)
        ]
        assert ("second", "house-painter") in names
        route = choose_image_route(self.organization, model="house-painter")
        assert (route.connection, route.model.label) == (self.second, "Ours")

    def test_an_entry_of_a_known_model_leads_nowhere_else(self):
        first = add_connection(self.organization, "first", "openai")
        Connection.objects.filter(pk=first.pk).update(
            created_at=self.second.created_at - timedelta(days=1)
        )
        route = choose_image_route(self.organization, model="gpt-image-2")
        assert route.connection == first
