"""A shop's random life at a fake in a process of its own, followed by processes of ours that are killed with -9.

Everything is drawn from one seed: what buyers do, what agents decide, which calls meet which mischief, which messages
are pushed how often and in which order, and at which statement each process dies.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.client import HTTPConnection
from random import Random
from typing import Any
from urllib.parse import urlsplit

from common.errors import Refused
from common.tenancy import system_scope
from common.writes import WriteSet
from connectors.answering import resume_decision
from connectors.connecting import connect_shop
from connectors.mending import resume_shop
from connectors.messages import push_address
from connectors.models import Connection, MirroredRefund, SentDecision
from connectors.port import RefundStage, Secret, Verb
from connectors.shops import platform_for
from connectors.states import ConnectionStatus
from connectors.waking import wake_shops
from connectors.working import work_on_shops
from refunds.actions import lock_refund
from refunds.handing_over import hand_over, why_not_hand_over
from tests.concurrency.process import ROOT, Processes
from tests.world import MERCHANT, NOON, Shop, wait

MARKETPLACES = {
    "taobao": "tmall",
    "kuaishou": "kuaishou",
    "pinduoduo": "pinduoduo",
    "wechat_shop": "wechat_shop",
    "douyin": "douyin",
}
# Besides blank refunds, which want money only.
RETURNS = {
    "taobao": {"dispute_type": "REFUND_AND_RETURN"},
    "kuaishou": {"handlingWay": 1},
    "pinduoduo": {"after_sales_type": 2, "after_sales_status": 3},
    "wechat_shop": {"type": "RETURN"},
    "douyin": {"type": 0},
}
EXCHANGES = {
    "taobao": {"dispute_type": "TMALL_EXCHANGE"},
    "kuaishou": {"handlingWay": 3, "refundFee": 0},
    "wechat_shop": {"type": "EXCHANGE"},
}
PAYS = {"pay_out", "pay", "agree", "platform_agrees", "fail_to_pay", "recover", "overdue"}
MISCHIEF = (
    *({"kind": kind} for kind in ("broken", "fault", "garbage", "half", "empty", "busy", "token_expired", "closed")),
    *({"kind": kind, "done": True} for kind in ("closed", "fault", "garbage", "empty")),
    *({"kind": "throttled", "seconds": 1}, {"kind": "revoked"}, {"kind": "no_permission"}),
)
SECRETS = {str(secret): secret for secret in Secret}
WISHES = {
    (RefundStage.ASKED, "refund_only"): (Verb.AGREE_REFUND, Verb.AGREE_REFUND, Verb.REFUSE),
    (RefundStage.ASKED, "return_and_refund"): (Verb.AGREE_RETURN, Verb.AGREE_RETURN, Verb.REFUSE),
    (RefundStage.RETURNING, "return_and_refund"): (Verb.CONFIRM_RECEIPT, Verb.CONFIRM_RECEIPT, Verb.REFUSE_RECEIPT),
    (RefundStage.ASKED, "exchange"): (Verb.AGREE_EXCHANGE, Verb.AGREE_EXCHANGE, Verb.REFUSE),
    (RefundStage.RETURNING, "exchange"): (Verb.CONFIRM_RECEIPT, Verb.RESHIP, Verb.RESHIP, Verb.REFUSE_RECEIPT),
    (RefundStage.TO_RESHIP, "exchange"): (Verb.RESHIP,),
}


class Outside:
    """A fake that is another process, spoken to by what it offers under /_fake/."""

    def __init__(self, name: str, url: str):
        self.name, self.url = name, url
        self.connection = HTTPConnection(urlsplit(url).netloc, timeout=60)

    def tell(self, what: str, told: dict[str, Any] | None = None) -> Any:
        """GET, or POST with what is told."""
        body = None if told is None else json.dumps(told)
        self.connection.request("GET" if told is None else "POST", f"/_fake/{what}", body)
        answer = self.connection.getresponse()
        said = json.loads(answer.read())
        assert answer.status == 200, said
        return said

    def be_at(self, now: datetime, *, lives: bool) -> None:
        """Its clock stands at this instant; what falls due by then happens if it `lives`.

        Going on, it would be ahead of what the history dates next by however long a turn takes on this machine, and a
        refund's time of change would run backwards, as no platform's does.
        """
        self.tell("set", {"at": now.isoformat(), "lives": lives})


@contextmanager
def outside(name: str) -> Iterator[Outside]:
    """A fake of this platform, for as long as a test lasts."""
    command = [sys.executable, "-m", "connectors.fakes", name]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield Outside(name, process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


class History:
    """A store, its shop at a fake that is another process, and what happens to both."""

    def __init__(self, fake: Outside, shop: Shop, clock, processes: Processes, dice: Random):
        self.fake, self.shop, self.clock, self.processes, self.dice = fake, shop, clock, processes, dice
        self.counts: Counter[str] = Counter()
        self.now = NOON

    def move(self, *, lives: bool = True, **delta: float) -> None:
        """Time passes, here and there; until the next move things happen there by themselves, if it `lives`."""
        self.clock.move(**delta)
        self.now += timedelta(**delta)
        self.fake.be_at(self.now, lives=lives)

    # --- what buyers, agents and the platform do

    def live(self, refunds: int, changes: int) -> None:
        """Buyers ask, withdraw, send goods back, complain and ask again, often in the same second."""
        for _ in range(refunds):
            roll = self.dice.random()
            blank = RETURNS[self.fake.name] if roll < 0.35 else EXCHANGES.get(self.fake.name, {}) if roll < 0.5 else {}
            self.fake.tell("refunds", {**blank, "at": self._moment()})
        ids = self.fake.tell("ids")
        for _ in range(changes):
            refund_id = self.dice.choice(ids)
            if acts := sorted(set(self.fake.tell("acts")[refund_id]) - PAYS):
                self.fake.tell("act", {"act": self.dice.choice(acts), "refund": refund_id, "at": self._moment()})

    def _moment(self) -> str:
        if self.dice.random() < 0.3:
            self.now += timedelta(seconds=self.dice.randrange(1, 4))
        return self.now.isoformat()

    def disturb(self, times: int) -> None:
        """The next calls, whichever they are, meet a mischief; refunds move under some."""
        ids = self.fake.tell("ids")
        for _ in range(times):
            how = {"skip": self.dice.randrange(25), **self.dice.choice(MISCHIEF)}
            self.fake.tell("misbehave", how)
            moved = {"act": "withdraw", "refund": self.dice.choice(ids), "done": self.dice.random() < 0.5}
            self.fake.tell("misbehave", {"kind": "moves", "skip": self.dice.randrange(25), **moved})

    def decide(self, most: int) -> None:
        """Agents decide about what the desk shows, which may be old."""
        open_there = [(row, verbs) for row in self.rows() if (verbs := WISHES.get((row.stage, row.copy["kind"])))]
        for row, verbs in self.dice.sample(open_there, min(most, len(open_there))):
            self.counts["decided"] += self.hand_over(row, self.dice.choice(verbs))

    def hand_over(self, row: MirroredRefund, verb: Verb) -> bool:
        """Decide; whether that could be."""
        writes = WriteSet()
        with self.shop.scope():
            refund = lock_refund(store_id=row.store_id, refund_id=row.refund_id)
            if why_not_hand_over(refund, verb) is not None:
                return False
            told = {"text": "其他"} if verb in (Verb.REFUSE, Verb.REFUSE_RECEIPT) else {}
            if verb == Verb.RESHIP:
                told = {"carrier": "SF", "tracking_number": f"SF{refund.pk.int % 10**9}"}
            hand_over(writes, refund, verb, told, actor=MERCHANT, now=self.now)
            writes.flush()
        return True

    def push(self, address: str) -> None:
        """Messages of the last while come, each twice, in any order, and some of them spoiled."""
        if not platform_for(self.connection).takes_pushes:
            return
        told = {"url": f"{address}{push_address(self.connection)}", "newest": 6}
        for how in (
            {"repeated": 2, "shuffled": self.dice.randrange(99)},
            {"wrong": self.dice.choice(["signature", "key"])},
        ):
            self.counts["pushed"] += len(self.fake.tell("deliver", {**told, **how}))

    # --- what we do

    def connect(self) -> None:
        """With the keys that hold now: the first time, and whenever a person is needed."""
        told = self.fake.tell("keys")
        connect_shop(
            store=self.shop.store,
            app_key=told["app_key"],
            secrets={SECRETS[name]: value for name, value in told.items() if name in SECRETS},
            access_token=told.get("access_token", ""),
            refresh_token=told.get("refresh_token", ""),
            base_url=self.fake.url,
            actor=MERCHANT,
            now=self.now,
        )

    def work_and_die(self) -> None:
        """A process of ours works on the shop and is killed at a statement, early or late."""
        step = int(10 ** self.dice.uniform(0, 2.7))
        end = self.processes.run("shop", step=step, at=self.now, connection_id=self.connection.pk)
        self.counts[end] += 1
        self.recover()

    def recover(self) -> None:
        """What the dead process held is free again, and a person does what only persons can."""
        wait(minutes=10)
        with system_scope():
            wake_shops()
        if self.connection.status != ConnectionStatus.CONNECTED:
            self.counts["reconnected"] += 1
            try:
                self.connect()
            except Refused:
                """A mischief met this, too; the next one tries again."""
        elif self.connection.needs_attention:  # eight workers in a row have died of it
            self.counts["resumed"] += 1
            with self.shop.scope():
                resume_shop(store_id=self.shop.store.pk, actor=MERCHANT, now=self.now)
        for decision in self.decisions():
            if decision.needs_attention:
                self.counts["decision resumed"] += 1
                told = {"decision_id": decision.pk, "actor": MERCHANT, "now": self.now}
                with self.shop.scope():
                    resume_decision(store_id=self.shop.store.pk, **told)

    def finish(self) -> None:
        """Nothing goes wrong any more: all that is due is done.

        At last the fake rests: what it did by itself after that move would be younger than all that is listed, and be
        missed here until time passes again. By then it has paid for what was decided two moves ago.
        """
        self.fake.tell("behave", {})
        for minutes, lives in ((5, True), (10, True), (10, True), (10, False)):
            self.move(minutes=minutes, lives=lives)
            self.recover()
            while work_on_shops(ids=[self.connection.pk]):
                pass

    # --- what is known here

    @property
    def connection(self) -> Connection:
        """As the database has it."""
        with system_scope():
            return Connection.objects.select_related("store").get(store=self.shop.store)

    def rows(self) -> list[MirroredRefund]:
        """The mirror."""
        with self.shop.scope():
            return list(MirroredRefund.objects.for_store(self.shop.store.pk).order_by("platform_id"))

    def decisions(self) -> list[SentDecision]:
        """The outbox, in its order."""
        with self.shop.scope():
            return list(SentDecision.objects.for_store(self.shop.store.pk).order_by("id"))
