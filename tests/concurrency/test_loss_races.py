"""Losses that are counted while their money comes back: what is taken out is what was put in, once (K12)."""

from functools import partial
from threading import Event

import pytest
from django.db import OperationalError

from common.tenancy import system_scope, tenant_scope
from offers.insights import rebuild as rebuilding
from offers.insights import rollup
from offers.insights.loss import Loss
from offers.insights.rebuild import rebuild, roll_everything
from offers.models import DailyLoss, LossOutcome
from payments.models import Payment, SandboxTransfer
from payments.reversals import reverse_payments
from payments.settlement import settle_batch
from refunds.actions import approve_refund
from tests.concurrency.crash import Moment, crash_at, every_crash
from tests.concurrency.harness import PATIENCE, Contender, await_, is_blocked, overtaken, together
from tests.parts import pieces, send, two_lines
from tests.world import MERCHANT, NOON

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.rule("K12")]


def refunded(shop, reason="changed_mind"):
    """A paid refund of an order that is not sent."""
    order = two_lines(shop)
    refund = shop.refund(order, kind="refund_only", amount="5.00", reason=reason)
    with shop.scope():
        approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    settle_batch()
    return refund


def sent_in_part(shop, refund) -> None:
    """A part of its order leaves: counted anew it would be another loss."""
    assert send(shop, shop.reload(refund.order), f"SF{refund.pk.hex[:8]}", pieces(a=1)).status_code == 200


def back(shop, refund) -> None:
    """The refund's money comes back."""
    with shop.scope():
        payment = Payment.objects.get(topic_id=refund.pk)
        SandboxTransfer.objects.filter(key=str(payment.pk)).update(outcome="returned")
        reverse_payments(reasons={payment.pk: "closed account"}, actor=MERCHANT, now=NOON)


def uncount(shop, *refunds) -> None:
    """As `back`, of the figures alone."""
    with shop.scope():
        rollup.uncount_losses({shop.store.pk}, [refund.pk for refund in refunds])


def counted() -> list[tuple]:
    """What each day says, and the rows that it is the sum of."""
    with system_scope():
        days = [
            (day.reason, day.refunds, day.sale, *(getattr(day, part) for part in vars(Loss())))
            for day in DailyLoss.objects.order_by("reason")
            if day.refunds or any(getattr(day, part) for part in vars(Loss()))
        ]
        return [*days, LossOutcome.objects.count()]


@pytest.mark.parametrize("first", ["counted", "back"])
def test_counted_and_taken_out_at_once(shop, first):
    refund = refunded(shop)
    if first == "counted":
        race = overtaken(rollup.roll_up, partial(back, shop, refund), scope=system_scope())
        assert race.waited
    else:
        overtaken(partial(back, shop, refund), rollup.roll_up, scope=tenant_scope(shop.store.pk))
    assert counted() == [0]
    roll_everything()
    assert (counted(), rebuild(shop.store)) == ([0], 0)


def test_of_two_who_take_it_out_one_does(shop):
    kept, refund = refunded(shop), refunded(shop)
    roll_everything()
    sent_in_part(shop, refund)
    before = counted()
    race = overtaken(partial(uncount, shop, refund), partial(uncount, shop, refund), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    with system_scope():
        assert [row.refund_id for row in LossOutcome.objects.all()] == [kept.pk]
    assert [day[1] for day in counted()[:-1]] == [1]
    roll_everything()
    assert counted() != before, "it is counted as it is now: a part of its order has left"
    assert rebuild(shop.store) == 0


def test_two_of_one_day_are_both_taken_out(shop):
    first, second = refunded(shop), refunded(shop)
    roll_everything()
    race = overtaken(partial(uncount, shop, first), partial(uncount, shop, second), scope=shop.scope())
    assert (race.codes, race.waited) == (("ok", "ok"), True)
    assert counted() == [0]
    roll_everything()
    assert rebuild(shop.store) == 0


def both_wait_for_a_day(reason, *both: Contender) -> None:
    """Start them, one after the other, while somebody else holds a day; and let them go."""
    is_held, go_on = Event(), Event()

    def hold():
        with system_scope():
            assert len(DailyLoss.objects.filter(reason=reason).select_for_update()) == 1
            is_held.set()
            go_on.wait(PATIENCE)

    holder = Contender(hold)
    holder.start()
    await_(is_held.is_set, "the day to be held")
    try:
        for each in both:
            each.start()
            each.connected.wait(PATIENCE)
            await_(partial(is_blocked, each.backend), "it to wait for a day")
    finally:
        go_on.set()


def test_days_are_locked_in_one_order_by_who_counts_and_who_takes_out(shop):
    """A lock on the day that is written first and comes last in that order lets both arrive before either is done."""
    out = []
    for reason in ("quality", "changed_mind"):
        out.append(refunded(shop, reason))
        roll_everything()
    for reason in ("quality", "changed_mind"):
        refunded(shop, reason)
    taking, counting = Contender(partial(uncount, shop, *out)), Contender(rollup.roll_up)
    both_wait_for_a_day("quality", taking, counting)
    assert (taking.finish().code, counting.finish().value) == ("ok", 2)
    roll_everything()
    assert ([day[1] for day in counted()[:-1]], rebuild(shop.store)) == ([2, 2], 0)


def test_days_are_locked_in_that_order_by_who_makes_them_anew(shop):
    out = []
    for reason in ("quality", "changed_mind"):
        out.append(refunded(shop, reason))
        roll_everything()
    anew, taking = Contender(partial(rebuild, shop.store)), Contender(partial(uncount, shop, *out))
    both_wait_for_a_day("quality", anew, taking)
    assert (anew.finish().value, taking.finish().code, counted()) == (0, "ok", [0])
    roll_everything()
    assert rebuild(shop.store) == 0


def test_many_are_taken_out_in_any_order(shop):
    lost = [refunded(shop, reason) for reason in ("changed_mind", "quality", "other", "quality", "changed_mind")]
    others = [refunded(shop, reason) for reason in ("other", "quality", "changed_mind", "other")]
    roll_everything()
    results = together(partial(uncount, shop, *lost), partial(uncount, shop, *others[::-1]), rollup.roll_up)
    assert [result.code for result in results] == ["ok"] * 3
    assert counted()[-1] in (0, 4, 5, 9), "the roll-up may have counted them again"
    roll_everything()
    assert (counted()[-1], rebuild(shop.store)) == (9, 0)


def test_a_roll_up_that_breaks_anywhere_counts_it_once(shop):
    refunded(shop)
    with crash_at(None) as steps:
        roll_everything()
    once = counted()
    for step, moment in every_crash(len(steps)):
        with system_scope():
            refund_ids = list(LossOutcome.objects.values_list("refund_id", flat=True))
            rollup.uncount_losses({shop.store.pk}, refund_ids)
        assert counted() == [0]
        try:
            with crash_at(step, moment) as crashed:
                roll_everything()
        except OperationalError:
            pass
        assert crashed.crashed, (step, moment)
        assert counted() in ([0], once), (step, moment)
        roll_everything()
        assert counted() == once, (step, moment)
    assert rebuild(shop.store) == 0


def test_money_that_comes_back_amid_a_crash_takes_it_out_once(shop):
    kept = refunded(shop)
    roll_everything()
    alone, sample = counted(), refunded(shop)
    roll_everything()
    with crash_at(None) as steps:
        back(shop, sample)
    assert counted() == alone
    for step, moment in every_crash(len(steps)):
        refund = refunded(shop)
        roll_everything()
        sent_in_part(shop, refund)
        both = counted()
        with pytest.raises(OperationalError), crash_at(step, moment):
            back(shop, refund)
        is_done = (step, moment) == (len(steps), Moment.AFTER)
        assert counted() == (alone if is_done else both), (step, moment)
        if not is_done:
            back(shop, refund)
        assert counted() == alone, (step, moment)
    with system_scope():
        assert [row.refund_id for row in LossOutcome.objects.all()] == [kept.pk]
    assert rebuild(shop.store) == 0


def test_money_that_comes_back_while_the_figures_are_made_anew_is_no_loss(shop, monkeypatch):
    """It waits for its day, which a rebuild is about to make anew; and finds the day that was made."""
    kept, refund, look = refunded(shop), refunded(shop), rebuilding._rolled
    roll_everything()
    taking, seen = Contender(partial(uncount, shop, refund)), []

    def interrupted(store):
        seen.append(store)
        if len(seen) == 2:
            taking.start()
            taking.connected.wait(PATIENCE)
            await_(partial(is_blocked, taking.backend), "it to wait for a day")
        return look(store)

    monkeypatch.setattr(rebuilding, "_rolled", interrupted)
    assert (rebuild(shop.store), taking.finish().code) == (0, "ok")
    with system_scope():
        assert [row.refund_id for row in LossOutcome.objects.all()] == [kept.pk]
    assert [day[1] for day in counted()[:-1]] == [1]
    roll_everything()
    assert ([day[1] for day in counted()[:-1]], rebuild(shop.store)) == ([2], 0)
