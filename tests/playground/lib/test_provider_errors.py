from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.lib.error_bodies import clean, read_error, read_retry_after
from playground.lib.errors import ErrorKind, ProviderError
from playground.lib.provider_errors import (
    broken_off,
    error_from_response,
    error_in_stream,
    timed_out,
    unreachable,
)

KEY = "sk-proj-Abc123Def456Ghi789"


def read(status: int, value: Any = None, **options: Any) -> ProviderError:
    headers = options.pop("headers", {})
    body = b"" if value is None else orjson.dumps(value)
    return error_from_response(status, headers, body, **options)


def openai(message: str = "No.", **fields: Any) -> dict[str, Any]:
    inner = {"message": message, "type": "invalid_request_error"}
    return {"error": {**inner, "param": None, "code": None, **fields}}


@pytest.mark.parametrize(
    ("status", "fields", "kind"),
    [
        (401, {"code": "invalid_api_key"}, ErrorKind.CONFIGURATION),
        (403, {}, ErrorKind.CONFIGURATION),
        (404, {"code": "model_not_found"}, ErrorKind.INVALID),
        (400, {"code": "model_not_found"}, ErrorKind.INVALID),
        (404, {"message": "model 'x' not found"}, ErrorKind.INVALID),
        (404, {"message": "Not Found"}, ErrorKind.CONFIGURATION),
        (400, {"code": "unknown_parameter"}, ErrorKind.INVALID),
        (422, {}, ErrorKind.INVALID),
        (413, {}, ErrorKind.INVALID),
        (400, {"code": "content_policy_violation"}, ErrorKind.MODERATED),
        (400, {"code": "content_filter"}, ErrorKind.MODERATED),
        (400, {"code": "moderation_blocked"}, ErrorKind.MODERATED),
        (400, {"innererror": {"code": "ResponsibleAIPolicyViolation"}}, "moderated"),
        (403, {"metadata": {"flagged_input": "…"}}, ErrorKind.MODERATED),
        (402, {}, ErrorKind.QUOTA),
        (429, {"type": "insufficient_quota"}, ErrorKind.QUOTA),
        (429, {"code": "credit_balance_exhausted"}, ErrorKind.QUOTA),
        (429, {"code": "project_spend_limit_exceeded"}, ErrorKind.QUOTA),
        (400, {"code": "billing_hard_limit_reached"}, ErrorKind.QUOTA),
        (429, {"code": "rate_limit_exceeded"}, ErrorKind.RATE),
        (429, {}, ErrorKind.RATE),
        (408, {}, ErrorKind.TIMEOUT),
        (504, {}, ErrorKind.TIMEOUT),
        (409, {}, ErrorKind.UPSTREAM),
        (500, {}, ErrorKind.UPSTREAM),
        (503, {}, ErrorKind.UPSTREAM),
        (307, {}, ErrorKind.CONFIGURATION),
    ],
)
def test_status_and_code_decide_the_kind(
    status: int, fields: dict[str, Any], kind: str
) -> None:
    error = read(status, openai(**fields))
    assert error.kind == kind
    assert error.status == status


@pytest.mark.parametrize(
    ("status", "fields", "told"),
    [
        (400, {}, True),
        (404, {"code": "model_not_found"}, True),
        (400, {"code": "moderation_blocked"}, True),
        (401, {}, False),
        (403, {}, False),
        (429, {}, False),
        (500, {}, False),
    ],
)
def test_the_providers_words_are_for_who_can_change_the_request(
    status: int, fields: dict[str, Any], told: bool
) -> None:
    value = openai(f"Not so, {KEY}. " + "x" * 900, **fields)
    error = read(status, value, secret=KEY)
    assert KEY not in error.said
    assert error.said.startswith("Not so, [removed]") is told
    assert len(error.said) <= 500
    stream = error_in_stream(value, secret=KEY)
    assert KEY not in stream.said


def test_an_error_page_is_told_to_nobody_but_the_admin() -> None:
    error = error_from_response(400, {}, b"<h1>Bad Request</h1>nginx/1.2")
    assert (error.kind, error.said) == (ErrorKind.INVALID, "")


def test_what_was_refused_for_its_content_is_told_in_bounds() -> None:
    stage = {"moderation_stage": "input", "categories": ["violence", 5, "x" * 300]}
    value = openai(
        code="moderation_blocked", moderation_details={**stage, "secret": "s"}
    )
    assert read(400, value).details == {
        "moderation_details": {
            "moderation_stage": "input",
            "categories": ["violence", "x" * 100],
        }
    }
    assert read(400, openai(moderation_details=stage)).details == {}
    assert read(400, openai(code="content_filter", moderation_details=7)).details == {}


@pytest.mark.parametrize(
    ("value", "message", "param", "code"),
    [
        (openai("Bad.", param="size", code="big"), "Bad.", "size", "big"),
        ({"error": "Bad."}, "Bad.", None, None),
        ({"error": {"message": "Bad.", "code": 400}}, "Bad.", None, None),
        ([{"error": {"message": "Bad."}}], "Bad.", None, None),
        ({"detail": "Bad."}, "Bad.", None, None),
        ({"detail": {"message": "Bad."}}, "Bad.", None, None),
        (
            {"detail": [{"loc": ["body", "n", 0], "msg": "Bad."}, {"msg": "Too."}]},
            "Bad.; Too.",
            "n.0",
            None,
        ),
        ({"message": "Bad.", "code": "c", "param": "p"}, "Bad.", "p", "c"),
        ({"errors": ["Bad.", "Too."], "name": "bad"}, "Bad.; Too.", None, None),
        ("Bad.", "Bad.", None, None),
    ],
)
def test_every_shape_is_understood(
    value: Any, message: str, param: str | None, code: str | None
) -> None:
    found = read_error(orjson.dumps(value))
    assert (found.message, found.param, found.code) == (message, param, code)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            b"<html><style>b{}</style><h1>Bad &amp; gone</h1></html>",
            "HTTP 502: Bad & gone",
        ),
        (b"", "HTTP 502"),
        (b"upstream \xff\xfe", "HTTP 502: upstream \ufffd\ufffd"),
        (b'{"error": ', 'HTTP 502: {"error":'),
    ],
)
def test_a_body_that_is_no_json_is_told_to_the_admin_only(
    body: bytes, words: str
) -> None:
    error = error_from_response(502, {}, body)
    assert error.admin_text == words
    assert error.text == "The provider had a fault of its own. Try again later."


@settings(deadline=None)
@given(body=st.binary(max_size=200), status=st.integers(300, 599))
def test_no_bytes_make_it_stumble(body: bytes, status: int) -> None:
    assert len(error_from_response(status, {}, body).admin_text) <= 500


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(400, 600) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["error", "detail", "errors", "message", "msg", "loc", "code", "type"]
                + ["param", "metadata", "innererror", "moderation_details"]
                + ["moderation_stage", "categories"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(value=JSON, status=st.integers(300, 599))
def test_no_json_makes_it_stumble(value: Any, status: int) -> None:
    assert read(status, value).text
    assert error_in_stream(value).text


@pytest.mark.parametrize(
    "echo",
    [
        f"Incorrect API key provided: {KEY}.",
        f"Got 'Bearer {KEY}'",
        f"the key {KEY[:12]} is wrong",
        f"the key ending in {KEY[-6:]} is wrong",
        "Incorrect API key provided: sk-pr***********i789.",
        "another one: sk-live-000111222333",
    ],
)
def test_nothing_like_the_key_is_kept(echo: str) -> None:
    error = read(401, openai(echo), secret=KEY)
    assert "[removed]" in error.admin_text
    assert not any(part in error.admin_text for part in ("Abc1", "i789", "0001"))


def test_the_users_text_has_nothing_of_the_body() -> None:
    error = read(400, openai("Secret project Zebra.", param="<b>Zebra</b>"))
    assert "Zebra" not in error.text
    assert "Zebra" in error.admin_text


def test_a_refused_parameter_is_named() -> None:
    error = read(400, openai(param="tools[0].function.name"))
    assert "tools[0].function.name" in error.text
    assert error.param == "tools[0].function.name"


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (400, "context_length_exceeded", "longer than this model can read"),
        (413, None, "too large"),
        (404, "model_not_found", "does not know this model"),
        (307, None, "leads somewhere else"),
        (405, None, "nothing at the connection's address"),
    ],
)
def test_what_is_known_is_said_in_its_own_words(
    status: int, code: str | None, words: str
) -> None:
    assert words in read(status, openai(code=code)).text


def test_a_short_key_is_removed_too() -> None:
    assert clean("got a1b2, sorry", "a1b2") == "got [removed], sorry"


def test_admin_text_is_short_and_one_line() -> None:
    text = clean("line\n" * 1000)
    assert len(text) == 500
    assert "\n" not in text


def test_an_unknown_model_always_has_the_same_code() -> None:
    error = read(404, {"error": "The model `x` does not exist."})
    assert (error.kind, error.code) == (ErrorKind.INVALID, "model_not_found")


@pytest.mark.parametrize(
    ("status", "may_have_cost", "retry_safe"),
    [
        (400, False, False),
        (401, False, False),
        (402, False, False),
        (408, True, False),
        (409, False, True),
        (429, False, True),
        (500, True, False),
        (504, True, False),
    ],
)
def test_money_may_be_gone_unless_the_answer_is_a_refusal(
    status: int, may_have_cost: bool, retry_safe: bool
) -> None:
    error = read(status, openai())
    assert (error.may_have_cost, error.retry_safe) == (may_have_cost, retry_safe)


def test_what_costs_nothing_can_be_repeated() -> None:
    error = read(500, paid=False)
    assert (error.may_have_cost, error.retry_safe) == (False, True)


def test_a_quota_that_is_spent_is_never_safe_to_repeat() -> None:
    assert not read(429, openai(type="insufficient_quota")).retry_safe


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after-ms": "1500", "Retry-After": "9"}, 1.5),
        (
            {
                "Date": "Fri, 20 Nov 2026 10:00:00 GMT",
                "Retry-After": "Fri, 20 Nov 2026 10:01:00 GMT",
            },
            60,
        ),
        (
            {
                "Date": "Fri, 20 Nov 2026 10:00:00 GMT",
                "Retry-After": "Fri, 20 Nov 2026 09:00:00 GMT",
            },
            0,
        ),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "inf"}, None),
        ({}, None),
    ],
)
def test_the_wait_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert read_retry_after(headers) == seconds
    assert read(429, headers=headers).retry_after == seconds


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"error": {"message": "Slow down.", "code": "rate_limit_exceeded"}}, "rate"),
        ({"error": {"message": "Spent.", "type": "insufficient_quota"}}, "quota"),
        ({"error": {"message": "No.", "code": "content_filter"}}, "moderated"),
        ({"error": {"message": "Broken.", "code": 502}}, "upstream"),
        ({"error": {"message": "Bad.", "code": 400}}, "invalid"),
        ({"error": {"message": "Bad.", "type": "invalid_request_error"}}, "invalid"),
        ({"error": "Broken."}, "upstream"),
        ({"message": "Broken."}, "upstream"),
    ],
)
def test_an_error_in_a_stream_is_read_too(value: dict[str, Any], kind: str) -> None:
    error = error_in_stream(value)
    assert error.kind == kind
    assert (error.may_have_cost, error.retry_safe) == (True, False)


def test_failures_without_an_answer_say_what_they_may_have_cost() -> None:
    errors = [
        unreachable(f"no route for {KEY}", secret=KEY),
        timed_out("late", sent=False),
        timed_out("late", sent=True),
        broken_off("cut"),
    ]
    assert [e.may_have_cost for e in errors] == [False, False, True, True]
    assert [e.retry_safe for e in errors] == [True, True, False, False]
    assert KEY not in errors[0].admin_text
