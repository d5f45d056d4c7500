"""An encrypted model field: a key at rest is never readable from the database file."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from playground.lib import data_dir


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def box() -> MultiFernet:
    """Encrypts with the newest key, decrypts with any of `FIELD_KEYS`."""
    return _box(tuple(settings.FIELD_KEYS))


def rotate(token: str) -> str:
    """The same secret, encrypted again with the newest key."""
    return box().rotate(token.encode()).decode()


def encrypt(text: str) -> str:
    """A token that holds this secret."""
    return box().encrypt(text.encode()).decode()


class UnreadableSecretError(Exception):
    """The stored secret was encrypted with a key that is not in `FIELD_KEYS`."""


def decrypt(token: str) -> str:
    """The secret in this token; UnreadableSecretError when no key fits.

    A key that `rotate_keys` has added beside a running server is read from the file.
    """
    try:
        return box().decrypt(token.encode()).decode()
    except InvalidToken:
        settings.FIELD_KEYS[:] = data_dir.field_keys(settings.DATA_DIR)
    try:
        return box().decrypt(token.encode()).decode()
    except InvalidToken as exc:
        raise UnreadableSecretError(
            "A stored key cannot be read: its encryption key is missing from the data"
            " folder's file `field_keys`."
        ) from exc


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted in the database and plain in Python; "" stays ""."""

    def get_prep_value(self, value: Any) -> Any:
        if not value:
            return ""
        return encrypt(str(value))

    def from_db_value(self, value: str | None, *_: Any) -> str:
        return decrypt(value) if value else ""

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull` can be asked of a ciphertext: it differs at each write."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
