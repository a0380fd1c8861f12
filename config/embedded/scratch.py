"""A pair of services for one test run or benchmark: started, used, stopped, removed."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded import paths
from config.embedded.postgres import Postgres
from config.embedded.processes import ServiceError, kill_group, spawn
from config.embedded.valkey import Valkey

START_SECONDS = 60.0
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Services:
    """Where the running pair is. The role in `database_url` is plain, but owns its tables and may create databases."""

    data_dir: Path
    database_url: str
    redis_url: str

    def environ(self) -> dict[str, str]:
        """The environment variables that point the project at this pair."""
        return {
            "DATA_DIR": str(self.data_dir),
            "DATABASE_URL": self.database_url,
            "OWNER_DATABASE_URL": "",
            "REDIS_URL": self.redis_url,
        }


@contextmanager
def throwaway(
    *, durable: bool = False, server: Callable[..., Postgres] = Postgres, kept_in: Path | None = None
) -> Iterator[Services]:
    """Start PostgreSQL and Valkey in a temporary directory and remove every trace in the end.

    By default nothing is synced to disk, which is what tests want; `durable=True` keeps PostgreSQL's own
    settings, without which a benchmark would flatter us. `server` makes another PostgreSQL than the wheel's. `kept_in`
    is a directory where they stay, and go on from, the next time. Raises ServiceError when they do not come up.
    """
    with ExitStack() as stack:
        data_dir = kept_in or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="wanliu-", ignore_cleanup_errors=True))
        )
        postgres, valkey = server(data_dir, durable=durable, create_db=True), Valkey(data_dir)
        if not kept_in:
            stack.callback(postgres.remove)
        started = [(service, stack.enter_context(running(service))) for service in (postgres, valkey)]
        for service, process in started:
            wait_until_up(service, process)
        yield Services(data_dir, paths.database_url(data_dir, role=paths.OWNER), paths.redis_url(data_dir))


@contextmanager
def running(service: Postgres | Valkey) -> Iterator[subprocess.Popen[bytes]]:
    """Run one service unsupervised; its output goes to DATA_DIR/log. Stopped on leaving."""
    service.prepare()
    command = service.command()
    log = service.data_dir / "log" / f"{service.name}.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("ab") as output:
        process = spawn(command, output)
    try:
        yield process
    finally:
        process.send_signal(command.stop_signal)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            kill_group(process)
            process.wait()


def wait_until_up(service: Postgres | Valkey, process: subprocess.Popen[bytes]) -> None:
    """Return once `service` takes connections; ServiceError if it ends first or takes a minute."""
    deadline = time.monotonic() + START_SECONDS
    while not service.is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            log = service.data_dir / "log" / f"{service.name}.log"
            raise ServiceError(f"{service.label} did not start: {log.read_text(errors='replace')[-400:]}", log=log)
        time.sleep(0.02)
