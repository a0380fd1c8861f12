"""A streaming replica under load: what it answers, what is never stale, and that its death costs no call."""

import json
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.durability.desk import Desk
from tests.durability.machines import Machines, Shown
from tests.durability.production import BY_TLS, wait_for
from tests.durability.standby import Standby
from tests.durability.trial import Trial, set_up_django

GONE_S, PAUSED_S = 4, 3
READS_A_WRITE = 4
WRITERS = 2


class Followed(Machines):
    """A trial whose web processes know a replica."""

    replica_url = ""

    @property
    def environ(self) -> dict[str, str]:
        """What else they are told."""
        return {**super().environ, "REPLICA_DATABASE_URL": self.replica_url}


@dataclass
class Readers:
    """Programs that place an order and list theirs at once, and others that only list, until they are stopped."""

    trial: Trial
    asked: int = 0
    written: int = 0
    stale: list[str] = field(default_factory=list)
    odd: Counter[str] = field(default_factory=Counter)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Let them ask."""
        from tests.world import make_shop

        for place in range(WRITERS):
            shop = make_shop("taote", f"reads-{place}")
            shop.order(now=datetime.now(UTC))  # its product is known
            told = (shop.store.code, shop.marketplace_key, shop.merchant_key)
            self._threads.append(threading.Thread(target=self._work, args=told, daemon=True))
            self._threads[-1].start()

    def stop(self) -> None:
        """Return when they are done."""
        self._stopped.set()
        for each in self._threads:
            each.join()

    def _work(self, store: str, writer: str, reader: str) -> None:
        number = 0
        while not self._stopped.is_set():
            number += 1
            name = f"{store}-{number}"
            if self._place(store, writer, name):
                self.written += 1
                if name not in self._listed(store, writer):
                    self.stale.append(name)
            for _ in range(READS_A_WRITE):
                self._listed(store, reader)

    def _place(self, store: str, key: str, number: str) -> bool:
        paid_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        line = {"item_id": "8000", "quantity": 1, "unit_price": "59.00"}
        head = {"store": store, "number": number, "buyer": {"id": "b1", "name": "Li"}, "address": "杭州"}
        told = {**head, "paid_at": paid_at, "lines": [line]}
        status, body = self._ask("/api/v1/orders/", key, "POST", json.dumps(told))
        if status != 201:
            self.odd[f"POST {status} {body[:200]}"] += 1
        return status == 201

    def _listed(self, store: str, key: str) -> set[str]:
        status, body = self._ask(f"/api/v1/orders/?store={store}", key)
        self.asked += 1
        if status != 200:
            self.odd[f"GET {status} {body[:200]}"] += 1
            return set()
        return {row["number"] for row in json.loads(body)["results"]}

    def _ask(self, path: str, key: str, method: str = "GET", body: str = "") -> tuple[int, str]:
        told = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **BY_TLS}
        status, _headers, answer = self.trial.service.ask(path, method, body, **told)
        return status, answer


def reads(desk: Desk) -> Counter[str]:
    """Who has answered so far, as the web processes' figures tell it."""
    from operations.metrics.exporter import Processes

    told: Counter[str] = Counter()
    for family in Processes(desk.data_dir / "metrics").collect():
        if family.name == "wanliu_replica_reads":
            told.update({one.labels["outcome"]: int(one.value) for one in family.samples if "outcome" in one.labels})
    return told


def play(desk: Desk, stack: ExitStack, count: int) -> Shown:
    """A streaming replica: replay stops, and the replica is killed under load; own writes are never missing"""
    place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wanliu-r-", ignore_cleanup_errors=True)))
    replica, trial = Standby(place, desk.postgres), Followed(desk, stack)
    stack.callback(replica.remove)
    trial.replica_url = replica.url
    desk.manage("migrate", "--verbosity", "0")
    desk.start_service(replica)
    set_up_django(trial)
    trial.start_all()
    readers = Readers(trial)
    readers.start()
    wait_for(lambda: reads(desk)["replica"] > 0, "the replica to be asked")
    before, took = reads(desk), []

    def answers_again() -> float:
        so_far = reads(desk)["replica"]
        return wait_for(lambda: reads(desk)["replica"] > so_far, "the replica to be asked again")

    def break_it(trial: Trial) -> None:
        replica.ask("SELECT pg_wal_replay_pause()")
        time.sleep(PAUSED_S)
        replica.ask("SELECT pg_wal_replay_resume()")
        took.append(answers_again())
        desk.kill("replica")
        trial.kills += 1
        time.sleep(GONE_S)
        desk.start_service(replica)
        took.append(answers_again())
        trial.kill_a_worker()
        trial.start_a_worker()

    figures = trial.run("replica", break_it, count)
    readers.stop()
    shown = Shown("replica", "the replica, a worker", figures)
    told = reads(desk) - before
    share = 100 * told["replica"] / max(1, told.total())
    others = ", ".join(f"{name} {number}" for name, number in sorted(told.items()))
    shown.told.append(f"{readers.asked} lists, {share:.0f} % of them by the replica ({others})")
    shown.told.append(f"{readers.written} own writes looked for at once: {len(readers.stale)} missing")
    shown.told.append(f"asked again {took[0]:.1f} s after replay went on, {took[1]:.1f} s after the replica was back")
    if readers.stale:
        shown.wrong.append(f"own writes missing: {readers.stale[:3]}")
    shown.wrong += [f"answered {times}×: {what}" for what, times in readers.odd.items()]
    if not told["replica"] or not told["own_write"]:
        shown.wrong.append("the replica answered nothing, or never had to be passed over")
    return shown
