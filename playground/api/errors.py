"""Refusals and failures of the API: one exception, and how each dialect writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import DisallowedHost, PermissionDenied
from django.http import Http404

from playground.api import request_ids
from playground.lib.clock import now
from playground.lib.errors import ErrorKind, ProviderError
from playground.organizations.services.connections import NoConnectionError
from playground.organizations.services.ledger import BudgetExceededError

INVALID = "invalid_request_error"
SERVER = "server_error"

# Paths that speak the seed platform's dialect, with its own envelope.
SEED_PREFIXES = (
    "/v1/model/",
    "/v1/toolbox/",
    "/v1/organizations/",
    "/v1/images/generate",
    "/v1/images/models",
)
SEED_EXCEPTIONS = ("/v1/images/generations",)


# Rules of which the seed dialect has a code of their own.
_SEED_CODES = {
    "insufficient_quota": "USAGE_LIMIT_EXCEEDED",
    "moderation_blocked": "CONTENT_POLICY_VIOLATION",
    "content_policy_violation": "CONTENT_POLICY_VIOLATION",
    "content_filter": "CONTENT_POLICY_VIOLATION",
    "outcome_unknown": "OUTCOME_UNKNOWN",
}


@dataclass(eq=False)
class ApiError(Exception):
    """A request that gets an error as its answer.

    `param` names the field, `code` the rule. `seed_code` is the seed dialect's own
    code, where the status does not tell it. `retry` is what `x-should-retry` tells the
    official clients; None leaves it to them. `retry_after` is in seconds.
    """

    status: int
    message: str
    param: str | None = None
    code: str | None = None
    type: str = INVALID
    seed_code: str = ""
    retry: bool | None = None
    retry_after: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message

    @property
    def may_be_tried_again(self) -> bool:
        """Whether the same request may succeed later and has cost nothing so far."""
        passes = self.status in {408, 409, 429} or self.status >= 500
        return passes and self.retry is not False

    @property
    def headers(self) -> dict[str, str]:
        """The headers that tell a client whether and when to try again."""
        headers: dict[str, str] = {}
        if self.retry is not None:
            headers["x-should-retry"] = "true" if self.retry else "false"
        if self.retry_after is not None:
            headers["retry-after"] = str(max(1, round(self.retry_after)))
        if self.status == 401:
            headers["www-authenticate"] = "Bearer"
        return headers

    def as_openai(self) -> dict[str, Any]:
        """The error object of OpenAI's dialects, all four keys always there."""
        return {
            "message": self.message,
            "type": self.type,
            "param": self.param,
            "code": self.code,
            **self.extra,
        }

    def as_seed(self) -> dict[str, Any]:
        """The error object of the seed platform."""
        status = self.seed_status
        text = f"{self.param}: {self.message}" if self.param else self.message
        error: dict[str, Any] = {
            "code": self.seed_code or _seed_code(status, self.code),
            "message": self.message,
            "system_message": text,
            "type": "client_error" if status < 500 else "server_error",
            "status": status,
            "trace_id": request_ids.current(),
            "timestamp": now().isoformat().replace("+00:00", "Z"),
        }
        if self.param:
            error["details"] = {"field": self.param}
        return error

    @property
    def seed_status(self) -> int:
        """The seed platform answers 422 to a field that OpenAI answers 400 to."""
        is_broken = self.code == "invalid_json"
        about_a_field = self.status == 400 and (self.param or self.code)
        return 422 if about_a_field and not is_broken else self.status


def _seed_code(status: int, code: str | None) -> str:
    if code in _SEED_CODES:
        return _SEED_CODES[code]
    codes = {
        400: "BAD_REQUEST",
        401: "AUTHENTICATION_REQUIRED",
        403: "INSUFFICIENT_PERMISSIONS",
        404: "RESOURCE_NOT_FOUND",
        405: "METHOD_NOT_ALLOWED",
        409: "CONFLICT",
        413: "REQUEST_TOO_LARGE",
        415: "UNSUPPORTED_MEDIA_TYPE",
        422: "VALIDATION_ERROR",
        429: "RATE_LIMIT_EXCEEDED",
        502: "PROVIDER_ERROR",
    }
    return codes.get(status, "INTERNAL_ERROR" if status >= 500 else "BAD_REQUEST")


def is_api_path(path: str) -> bool:
    """Whether programs call this path, so that its errors are JSON."""
    return path == "/v1" or path.startswith("/v1/")


def speaks_seed(path: str) -> bool:
    """Whether this path belongs to the seed platform's dialect."""
    return path.startswith(SEED_PREFIXES) and not path.startswith(SEED_EXCEPTIONS)


def write_error(path: str, error: ApiError) -> tuple[int, dict[str, Any]]:
    """Status and body of an error, in the envelope of the path's dialect."""
    if speaks_seed(path):
        return error.seed_status, {"success": False, "error": error.as_seed()}
    return error.status, {"error": error.as_openai()}


E_ = TypeVar("E_", bound=Exception)
_translators: dict[type[Exception], Callable[[Any], ApiError]] = {}


def translates(
    kind: type[E_],
) -> Callable[[Callable[[E_], ApiError]], Callable[[E_], ApiError]]:
    """Register how an exception of an app's services is told to API clients."""

    def register(translate: Callable[[E_], ApiError]) -> Callable[[E_], ApiError]:
        _translators[kind] = translate
        return translate

    return register


def translate(exc: Exception) -> ApiError | None:
    """The API error for an exception of the services, or None for an unknown one."""
    if isinstance(exc, ApiError):
        return exc
    for kind in type(exc).__mro__:
        if kind in _translators:
            return _translators[kind](exc)
    return None


def internal_error() -> ApiError:
    """Our own fault; whoever reads the log finds it by the request's id."""
    return ApiError(
        500,
        "Something went wrong inside Easel. The request's id is"
        f" {request_ids.current()}.",
        type=SERVER,
        code="internal_error",
        retry=False,
    )


def not_found(what: str, public_id: str) -> ApiError:
    """The text that clients of the Assistants API look for."""
    return ApiError(404, f"No {what} found with id '{public_id}'.")


@translates(Http404)
def _http404(exc: Http404) -> ApiError:
    return ApiError(404, str(exc) or "There is nothing at this address.")


@translates(BudgetExceededError)
def _budget_exceeded(exc: BudgetExceededError) -> ApiError:
    return ApiError(
        429,
        str(exc),
        code="insufficient_quota",
        type="insufficient_quota",
        retry=False,
    )


@translates(DisallowedHost)
def _disallowed_host(exc: DisallowedHost) -> ApiError:
    return ApiError(
        400,
        "The header 'Host' names another server than this one. Use the address that the"
        " server printed, or add the name to EASEL_ALLOWED_HOSTS.",
        "Host",
        "invalid_host",
    )


@translates(PermissionDenied)
def _permission_denied(exc: PermissionDenied) -> ApiError:
    return ApiError(403, str(exc) or "You may not do this.")


@translates(NoConnectionError)
def _no_connection(exc: NoConnectionError) -> ApiError:
    return ApiError(400, str(exc), param="model", code="model_not_found")


@translates(ProviderError)
def provider_error(exc: ProviderError) -> ApiError:
    """What a provider did, told so that no client pays for it twice.

    A refused request is its sender's own: he is told what the provider said of it.
    """
    retry = False if exc.may_have_cost else None
    match exc.kind:
        case ErrorKind.RATE:
            return ApiError(
                429,
                exc.text,
                code="rate_limit_exceeded",
                type="rate_limit_error",
                retry=retry,
                retry_after=exc.retry_after,
            )
        case ErrorKind.QUOTA:
            return ApiError(
                429,
                exc.text,
                code="insufficient_quota",
                type="insufficient_quota",
                retry=False,
            )
        case ErrorKind.MODERATED:
            return ApiError(
                400,
                exc.said or exc.text,
                code=exc.code or "moderation_blocked",
                retry=retry,
                extra=exc.details,
            )
        case ErrorKind.INVALID:
            is_missing = exc.status == 404 or exc.code == "model_not_found"
            return ApiError(
                404 if exc.status == 404 else 400,
                exc.said or exc.text,
                param=exc.param,
                code=exc.code or ("model_not_found" if is_missing else None),
                retry=retry,
            )
        case ErrorKind.CONFIGURATION:
            return ApiError(
                502, exc.text, type=SERVER, code="provider_misconfigured", retry=False
            )
    code = "outcome_unknown" if exc.may_have_cost else "provider_error"
    return ApiError(502, exc.text, type=SERVER, code=code, retry=retry)
