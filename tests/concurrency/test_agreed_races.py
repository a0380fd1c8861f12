"""A promise about a followed refund ends once: the marketplace reports the withdrawal while its time runs out."""

from datetime import timedelta
from functools import partial

import pytest

from common.tenancy import system_scope
from offers.models import CouponGrant
from offers.sweeps import sweep_due_offers
from refunds.marketplace import follow
from tests.concurrency.harness import overtaken, together
from tests.marketplace import MARKETPLACE, report, told
from tests.rooms.test_agreed_there import a_coupon, agreed
from tests.rooms.test_following import assert_sound
from tests.world import NOON, make_shop

pytestmark = pytest.mark.rule("Q10")

LATE = NOON + timedelta(hours=42)
KEPT, VOID = ("accepted", 1, 0, 1), ("expired", 0, 0, 0)


class Promise:
    """A coupon that the buyer agreed to, whose time is over."""

    def __init__(self):
        self.shop = make_shop("tmall")
        self.coupon = a_coupon(self.shop)
        self.refund, self.offer = agreed(self.shop, "coupon", coupon_ids=[self.coupon.pk])

    def withdrawn(self):
        """The marketplace's report, for a transaction that is there."""
        done = {"report": report("withdrawn", at=LATE), "actor": MARKETPLACE, "now": LATE}
        return follow(store_id=self.shop.store.pk, refund_id=self.refund.pk, **done)

    def now(self):
        """The offer's state, the coupon's counts, and how often it was granted; its refund is withdrawn in any case."""
        offer, coupon = self.shop.reload(self.offer), self.shop.reload(self.coupon)
        assert self.shop.reload(self.refund).status == "withdrawn"
        with system_scope():
            grants = CouponGrant.objects.filter(coupon=coupon).count()
        return offer.status, coupon.granted, coupon.reserved, grants


@pytest.fixture
def promise(transactional_db, broker_tasks, clock):
    clock.move(hours=42)
    yield Promise
    assert_sound()


def test_withdrawn_first_the_promise_is_kept(promise):
    case = promise()
    race = overtaken(case.withdrawn, sweep_due_offers, scope=case.shop.scope())
    assert (race.codes, race.second.value, race.waited) == (("ok", "ok"), 0, False)
    assert sweep_due_offers() == 0
    assert case.now() == KEPT


def test_its_time_over_first_the_promise_is_void(promise):
    case = promise()
    tell = partial(told, case.shop, case.refund, "withdrawn", at=LATE)
    race = overtaken(sweep_due_offers, tell, scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert case.now() == VOID


def test_at_the_same_instant_it_is_one_or_the_other(promise):
    for _ in range(4):
        case = promise()
        tell = partial(told, case.shop, case.refund, "withdrawn", at=LATE)
        assert [result.code for result in together(tell, sweep_due_offers, tell)] == ["ok"] * 3
        assert case.now() in (KEPT, VOID)
