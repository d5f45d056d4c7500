import pytest

from playground.lib.public_address import is_public_url


@pytest.mark.parametrize(
    "url",
    [
        "https://pictures.example/a.png?b=c#d",
        "https://pictures.example:8443/a",
        "https://93.184.215.14/a.png",
        "https://[2606:4700:4700::1111]/a.png",
    ],
)
def test_public_https_addresses_are_taken(url):
    assert is_public_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.example/a.png",
        "ftp://pictures.example/a.png",
        "https:///a.png",
        "https://localhost/a.png",
        "https://easel.localhost./a.png",
        "https://nas.local/a.png",
        "https://metadata.google.internal/a",
        "https://intranet/a.png",
        "https://127.0.0.1/a.png",
        "https://10.0.0.7:8080/a.png",
        "https://169.254.169.254/latest",
        "https://[::1]/a.png",
        "https://[fe80::1]/a.png",
        "https://[::ffff:10.0.0.1]/a.png",
        "https://2130706433/a.png",
        "https://0x7f.1/a.png",
        "https://a.example:99999/a.png",
        "https://[nonsense/a.png",
        "file-123",
        "",
    ],
)
def test_others_are_not(url):
    assert not is_public_url(url)
