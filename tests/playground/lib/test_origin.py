import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from playground.lib.origin import (
    is_own_origin,
    origin_of,
    same_origin,
    validate_base_url,
)


def scope(origin, host="localhost:8000", scheme="ws", **headers):
    pairs = {"origin": origin, "host": host, **headers}
    return {
        "type": "websocket",
        "scheme": scheme,
        "headers": [
            (name.replace("_", "-").encode(), value.encode())
            for name, value in pairs.items()
            if value is not None
        ],
    }


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://Example.com", "http://example.com:80"),
        ("https://example.com/v1", "https://example.com:443"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_origin_always_names_its_port(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url", ["", "null", "ftp://a.example", "http://", "http://a:x"]
)
def test_what_is_no_web_address_has_no_origin(url):
    assert not same_origin(url, url)


def test_the_page_of_this_server_is_let_in():
    assert is_own_origin(scope("http://localhost:8000"))
    assert is_own_origin(scope("https://easel.example", "easel.example", "wss"))


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:9999",
        "http://localhost",
        "https://localhost:8000",
        "http://evil.example:8000",
        "http://127.0.0.1:8000",
        "null",
        None,
    ],
)
def test_any_other_page_is_kept_out(origin):
    assert not is_own_origin(scope(origin))


def test_a_proxy_may_say_https_only_where_one_is_expected():
    handshake = scope(
        "https://easel.example", "easel.example", x_forwarded_proto="https"
    )
    with override_settings(BEHIND_HTTPS=True):
        assert is_own_origin(handshake)
    with override_settings(BEHIND_HTTPS=False):
        assert not is_own_origin(handshake)


@override_settings(CSRF_TRUSTED_ORIGINS=["https://easel.example"])
def test_a_trusted_origin_may_have_another_host_header():
    assert is_own_origin(scope("https://easel.example", "10.0.0.5:8000"))
    assert not is_own_origin(scope("http://easel.example", "10.0.0.5:8000"))


@pytest.mark.parametrize(
    "url", ["http://gpubox:1234/v1", "https://api.example.com", "http://[fd00::1]:8080"]
)
def test_a_base_url_may_be_on_this_network(url):
    validate_base_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "api.example.com",
        "file:///etc/passwd",
        "https://user:key@api.example.com",
        "https://api.example.com/v1?key=1",
        "https://api.example.com/#",
        "https://api.example.com/v1 x",
        "http://a:99999",
    ],
)
def test_a_base_url_that_calls_cannot_be_built_on_is_refused(url):
    with pytest.raises(ValidationError):
        validate_base_url(url)
