"""What a repeated request is known by."""

from __future__ import annotations

from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory, TestCase

from playground.api.callers import Caller
from playground.api.idempotency import KEPT, Attempt, fingerprint_of_form, once
from playground.api.models import IdempotentRequest
from playground.lib.clock import now
from playground.organizations.models import Organization
from playground.organizations.services.organizations import create_api_key

FIRST = Attempt("/v1/things", "f" * 64)
RETRY = Attempt("/v1/things", "f" * 64, is_retry=True)


def digest(name="a.txt", data=b"x", **fields):
    form = {"file": SimpleUploadedFile(name, data), **fields}
    return fingerprint_of_form(RequestFactory().post("/", form))


def test_a_form_is_the_same_only_with_the_same_names_bytes_and_texts():
    assert digest(a="1") == digest(a="1")
    others = [digest("b.txt", a="1"), digest(data=b"y", a="1"), digest(a="2"), digest()]
    assert len({digest(a="1"), *others}) == 5


class RetryTests(TestCase):
    def setUp(self):
        organization = Organization.objects.create(name="Fjordline")
        key, _ = create_api_key(organization=organization, name="app")
        self.caller = Caller(organization, frozenset(key.scopes), api_key=key)
        self.made = 0

    def make(self):
        self.made += 1
        return f"made_{self.made}"

    def once(self, attempt, still_fits=lambda reference: True):
        return once(self.caller, attempt, self.make, still_fits)

    def test_a_retry_gets_what_the_newest_equal_request_made(self):
        self.once(FIRST)
        assert self.once(FIRST) == ("made_2", True)
        assert self.once(RETRY) == ("made_2", False)

    def test_what_does_not_fit_is_forgotten_and_made_anew(self):
        self.once(FIRST)
        asked = []
        assert self.once(RETRY, asked.append) == ("made_2", True)
        assert asked == ["made_1"]
        assert IdempotentRequest.objects.get().reference == "made_2"

    def test_with_a_key_nobody_asks_whether_it_fits(self):
        named = Attempt("/v1/things", "f" * 64, "k", is_retry=True)
        self.once(named)
        assert self.once(named, lambda reference: False) == ("made_1", False)

    def test_notes_of_a_day_ago_are_forgotten_in_passing(self):
        self.once(FIRST)
        self.once(Attempt("/v1/things", "e" * 64, "key"))
        IdempotentRequest.objects.update(created_at=now() - KEPT)
        with patch("random.random", return_value=0.0):
            self.once(Attempt("/v1/things", "d" * 64))
        assert IdempotentRequest.objects.get().fingerprint == "d" * 64

    def test_a_key_may_be_used_again_after_a_day(self):
        named = Attempt("/v1/things", "f" * 64, "key")
        self.once(named)
        IdempotentRequest.objects.update(created_at=now() - KEPT)
        other = Attempt("/v1/things", "e" * 64, "key")
        assert self.once(other) == ("made_2", True)
