"""PgBouncer in transaction mode between the service and PostgreSQL: whatever a session would keep mustn't matter."""

import json
import os
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from common.calendar import PLATFORM_ZONE, day_of
from config.database import LIMITS
from config.embedded import paths
from config.embedded.processes import kill_group
from tests.durability.desk import Desk
from tests.durability.machines import Machines, Shown, start_server
from tests.durability.production import BY_TLS, free_port, wait_for
from tests.durability.trial import Trial, set_up_django

GONE_S = 3
POOL = 6  # connections to PostgreSQL of each role, for all processes together
READS = 400
ROLE_SETTINGS = {**LIMITS["worker"], "plan_cache_mode": "force_generic_plan"}
INI = """
[databases]
{database} = host={socket_dir}

[users]
{owner} = pool_mode=session

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
admin_users = {app}
pool_mode = transaction
default_pool_size = {pool}
max_client_conn = 500
ignore_startup_parameters = extra_float_digits, options
"""


class Pooled(Machines):
    """A trial whose processes know PostgreSQL by its pooler only."""

    port = 0

    @property
    def environ(self) -> dict[str, str]:
        """What else they are told."""
        urls = {
            name: f"postgres://{role}@127.0.0.1:{self.port}/{paths.DATABASE}"
            for name, role in (("DATABASE_URL", paths.APP_ROLE), ("OWNER_DATABASE_URL", paths.OWNER))
        }
        return {**super().environ, **urls, "PREPARED_STATEMENTS": "0", "WEB_PROCESSES": "2"}


class Pooler:
    """PgBouncer over the desk's PostgreSQL."""

    def __init__(self, desk: Desk, stack: ExitStack) -> None:
        self.desk, self.stack, self.port = desk, stack, free_port()
        place = Path(desk.postgres.socket_dir)
        users, self.ini = place / "users.txt", place / "pgbouncer.ini"
        users.write_text("".join(f'"{role}" ""\n' for role in (paths.APP_ROLE, paths.OWNER)))
        names = {"database": paths.DATABASE, "socket_dir": place, "owner": paths.OWNER, "app": paths.APP_ROLE}
        self.ini.write_text(INI.format(**names, port=self.port, users=users, pool=POOL))
        for each in (users, self.ini):
            each.chmod(0o644)
        for name, value in ROLE_SETTINGS.items():  # which a connection would ask for itself, but for the pooler
            desk.superuser(f"ALTER ROLE {paths.APP_ROLE} SET {name} = '{value}'")

    def start(self) -> None:
        """Returns when it answers."""
        command = ["pgbouncer", "-q", str(self.ini)]
        self.process = start_server(self.desk, self.stack, "pgbouncer", command, PATH=os.environ["PATH"])
        wait_for(lambda: answers(self.port), "PgBouncer", 20)

    def kill(self) -> None:
        """SIGKILL."""
        kill_group(self.process)
        self.process.wait()


def connect(port: int, database: str = paths.DATABASE) -> psycopg.Connection:
    """A connection by way of the pooler."""
    where = {"host": "127.0.0.1", "port": port, "user": paths.APP_ROLE, "dbname": database}
    return psycopg.connect(**where, autocommit=True, cursor_factory=psycopg.ClientCursor)


def answers(port: int) -> bool:
    """Whether the pooler does."""
    try:
        with connect(port) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def pools(port: int) -> dict[str, int]:
    """How many clients and servers the application's pool has just now."""
    with connect(port, "pgbouncer") as connection:
        cursor = connection.execute("SHOW POOLS")
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    own = [row for row in rows if (row["database"], row["user"]) == (paths.DATABASE, paths.APP_ROLE)]
    return {
        kind: sum(int(row[name]) for row in own for name in row if name.startswith(start))
        for kind, start in (("clients", "cl_"), ("servers", "sv_"))
    }


def left_in_sessions(port: int) -> list[tuple]:
    """What the pooled sessions still know of who used them last; nothing, as it should be."""
    asks = "SELECT pg_backend_pid(), current_setting('wanliu.stores', true), current_setting('statement_timeout')"
    connections, found = [connect(port) for _ in range(POOL)], {}
    try:
        for connection in connections:
            connection.execute("BEGIN")  # each holds a session of its own
            pid, stores, limit = connection.execute(asks).fetchone()
            found[pid] = (stores or "", limit)
    finally:
        for connection in connections:
            connection.close()
    usual = ("", f"{LIMITS['worker']['statement_timeout'] // 60_000}min")
    return [(pid, *state) for pid, state in found.items() if state != usual]


def read_side_by_side(trial: Trial) -> tuple[int, list[str], str]:
    """Two stores' lists, asked in turn over the same sessions: how many answers, what was wrong, and one's key."""
    from tests.world import make_shop

    shops = [make_shop("taote", f"reads-{name}") for name in ("one", "two")]
    mine = {shop.store.code: {str(shop.refund().pk) for _ in range(5)} for shop in shops}
    counted, wrong = [], []

    def read(place: int) -> None:
        for number in range(READS // 4):
            shop = shops[(place + number) % 2]
            told = {"Authorization": f"Bearer {shop.merchant_key}", **BY_TLS}
            status, _headers, body = trial.service.ask("/api/v1/refunds/", **told)
            seen = {row["id"] for row in json.loads(body)["results"]} if status == 200 else {f"{status} {body[:200]}"}
            counted.append(1)
            if seen != mine[shop.store.code]:
                wrong.append(f"{shop.store.code} saw {len(seen)} refunds, {sorted(seen - mine[shop.store.code])[:2]}")

    threads = [threading.Thread(target=read, args=(place,)) for place in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return len(counted), wrong, shops[0].merchant_key


def cursors(trial: Trial, key: str) -> list[str]:
    """What reads long lists row by row (a day's statement, an export): what was wrong with it."""
    wrong, today = [], day_of(datetime.now(UTC), PLATFORM_ZONE)
    compared = trial.service.run("manage", "reconcile", "--date", today.isoformat(), **trial.environ)
    if compared.returncode or "0 differences" not in compared.stdout:
        wrong.append(f"reconcile: {compared.stdout[-300:]}{compared.stderr[-300:]}")
    told = {"Authorization": f"Bearer {key}", **BY_TLS}
    status, *_rest = trial.service.ask("/api/v1/orders/export/?format=csv&status=shipped", **told)
    if status != 200:
        wrong.append(f"export: {status}")
    return wrong


def play(desk: Desk, stack: ExitStack, count: int) -> Shown:
    """PgBouncer in transaction mode with six connections: it is killed under load, and a worker"""
    pooler, trial = Pooler(desk, stack), Pooled(desk, stack)
    pooler.start()
    trial.port = port = pooler.port
    migrated = trial.service.run("migrate", **trial.environ)
    assert migrated.returncode == 0, migrated.stderr[-500:]
    set_up_django(trial)
    trial.start_all()
    most = {"clients": 0, "servers": 0}

    def watch(seconds: float) -> None:
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            for kind, number in pools(port).items():
                most[kind] = max(most[kind], number)
            time.sleep(0.05)

    def kill(trial: Trial) -> None:
        watch(3)
        trial.kill_a_worker()
        pooler.kill()
        trial.kills += 1
        time.sleep(GONE_S)
        pooler.start()
        trial.start_a_worker()
        watch(2)

    shown = Shown("pooler", "a worker, PgBouncer", trial.run("pooler", kill, count))
    answered, wrong, key = read_side_by_side(trial)
    wrong += cursors(trial, key)
    if left := left_in_sessions(port):
        wrong.append(f"left in sessions: {left}")
    if locks := desk.rows("SELECT pid FROM pg_locks WHERE locktype = 'advisory'"):
        wrong.append(f"advisory locks: {locks}")
    if most["servers"] > POOL:
        wrong.append(f"{most['servers']} connections")
    shown.wrong += wrong
    shown.told.append(f"{most['clients']} clients shared {most['servers']} connections; {answered} lists of two stores")
    return shown
