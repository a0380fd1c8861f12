"""The roll-ups against what changes while they run: nothing is lost and nothing counted twice (Q18)."""

from contextlib import suppress
from decimal import Decimal
from functools import partial

import pytest
from django.db import OperationalError

from common.tenancy import system_scope
from offers import actions as offer_actions
from offers.insights import rebuild as rebuilding
from offers.insights import rollup
from offers.insights.reading import Span, read
from offers.insights.rebuild import rebuild, roll_everything
from offers.models import Acceptance, DailyRetention, Offer, RetentionTotal
from offers.statistics import count_ended_offers
from payments.models import Payment
from payments.reversals import reverse_payments
from payments.settlement import settle_batch
from refunds.actions import approve_refund
from refunds.models import Refund
from tests.books import amiss
from tests.concurrency.crash import crash_at, every_crash
from tests.concurrency.harness import overtaken, together
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock", "broker_tasks"),
    pytest.mark.rule("Q18"),
]


@pytest.fixture
def tmall(db):
    return make_shop("tmall")


def sent(shop, refund, **terms):
    """An offer that waits for the buyer."""
    with shop.scope():
        return offer_actions.send_offer(
            store_id=shop.store.pk, refund_id=refund.pk, message="亲", actor=MERCHANT, now=NOON, **terms
        )


def accept(shop, offer):
    with shop.scope():
        offer_actions.accept_offer(store_id=shop.store.pk, offer_id=offer.pk, actor=BUYER, now=NOON)


def accepted(shop, count=1, buyer_id="buyer-1"):
    """Accepted partial refunds of 5.00."""
    for _ in range(count):
        refund = shop.refund(shop.order(buyer_id=buyer_id))
        accept(shop, sent(shop, refund, method="partial_refund", amount=Decimal("5.00")))


def costs(shop) -> Decimal:
    with shop.scope():
        return read(Span(NOON.date(), NOON.date(), (shop.store.pk,))).totals.offer_costs


def test_roll_ups_at_the_same_instant_count_each_offer_once(tmall):
    accepted(tmall, 8)
    together(*[lambda: rollup.roll_up(limit=3)] * 4)
    roll_everything()
    with system_scope():
        assert sum(DailyRetention.objects.values_list("accepted", flat=True)) == 8
    assert amiss() == {}
    assert costs(tmall) == Decimal("40.00")


@pytest.mark.parametrize("first", ["rolled", "settled"])
def test_a_payment_declined_while_its_offer_is_rolled_up_is_no_cost(tmall, first):
    accepted(tmall, buyer_id="sandbox-decline")
    contenders = [rollup.roll_up, settle_batch]
    overtaken(*(contenders if first == "rolled" else contenders[::-1]), scope=system_scope())
    assert costs(tmall) == 0
    roll_everything()
    assert costs(tmall) == 0
    assert rebuild(tmall.store) == 0


@pytest.mark.parametrize("first", ["rolled", "reversed"])
def test_money_that_comes_back_while_its_loss_is_counted_is_no_loss(tmall, first):
    refund = tmall.refund(tmall.order(shipped=False), kind="refund_only")
    with tmall.scope():
        approve_refund(store_id=tmall.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    settle_batch()
    with tmall.scope():
        payment = Payment.objects.get(topic_id=refund.pk)

    def come_back():
        with tmall.scope():
            reverse_payments(reasons={payment.pk: "closed account"}, actor=BUYER, now=NOON)

    if first == "rolled":
        overtaken(rollup.roll_up, come_back, scope=system_scope())
    else:
        reasons = {payment.pk: "closed account"}
        back = partial(reverse_payments, reasons=reasons, actor=BUYER, now=NOON)
        overtaken(back, rollup.roll_up, scope=tmall.scope())
    with tmall.scope():
        assert read(Span(NOON.date(), NOON.date(), (tmall.store.pk,))).lost_refunds == 0
    assert rebuild(tmall.store) == 0


def test_an_earlier_offer_rolled_up_while_a_later_one_keeps_the_same_sale(tmall):
    order = tmall.order()
    accept(tmall, sent(tmall, tmall.refund(order), method="reassurance"))
    later = sent(tmall, tmall.refund(order), method="reassurance")

    def accept_and_roll():
        accept(tmall, later)
        return rollup.roll_up()

    race = overtaken(rollup.roll_up, accept_and_roll, scope=system_scope())
    assert (race.first.value, race.second.value) == (1, 0)  # one at a time

    roll_everything()
    assert rebuild(tmall.store) == 0
    with tmall.scope():
        assert read(Span(NOON.date(), NOON.date(), (tmall.store.pk,))).totals.sales_kept == Decimal("59.00")


def test_what_somebody_holds_is_counted_later_and_keeps_nobody_waiting(tmall):
    accepted(tmall)
    refund = tmall.refund(tmall.order(shipped=False), kind="refund_only")
    with tmall.scope():
        approve_refund(store_id=tmall.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    settle_batch()

    def hold():
        list(Offer.objects.select_for_update())
        list(Refund.objects.select_for_update())

    for count in (rollup.roll_up, count_ended_offers):
        race = overtaken(hold, count, scope=tmall.scope())
        assert (race.codes, race.waited, race.second.value) == (("ok", "ok"), False, 0), count
    assert (rollup.roll_up(), count_ended_offers()) == (2, 1)


def test_two_who_count_answers_at_once_count_each_once(tmall):
    accepted(tmall, 2)
    race = overtaken(partial(count_ended_offers, limit=1), count_ended_offers, scope=system_scope())
    assert (race.codes, race.first.value, race.second.value) == (("ok", "ok"), 1, 1)
    with system_scope():
        assert sum(Acceptance.objects.values_list("ended", flat=True)) == 2


def test_a_rebuild_waits_for_the_roll_up_that_runs(tmall):
    accepted(tmall)
    race = overtaken(rollup.roll_up, partial(rebuild, tmall.store), scope=system_scope())
    assert (race.codes, race.waited, race.second.value) == (("ok", "ok"), True, 0)


def test_a_rebuild_beside_what_goes_on_finds_nothing_off(tmall, monkeypatch):
    accepted(tmall, 2)
    settle_batch()
    late, meanwhile, look = sent(tmall, tmall.refund(), method="reassurance"), [], rebuilding._rolled

    def interrupted(store):
        if not meanwhile:
            meanwhile.extend(together(lambda: accept(tmall, late)))
        return look(store)

    monkeypatch.setattr(rebuilding, "_rolled", interrupted)
    assert rebuild(tmall.store) == 0
    assert [result.code for result in meanwhile] == ["ok"]
    roll_everything()
    assert rebuild(tmall.store) == 0


def test_a_roll_up_that_breaks_anywhere_leaves_rows_and_totals_together(tmall):
    accepted(tmall)
    with crash_at(None) as steps:
        roll_everything()
    for count, (step, moment) in enumerate(every_crash(len(steps)), start=2):
        accepted(tmall)
        with suppress(OperationalError), crash_at(step, moment) as crashed:
            roll_everything()
        assert crashed.crashed
        assert amiss() == {}
        assert costs(tmall) == 5 * count
        roll_everything()
        with system_scope():
            assert sum(RetentionTotal.objects.filter(part="day").values_list("accepted", flat=True)) == count
    assert (costs(tmall), rebuild(tmall.store), amiss()) == (5 * count, 0, {})
