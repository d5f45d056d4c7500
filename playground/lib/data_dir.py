"""The data folder: made private, and the keys that live in it.

Keys are made once and kept in files of mode 0600, so that nothing has to be configured
before the first start and nothing secret ever stands in the repository.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet


def prepare(path: Path) -> Path:
    """Make the folder, readable by its owner only.

    A folder of somebody else's that holds other things is left as it is: its mode is
    not Easel's to change. Keys and files in it are private by themselves.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = (path / "secret_key").exists() or not any(path.iterdir())
    if ours and path.stat().st_mode & 0o077:
        path.chmod(0o700)
    # For collected static files. WhiteNoise warns at each start where it is missing.
    (path / "static").mkdir(exist_ok=True)
    return path


def secret_key(path: Path) -> str:
    """Django's SECRET_KEY, made at the first start."""
    return _kept(path / "secret_key", secrets.token_urlsafe(48))


def field_keys(path: Path) -> list[str]:
    """The Fernet keys of encrypted fields, newest first, one on a line."""
    text = _kept(path / "field_keys", Fernet.generate_key().decode())
    return [line.strip() for line in text.splitlines() if line.strip()]


def add_field_key(path: Path) -> None:
    """Put a new key before the others, which stay to read what they encrypted."""
    keys = [Fernet.generate_key().decode(), *field_keys(path)]
    draft = _draft(path / "field_keys", "\n".join(keys))
    draft.replace(path / "field_keys")


def _kept(path: Path, fresh: str) -> str:
    """The file's text; written whole first, so that two first starts agree."""
    if not path.exists():
        draft = _draft(path, fresh)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def _draft(path: Path, text: str) -> Path:
    """The text in a new file beside the path, readable by its owner only."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
    return draft
