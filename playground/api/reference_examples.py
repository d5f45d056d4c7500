"""Requests in curl and Python, and the refusals of an operation as they will look."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from textwrap import indent
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from playground.api.errors import ApiError, not_found, write_error
from playground.api.samples import (
    BASE64,
    BODIES,
    IDS,
    KEYLESS,
    PICTURES,
    SDK_METHODS,
)
from playground.api.validation import too_large
from playground.lib.markdown import to_html

Json = dict[str, Any]
FORM = "multipart/form-data"
# Where an example puts the bytes that it gets.
PICTURE = "picture.png"
ANSWER = "answer.json"
_PRINT = "print(answer)"
_SAVE = f'with open("{PICTURE}", "wb") as file:\n    file.write({{}})'
_DATA = _SAVE.format("base64.b64decode(answer.data[0].b64_json)")
_RESULT = (
    "for item in answer.output:\n"
    '    if item.type == "image_generation_call":\n'
    + indent(_SAVE.format("base64.b64decode(item.result)"), " " * 8)
    + "\nprint(answer.output_text)"
)


@dataclass(frozen=True)
class Server:
    """Whom the examples call, and by which models."""

    base_url: str
    chat_model: str = "offline-chat"
    image_model: str = "offline-painter"

    def fill(self, value: Any) -> Any:
        """The same with this server's models."""
        if isinstance(value, dict):
            return {name: self.fill(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.fill(inner) for inner in value]
        names = {"$chat": self.chat_model, "$image": self.image_model}
        return names.get(value, value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Refusal:
    status: int
    when: str
    body: SafeString

    @property
    def code(self) -> str:
        """The status as a part of an address."""
        return str(self.status)


class Examples:
    """The examples of one operation; `name` is its method and path."""

    def __init__(self, name: str, content_types: list[str], server: Server) -> None:
        self.name = name
        self.method, _, self.path = name.partition(" ")
        self.server = server
        self.body = server.fill(BODIES.get(name))
        self.is_form = FORM in content_types
        self.is_picture = name in PICTURES
        self.in_json = BASE64.get(name)
        self.needs_key = name not in KEYLESS
        self.params: list[str] = re.findall(r"{(\w+)}", self.path)

    def address(self) -> str:
        """The path with example ids."""
        path = self.path
        for param in self.params:
            path = path.replace(f"{{{param}}}", self._id(param))
        return path

    def _id(self, param: str) -> str:
        return str(self.server.fill(IDS.get(param, "…")))

    def curl(self) -> SafeString:
        """The request for a shell."""
        return highlighted(self._curl(), "bash")

    def _curl(self) -> str:
        lines = [f"curl {self.server.base_url}{self.address()}"]
        if self.method not in {"GET", "POST"} or (
            self.method == "POST" and self.body is None
        ):
            lines[0] = f"curl -X {self.method} {self.server.base_url}{self.address()}"
        if self.needs_key:
            lines.append('-H "Authorization: Bearer $EASEL_API_KEY"')
        if self.body is not None and self.is_form:
            lines += [f"-F {_quoted(f'{k}={v}')}" for k, v in self.body.items()]
        elif self.body is not None:
            lines.append('-H "Content-Type: application/json"')
            lines.append(f"-d {_quoted(pretty(self.body))}")
        if self.is_picture:
            lines.append(f"--output {PICTURE}")
        if self.in_json:
            lines.append(f"--output {ANSWER}")
        request = " \\\n  ".join(lines)
        if not self.in_json:
            return request
        # The standard tools of a shell; jq is not everywhere.
        only = f"""sed 's/.*"{self.in_json}":"//; s/".*//' {ANSWER}"""
        return f"{request}\n{only} | base64 --decode > {PICTURE}"

    def python(self) -> SafeString:
        """The request in Python: by the official SDK where that has a method for it."""
        method = SDK_METHODS.get(self.name)
        code = self._with_sdk(method) if method else self._with_requests()
        return highlighted(code, "python")

    def _with_sdk(self, method: str) -> str:
        last, *others = [*reversed(self.params), ""][:1] + self.params[:-1]
        arguments = [repr(self._id(last))] if last else []
        arguments += [f"{param}={self._id(param)!r}" for param in others]
        arguments += [f"{k}={_literal(v)}" for k, v in (self.body or {}).items()]
        before = _client(self.server)
        if self.in_json:
            before = f"import base64\n{before}"
        call = f"answer = client.{method}({_spread(arguments)})"
        return f"{before}\n{call}\n{self._end()}"

    def _end(self) -> str:
        """What is done with the SDK's answer: shown, or kept as a file."""
        if self.is_picture:
            return f'answer.write_to_file("{PICTURE}")'
        return {"b64_json": _DATA, "result": _RESULT}.get(self.in_json or "", _PRINT)

    def _with_requests(self) -> str:
        arguments = [f'"{self.server.base_url}{self.address()}"']
        if self.needs_key:
            arguments.append('headers={"X-API-Key": os.environ["EASEL_API_KEY"]}')
        if self.body is not None:
            arguments.append(f"json={_literal(self.body)}")
        call = f"requests.{self.method.lower()}({_spread(arguments)})"
        end = "print(answer.json())"
        if self.is_picture:
            end = _SAVE.format("answer.content")
        before = "import os\n\n" if self.needs_key else ""
        return f"{before}import requests\n\nanswer = {call}\n{end}"

    def refusals(self, required: str | None, scope: str = "") -> list[Refusal]:
        """What comes back when it is called wrongly, made as the server makes it."""
        found = []
        if self.needs_key:
            found.append((self._unauthorized(), "The key is missing or wrong."))
        if scope:
            found.append((_missing_scope(scope), "The key may not do this."))
        if self.params:
            param = self.params[-1]
            what = param.removesuffix("_id").removesuffix("_name")
            error = not_found(what, self._id(param))
            found.append((error, "There is no such thing in your organization."))
        if required is not None:
            text = f"Missing required parameter: '{required}'."
            error = ApiError(400, text, required, "missing_required_parameter")
            found.append((error, "A field is missing or wrong; it is named."))
        if self.body is not None:
            limit = settings.UPLOAD_MAX_BODY_BYTES
            if not self.is_form:
                limit = settings.UPLOAD_MAX_JSON_BYTES
            found.append((too_large(limit), "The body is too large."))
        refusals = [self._refusal(error, when) for error, when in found]
        return sorted(refusals, key=lambda refusal: refusal.status)

    def _unauthorized(self) -> ApiError:
        """As the server says it of a wrong key, of which it repeats only the ends."""
        text = "Incorrect API key provided: esl_…8Nrw."
        return ApiError(401, text, code="invalid_api_key", seed_code="INVALID_API_KEY")

    def _refusal(self, error: ApiError, when: str) -> Refusal:
        status, body = write_error(self.path, error)
        if "trace_id" in body["error"]:
            body["error"]["trace_id"] = "req_…"
        return Refusal(status, when, highlighted(pretty(body), "json"))


def _missing_scope(scope: str) -> ApiError:
    """As the server says it of a key with one other scope."""
    needed = " or ".join(f"“{name}”" for name in scope.split(" or "))
    has = next(it for it in ("read", "images", "admin") if it not in scope)
    text = f"This key has no scope {needed}. It has: {has}."
    return ApiError(403, text, code="missing_scope")


def _client(server: Server) -> str:
    return (
        "import os\n\nfrom openai import OpenAI\n\n"
        f'client = OpenAI(\n    base_url="{server.base_url}/v1",\n'
        '    api_key=os.environ["EASEL_API_KEY"],\n)'
    )


def highlighted(code: str, language: str) -> SafeString:
    """Code with colours."""
    return to_html(f"```{language}\n{code}\n```")


def pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _quoted(text: str) -> str:
    """In single quotes for a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def _literal(value: Any) -> str:
    """A Python literal; `@name` is a file that is opened."""
    if isinstance(value, str) and value.startswith("@"):
        return f'open("{value[1:]}", "rb")'
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, dict):
        pairs = (f'"{name}": {_literal(inner)}' for name, inner in value.items())
        return f"{{{', '.join(pairs)}}}"
    return repr(value)


def _spread(arguments: list[str]) -> str:
    """Arguments on one line each, or on the call's own line if there is one only."""
    if len(arguments) < 2:
        return "".join(arguments)
    return "\n" + "".join(f"    {argument},\n" for argument in arguments)
