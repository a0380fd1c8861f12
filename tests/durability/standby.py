"""A streaming replica of a running PostgreSQL, made by pg_basebackup as docs/deploy.md says."""

import signal
from pathlib import Path

import psycopg

from config.embedded import paths
from config.embedded.postgres import SUPERUSER, Postgres
from config.embedded.processes import Command, ServiceError, servers_in, stop_survivors
from config.embedded.unprivileged import server_user
from tests.durability.desk import await_


class Standby(Postgres):
    """It follows `primary`. Statements that are in replay's way are cancelled after `conflict_ms`."""

    name = "replica"

    def __init__(self, data_dir: Path, primary: Postgres, *, conflict_ms: int = 30_000) -> None:
        super().__init__(data_dir, durable=primary.durable)
        self.primary, self.conflict_ms = primary, conflict_ms

    @property
    def url(self) -> str:
        """As REPLICA_DATABASE_URL says it."""
        return paths.database_url(self.data_dir)

    def prepare(self) -> None:
        """Copy the primary once; afterwards go on where it was."""
        stop_survivors(lambda: servers_in(self.cluster, "postgres"), signal.SIGINT, 10.0)
        if not (self.cluster / "PG_VERSION").exists():
            copied = server_user().run(
                [
                    *(str(self._program("pg_basebackup")), "-D", str(self.cluster), "--write-recovery-conf"),
                    *("-h", str(self.primary.socket_dir), "-U", SUPERUSER, "--checkpoint=fast", "--wal-method=stream"),
                ],
                env=self._env,
            )
            if copied.returncode != 0:
                raise ServiceError(f"pg_basebackup failed: {copied.stderr.strip()[-400:]}")
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_dir / f"{paths.POSTGRES_SOCKET}.lock").unlink(missing_ok=True)

    def command(self) -> Command:
        """As the primary, and how long it lets readers hold up replay."""
        command = super().command()
        told = ("-c", f"max_standby_streaming_delay={self.conflict_ms}ms")
        return Command(**{**vars(command), "argv": [*command.argv, *told]})

    def is_up(self) -> bool:
        """Whether it takes connections."""
        try:
            return self.ask("SELECT pg_is_in_recovery()") == [(True,)]
        except psycopg.OperationalError:
            return False

    def ask(self, sql: str, *params) -> list[tuple]:
        """What its superuser is told."""
        with self._connect(SUPERUSER, paths.DATABASE) as connection:
            return connection.execute(sql, params).fetchall()

    def catch_up(self) -> None:
        """Return when it shows everything that the primary has now."""
        with self.primary._connect(SUPERUSER, SUPERUSER) as connection:
            [(now,)] = connection.execute("SELECT pg_current_wal_insert_lsn()::text").fetchall()
            connection.execute("SELECT pg_switch_wal()")  # and flushed, whatever it is
        await_(lambda: self.ask("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", now) == [(True,)], "the replica")
