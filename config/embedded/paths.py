"""Where the embedded services live, as pure functions of DATA_DIR: every process computes the same answer.

Socket addresses are limited to about 107 bytes and travel inside URLs, so a data directory that is too
long or has unusual characters gets its sockets in a short private directory under /tmp instead.
"""

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
DATABASE = OWNER = "wanliu"  # the owner of the tables, for migrations
APP_ROLE = "wanliu_app"  # whoever works with them, and owns nothing
SOCKET_PATH_MAX_BYTES = 103  # macOS; Linux has 107
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"


def resolve_data_dir(value: str | None) -> Path:
    """The absolute data directory for DATA_DIR's value; relative ones are relative to the repository."""
    return (ROOT / (value or ".data")).resolve()


def socket_dir(data_dir: Path) -> Path:
    """The directory of both sockets: DATA_DIR/run, or a short private one when that is no fit address."""
    run_dir = data_dir.resolve() / "run"
    longest = f"{run_dir}/{POSTGRES_SOCKET}"
    if len(longest) <= SOCKET_PATH_MAX_BYTES and re.fullmatch(r"[A-Za-z0-9_./-]+", longest):
        return run_dir
    digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
    return Path(f"/tmp/wanliu-{os.geteuid()}-{digest}")


def database_url(data_dir: Path, *, role: str = APP_ROLE, database: str = DATABASE) -> str:
    """The application's database as a URL with the socket directory as its host.

    URL parsers lower-case the host (dj-database-url takes `urlsplit().hostname`), which would break a path
    with capitals. Percent-encoding everything but lower-case letters and digits survives that.
    """
    host = "".join(
        c if c.isascii() and (c.islower() or c.isdigit()) else f"%{ord(c):02X}" for c in str(socket_dir(data_dir))
    )
    return f"postgres://{role}@{host}/{database}"


def redis_url(data_dir: Path) -> str:
    """The embedded Valkey as redis-py and Django's cache read it."""
    return f"unix://{socket_dir(data_dir) / VALKEY_SOCKET}?db=0"


def broker_url(redis_url: str) -> str:
    """The same server as kombu (Celery) reads it; anything but `unix://` is handed back unchanged."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    credentials = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    db = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{credentials}{parts.path}?virtual_host={quote(db)}"
