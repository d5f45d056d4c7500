"""Pytest plugin: what every test would pay for and none of them looks at."""

from __future__ import annotations

import pytest
from whitenoise.middleware import WhiteNoiseMiddleware


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords(django_test_environment: None) -> None:
    """Django's own hashers are slow on purpose."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def _static_files_found_once(django_test_environment: None) -> None:
    """Each test's client has a middleware chain of its own, whose WhiteNoise looks at
    every static file; they do not change while tests run."""
    look = WhiteNoiseMiddleware.add_files_from_finders
    found = {}

    def add_files(self):
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = add_files
