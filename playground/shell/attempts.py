"""How often a password may be guessed: ten times in ten minutes for one address."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.core.cache import cache

from playground.lib.clock import now

LIMIT = 10
WINDOW = timedelta(minutes=10)


def take(email: str, ip: str) -> int:
    """Count one attempt; 0 if it may be made, else the minutes to wait, rounded up.

    It is counted before the password is looked at, so that guesses sent all at once
    cannot pass together. The window begins at the first attempt.
    """
    key, seconds = _key(email, ip), int(WINDOW.total_seconds())
    cache.add(f"{key}:until", now() + WINDOW, timeout=seconds)
    cache.add(key, 0, timeout=seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # the window has ended since the line above
        return 0
    if count <= LIMIT:
        return 0
    until = cache.get(f"{key}:until") or now()
    return max(1, -(-int((until - now()).total_seconds()) // 60))


def forget(email: str, ip: str) -> None:
    """After a right password the count begins again."""
    key = _key(email, ip)
    cache.delete_many([key, f"{key}:until"])


def _key(email: str, ip: str) -> str:
    digest = hashlib.sha256(f"{email.strip().lower()}\n{ip}".encode()).hexdigest()
    return f"sign-in:{digest}"
