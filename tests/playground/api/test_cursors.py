"""Pages of lists: each row once, in both orders and directions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import TestCase, override_settings

from playground.api.cursors import Page, list_body, page_of, slice_of
from playground.api.errors import ApiError
from playground.organizations.models import ApiKey, Organization
from playground.organizations.services.organizations import create_api_key

START = datetime(2026, 11, 1, tzinfo=UTC)
# Seconds after the start: three rows share one moment.
MOMENTS = {"a": 0, "b": 1, "c": 1, "d": 1, "e": 2}


def rows_of(organization: Organization):
    return ApiKey.objects.filter(organization=organization)


class PageOfRowsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = Organization.objects.create(name="Fjordline")
        other = Organization.objects.create(name="Mallory and Sons")
        for name, second in MOMENTS.items():
            moment = START + timedelta(seconds=second)
            for organization, prefix in ((cls.organization, ""), (other, "foreign_")):
                key, _ = create_api_key(organization=organization, name=name)
                ApiKey.objects.filter(pk=key.pk).update(
                    created_at=moment, public_id=prefix + name
                )

    def names(self, **query):
        page = Page.model_validate(query)
        rows, has_more = page_of(rows_of(self.organization), page)
        return "".join(row.public_id for row in rows), has_more

    def test_the_newest_come_first_unless_asked_otherwise(self):
        assert self.names() == ("edcba", False)
        assert self.names(order="asc") == ("abcde", False)

    def test_a_page_says_whether_more_follow(self):
        assert self.names(limit=2) == ("ed", True)
        assert self.names(limit=5) == ("edcba", False)
        assert self.names(limit=4, order="asc") == ("abcd", True)

    def test_pages_meet_in_the_middle_of_one_moment(self):
        assert self.names(after="c") == ("ba", False)
        assert self.names(after="c", limit=1) == ("b", True)
        assert self.names(after="c", order="asc") == ("de", False)
        assert self.names(after="a") == ("", False)

    def test_before_gives_the_rows_next_to_the_cursor(self):
        assert self.names(before="c") == ("ed", False)
        assert self.names(before="b", limit=2) == ("dc", True)
        assert self.names(before="d", order="asc", limit=2) == ("bc", True)
        assert self.names(before="e") == ("", False)

    def test_both_cursors_give_what_lies_between_them(self):
        assert self.names(after="e", before="a") == ("dcb", False)
        assert self.names(after="e", before="a", limit=2) == ("dc", True)
        assert self.names(after="a", before="e", order="asc", limit=2) == ("bc", True)

    def test_walking_by_after_meets_each_row_once(self):
        for order in ("asc", "desc"):
            for limit in (1, 2, 3):
                with self.subTest(order=order, limit=limit):
                    seen, more, query = "", True, {}
                    while more:
                        found, more = self.names(order=order, limit=limit, **query)
                        seen, query = seen + found, {"after": found[-1]}
                    assert seen == ("abcde" if order == "asc" else "edcba")

    def test_an_unknown_and_a_foreign_cursor_are_refused_alike(self):
        for param in ("after", "before"):
            for cursor in ("nobody", "foreign_b", "nul\0", "x" * 5000):
                with (
                    self.subTest(param=param, cursor=cursor[:9]),
                    pytest.raises(ApiError, match="nothing with id") as caught,
                ):
                    self.names(**{param: cursor})
                assert (caught.value.status, caught.value.param) == (400, param)
                assert len(caught.value.message) < 200

    def test_an_empty_cursor_is_none(self):
        assert self.names(after="", before="") == ("edcba", False)


@pytest.mark.parametrize(
    ("query", "found", "has_more"),
    [
        ({}, "edcba", False),
        ({"order": "asc", "limit": 2}, "ab", True),
        ({"after": "c"}, "ba", False),
        ({"after": "c", "order": "asc", "limit": 1}, "d", True),
        ({"before": "b", "limit": 2}, "dc", True),
        ({"before": "d", "order": "asc"}, "abc", False),
        ({"after": "e", "before": "a", "limit": 2}, "dc", True),
        ({"after": "a"}, "", False),
        ({"before": "e"}, "", False),
    ],
)
def test_a_list_in_memory_pages_like_rows(query, found, has_more):
    page = Page.model_validate(query)
    items, more = slice_of("abcde", page, str)
    assert ("".join(items), more) == (found, has_more)


def test_a_list_in_memory_refuses_an_unknown_cursor():
    with pytest.raises(ApiError, match="Invalid 'before'"):
        slice_of("abc", Page(limit=1, before="z"), str)


def test_an_empty_page_has_all_keys():
    assert list_body([], False) == {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
    }


@override_settings(ROOT_URLCONF="tests.playground.api.little_api")
class ListQueryTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        organization = Organization.objects.create(name="Fjordline")
        _, cls.key = create_api_key(organization=organization, name="app")

    def get(self, query):
        headers = {"Authorization": f"Bearer {self.key}"}
        return self.client.get(f"/v1/things?{query}", headers=headers)

    def test_the_query_of_a_list_is_numbers_in_text(self):
        body = self.get("limit=2&order=asc&after=a").json()
        assert [row["id"] for row in body["data"]] == ["b", "c"]
        assert (body["first_id"], body["last_id"]) == ("b", "c")
        assert body["has_more"] is True

    def test_a_wrong_query_is_refused_by_its_parameter(self):
        for query, param, code in (
            ("limit=0", "limit", "integer_below_min_value"),
            ("limit=101", "limit", "integer_above_max_value"),
            ("limit=many", "limit", "invalid_type"),
            ("limit=", "limit", "invalid_type"),
            ("order=up", "order", "invalid_value"),
            ("after=z", "after", "invalid_value"),
            ("page=2", "page", "unknown_parameter"),
        ):
            with self.subTest(query=query):
                response = self.get(query)
                error = response.json()["error"]
                assert response.status_code == 400
                assert (error["param"], error["code"]) == (param, code)

    def test_the_text_that_is_no_number_is_shown(self):
        assert self.get("limit=many").json()["error"]["message"] == (
            "Invalid type for 'limit': expected an integer, but got 'many' instead."
        )
