from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from playground.lib.public_address import is_disguised, is_public
from playground.lib.safe_fetch import FetchRefusedError, PinnedAdapter, fetch
from tests.upstream import answers

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(2000)


def resolves_to(*addresses: str):
    return lambda host, port: list(addresses)


def never_resolves(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} must not be looked up")


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.example/a.png",
        "file:///etc/passwd",
        "ftp://pictures.example/a.png",
        "//pictures.example/a.png",
        "a.png",
        "https:///a.png",
        "https://user:secret@pictures.example/a.png",
        "https://2130706433/a.png",
        "https://0x7f.0.0.1/a.png",
        "https://0177.0.0.1/a.png",
        "https://127.1/a.png",
        "https://pictures.example:99999/a.png",
        "https://[::1/a.png",
    ],
)
def test_an_address_that_is_not_plain_https_is_refused_before_any_lookup(url):
    with pytest.raises(FetchRefusedError):
        fetch(url, max_bytes=10, resolver=never_resolves)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "192.168.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "not an address",
    ],
)
def test_a_name_that_leads_to_an_address_that_is_not_public_is_refused(address):
    with pytest.raises(FetchRefusedError, match="public internet"):
        fetch(
            "https://pictures.example/",
            max_bytes=10,
            resolver=resolves_to("8.8.8.8", address),
        )


def test_plain_public_addresses_are_public():
    assert is_public("8.8.8.8")
    assert is_public("2606:4700:4700::1111")


def test_names_and_plain_addresses_are_not_called_disguised():
    assert not is_disguised("8.8.8.8")
    assert not is_disguised("1.example")
    assert not is_disguised("cafe.example")


def test_an_unknown_name_is_a_sentence_and_no_traceback():
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(FetchRefusedError, match="not known"):
        fetch("https://nowhere.example/", max_bytes=10, resolver=unknown)


def test_a_connections_own_origin_may_be_http_and_private(upstream):
    upstream.script("/files/a.png", answers.raw(PICTURE, "image/png"))
    fetched = fetch(
        f"{upstream.url}/files/a.png",
        max_bytes=len(PICTURE),
        allow_origin=upstream.url,
        headers={"Authorization": "Bearer mine"},
    )
    assert fetched.data == PICTURE
    assert fetched.content_type == "image/png"
    assert upstream.requests[0].headers["Authorization"] == "Bearer mine"


@pytest.mark.parametrize("origin", ["https://127.0.0.1:1", "http://127.0.0.1:1", None])
def test_another_port_or_scheme_is_not_the_own_origin(upstream, origin):
    with pytest.raises(FetchRefusedError):
        fetch(f"{upstream.url}/files/a.png", max_bytes=10, allow_origin=origin)
    assert upstream.requests == []


def test_no_header_is_sent_unless_asked_for(upstream):
    upstream.script("/files/a.png", answers.raw(PICTURE, "image/png"))
    url = f"{upstream.url}/files/a.png"
    fetch(url, max_bytes=5000, allow_origin=upstream.url)
    assert "Authorization" not in upstream.requests[0].headers


def test_a_redirect_from_the_own_origin_is_checked_like_any_address(upstream):
    upstream.script("/a", answers.redirect("http://127.0.0.1:9/b", status=302))
    with pytest.raises(FetchRefusedError, match="https"):
        fetch(f"{upstream.url}/a", max_bytes=10, allow_origin=upstream.url)


def test_a_redirect_to_a_name_inside_is_refused(upstream):
    upstream.script("/a", answers.redirect("https://inside.example/b", status=302))
    with pytest.raises(FetchRefusedError, match="public internet"):
        fetch(
            f"{upstream.url}/a",
            max_bytes=10,
            allow_origin=upstream.url,
            resolver=resolves_to("10.0.0.7"),
        )


def test_three_redirects_are_followed_and_a_fourth_is_not(upstream):
    upstream.script("/a", *[answers.redirect("/a", status=302)] * 3)
    upstream.script("/a", answers.raw(b"here", "text/plain"))
    url = f"{upstream.url}/a"
    assert fetch(url, max_bytes=10, allow_origin=upstream.url).data == b"here"
    upstream.script("/a", *[answers.redirect("/a", status=302)] * 4)
    with pytest.raises(FetchRefusedError, match="more than 3 times"):
        fetch(url, max_bytes=10, allow_origin=upstream.url)


def test_a_promised_size_over_the_limit_is_refused(upstream):
    upstream.script("/a", answers.raw(bytes(11), "image/png"))
    with pytest.raises(FetchRefusedError, match="larger than 10 bytes"):
        fetch(f"{upstream.url}/a", max_bytes=10, allow_origin=upstream.url)


def test_a_body_that_grows_over_the_limit_is_refused(upstream):
    upstream.script("/a", answers.Answer(body=(bytes(6), bytes(6))))
    with pytest.raises(FetchRefusedError, match="larger than 10 bytes"):
        fetch(f"{upstream.url}/a", max_bytes=10, allow_origin=upstream.url)


def test_an_answer_that_breaks_off_is_refused(upstream):
    whole = answers.raw(PICTURE, "image/png")
    upstream.script("/a", answers.cut_after(whole, 100))
    with pytest.raises(FetchRefusedError, match="broke off"):
        fetch(f"{upstream.url}/a", max_bytes=5000, allow_origin=upstream.url)


def test_a_packed_body_is_refused(upstream):
    packed = answers.raw(b"x", "image/png", headers={"Content-Encoding": "gzip"})
    upstream.script("/a", packed)
    with pytest.raises(FetchRefusedError, match="packed"):
        fetch(f"{upstream.url}/a", max_bytes=10, allow_origin=upstream.url)
    assert upstream.requests[0].headers["Accept-Encoding"] == "identity"


def test_anything_but_200_is_refused_with_its_number(upstream):
    upstream.script("/a", answers.empty(404))
    with pytest.raises(FetchRefusedError, match="404"):
        fetch(f"{upstream.url}/a", max_bytes=10, allow_origin=upstream.url)


def test_a_silent_server_is_given_up_in_time(upstream):
    upstream.script("/a", answers.hang(upstream.gate()))
    with pytest.raises(FetchRefusedError, match="in time"):
        fetch(
            f"{upstream.url}/a",
            max_bytes=10,
            allow_origin=upstream.url,
            timeout=(1, 0.05),
        )


def test_an_answer_that_stops_in_the_middle_is_given_up_in_time(upstream):
    upstream.script("/a", answers.Answer(body=(bytes(6), upstream.gate())))
    with pytest.raises(FetchRefusedError, match="in time|broke off"):
        fetch(
            f"{upstream.url}/a",
            max_bytes=10,
            allow_origin=upstream.url,
            timeout=(1, 0.05),
        )


def test_proxies_and_passwords_of_the_environment_are_ignored(
    upstream, monkeypatch, tmp_path
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    upstream.script("/a", answers.raw(b"here", "text/plain"))
    url = f"{upstream.url}/a"
    assert fetch(url, max_bytes=10, allow_origin=upstream.url).data == b"here"
    assert "Authorization" not in upstream.requests[0].headers


def test_a_pinned_connection_goes_to_the_checked_address_and_keeps_the_name(upstream):
    upstream.script("/a", answers.raw(b"here", "text/plain"))
    host = f"pictures.example:{upstream.port}"
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", PinnedAdapter("127.0.0.1"))
        answer = session.get(f"http://{host}/a", timeout=5)
    assert answer.content == b"here"
    assert upstream.requests[0].headers["Host"] == host


def test_the_certificate_and_the_server_name_are_those_of_the_url(tmp_path):
    server = tls_server(tmp_path, "pictures.example")
    with server as (port, names), requests.Session() as session:
        session.trust_env = False
        session.verify = str(tmp_path / "cert.pem")
        session.mount("https://", PinnedAdapter("127.0.0.1"))
        url = f"https://pictures.example:{port}/"
        assert session.get(url, timeout=5).text == "hello"
        with pytest.raises(requests.exceptions.SSLError):
            session.get(f"https://other.example:{port}/", timeout=5)
    assert names == ["pictures.example", "other.example"]


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *args: object) -> None:
        pass


class QuietServer(HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A refused handshake is what the test wants."""


@contextmanager
def tls_server(folder: Path, name: str) -> Iterator[tuple[int, list[str | None]]]:
    """An https server with a certificate for one name; notes the names asked for."""
    write_certificate(folder, name)
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    context.sni_callback = lambda sock, asked, ctx: names.append(asked)
    server = QuietServer(("127.0.0.1", 0), Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_port, names
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write_certificate(folder: Path, name: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    day = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    alternatives = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("::1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day.replace(year=2120))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
