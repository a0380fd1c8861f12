"""Work in a process of its own that dies by SIGKILL at a chosen statement.

    python -m tests.concurrency.process        one job a line on stdin; one line with its end on stdout

Each job is done in a fork, so that Django is loaded once. The broker is out of reach: nobody is told, sweeps
must find it.
"""

import gc
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext
from datetime import datetime
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import dj_database_url

ROOT = Path(__file__).resolve().parents[2]
NO_BROKER = "unix:///nowhere/valkey.sock?db=0"
KILLED = f"signal {signal.SIGKILL}"
DONE = "exit 0"
OWN_NAME = f"jobs of {os.getpid()}"  # to PostgreSQL


class Processes:
    """The test's side: `run` a job, and hear how its process ended."""

    def __init__(self, process: subprocess.Popen, database: str = ""):
        self.process, self.database = process, database

    def on(self, database: str) -> "Processes":
        """The same server of jobs, which are done on the database with this address."""
        return Processes(self.process, database)

    def run(self, job: str, *, step: int | None, moment: str = "before", at: datetime | None, **arguments) -> str:
        """Do `job` at the instant `at` (None: as time passes), dying at statement `step`; `exit 0`, or `signal 9`."""
        order = {"job": job, "step": step, "moment": moment, "at": at and at.isoformat(), **arguments}
        order["database"] = self.database
        self.process.stdin.write(json.dumps(order, default=str) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@contextmanager
def processes(**environ: str):
    """Start the server of jobs in this environment (DATABASE_URL, …), by default without a broker."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=ROOT,
        env={**os.environ, "REDIS_URL": NO_BROKER, **environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Processes(process)
    finally:
        process.stdin.close()
        process.wait(60)


def serve() -> None:
    """The other side."""
    import django

    os.environ["PGAPPNAME"] = OWN_NAME

    django.setup()
    load_what_jobs_need()
    gc.freeze()  # no fork looks for garbage among what is there now, and so copies all of its memory
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                work(**json.loads(line))
                os._exit(0)
            except BaseException:
                os._exit(1)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code < 0:
            wait_until_forgotten(json.loads(line)["database"] or os.environ["DATABASE_URL"])
        print(f"exit {code}" if code >= 0 else f"signal {-code}", flush=True)


def wait_until_forgotten(database: str) -> None:
    """What a killed process had locked is free: on a busy machine PostgreSQL takes a moment to see that it is gone."""
    import psycopg

    with psycopg.connect(database, autocommit=True, application_name="") as connection:
        while connection.execute("SELECT 1 FROM pg_stat_activity WHERE application_name = %s", [OWN_NAME]).fetchone():
            time.sleep(0.01)


def load_what_jobs_need() -> None:
    """What is loaded at first use is loaded once, before the forks."""
    from payments.actions import tell_worker

    for module in (
        "connectors.working",
        "offers.actions",
        "orders.erp.receiving",
        "payments.settlement",
        "refunds.deciding",
        "refunds.sweeps",
        "tests.world",
    ):
        import_module(module)
    if os.environ["REDIS_URL"] == NO_BROKER:  # a connection to a real one isn't shared by forks
        tell_worker([uuid4()])


def work(*, job: str, step: int | None, moment: str, at: str | None, database: str, **arguments) -> None:
    """Do one job."""
    from django.db import connection

    from common import clock
    from tests.concurrency.crash import Moment, crash_at

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    if database:
        there = dj_database_url.parse(database)
        connection.settings_dict |= {name: there[name] for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")}
    connection.ensure_connection()  # what it says to get ready is none of the job's statements
    instant = clock.at(datetime.fromisoformat(at)) if at else nullcontext()
    with instant, crash_at(step, Moment(moment), kill=die):
        JOBS[job](**arguments)


def accept(store_id: int, offer_id: str) -> None:
    """The buyer accepts."""
    from common import clock
    from common.tenancy import tenant_scope
    from offers.actions import accept_offer
    from tests.world import BUYER

    with tenant_scope(store_id):
        accept_offer(store_id=store_id, offer_id=offer_id, actor=BUYER, now=clock.now())


def settle() -> None:
    """A worker settles a batch."""
    from payments.settlement import settle_batch

    settle_batch()


def sweep() -> None:
    """A worker sweeps the deadlines."""
    from refunds.sweeps import sweep_due_refunds

    sweep_due_refunds()


def negotiate(code: str, count: int) -> None:
    """A store with this code in which `count` buyers are offered ¥2."""
    from common import clock
    from tests.concurrency.negotiation import send
    from tests.world import make_shop

    shop = make_shop("taote", code)
    for _ in range(count):
        send(shop, shop.refund(now=clock.now()), now=clock.now())


def show(code: str) -> None:
    """A store with this code, to whose refund a buyer shows a photograph, and which has an endpoint with its secret."""
    from common import clock
    from tests.tenancy.things import make_evidence
    from tests.world import MERCHANT, make_shop
    from webhooks.actions import add_endpoint

    shop = make_shop("taote", code)
    make_evidence(shop, shop.refund(now=clock.now()).pk)
    with shop.scope():
        add_endpoint(store=shop.store, url="https://8.8.8.8/hook", events=[], actor=MERCHANT, now=clock.now())


def shop(connection_id: str) -> None:
    """A worker gives a connected shop one turn after the other, until none is due."""
    from connectors.working import work_on_shops

    while work_on_shops(ids=[connection_id]):
        pass


def files() -> None:
    """A worker reads the files that came."""
    from orders.erp.receiving import read_files

    read_files()


def decide() -> None:
    """A worker decides what is waiting of bulk decisions."""
    from refunds.deciding import decide_waiting_rows

    decide_waiting_rows()


def listen(code: str, url: str) -> None:
    """A store with this code, of which an endpoint hears five requests of refunds and that it was made itself."""
    from common import clock
    from tests.world import MERCHANT, make_shop
    from webhooks.actions import add_endpoint

    shop = make_shop("taote", code)
    with shop.scope():
        wanted = ["refund.requested", "webhook.made"]
        add_endpoint(store=shop.store, url=url, events=wanted, actor=MERCHANT, now=clock.now())
    for _ in range(5):
        shop.refund(now=clock.now())


def command(argv: list[str], output: str) -> None:
    """A command of manage.py; what it says is written into the file `output`."""
    from django.core.management import call_command

    with open(output, "w") as said:
        call_command(*argv, stdout=said)


JOBS = {each.__name__: each for each in (accept, settle, sweep, negotiate, show, shop, files, decide, listen, command)}

if __name__ == "__main__":
    serve()
