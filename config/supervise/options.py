"""What `make run` can be told, all of it through the environment."""

import fcntl
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.embedded.paths import OWNER, database_url, redis_url, resolve_data_dir
from config.embedded.processes import MARKER, ServiceError


@dataclass(frozen=True)
class Options:
    """PORT, HOST, DATA_DIR, DATABASE_URL, REDIS_URL and DEMO, checked; unset URLs mean the embedded services.

    OWNER_DATABASE_URL, the role that migrates, goes to the set-up step only.

    The demo is for the embedded database; DEMO=1 asks for it in one of your own, DEMO=0 for none at all.
    """

    data_dir: Path
    host: str
    port: int
    database_url: str | None
    redis_url: str | None
    demo: bool

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Options":
        """Raises ServiceError with one clear line."""
        port = environ.get("PORT") or "8000"
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ServiceError(f"PORT must be a number from 1 to 65535, not {port!r}")
        demo = environ.get("DEMO") or ("0" if environ.get("DATABASE_URL") else "1")
        if demo not in {"0", "1"}:
            raise ServiceError(f"DEMO must be 0 or 1, not {demo!r}")
        return cls(
            data_dir=resolve_data_dir(environ.get("DATA_DIR")),
            host=environ.get("HOST") or "127.0.0.1",
            port=int(port),
            database_url=environ.get("DATABASE_URL") or None,
            redis_url=environ.get("REDIS_URL") or None,
            demo=demo == "1",
        )

    @property
    def base_url(self) -> str:
        """The address to visit from this machine."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "log"

    @property
    def credentials_file(self) -> Path:
        """The demo's sign-ins and keys, written by `load_demo` when it makes them."""
        return self.data_dir / "demo-credentials.json"

    @property
    def demo_file(self) -> Path:
        """The same with the address; it exists only while this instance is ready."""
        return self.data_dir / "demo.json"

    @property
    def fakes_dir(self) -> Path:
        """What the demo's fakes of open platforms know."""
        return self.data_dir / "fakes"

    @property
    def fakes_file(self) -> Path:
        """Their addresses by platform; it exists only while they listen."""
        return self.fakes_dir / "addresses.json"

    @property
    def chat_file(self) -> Path:
        """Where the demo's group chat listens; it exists only while it does."""
        return self.fakes_dir / "chat.json"

    def child_environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment of web, worker and beat."""
        return {
            **environ,
            "OWNER_DATABASE_URL": "",
            "DATABASE_URL": self.database_url or database_url(self.data_dir),
            "REDIS_URL": self.redis_url or redis_url(self.data_dir),
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "DEMO": str(int(self.demo)),
            "PYTHONUNBUFFERED": "1",
            MARKER: str(self.data_dir),
            **(self._of_the_demo(environ) if self.demo else {}),
        }

    @staticmethod
    def _of_the_demo(environ: Mapping[str, str]) -> dict[str, str]:
        """Shops that are asked soon again, robots that write to a chat here, and e-mails that stand in a log."""
        return {
            "CONNECTOR_LONGEST_PAUSE_S": environ.get("CONNECTOR_LONGEST_PAUSE_S") or "10",
            "WEBHOOKS_ALLOW_LOOPBACK": environ.get("WEBHOOKS_ALLOW_LOOPBACK") or "1",
            "EMAIL_URL": environ.get("EMAIL_URL") or "console:",
            "EMAIL_FROM": environ.get("EMAIL_FROM") or "Wanliu <demo@example.com>",
        }

    def prepare_environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment of the set-up step, the only one that is told how to connect as the owner of the tables."""
        embedded = "" if self.database_url else database_url(self.data_dir, role=OWNER)
        return {
            **self.child_environ(environ),
            "OWNER_DATABASE_URL": embedded or environ.get("OWNER_DATABASE_URL", ""),
        }

    def take_data_dir(self) -> int:
        """Make DATA_DIR ours for as long as the returned file descriptor is open; one supervisor each."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.data_dir / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServiceError(
                f"{self.data_dir} is in use by another `make run`: stop that one, or run a second with "
                "DATA_DIR=.data2 PORT=8001 make run"
            ) from None
        return descriptor

    def check_port_free(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                other = self.port + 1 if self.port < 65535 else 8000
                raise ServiceError(
                    f"port {self.port} on {self.host} cannot be used ({error.strerror or error}): "
                    f"run with PORT={other} make run"
                ) from None
