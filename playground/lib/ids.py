"""Public ids: a prefix that names the kind of object and 24 random alphanumerics."""

from __future__ import annotations

import secrets
import string

ALPHABET = string.ascii_letters + string.digits
LENGTH = 24  # as long as the ids of the API that clients were written for


def new_id(prefix: str) -> str:
    """A fresh id such as `run_4Tz1…`; `prefix` includes its separator."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
