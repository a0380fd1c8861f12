"""recompute_quality: agrees to the digit, names what is off, and puts it right."""

from datetime import timedelta
from random import Random

import pgtrigger
import pytest
from django.core.management import CommandError, call_command

from common.tenancy import system_scope
from refunds.management.commands import recompute_quality
from refunds.models import QualityDay, QualityRefund
from refunds.quality.rollup import KEPT_DAYS, roll_up_days
from tests.cases import for_each
from tests.quality import ask, bulk_orders, clean_books, counts, set_rules
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


@pytest.fixture
def shop(clock):
    """A store with sixty days of orders and requests, made up the same way every time, of which some were corrected."""
    shop, dice = make_shop("pinduoduo"), Random(20)
    for _ in range(40):
        at = NOON - timedelta(minutes=dice.randrange(60 * 24 * 60))
        bulk_orders(shop, dice.randrange(1, 9), at)
    order = shop.order(quantity=40)
    for place in range(24):
        at = NOON - timedelta(minutes=dice.randrange(60 * 24 * 60))
        reason = dice.choice(["quality", "not_as_described", "changed_mind", "minor_flaw"])
        refund = ask(shop, order, reason=reason, now=at)
        if place % 3 == 0 and refund.due_at > NOON:
            shop.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "no"})
            shop.buyer.post(f"refunds/{refund.pk}/resubmit/", {"reason": dice.choice(["quality", "other"])})
    return shop


@pytest.mark.rule("P7")
def test_what_is_shown_is_what_happened_to_the_digit(shop, clock, capsys):
    call_command("recompute_quality", "--check")
    live = counts(shop)
    roll_up_days()
    assert counts(shop) == live
    clock.move(days=3)
    roll_up_days()
    call_command("recompute_quality", "--check", "--store", shop.store.code)
    assert "agree" in capsys.readouterr().out
    with shop.scope():
        assert QualityDay.objects.count() == KEPT_DAYS
    clean_books()


@pytest.mark.rule("P7")
def test_a_day_that_is_wrong_is_named_and_put_right(shop, capsys):
    roll_up_days()
    before = counts(shop)
    with shop.scope():
        QualityDay.objects.filter(date=(NOON - timedelta(days=5)).date()).update(orders=999, quality_refunds=7)
    assert counts(shop) != before
    with pytest.raises(CommandError, match="2 figures are off"):
        call_command("recompute_quality", "--check")
    assert "2026-11-15: 7 of 999 rolled up" in capsys.readouterr().out
    with pytest.raises(AssertionError, match="rolled up"):
        clean_books()
    call_command("recompute_quality")
    assert counts(shop) == before
    call_command("recompute_quality", "--check")
    clean_books()


@pytest.mark.rule("P6", "P7")
def test_a_refund_that_was_never_counted_is_found_by_its_history(shop, capsys):
    before = counts(shop)
    with system_scope(), pgtrigger.ignore("refunds.QualityRefund:kept"):
        QualityRefund.objects.filter(pk__in=QualityRefund.objects.order_by("-counted_at").values("pk")[:2]).delete()
    with pytest.raises(CommandError):
        call_command("recompute_quality", "--check")
    assert "not counted, but for" in capsys.readouterr().out
    call_command("recompute_quality")
    call_command("recompute_quality", "--check")
    assert counts(shop) == before


@pytest.mark.rule("P6")
def test_what_counts_by_verification_is_left_to_its_events(shop, monkeypatch):
    set_rules(monkeypatch, "pinduoduo", version=2, quality_policy="verified_fault")
    refund = ask(shop)
    shop.merchant.post(f"refunds/{refund.pk}/approve/")
    call_command("recompute_quality", "--check")


def test_a_store_that_fails_stops_no_other(shop, monkeypatch, capsys):
    other = make_shop("pinduoduo")
    bulk_orders(other, 3, NOON - timedelta(days=5))
    roll_up_days()
    with other.scope():
        QualityDay.objects.filter(date=(NOON - timedelta(days=5)).date()).update(orders=999)
    looked_at = recompute_quality.differences

    def fail(store, now):
        if store == shop.store:
            raise RuntimeError("a fault of ours")
        return looked_at(store, now)

    monkeypatch.setattr(recompute_quality, "differences", fail)
    with pytest.raises(CommandError) as told:
        call_command("recompute_quality")
    assert str(told.value) == f"1 stores could not be looked at: {shop.store.code}: RuntimeError"
    assert f"OFF   {other.store.code}: 2026-11-15: 0 of 999 rolled up" in capsys.readouterr().out
    assert counts(other)[:2] == (0, 3)


def test_an_unknown_store_is_told(db):
    with pytest.raises(CommandError, match="no store"):
        call_command("recompute_quality", "--store", "nobody")


def test_a_counted_refund_is_never_changed(shop):
    from django.db import DatabaseError, transaction

    with shop.scope():
        for change in (lambda rows: rows.update(reason="other"), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
                change(QualityRefund.objects.all())


@pytest.mark.rule("P6", "P7")
@for_each("by_a_right_clock", [True, False])
def test_a_day_rolled_up_by_a_fast_clock_heals(clock, by_a_right_clock):
    shop = make_shop("pinduoduo")
    clock.move(days=1, hours=2)
    assert roll_up_days() == 1  # today is over by a clock that is a day ahead
    clock.move(days=-1, hours=-2)
    if by_a_right_clock:
        assert (roll_up_days(), roll_up_days()) == (1, 0)
    order = shop.order(now=NOON + timedelta(days=1))  # paid today
    ask(shop, order)
    assert counts(shop)[:2] == (1, 1)
    clock.move(days=1, hours=2)
    assert counts(shop)[:2] == (1, 1)
    roll_up_days()
    assert counts(shop)[:2] == (1, 1)
    call_command("recompute_quality", "--check")
    clean_books()
