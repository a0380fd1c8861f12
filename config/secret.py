"""The signing key: from SECRET_KEY, or made once and kept in DATA_DIR."""

import os
import secrets
from pathlib import Path


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
