"""The official Python client against a real server: pictures in every form, one bill."""

from __future__ import annotations

import base64
import http.client
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import openai
import pytest
import requests
from PIL import Image

from tests.images_app.making import picture
from tests.prepared import NewDataDir
from tests.running_server import Running, command, finished, running_server
from tests.upstream import answers, images
from tests.upstream.images import png
from tests.upstream.server import KEY, Upstream

SMALL = "256x256"
PROVIDER = "main"


@dataclass
class Easel:
    """A running server whose default painter is offline, with a key for it."""

    server: Running
    key: str

    def client(self, **more) -> openai.OpenAI:
        return openai.OpenAI(base_url=f"{self.server.url}/v1", api_key=self.key, **more)


@pytest.fixture(scope="module")
def easel(new_data_dir: NewDataDir, upstream_server: Upstream) -> Iterator[Easel]:
    data_dir = new_data_dir("easel")
    with running_server(data_dir, "--no-browser") as server:
        name = "My organization"
        run(
            data_dir,
            "add_connection",
            *("--organization", name, "--kind", "openai", "--name", PROVIDER),
            *("--base-url", upstream_server.base_url, "--image-model", "gpt-image-2"),
            *("--api-key-env", "UPSTREAM_KEY"),
        )
        key = run(data_dir, "create_api_key", "--organization", name, "--name", "sdk")
        yield Easel(server, key)


def run(data_dir: Path, *arguments: str) -> str:
    process = command(*arguments, data_dir=data_dir, UPSTREAM_KEY=KEY)
    printed, problems = finished(process)
    assert process.returncode == 0, problems
    return printed.strip().splitlines()[-1]


@pytest.fixture
def client(easel: Easel) -> openai.OpenAI:
    """At its default retries."""
    return easel.client()


def size_of(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def bytes_of(image: openai.types.Image) -> bytes:
    return base64.b64decode(image.b64_json or "")


def test_generations_in_every_form(client):
    made = client.images.generate(prompt="A sea", size=SMALL, n=2)
    assert [size_of(bytes_of(image)) for image in made.data] == [(256, 256)] * 2
    assert (made.size, made.output_format) == (SMALL, "png")
    linked = client.images.generate(model="dall-e-3", prompt="A sea")
    fetched = requests.get(linked.data[0].url, timeout=20)
    assert size_of(fetched.content) == (1024, 1024)
    raw = client.images.with_raw_response.generate(
        model="dall-e-2", prompt="A sea", size="512x512", response_format="b64_json"
    )
    assert raw.headers["x-easel-model"] == "offline/offline-painter"
    assert size_of(bytes_of(raw.parse().data[0])) == (512, 512)


def test_a_stream_of_a_drawing(client):
    events = list(
        client.images.generate(
            prompt="A sea at night", size=SMALL, stream=True, partial_images=3
        )
    )
    *previews, last = events
    assert last.type == "image_generation.completed"
    assert previews
    assert [e.partial_image_index for e in previews] == list(range(len(previews)))
    for event in events:
        assert size_of(base64.b64decode(event.b64_json)) == (256, 256)


def test_edits_and_variations(client):
    given = ("sea.png", picture(300, 300), "image/png")
    edited = client.images.edit(image=given, prompt="Rain")
    assert size_of(bytes_of(edited.data[0])) == (300, 300)
    mask = ("mask.png", images.mask(300, 300), "image/png")
    masked = client.images.edit(image=[given], mask=mask, prompt="Rain", n=1)
    assert masked.data[0].b64_json
    events = list(client.images.edit(image=given, prompt="Rain", stream=True))
    assert events[-1].type == "image_edit.completed"
    # The client warns: OpenAI itself serves no variations any more.
    with pytest.warns(DeprecationWarning, match="deprecated"):
        varied = client.images.create_variation(image=given, response_format="b64_json")
    assert varied.data[0].b64_json


def test_a_form_that_was_cut_is_refused_before_anything_is_made(easel):
    part = b'--B\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    whole = (
        part % (b"image", b'; filename="a.png"', picture(300, 300))
        + part % (b"size", b"", SMALL.encode())
        + part % (b"prompt", b"", b"A sea without any ships")
        + b"--B--\r\n"
    )
    headers = {
        "Authorization": f"Bearer {easel.key}",
        "Content-Type": "multipart/form-data; boundary=B",
    }

    def pieces(body):
        yield body[:20]
        yield body[20:]

    for body, status in (
        (whole, 200),
        (whole[:-30], 400),  # as one piece with its length
        (pieces(whole), 200),
        (pieces(whole[:-30]), 400),  # in chunks, whose length nobody tells
    ):
        response = requests.post(
            f"{easel.server.url}/v1/images/edits",
            data=body,
            headers=headers,
            timeout=60,
        )
        assert response.status_code == status, response.text
        if status == 400:
            assert response.json()["error"]["code"] == "invalid_multipart"


@pytest.mark.parametrize(
    ("boundary", "name", "words"),
    [
        (b"A", b'name="prompt"', "boundary in the Content-Type header"),
        (b"B", b'nome="prompt"', "no name"),
    ],
)
def test_a_form_of_which_nothing_would_be_read_is_told_why(
    easel, boundary, name, words
):
    part = b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\nRain\r\n"
    for rest in (b"", b"x" * 200_000):
        body = part % (boundary, name)
        body += part.replace(b"Rain", rest) % (boundary, b'name="user"')
        response = requests.post(
            f"{easel.server.url}/v1/images/edits",
            data=body + b"--%s--\r\n" % boundary,
            headers={
                "Authorization": f"Bearer {easel.key}",
                "Content-Type": "multipart/form-data; boundary=B",
            },
            timeout=60,
        )
        error = response.json()["error"]
        assert (response.status_code, error["code"]) == (400, "invalid_multipart")
        assert words in error["message"]


def test_errors_have_the_classes_of_the_client(client):
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.generate(prompt="A sea", size="huge")
    assert (refused.value.param, refused.value.code) == ("size", "invalid_value")
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.generate(prompt="A sea", stream=True, n=11)
    assert refused.value.param == "n"
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve("file-none")


def test_files_from_upload_to_deletion(client):
    data = picture()
    made = client.files.create(file=("sea.png", data), purpose="vision")
    text = client.files.create(
        file=("notes.jsonl", b"{}\n"),
        purpose="user_data",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    assert text.expires_at == text.created_at + 3600
    assert client.files.content(made.id).content == data
    newest = [file.id for file in client.files.list(limit=1)]
    assert newest[:2] == [text.id, made.id]
    assert client.files.delete(text.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.content(text.id)


def test_a_client_that_stops_waiting_and_retries_is_billed_once(easel, upstream):
    """The first try is cut while the provider still draws; the second one waits."""
    gate = upstream.gate()
    drawn = answers.hang(gate, images.pictures(png(9, 9)))
    upstream.script(images.GENERATIONS, drawn)
    body = {"model": f"{PROVIDER}/gpt-image-2", "prompt": "A coast"}
    impatient = Cut(easel, body)
    gate.wait_reached()
    impatient.leave()
    gate.open()
    retried = easel.client().images.generate(
        **body, extra_headers={"X-Stainless-Retry-Count": "1"}
    )
    assert size_of(bytes_of(retried.data[0])) == (9, 9)
    assert len(upstream.ledger) == 1


class Cut:
    """A client whose connection ends after its body was sent."""

    def __init__(self, easel: Easel, body: dict[str, str]) -> None:
        parts = urlsplit(easel.server.url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port)
        headers = {"Authorization": f"Bearer {easel.key}"}
        # The same bytes as the client library writes, so that a retry is known.
        data = json.dumps(body, separators=(",", ":"))
        self.connection.request("POST", "/v1/images/generations", data, headers)

    def leave(self) -> None:
        self.connection.close()


def test_a_retry_gets_the_picture_that_the_first_try_paid_for(easel, upstream):
    upstream.script(images.GENERATIONS, images.pictures(png(9, 9)))
    body = {"model": f"{PROVIDER}/gpt-image-2", "prompt": "A lake"}
    first = easel.client().images.generate(**body)
    retried = easel.client().images.generate(
        **body, extra_headers={"X-Stainless-Retry-Count": "1"}
    )
    assert first == retried
    assert len(upstream.ledger) == 1


def test_a_lost_answer_is_not_retried_by_the_client(easel, upstream):
    upstream.script(images.GENERATIONS, answers.hang_up())
    with pytest.raises(openai.InternalServerError) as lost:
        easel.client().images.generate(
            model=f"{PROVIDER}/gpt-image-2", prompt="A river"
        )
    assert lost.value.code == "outcome_unknown"
    assert len(upstream.requests) == 1
