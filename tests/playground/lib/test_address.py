import sys

import pytest

from playground.lib import address


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in ("EASEL_URL", "HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://127.0.0.1:8000/"),
        ("::", "http://[::1]:8000/"),
        ("fd00::5", "http://[fd00::5]:8000/"),
    ],
)
def test_a_server_is_called_by_an_address_that_works_here(host, url):
    assert address.server_url(host, 8000) == url


def test_links_lead_to_the_server_of_the_data_folder(tmp_path):
    assert address.public_url(tmp_path) == "http://127.0.0.1:8000/"
    (tmp_path / address.ADDRESS_FILE).write_text("http://127.0.0.1:8123/\n")
    assert address.public_url(tmp_path) == "http://127.0.0.1:8123/"


def test_the_environment_says_it_better(tmp_path, monkeypatch):
    (tmp_path / address.ADDRESS_FILE).write_text("http://127.0.0.1:8123/\n")
    monkeypatch.setenv("PORT", "9000")
    assert address.public_url(tmp_path) == "http://127.0.0.1:9000/"
    monkeypatch.setenv("EASEL_URL", "https://easel.example/sub")
    assert address.public_url(tmp_path) == "https://easel.example/sub/"


@pytest.mark.parametrize(
    "host", ["localhost:8000", "127.0.0.1", "127.1.2.3:1", "[::1]"]
)
def test_loopback_names_mean_this_machine(host):
    assert address.is_loopback(host)


@pytest.mark.parametrize(
    "host", ["easel.example", "10.0.0.1:8000", "localhost.evil.com"]
)
def test_other_names_do_not(host):
    assert not address.is_loopback(host)


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux is asked this way.")
def test_the_machine_knows_its_loopback_address():
    assert "127.0.0.1" in address.own_names()
