"""Several workers sweep the same deadlines: each refund moves once, and nobody waits or deadlocks."""

from collections import Counter
from functools import partial

import pytest
from django.db import transaction

from common import clock as wall
from common.errors import NotFound
from common.models import Event, Setback
from common.setbacks import _set_back, resume_setback
from common.tenancy import system_scope
from offers.actions import send_offer
from offers.models import Offer
from offers.sweeps import sweep_due_offers
from payments.models import Payment
from refunds import actions as refund_actions
from refunds.models import Refund
from refunds.sweeps import sweep_due_refunds
from tests.concurrency.harness import overtaken, together
from tests.concurrency.negotiation import NOON, send
from tests.world import BUYER, MERCHANT, OPERATOR, make_shop

PER_ORDER = 4


def many_refunds(shop, count):
    """`count` requests, several to an order, so that workers meet at the orders' locks too."""
    kinds = ["refund_only", "return_and_refund"]
    refunds = []
    for number in range(count // PER_ORDER):
        order = shop.order(prices=("10.00",) * PER_ORDER)
        refunds += [
            shop.refund(
                order,
                kind=kinds[(number + place) % 2],
                amount="5.00",
                lines=[{"item_id": str(8000 + place), "quantity": 1}],
            )
            for place in range(PER_ORDER)
        ]
    return refunds


def drain(sweep, limit) -> int:
    """One worker: batch after batch until it finds nothing."""
    done = 0
    while count := sweep(limit=limit):
        done += count
    return done


@pytest.mark.rule("T10")
def test_four_workers_sweep_two_hundred_deadlines(shop, clock):
    refunds = many_refunds(shop, 200)
    clock.move(hours=36)
    results = together(*[partial(drain, sweep_due_refunds, 17)] * 4)
    moved = sum(result.value for result in results if result.code == "ok")
    # A worker whose whole batch others hold finds nothing and stops: the next sweep takes what is left.
    moved += drain(sweep_due_refunds, 500)
    assert moved == len(refunds)
    with system_scope():
        assert Counter(Refund.objects.values_list("status", flat=True)) == {"refunding": 100, "awaiting_return": 100}
        assert Payment.objects.count() == 100
        approvals = Counter(Event.objects.filter(name="refund.approved").values_list("subject_id", flat=True))
    assert approvals == {refund.pk: 1 for refund in refunds}


@pytest.mark.rule("T10")
def test_a_sweep_passes_over_what_another_holds(shop, clock):
    many_refunds(shop, 8)
    clock.move(hours=36)
    race = overtaken(partial(sweep_due_refunds, limit=3), sweep_due_refunds, scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "ok"), False)
    assert race.first.value == 3
    assert 3 + race.second.value + sweep_due_refunds() == 8


@pytest.mark.rule("T7", "T9")
def test_offers_and_refunds_are_swept_at_the_same_time(shop, clock):
    refunds = [shop.refund() for _ in range(24)]
    for refund in refunds:
        send(shop, refund)
    clock.move(hours=36)
    together(
        *[partial(drain, sweep_due_refunds, 5)] * 2,
        *[partial(drain, sweep_due_offers, 5)] * 2,
    )
    drain(sweep_due_refunds, 500)
    drain(sweep_due_offers, 500)
    with system_scope():
        assert Counter(Offer.objects.values_list("status", flat=True)) == {"expired": 24}
        assert Counter(Refund.objects.values_list("status", flat=True)) == {"awaiting_return": 24}
        assert Event.objects.filter(name="offer.expired").count() == 24


@pytest.mark.rule("T10")
@pytest.mark.parametrize("decision", ["approve", "withdraw"])
def test_a_late_decision_against_the_sweep(shop, clock, decision):
    action, actor = {
        "approve": (refund_actions.approve_refund, MERCHANT),
        "withdraw": (refund_actions.withdraw_refund, BUYER),
    }[decision]
    clock.move(hours=36)

    def late(refund):
        with shop.scope():
            return action(store_id=shop.store.pk, refund_id=refund.pk, actor=actor, now=NOON)

    refund = shop.refund(kind="refund_only")
    race = overtaken(sweep_due_refunds, partial(late, refund), scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
    with system_scope():
        assert Payment.objects.filter(topic_id=refund.pk).count() == 1

    refund = shop.refund(kind="refund_only")
    race = overtaken(partial(late, refund), sweep_due_refunds, scope=shop.scope())
    assert (race.codes, race.second.value, race.waited) == (("ok", "ok"), 0, False)
    assert sweep_due_refunds() == 0


@pytest.mark.rule("T7", "T8")
def test_who_decides_while_the_sweep_ends_an_offer_waits_and_ends_it_no_second_time(shop, clock):
    tmall = make_shop("tmall")
    refund = tmall.refund()
    by = {"store_id": tmall.store.pk, "refund_id": refund.pk, "actor": MERCHANT, "now": NOON}
    with tmall.scope():
        offer = send_offer(**by, method="reassurance", message="亲")
    clock.move(hours=24)

    def decides():
        with tmall.scope():
            refund_actions.approve_refund(**{**by, "now": wall.now()})

    race = overtaken(sweep_due_offers, decides, scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with tmall.scope():
        assert [event.name for event in Event.objects.filter(subject_id=offer.pk).order_by("id")][1:] == [
            "offer.expired"
        ]


@pytest.mark.rule("P1")
def test_closing_several_returns_of_one_order_gives_each_claim_back_once(shop, clock):
    order = shop.order(prices=("10.00", "20.00", "30.00"), quantity=2)
    refunds = [
        shop.refund(order, amount=amount, lines=[{"item_id": str(8000 + place), "quantity": 2}])
        for place, amount in enumerate(["20.00", "40.00", "60.00"])
    ]
    with shop.scope():
        for refund in refunds:
            refund_actions.approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    clock.move(days=8)
    together(*[partial(drain, sweep_due_refunds, 2)] * 3)
    drain(sweep_due_refunds, 500)
    assert {shop.reload(refund).status for refund in refunds} == {"closed"}
    assert str(shop.reload(order).claimed_amount) == "0.00"


def test_what_two_workers_fail_at_counts_twice(shop):
    fails = partial(_set_back, "a sweep", "1", "ValueError")
    with system_scope():
        fails()
    race = overtaken(fails, transaction.atomic(fails), scope=system_scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert Setback.objects.get(sweep="a sweep").attempts == 3


def test_what_is_done_meanwhile_is_not_resumed(shop):
    with system_scope():
        _set_back("a sweep", "1", "ValueError")
        setback = Setback.objects.get(sweep="a sweep")

    def resume():
        with system_scope():
            resume_setback(setback_id=setback.pk, actor=OPERATOR, now=NOON)

    race = overtaken(Setback.objects.filter(pk=setback.pk).delete, resume, scope=system_scope())
    assert (race.first.ok, type(race.second.error), race.waited) == (True, NotFound, True)
    with system_scope():
        assert not Event.objects.filter(name="setback.resumed").exists()
