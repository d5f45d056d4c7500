"""The one exception that crosses the border to an outside service.

Adapters turn whatever went wrong into a `ProviderError`; nothing else leaves them. It
answers the four questions that a caller has: what kind of failure, what to tell the
user, what to tell the admin, and whether money may be gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class ErrorKind(StrEnum):
    """What went wrong, in words that decide what the caller does next."""

    CONFIGURATION = "configuration"  # key refused, address wrong: an admin must act
    QUOTA = "quota"  # the provider's account or credits are used up
    RATE = "rate"  # too many requests: wait, then try again
    MODERATED = "moderated"  # refused for its content: change the prompt
    INVALID = "invalid"  # the request itself was refused
    TIMEOUT = "timeout"  # no answer in time: the outcome may be unknown
    UPSTREAM = "upstream"  # the provider's own fault, or an unreadable answer


class ProviderError(Exception):
    """A provider did not do what it was asked.

    `text` is safe for any user of the organization; `admin_text` may hold the
    provider's raw words (never a key). `may_have_cost` is true once a paid request's
    body may have reached the provider and no answer says that it was not charged.
    `retry_safe` is true when the same request can be sent again without paying twice.
    `retry_after` is in seconds. `param` and `code` are the provider's own, if any.
    `said` is its sentence about a refused request, without keys and shortened, for
    whoever sent that request; `details` are further keys that it gave.
    """

    def __init__(
        self,
        kind: ErrorKind,
        text: str,
        *,
        admin_text: str = "",
        may_have_cost: bool = False,
        retry_safe: bool = False,
        retry_after: float | None = None,
        status: int | None = None,
        param: str | None = None,
        code: str | None = None,
        said: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.admin_text = admin_text or text
        self.may_have_cost = may_have_cost
        self.retry_safe = retry_safe
        self.retry_after = retry_after
        self.status = status
        self.param = param
        self.code = code
        self.said = said
        self.details = dict(details or {})

    @property
    def summary(self) -> str:
        """What a log may say of it: the kind and the status, no words of anybody."""
        return f"{self.kind}, HTTP {self.status}" if self.status else str(self.kind)

    @property
    def text_with_said(self) -> str:
        """`text`, and behind it what the provider said of a refused request."""
        return f"{self.text} The provider said: {self.said}" if self.said else self.text
