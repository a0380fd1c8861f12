"""A store of ours and its shop at a platform's fake, from the wire to the books, turn by turn."""

from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from common import clock as wall
from common.models import Event
from common.tenancy import system_scope
from common.writes import WriteSet
from connectors import connecting
from connectors.connecting import connect_shop
from connectors.copies import copy_from_json
from connectors.fakes.base import FakeServer
from connectors.linking import come_back, make_link
from connectors.models import Connection, MirroredRefund, SentDecision
from connectors.port import Verb
from connectors.waking import wake_shops
from connectors.working import work_on_shops
from refunds.actions import lock_refund
from refunds.handing_over import hand_over
from tests.books import amiss
from tests.connectors.test_long_histories import told_by, truth
from tests.world import MERCHANT, NOON, Shop


@contextmanager
def nothing_old():
    """What is connected meanwhile has no day of empty windows to list first, which are fifty at Pinduoduo.

    That the day before comes along is proved by test_pulling.py.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connecting, "FIRST_REACH", timedelta(hours=1))
        yield


class Way:
    """A store of ours, its shop at the platform's fake, and turns that are taken when a test says so."""

    def __init__(self, shop: Shop, fake: FakeServer, clock, shop_at, at: str = ""):
        self.shop, self.fake, self.clock, self.shop_at = shop, fake, clock, shop_at
        self.at = at  # which of the fake's shops it is, as `FakeRefund.shop`

    @property
    def name(self) -> str:
        """The platform's."""
        return self.fake.name

    @property
    def connection(self) -> Connection:
        """As the database has it."""
        with system_scope():
            return Connection.objects.select_related("store").get(store=self.shop.store)

    def connect(self) -> None:
        """With the keys that hold now."""
        there = self.shop_at(self.fake)
        with nothing_old():
            connect_shop(
                store=self.shop.store,
                app_key=there.app_key,
                secrets=there.secrets,
                access_token=there.access_token,
                refresh_token=there.refresh_token,
                base_url=there.base_url,
                actor=MERCHANT,
                now=wall.now(),
            )

    def connect_by_link(self, code: str) -> None:
        """With the application's keys alone; the merchant comes back from the platform with this code."""
        there, store = self.shop_at(self.fake), self.shop.store
        keys = {"app_key": there.app_key, "secrets": there.secrets, "base_url": there.base_url}
        done = {"actor": MERCHANT, "now": wall.now()}
        if self.connections() == 0:
            with nothing_old():
                connect_shop(store=store, **keys, **done)
        link = {"user": "anna", "callback": "http://testserver/connect/callback/"}
        with self.shop.scope():
            address = make_link(store_id=store.pk, **link, **done)
        come_back(state=parse_qs(urlsplit(address).query)["state"][0], code=code, **link, **done)

    def connections(self) -> int:
        """How many the store has: none or one."""
        with self.shop.scope():
            return Connection.objects.for_store(self.shop.store.pk).count()

    def turns(self, *, most: int = 60, **later: float) -> None:
        """Time passes, and the shop gets its turns until none is due."""
        self.clock.move(**(later or {"minutes": 10}))
        with system_scope():
            wake_shops()
        ids = [self.connection.pk]
        for _ in range(most):
            if not work_on_shops(ids=ids):
                return

    def add(self, number: int = 1) -> list[str]:
        """Buyers ask for their money, one a second."""
        now = self.fake.now()
        return [self.fake.add(at=now - timedelta(seconds=ago), shop=self.at).id for ago in range(number - 1, -1, -1)]

    def decide(self, refund_id: str, verb: Verb = Verb.AGREE_REFUND, **data) -> SentDecision:
        """An agent decides about what the desk shows."""
        writes = WriteSet()
        with self.shop.scope():
            row = MirroredRefund.objects.for_store(self.shop.store.pk).get(platform_id=refund_id)
            refund = lock_refund(store_id=row.store_id, refund_id=row.refund_id)
            hand_over(writes, refund, verb, data, actor=MERCHANT, now=NOON)
            writes.flush()
            return SentDecision.objects.for_store(self.shop.store.pk).get(platform_id=refund_id)

    def state_of(self, decision: SentDecision) -> str:
        """How a decision stands."""
        with self.shop.scope():
            return SentDecision.objects.for_store(self.shop.store.pk).get(pk=decision.pk).status

    def done(self, refund_id: str) -> int:
        """How often something was done there at a merchant's word."""
        return sum(refund == refund_id for refund, _call in self.fake.decided)

    def refusals(self) -> int:
        """How often an agent was told no."""
        with self.shop.scope():
            return Event.objects.filter(name="refund.decision_refused").count()

    def mirror(self) -> dict[str, MirroredRefund]:
        """What is kept of the refunds, by their ids there."""
        with self.shop.scope():
            return {row.platform_id: row for row in MirroredRefund.objects.for_store(self.shop.store.pk)}

    def assert_all_is_well(self) -> None:
        """The mirror is the fake's truth, nothing waits for a person, and the books are right."""
        there = {truth(self.name, refund.fields) for refund in self.fake.refunds.values() if refund.shop == self.at}
        assert {told_by(copy_from_json(row.copy)) for row in self.mirror().values()} == there
        assert {row.problem for row in self.mirror().values()} == {""}
        shop = self.connection
        assert (shop.status, shop.fault, shop.needs_attention) == ("connected", "", False), (shop.told, shop.last_error)
        assert amiss() == {}
