"""Buyers who accept and deadlines that pass while something breaks, and what must be true a minute afterwards.

prepare → load, and the fault amid it → the fault is over → everything due is met → nothing lost, nothing twice
"""

import http.client
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg

from tests.api.wechat_server import API_V3_KEY, KEY_ID, MCHID, SERIAL, private_pem, public_pem
from tests.durability.desk import Desk
from tests.durability.gateway import WEBHOOK, MoodyServer
from tests.durability.production import BY_TLS, HOST, KEYS, Service, wait_for

SOON_ENOUGH_S = 60  # in which everything due is met once the fault is over
PATIENCE_S = 150  # until a run gives up and says how much was left
CLIENTS = 4
OPEN = """
    SELECT (SELECT count(*) FROM payments_payment p WHERE p.status IN ('pending', 'processing'))
         + (SELECT count(*) FROM refunds_refund r WHERE r.due_at < now() - interval '1 s' AND r.status = 'requested')
"""
LEFT = """
    SELECT status, gateway, attempts, next_attempt_at - now(), leased_until - now(), needs_attention, last_error
    FROM payments_payment WHERE status IN ('pending', 'processing')
"""
SET_BACK = "SELECT sweep, key, attempts, next_attempt_at - now(), last_error FROM common_setback"


@dataclass
class Buyer:
    """Somebody who accepts an offer, by the wire, until it is acknowledged."""

    offer: str
    store: str
    key: str
    calls: int = 0
    acknowledged: bool = False


@dataclass
class Figures:
    """What a run has measured."""

    fault: str
    payments: int
    kills: int
    repeated_calls: int
    met_after_s: float
    lost: int = 0
    twice: int = 0
    left: list[tuple] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether everything was met in time, once."""
        return not self.wrong and self.met_after_s <= SOON_ENOUGH_S

    def __str__(self) -> str:
        said = "met" if self.is_good else "NOT met"
        line = f"{self.fault:16} {self.payments:4} due, {self.kills:3} kills, {self.repeated_calls:4} calls repeated: "
        return "\n  ".join([f"{line}{said} {self.met_after_s:.1f} s after its end", *self.wrong, *map(str, self.left)])


@dataclass
class Trial:
    """A service with its web, worker and beat, a gateway of its own, and buyers."""

    desk: Desk
    stack: ExitStack
    kills: int = 0
    rest_s: float = 0.0  # for so long at most a client rests before each buyer: the load lasts as long as the fault
    odd: Counter[str] = field(default_factory=Counter)  # answers that say neither yes nor “try again”

    def __post_init__(self) -> None:
        self.service = Service(self.desk, self.stack)
        self.gateway = self.stack.enter_context(MoodyServer())
        self.gateway.post = self._post_notice
        self.running: dict[str, object] = {}

    @property
    def environ(self) -> dict[str, str]:
        """What the processes are told of the gateway; two children, that one may be killed and the other goes on."""
        config = {
            "MCHID": MCHID,
            "APPID": "wxf636efh567hg4356",
            "CERT_SERIAL": SERIAL,
            "PRIVATE_KEY": private_pem(self.gateway.merchant_key),
            "PUBLIC_KEY_ID": KEY_ID,
            "PUBLIC_KEY": public_pem(self.gateway.own_key),
            "API_V3_KEY": API_V3_KEY,
            "NOTIFY_URL": f"https://{HOST}{WEBHOOK}",
            "BASE_URL": self.gateway.url,
        }
        return {f"WECHATPAY_{name}": value for name, value in config.items()} | {
            "WORKER_PROCESSES": "2",
            "API_RATE": "100000/min",
        }

    def start(self, name: str) -> None:
        """Start web, worker or beat, as whoever supervises it does after it has died."""
        match name:
            case "web":
                self.running[name] = self.service.start_web(**self.environ)
            case "worker":
                self.running[name] = self.service.start_worker(**self.environ)
            case _:
                self.running[name] = self.service.start(name, **self.environ)

    def prepare(self, code: str, count: int) -> list[Buyer]:
        """Two shops, one at each gateway, with so many offers, and a fifth as many refunds that soon fall due."""
        from django.db import connection

        from payments.terms import set_payment_terms
        from tests.concurrency.negotiation import send
        from tests.world import OPERATOR, make_shop

        buyers, now = [], datetime.now(UTC)
        for gateway in ("sandbox", "wechatpay"):
            shop = make_shop("taote", f"{code}-{gateway}")
            with shop.scope():
                set_payment_terms(
                    store=shop.store,
                    per_payment=None,
                    per_order=None,
                    per_day=None,
                    gateway=gateway,
                    actor=OPERATOR,
                    now=now,
                )
            for _ in range(count // 2):
                offer = send(shop, shop.refund(now=now), now=now)
                buyers.append(Buyer(str(offer.pk), shop.store.code, shop.marketplace_key))
            for place in range(count // 10):
                asked = now - timedelta(hours=36) + timedelta(seconds=10 + place)
                shop.refund(kind="refund_only", amount="2.00", now=asked)
        connection.close()
        return buyers

    def load(self, buyers: list[Buyer]) -> list[threading.Thread]:
        """So many clients let the buyers accept; each asks again with the same key until it is acknowledged."""
        waiting, lock = list(reversed(buyers)), threading.Lock()

        def work() -> None:
            while True:
                with lock:
                    if not waiting:
                        return
                    buyer = waiting.pop()
                time.sleep(random.uniform(0, self.rest_s))
                gives_up = time.monotonic() + PATIENCE_S
                while not buyer.acknowledged and time.monotonic() < gives_up:
                    self._accept(buyer)

        threads = [threading.Thread(target=work, daemon=True) for _ in range(CLIENTS)]
        for each in threads:
            each.start()
        return threads

    def _accept(self, buyer: Buyer) -> None:
        buyer.calls += 1
        told = {
            "Authorization": f"Bearer {buyer.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"accept-{buyer.offer}",
        }
        try:
            status, _headers, body = self.service.ask(
                f"/api/v1/offers/{buyer.offer}/accept/", "POST", json.dumps({"store": buyer.store}), **BY_TLS, **told
            )
        except (OSError, http.client.HTTPException):
            status, body = 503, ""
        buyer.acknowledged = status == 200
        if status not in (200, 429, 503):
            self.odd[f"{status} {body[:200]}"] += 1
        if not buyer.acknowledged:
            time.sleep(0.3)

    def _post_notice(self, body: bytes, headers: dict[str, str]) -> int:
        told = {**BY_TLS, **headers, "Content-Type": "application/json"}
        return self.service.ask(WEBHOOK, "POST", body.decode(), **told)[0]

    def run(self, name: str, fault: Callable[["Trial"], None], count: int) -> Figures:
        """One fault amid the load."""
        self.kills, self.gateway.mood = 0, "well"
        self.odd.clear()
        buyers = self.prepare(f"{name}-{int(time.time())}", count)
        clients = self.load(buyers)
        wait_for(lambda: sum(buyer.acknowledged for buyer in buyers) > count // 10, "the load to be under way", 60)
        fault(self)
        over = time.monotonic()
        for client in clients:
            client.join(PATIENCE_S)
        while (left := self.open()) and time.monotonic() - over < PATIENCE_S:
            time.sleep(0.5)
        figures = Figures(
            name, count + count // 10 * 2, self.kills, sum(each.calls - 1 for each in buyers), time.monotonic() - over
        )
        if left:
            figures.left = [*self.desk.rows(LEFT)[:5], *self.desk.rows(SET_BACK)[:5]]
        figures.wrong, figures.lost, figures.twice = self.what_is_wrong(buyers)
        return figures

    def open(self) -> int:
        """How much is due and not met; more than none while PostgreSQL doesn't say."""
        try:
            return self.desk.rows(OPEN)[0][0]
        except psycopg.OperationalError:
            return 1

    def what_is_wrong(self, buyers: list[Buyer]) -> tuple[list[str], int, int]:
        """Promises that weren't kept, a sentence each; how many were lost and how many paid for twice."""
        wrong = [f"answered {times}×: {what}" for what, times in self.odd.items()]
        lost = [buyer.offer for buyer in buyers if not buyer.acknowledged]
        if lost:
            wrong.append(f"{len(lost)} calls were never answered")
        known = dict(self.desk.rows("SELECT id::text, status FROM offers_offer"))
        gone = [buyer.offer for buyer in buyers if buyer.acknowledged and known.get(buyer.offer) != "accepted"]
        if gone:
            wrong.append(f"acknowledged and lost: {gone}")
        twice = "SELECT topic_id FROM payments_payment GROUP BY topic_id HAVING count(*) > 1"
        if paid_twice := self.desk.rows(twice):
            wrong.append(f"paid for twice: {paid_twice}")
        paid = Counter(
            str(key).replace("-", "")
            for (key,) in self.desk.rows("SELECT id FROM payments_payment WHERE status = 'succeeded'")
        )
        sandbox = [key.replace("-", "") for (key,) in self.desk.rows("SELECT key FROM payments_sandboxtransfer")]
        if there := (set(sandbox) | set(self.gateway.bills)) ^ set(paid):
            wrong.append(f"the gateways and the books differ at {len(there)} payments: {sorted(there)[:3]}")
        unlike = "SELECT id FROM payments_payment WHERE status = 'succeeded' AND amount <> %s"
        if found := self.desk.rows(unlike, Decimal("2.00")):
            wrong.append(f"of another amount: {found[:3]}")
        verified = self.service.run("manage", "verify_ledger", **self.environ)
        if verified.returncode:
            wrong.append(f"verify_ledger: {verified.stdout[-500:]}{verified.stderr[-500:]}")
        return wrong, len(lost) + len(gone) + len(there), len(paid_twice)


def set_up_django(trial: Trial) -> None:
    """Let this process work on the desk as the others do."""
    import django

    told = {**trial.desk.environ, **KEYS, **trial.environ}
    os.environ.update({**told, "PROCESS_KIND": "command", "DJANGO_SETTINGS_MODULE": "config.settings"})
    django.setup()
