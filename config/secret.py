"""The signing key: from SECRET_KEY, which must be a good one, or made once and kept in DATA_DIR."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SHORTEST, FEWEST_SIGNS = 50, 5  # as Django's own check has it


def load_secret_key(data_dir: Path) -> str:
    """Read `data_dir/secret_key`, making it (mode 0600) on the first start. Safe when two processes start at once."""
    path = data_dir / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"secret_key.{os.getpid()}")
    made.touch(mode=0o600)
    made.write_text(secrets.token_urlsafe(50))
    try:
        os.link(made, path)
    except FileExistsError:
        pass
    finally:
        made.unlink()
    return path.read_text()


def is_weak(key: str) -> bool:
    """Whether the key can be guessed."""
    return len(key) < SHORTEST or len(set(key)) < FEWEST_SIGNS or key.startswith("django-insecure-")


def check_secret_key(key: str) -> None:
    """ImproperlyConfigured for a key that can be guessed: buyers' links, sessions and notices are signed with it."""
    if is_weak(key):
        raise ImproperlyConfigured(
            f"SECRET_KEY is weak: give at least {SHORTEST} random characters, or leave it unset to have one made,"
            " which is kept in DATA_DIR/secret_key."
        )
