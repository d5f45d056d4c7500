import http.client
import socket
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from playground.shell import server
from playground.shell.management.commands import serve
from tests.running_server import command, finished, read_greeting, running_server


def ask(url, method="GET"):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    with closing(connection):
        connection.request(method, parts.path)
        response = connection.getresponse()
        return response.status, response.headers, response.read()


def test_the_link_stands_alone_and_last_and_signs_in(live_server_process):
    running = live_server_process
    urls = [line for line in running.printed if "://" in line]
    assert urls == [running.link]
    assert "\x1b" not in "".join(running.printed)
    assert ask(running.link, "HEAD")[0] == 200
    status, headers, _ = ask(running.link)
    assert status == 302
    assert any("easel_session" in value for value in headers.get_all("Set-Cookie"))
    assert ask(running.link)[0] == 410


def test_commands_beside_the_server_know_its_address(live_server_process):
    data_dir = live_server_process.data_dir
    process = command("sign_in_link", data_dir=data_dir, PORT="", HOST="", EASEL_URL="")
    printed, _ = finished(process)
    assert printed.startswith(f"{live_server_process.url}/sign-in/")
    assert printed.count("\n") == 1


def test_a_busy_port_is_one_sentence_and_touches_nothing(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        process = command("serve", "--port", str(port), data_dir=tmp_path)
        printed, error = finished(process)
    assert process.returncode == 1
    assert printed == ""
    assert error.startswith(f"Port {port} on 127.0.0.1 is in use. Stop the other")
    assert error.count("\n") == 1
    assert not (tmp_path / "easel.sqlite3").exists()


def test_a_second_server_on_one_data_folder_is_refused(live_server_process):
    data_dir = live_server_process.data_dir
    process = command("serve", "--port", "0", data_dir=data_dir)
    _, error = finished(process)
    assert process.returncode == 1
    assert error.startswith(f"Easel already runs on the data folder {data_dir}.")


def test_a_signal_right_after_the_link_ends_it_quietly(tmp_path):
    process = command("serve", "--port", "0", data_dir=tmp_path)
    read_greeting(process)
    process.terminate()
    _, error = finished(process)
    assert (process.returncode, error) == (0, "")


def test_sigterm_ends_it_quietly_and_a_second_start_keeps_everything(tmp_path):
    with running_server(tmp_path, "--no-browser") as first:
        pass
    assert first.process.returncode == 0
    key = (tmp_path / "secret_key").read_text()
    with running_server(tmp_path, "--no-browser") as second:
        assert ask(second.url + "/healthz")[2] == b"ok"
    assert second.link != first.link
    assert (tmp_path / "secret_key").read_text() == key


@pytest.mark.skipif(not socket.has_ipv6, reason="This machine has no IPv6.")
def test_an_ipv6_address_works(tmp_path):
    with running_server(tmp_path, "--no-browser", "--host", "::1") as running:
        assert running.url.startswith("http://[::1]:")
        assert ask(running.link)[0] == 302


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(server.CannotServeError, match="not an address of this machine"):
        server.bind("203.0.113.7", 0)


@pytest.mark.parametrize("text", ["", "70000", "-1", "http"])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(server.CannotServeError, match="is not a port"):
        serve.port_number(text)


def test_listening_everywhere_allows_the_machines_own_names(settings):
    settings.ALLOWED_HOSTS = []
    serve.allow("0.0.0.0")
    assert socket.gethostname().lower() in settings.ALLOWED_HOSTS
    assert "*" not in settings.ALLOWED_HOSTS
    serve.allow("fd00::5")
    assert "[fd00::5]" in settings.ALLOWED_HOSTS
