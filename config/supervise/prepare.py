"""Everything Django has to do before the web server starts, in one process: a start of Django costs a second.

    python -m config.supervise.prepare      (environment as in Options.prepare_environ)

Progress lines go to standard output, whatever the commands print goes to standard error, which is a log.
"""

import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from config import static_files
from config.environment import Mistakes
from config.supervise.options import Options


def main() -> int:
    """Run the steps in order; on failure one line says what failed, and the log the rest."""
    terminal, sys.stdout = sys.stdout, sys.stderr
    os.environ["PROCESS_KIND"] = "command"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    options = Options.from_environ(os.environ)
    import django

    steps: list[tuple[str, Callable[[Options], str | None]]] = [
        ("settings", lambda _: django.setup()),
        ("database", reach_database),
        ("queue", reach_redis),
        ("check", check),
        ("migrate", migrate),
        ("static files", collect_static),
        ("demo", load_demo),
        ("connected shops", connect_demo),
    ]
    for name, step in steps:
        print(f"--- {name}", file=sys.stderr, flush=True)
        started = time.monotonic()
        try:
            done = step(options)
        except (Exception, SystemExit) as error:
            traceback.print_exc()
            lines = str(error).strip().splitlines() or [type(error).__name__]
            _tell(terminal, "\n".join(f"failed at step {name!r}: {line}" for line in _told(error, lines)))
            return 1
        if done:
            _tell(terminal, f"{done} ({time.monotonic() - started:.1f} s)")
    return 0


def _told(error: BaseException, lines: list[str]) -> list[str]:
    """Every mistake in the environment; of anything else the first line."""
    return lines if isinstance(error, Mistakes) else lines[:1]


def reach_database(_options: Options) -> None:
    """Raises when PostgreSQL does not answer, naming the address but no password."""
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise RuntimeError(
            f"PostgreSQL at DATABASE_URL ({_address('DATABASE_URL')}) does not answer: {error}"
        ) from error


def reach_redis(_options: Options) -> None:
    from redis import RedisError

    from common.sentinels import connect_hint_server

    try:
        connect_hint_server(os.environ["REDIS_URL"], socket_connect_timeout=5, socket_timeout=5).ping()
    except (RedisError, ValueError) as error:
        raise RuntimeError(f"Redis at REDIS_URL ({_address('REDIS_URL')}) does not answer: {error}") from error


def check(_options: Options) -> None:
    from django.core.management import call_command

    call_command("check", databases=["default"])


def migrate(_options: Options) -> str:
    from django.core.management import call_command

    call_command("migrate", interactive=False)
    return "migrated"


def collect_static(options: Options) -> str | None:
    return "static files collected" if static_files.collect_static(options.data_dir) else None


def load_demo(options: Options) -> str | None:
    """Load the demo where it is wanted, unless its credentials are there; the command itself never loads it twice."""
    from django.core.management import call_command

    if not options.demo or options.credentials_file.exists():
        return None
    call_command("load_demo", "--credentials-file", str(options.credentials_file))
    if options.credentials_file.exists():
        return "demo loaded"
    return "the demo was loaded by an earlier run whose credentials file is gone: `manage.py changepassword operator`"


def connect_demo(options: Options) -> str | None:
    """Let the demo's connected shops know where their fakes are this time."""
    from django.core.management import call_command

    if not options.demo or not options.credentials_file.exists():
        return None
    told = {"fakes_file": options.fakes_file, "credentials_file": options.credentials_file}
    told["chat_file"] = options.chat_file
    return call_command("connect_demo", **told, address=options.base_url)


def _address(variable: str) -> str:
    parts = urlsplit(os.environ[variable])
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{Path(parts.path)}"


def _tell(terminal: TextIO, line: str) -> None:
    print(line, file=terminal, flush=True)


if __name__ == "__main__":
    sys.exit(main())
