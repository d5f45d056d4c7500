"""Who is let in: keys in two headers, sessions with our own token, and their scopes."""

from __future__ import annotations

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory, TestCase, override_settings

from playground.api.errors import ApiError
from playground.api.front import find_caller
from playground.lib.clock import now
from playground.organizations.models import Membership
from playground.organizations.services.organizations import (
    create_api_key,
    revoke_api_key,
)
from tests.people import make_member, make_people

BOX = {"things": [{"name": "a"}]}
LITTLE = override_settings(ROOT_URLCONF="tests.playground.api.little_api")


@LITTLE
class KeyTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.row, cls.key = create_api_key(
            organization=cls.people.organization, name="app"
        )
        _, cls.other_key = create_api_key(
            organization=cls.people.other_organization, name="other"
        )

    def ask(self, path="/v1/caller", **headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers=names)

    def refusal(self, **headers):
        response = self.ask(**headers)
        assert response.status_code == 401, response.content
        assert response["www-authenticate"] == "Bearer"
        error = response.json()["error"]
        assert error["type"] == "invalid_request_error"
        return error

    def test_either_header_lets_a_key_in_for_its_organization(self):
        for headers in (
            {"Authorization": f"Bearer {self.key}"},
            {"Authorization": f"bearer   {self.key} "},
            {"X_API_Key": self.key},
            {"Authorization": "", "X_API_Key": self.key},
            {"Authorization": "Bearer ", "X_API_Key": f" {self.key} "},
            {"Authorization": f"Bearer {self.key}", "X_API_Key": self.key},
        ):
            with self.subTest(headers=list(headers)):
                assert self.ask(**headers).json() == {
                    "organization": "Fjordline Travel",
                    "scopes": ["images", "read", "run"],
                    "user": None,
                    "key": "app",
                }

    def test_two_different_keys_are_refused(self):
        error = self.refusal(
            Authorization=f"Bearer {self.key}", X_API_Key=self.other_key
        )
        assert "different keys" in error["message"]

    def test_another_scheme_is_refused_even_beside_a_good_key(self):
        for said in (f"Basic {self.key}", self.key, f"Token {self.key}"):
            with self.subTest(said=said[:6]):
                error = self.refusal(Authorization=said, X_API_Key=self.key)
                assert "Bearer" in error["message"]

    def test_nothing_at_all_is_told_how_to_send_a_key(self):
        for headers in ({}, {"Authorization": "Bearer"}, {"X_API_Key": " "}):
            with self.subTest(headers=headers):
                assert "X-API-Key" in self.refusal(**headers)["message"]

    def test_a_wrong_key_is_refused_and_never_repeated_whole(self):
        wrong = f"esl_{'x' * 40}"
        for text in (wrong, "short", "ÿþ\x01", "a\0b" * 9, "é" * 5000):
            with self.subTest(text=text[:9]):
                error = self.refusal(Authorization=f"Bearer {text}")
                assert error["code"] == "invalid_api_key"
                assert text not in error["message"]
                assert len(error["message"]) < 100

    def test_a_revoked_key_is_refused(self):
        revoke_api_key(self.row, user=None)
        assert "revoked" in self.refusal(X_API_Key=self.key)["message"]

    def test_a_key_works_until_the_moment_it_expires(self):
        for expires_at, status in (
            (now() + timedelta(minutes=1), 200),
            (now(), 401),
            (now() - timedelta(days=1), 401),
        ):
            with self.subTest(expires_at=expires_at):
                self.row.expires_at = expires_at
                self.row.save()
                response = self.ask(X_API_Key=self.key)
                assert response.status_code == status
        assert "expired" in response.json()["error"]["message"]

    def test_the_seed_platform_has_its_own_codes(self):
        path = "/v1/organizations/settings"
        expired, text = create_api_key(
            organization=self.people.organization, name="old"
        )
        expired.expires_at = now()
        expired.save()
        revoke_api_key(self.row, user=None)
        for headers, code in (
            ({}, "AUTHENTICATION_REQUIRED"),
            ({"X_API_Key": "esl_wrong"}, "INVALID_API_KEY"),
            ({"X_API_Key": text}, "API_KEY_EXPIRED"),
            ({"X_API_Key": self.key}, "API_KEY_DEACTIVATED"),
        ):
            with self.subTest(code=code):
                response = self.ask(path, **headers)
                assert response.status_code == 401
                assert response.json()["error"]["code"] == code

    def test_the_last_use_is_noted_once_a_minute(self):
        self.ask(X_API_Key=self.key)
        self.row.refresh_from_db()
        assert self.row.last_used_at is not None
        recent = now() - timedelta(seconds=30)
        for before, is_noted in ((recent, False), (now() - timedelta(hours=1), True)):
            with self.subTest(is_noted=is_noted):
                self.row.last_used_at = before
                self.row.save()
                self.ask(X_API_Key=self.key)
                self.row.refresh_from_db()
                assert (self.row.last_used_at != before) == is_noted

    def test_a_refused_key_notes_no_use(self):
        revoke_api_key(self.row, user=None)
        self.ask(X_API_Key=self.key)
        self.row.refresh_from_db()
        assert self.row.last_used_at is None

    def test_each_operation_needs_its_scope(self):
        needs = {
            "read": ("GET", "/v1/things"),
            "run": ("POST", "/v1/things"),
            "images": ("POST", "/v1/things/form"),
            "admin": ("GET", "/v1/organizations/settings"),
        }
        for held in needs:
            _, key = create_api_key(
                organization=self.people.organization, name=held, scopes=[held]
            )
            for needed, (method, path) in needs.items():
                with self.subTest(held=held, needed=needed):
                    response = self.client.generic(
                        method, path, headers={"X-API-Key": key}
                    )
                    # Whoever runs also reads what comes of it.
                    may = held == needed or (held, needed) == ("run", "read")
                    assert (response.status_code == 403) == (not may)
                    if response.status_code == 403:
                        message = response.json()["error"]["message"]
                        assert f"no scope “{needed}”" in message

    def test_a_key_needs_no_token_of_our_pages(self):
        client = Client(enforce_csrf_checks=True)
        response = client.post(
            "/v1/things",
            BOX,
            content_type="application/json",
            headers={"X-API-Key": self.key, "Origin": "https://elsewhere.example"},
        )
        assert response.json() == {"name": "a"}

    def test_a_key_counts_more_than_a_session(self):
        self.client.force_login(self.people.mallory)
        caller = self.ask(X_API_Key=self.key).json()
        assert caller["organization"] == "Fjordline Travel"
        assert self.ask(X_API_Key="esl_wrong").status_code == 401


@LITTLE
class SessionTests(TestCase):
    token = "t" * 32

    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.viewer = make_member(cls.people.organization, "vi@example.com", "viewer")
        cls.admin = make_member(cls.people.organization, "ada@example.com", "admin")

    def client_of(self, user):
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        client.cookies[settings.CSRF_COOKIE_NAME] = self.token
        return client

    def post(self, user=None, **headers):
        return self.client_of(user or self.people.bob).post(
            "/v1/things",
            BOX,
            content_type="application/json",
            headers={name.replace("_", "-"): text for name, text in headers.items()},
        )

    def test_a_person_reads_without_a_token(self):
        response = self.client_of(self.people.bob).get("/v1/caller")
        assert response.json() == {
            "organization": "Fjordline Travel",
            "scopes": ["images", "read", "run"],
            "user": "bob@example.com",
            "key": None,
        }

    def test_json_needs_the_token_of_our_pages(self):
        assert self.post(X_CSRFToken=self.token).json() == {"name": "a"}
        for headers in ({}, {"X_CSRFToken": "u" * 32}, {"X_CSRFToken": "é"}):
            with self.subTest(headers=headers):
                response = self.post(**headers)
                assert response.status_code == 403
                assert response.json()["error"]["code"] == "csrf_failed"

    def test_a_form_needs_it_too(self):
        client = self.client_of(self.people.bob)
        for headers, data, status in (
            ({"X-CSRFToken": self.token}, {}, 200),
            ({}, {"csrfmiddlewaretoken": self.token}, 200),
            ({}, {}, 403),
        ):
            with self.subTest(headers=headers, data=data):
                file = SimpleUploadedFile("a.txt", b"abc")
                response = client.post(
                    "/v1/things/form", {"file": file, **data}, headers=headers
                )
                assert response.status_code == status
        assert response.json()["error"]["code"] == "csrf_failed"

    def test_another_origin_is_refused_and_our_own_is_not(self):
        for origin, status in (
            ("http://testserver", 200),
            ("https://testserver", 403),
            ("http://testserver:81", 403),
            ("https://evil.example", 403),
            ("null", 403),
        ):
            with self.subTest(origin=origin):
                response = self.post(X_CSRFToken=self.token, Origin=origin)
                assert response.status_code == status

    def test_a_viewer_only_reads(self):
        client = self.client_of(self.viewer)
        assert client.get("/v1/things").status_code == 200
        response = self.post(self.viewer, X_CSRFToken=self.token)
        assert response.status_code == 403
        assert "Your role" in response.json()["error"]["message"]

    def test_only_admins_reach_what_is_for_admins(self):
        path = "/v1/organizations/settings"
        for user, status in (
            (self.people.bob, 403),
            (self.admin, 200),
            (self.people.alice, 200),
        ):
            with self.subTest(user=user):
                assert self.client_of(user).get(path).status_code == status
        body = self.client_of(self.people.bob).get(path).json()
        assert body["error"]["code"] == "INSUFFICIENT_PERMISSIONS"

    def test_the_organization_is_the_one_chosen_on_the_pages(self):
        other = self.people.other_organization
        Membership.objects.create(
            organization=other, user=self.people.bob, role="viewer"
        )
        client = self.client_of(self.people.bob)
        session = client.session
        session["organization"] = other.public_id
        session.save()
        caller = client.get("/v1/caller").json()
        assert caller["organization"] == other.name
        assert caller["scopes"] == ["read"]

    def test_a_person_without_an_organization_is_403(self):
        self.people.bob.memberships.all().delete()
        response = self.client_of(self.people.bob).get("/v1/caller")
        assert response.status_code == 403

    def test_a_person_who_was_locked_out_is_401(self):
        client = self.client_of(self.people.bob)
        self.people.bob.is_active = False
        self.people.bob.save()
        assert client.get("/v1/caller").status_code == 401


class StreamCallerTests(TestCase):
    """The streaming front finds the same callers without any middleware."""

    token = "t" * 32

    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()

    def request(self, **extra):
        client = Client()
        client.force_login(self.people.bob)
        cookies = SimpleCookie(
            {
                settings.SESSION_COOKIE_NAME: client.session.session_key,
                settings.CSRF_COOKIE_NAME: self.token,
            }
        )
        text = "; ".join(f"{m.key}={m.value}" for m in cookies.values())
        return RequestFactory().post(
            "/v1/things", BOX, "application/json", HTTP_COOKIE=text, **extra
        )

    def test_a_person_with_a_token_is_let_in(self):
        caller = find_caller(self.request(HTTP_X_CSRFTOKEN=self.token))
        assert caller.user == self.people.bob
        assert caller.organization == self.people.organization

    def test_without_it_or_from_elsewhere_he_is_refused(self):
        for extra in (
            {},
            {"HTTP_X_CSRFTOKEN": self.token, "HTTP_ORIGIN": "https://evil.example"},
        ):
            with self.subTest(extra=extra), pytest.raises(ApiError) as caught:
                find_caller(self.request(**extra))
            assert caught.value.status == 403
