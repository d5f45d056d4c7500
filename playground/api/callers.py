"""Who calls the API: a program with a key, or a person with a session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja.security.base import AuthBase

from playground.api.errors import ApiError
from playground.lib.clock import now
from playground.lib.written_query import WrittenQuery
from playground.organizations.access import SESSION_KEY, choose_membership
from playground.organizations.models import (
    ApiKey,
    Membership,
    Organization,
    User,
)
from playground.organizations.services.ledger import Payer
from playground.organizations.services.sign_in import hash_token

# Whoever starts runs has to see what comes of them.
INCLUDED = {"run": frozenset({"read"})}
USED_EVERY = timedelta(minutes=1)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ROLE_SCOPES = {
    Membership.Role.VIEWER: ("read",),
    Membership.Role.MEMBER: ("read", "run", "images"),
    Membership.Role.ADMIN: ("read", "run", "images", "admin"),
    Membership.Role.OWNER: ("read", "run", "images", "admin"),
}


_keys = WrittenQuery(lambda: ApiKey.objects.filter(key_hash="").order_by())
_organizations = WrittenQuery(lambda: Organization.objects.filter(pk=0).order_by())


@dataclass(frozen=True)
class Caller:
    """On whose behalf a request is served, and what it may do.

    A program has `api_key`; a person has `user` and `membership`. `base_url` is the
    server's own address as the caller wrote it, for URLs in answers.
    """

    organization: Organization
    scopes: frozenset[str]
    api_key: ApiKey | None = None
    user: User | None = None
    membership: Membership | None = None
    base_url: str = ""

    @property
    def payer(self) -> Payer:
        """On whose account this caller's requests are made."""
        return Payer(
            self.organization.pk,
            self.user.pk if self.user else None,
            self.api_key.pk if self.api_key else None,
        )

    def need(self, *scopes: str) -> None:
        """ApiError 403 unless the caller may do what one of these scopes names."""
        held = self.scopes.union(*(INCLUDED.get(s, ()) for s in self.scopes))
        if held.intersection(scopes):
            return
        needed = " or ".join(f"“{scope}”" for scope in scopes)
        if self.api_key is not None:
            raise ApiError(
                403,
                f"This key has no scope {needed}. It has:"
                f" {', '.join(sorted(self.scopes)) or 'none'}.",
                code="missing_scope",
            )
        raise ApiError(403, f"Your role does not allow this; it needs {needed}.")


class ApiRequest(HttpRequest):
    """What Ninja hands to a view whose `auth` is an `Allow`."""

    auth: Caller


class Allow(AuthBase):
    """`auth=Allow("run")` of an operation: find the caller and check the scope.

    Of several scopes one is enough.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, *scopes: str) -> None:
        self.scopes = scopes
        super().__init__()

    def __call__(self, request: HttpRequest) -> Any:
        caller = authenticate(request)
        caller.need(*self.scopes)
        return caller


def authenticate(request: HttpRequest) -> Caller:
    """The caller of this request; ApiError 401 or 403 says what is wrong.

    `request` needs a session and a user only where no key is sent.
    """
    text = _key_text(request)
    caller = _key_caller(text) if text else _session_caller(request)
    return replace(caller, base_url=f"{request.scheme}://{request.get_host()}")


def _key_text(request: HttpRequest) -> str:
    """The key that was sent; `X-API-Key` counts where Authorization is empty."""
    said = request.headers.get("Authorization", "").strip()
    other = request.headers.get("X-API-Key", "").strip()
    scheme, _, token = said.partition(" ")
    token = token.strip()
    if said and scheme.lower() != "bearer":
        raise _refused(
            "The Authorization header must be “Bearer” followed by an API key."
        )
    if token and other and token != other:
        raise _refused("Authorization and X-API-Key hold different keys. Send one.")
    return token or other


def _key_caller(text: str) -> Caller:
    found = _keys.rows(hash_token(text))
    if not found:
        raise _refused(f"Incorrect API key provided: {_shown(text)}.")
    key = found[0]
    if key.revoked_at is not None:
        raise _refused("This API key was revoked.", "API_KEY_DEACTIVATED")
    moment = now()
    if key.expires_at is not None and key.expires_at <= moment:
        raise _refused("This API key has expired.", "API_KEY_EXPIRED")
    if key.last_used_at is None or key.last_used_at < moment - USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=moment)
    key.organization = _organizations.rows(key.organization_id)[0]
    return Caller(key.organization, frozenset(key.scopes), api_key=key)


def _session_caller(request: HttpRequest) -> Caller:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        raise ApiError(
            401,
            "You didn't provide an API key. Send it as “Authorization: Bearer KEY” or"
            " “X-API-Key: KEY”.",
            seed_code="AUTHENTICATION_REQUIRED",
        )
    if request.method not in SAFE_METHODS:
        _check_csrf(request)
    membership = choose_membership(user, request.session.get(SESSION_KEY))
    if membership is None:
        raise ApiError(
            403,
            "You belong to no organization.",
            seed_code="NO_ORGANIZATION_MEMBERSHIP",
        )
    scopes = frozenset(ROLE_SCOPES[Membership.Role(membership.role)])
    return Caller(membership.organization, scopes, user=user, membership=membership)


class _CsrfCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _check_csrf(request: HttpRequest) -> None:
    """A session counts only together with the token of our own pages."""
    check = _CsrfCheck(lambda _: HttpResponse())
    check.process_request(request)
    # Ninja exempts its views from the middleware, since keys need no token.
    reason = check.process_view(request, HttpResponse, (), {})
    if reason:
        raise ApiError(
            403,
            f"A session needs the X-CSRFToken header of our own pages: {reason}",
            code="csrf_failed",
        )


def _shown(text: str) -> str:
    """Enough of a key to recognise it by, and no more."""
    return f"{text[:4]}…{text[-4:]}" if len(text) >= 16 else "…"


def _refused(text: str, seed_code: str = "INVALID_API_KEY") -> ApiError:
    return ApiError(401, text, code="invalid_api_key", seed_code=seed_code)
