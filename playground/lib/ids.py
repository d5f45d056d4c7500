"""Public ids: a prefix that names the kind of object and 24 random alphanumerics."""

from __future__ import annotations

import secrets
import string

ALPHABET = string.ascii_letters + string.digits
# Enough for all letters, and so many more that each of them is equally likely.
BYTES = 32
LENGTH = 24  # as long as the ids of the API that clients were written for


def new_id(prefix: str) -> str:
    """A fresh id such as `run_4Tz1…`; `prefix` includes its separator."""
    number = int.from_bytes(secrets.token_bytes(BYTES))
    letters = []
    for _ in range(LENGTH):  # one big number: a choice for each letter costs ten times
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return prefix + "".join(letters)
