"""A counted loss stays what it was when it was counted, whatever becomes of its order and refund later (K12)."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection

from common.clock import now
from common.tenancy import system_scope
from offers.insights.loss import Loss
from offers.insights.reading import Span, read
from offers.insights.rebuild import rebuild, roll_everything
from offers.models import DailyLoss, LossOutcome
from orders.carriers import sandbox
from orders.carriers.base import CarrierStage
from payments.models import Payment, SandboxTransfer
from payments.reversals import reverse_payments
from payments.settlement import settle_batch
from refunds.models import Refund
from refunds.payouts import pay_again
from tests.api.helpers import detail
from tests.books import amiss
from tests.cases import for_each
from tests.marketplace import copied_order, followed, told
from tests.parcels import ask_everybody, shipped
from tests.parts import pieces, send, two_lines
from tests.world import MERCHANT, NOON, Shop, make_shop
from workbench.insights.loss import loss_of_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks"), pytest.mark.rule("K12")]
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def shop(db) -> Shop:
    return make_shop("taote")


def lost(shop) -> tuple[int, Loss]:
    """How many refunds were lost, and what they cost."""
    with shop.scope():
        report = read(Span(NOON.date() - timedelta(days=1), NOON.date() + timedelta(days=2), (shop.store.pk,)))
    return report.lost_refunds, report.lost


def days(shop) -> dict[str, tuple]:
    """What a day says of each reason that has refunds."""
    with shop.scope():
        rows = DailyLoss.objects.filter(refunds__gt=0).order_by("reason")
        return {row.reason: (row.refunds, *(getattr(row, part) for part in vars(Loss()))) for row in rows}


def refunded(shop, order, amount="5.00", **asked):
    """A refund that is paid."""
    refund = shop.refund(order, kind="refund_only", amount=amount, **asked)
    assert shop.merchant.post(f"refunds/{refund.pk}/approve/").status_code == 200
    settle_batch()
    return refund


def comes_back(shop, refund) -> None:
    """The money of the refund is back."""
    with shop.scope():
        payment = Payment.objects.get(topic_id=refund.pk, status="succeeded")
        reverse_payments(reasons={payment.pk: "closed account"}, actor=MERCHANT, now=now())
    SandboxTransfer.objects.filter(key=str(payment.pk)).update(outcome="returned")


class Sent:
    """A refund of an order that nobody has sent; then a part of it leaves."""

    def begin(self, shop):
        self.order = two_lines(shop)
        return refunded(shop, self.order)

    def change(self, shop, refund, clock):
        assert send(shop, self.order, "SF1", pieces(a=1)).status_code == 200

    def end(self, shop, refund):
        comes_back(shop, refund)


class SentByAnEarlierClock(Sent):
    """The whole of it leaves, by a clock that is behind."""

    def change(self, shop, refund, clock):
        clock.move(minutes=-5)
        assert send(shop, self.order, "SF1").status_code == 200


class NeverArrived(Sent):
    """A refund of an order on its way; then its parcel is at the store again."""

    def begin(self, shop):
        self.order = shipped(shop)
        return refunded(shop, self.order)

    def change(self, shop, refund, clock):
        sandbox.move(self.order.tracking_number, CarrierStage.BACK)
        clock.move(hours=12)
        ask_everybody()
        assert shop.reload(self.order).status == "unshipped"


@dataclass
class Told:
    """A refund of a connected shop; then the marketplace says something else of it."""

    facts: dict

    def begin(self, shop):
        return followed(shop, "refunded", order=shop.order(), reason="slow_logistics", kind="refund_only")

    def change(self, shop, refund, clock):
        told(shop, refund, "refunded", at=LATER, **{"reason": "slow_logistics", "kind": "refund_only"} | self.facts)

    def end(self, shop, refund):
        told(shop, refund, "asked", at=LATER + timedelta(hours=1), **self.facts)


class AskedOfMore(Told):
    """… or more of the same order than it was thought to have cost."""

    def begin(self, shop):
        self.order = copied_order()
        return followed(shop, "refunded", order=self.order, reason="slow_logistics", kind="refund_only")

    def change(self, shop, refund, clock):
        before = shop.reload(refund.order).paid_amount
        followed(shop, "asked", "70.00", order=self.order, kind="refund_only", at=LATER)
        assert shop.reload(refund.order).paid_amount == before + Decimal("70.00")


CASES = [
    Sent(),
    SentByAnEarlierClock(),
    NeverArrived(),
    Told({"reason": "quality"}),
    Told({"kind": "return_and_refund"}),
    AskedOfMore({}),
]
NAMES = ["sent in part", "sent by a clock behind", "never arrived", "another reason", "another kind", "paid more"]


@for_each("case", CASES, ids=NAMES)
def test_a_counted_loss_stays_what_it_was(shop, clock, case):
    refund = case.begin(shop)
    roll_everything()
    was, said, page = lost(shop), days(shop), detail(shop, refund)["loss"]
    assert was[0] == 1
    case.change(shop, refund, clock)
    assert (lost(shop), days(shop)) == (was, said)
    assert rebuild(shop.store) == 0
    assert (lost(shop), days(shop)) == (was, said)
    assert detail(shop, refund)["loss"] == page, "the call and the figure are of the same money"
    with shop.scope():
        refund = Refund.objects.select_related("order").get(pk=refund.pk)
        assert loss_of_order(refund.order, [refund]) == was[1], "so is the desk's"
    assert amiss() == {}


@for_each("case", CASES, ids=NAMES)
def test_what_comes_back_takes_out_what_was_put_in(shop, clock, case):
    for reason in ("slow_logistics", "changed_mind", "quality"):
        refunded(shop, shop.order(prices=("9.99",)), "3.33", reason=reason)
    roll_everything()
    others, said = lost(shop), days(shop)
    assert (others[0], len(said)) == (3, 3)
    refund = case.begin(shop)
    roll_everything()
    assert lost(shop)[0] == 4
    case.change(shop, refund, clock)
    case.end(shop, refund)
    assert (lost(shop), days(shop)) == (others, said)
    assert rebuild(shop.store) == 0
    assert (lost(shop), days(shop)) == (others, said)
    assert amiss() == {}


def test_what_is_paid_anew_counts_as_it_is_then(shop, clock):
    case = Sent()
    refund = case.begin(shop)
    roll_everything()
    assert days(shop) == {"changed_mind": (1, *map(Decimal, ("5.00", "0.94", "0.00", "0.00", "0.00", "0.00")))}
    case.change(shop, refund, clock)
    case.end(shop, refund)
    assert days(shop) == {}
    with shop.scope():
        pay_again(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    settle_batch()
    roll_everything()
    assert days(shop) == {"changed_mind": (1, *map(Decimal, ("5.00", "0.94", "0.38", "0.00", "0.00", "0.50")))}
    assert rebuild(shop.store) == 0


def spoil(statement: str) -> None:
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(statement)


@for_each(
    ("statement", "check"),
    [
        ("UPDATE offers_dailyloss SET handling = handling + 1", "a day of losses is the sum of"),
        ("UPDATE offers_dailyloss SET refunds = refunds + 1", "a day of losses is the sum of"),
        ("UPDATE offers_lossoutcome SET stock_loss = stock_loss + 1", "a day of losses is the sum of"),
        ("UPDATE offers_lossoutcome SET reason = 'quality'", "a day of losses is the sum of"),
        ("UPDATE offers_lossoutcome SET sale = sale + 1", "a store's losses are those of"),
        ("DELETE FROM offers_lossoutcome", "a store's losses are those of"),
        ("UPDATE refunds_refund SET is_loss_counted = false", "a store's losses are those of"),
    ],
    ids=["a day", "a count", "a part", "a reason", "a sale", "no row", "not counted"],
)
def test_what_is_off_is_named(shop, clock, statement, check):
    refunded(shop, shop.order())
    roll_everything()
    assert amiss() == {}
    spoil(statement)
    assert [name for name in amiss() if name.startswith(check)] != []


@for_each(
    "statement",
    [
        "UPDATE offers_dailyloss SET handling = handling + 1",
        "DELETE FROM offers_lossoutcome",  # counted by a release that kept none
        "UPDATE refunds_refund SET is_loss_counted = false",  # and taken out by one
        "DELETE FROM offers_dailyloss",
    ],
)
def test_a_rebuild_mends_it(shop, clock, statement):
    refunded(shop, shop.order())
    roll_everything()
    was, said = lost(shop), days(shop)
    spoil(statement)
    rebuild(shop.store)
    assert (lost(shop), days(shop)) == (was, said)
    assert (rebuild(shop.store), amiss()) == (0, {})


def test_a_rebuild_forgets_what_an_older_release_left_of_money_that_came_back(shop, clock):
    refund = refunded(shop, shop.order())
    roll_everything()
    with shop.scope():
        row = LossOutcome.objects.get()
    comes_back(shop, refund)
    assert amiss() == {}
    with shop.scope():
        row.save(force_insert=True)
    assert len(amiss()) == 2
    assert rebuild(shop.store) == 1
    assert (days(shop), amiss()) == ({}, {})


def test_what_an_older_release_has_taken_out_is_counted_once_when_it_is_paid_anew(shop, clock):
    refunded(shop, shop.order())
    roll_everything()
    was, said = lost(shop), days(shop)
    spoil("UPDATE offers_dailyloss SET refunds = 0, sale = 0, acquisition = 0, outbound_freight = 0, stock_loss = 0")
    spoil("UPDATE refunds_refund SET is_loss_counted = false")
    roll_everything()
    assert (lost(shop), days(shop), amiss()) == (was, said, {})


def test_money_comes_back_though_a_day_holds_less_than_was_put_in(shop, clock):
    """A release of before took another one out as what it would have come to by then."""
    kept, refund = refunded(shop, shop.order(), reason="quality"), refunded(shop, shop.order())
    roll_everything()
    spoil("UPDATE offers_dailyloss SET acquisition = 0.01, sale = 4.99 WHERE reason = 'changed_mind'")
    comes_back(shop, refund)
    assert (list(days(shop)), list(amiss())) == (["quality"], [])
    comes_back(shop, kept)
    assert (days(shop), amiss(), rebuild(shop.store)) == ({}, {}, 0)


def test_what_was_counted_before_gets_its_rows_and_days_become_their_sums(shop, clock, monkeypatch):
    """The migration: to the cent what the room's own statement says."""
    back = shop.order()
    shop.merchant.patch(f"stores/{shop.store.code}/cost-rates/", {"handling": "7.77", "stock_loss_percent": "3.33"})
    clock.move(minutes=1)
    refunded(shop, two_lines(shop), reason="quality")
    refunded(shop, back, "58.99")
    followed(shop, "refunded", "41.00", order=shop.order(prices=("41.00",)), reason="slow_logistics", at=LATER)
    refunded(shop, shop.order(), reason="other")
    with system_scope():
        roll_everything()
        rows = list(LossOutcome.objects.order_by("pk").values())
        was, said = lost(shop), days(shop)
        assert (was[0], len(rows), len(said)) == (4, 4, 4)
        assert said["slow_logistics"][5] == Decimal("7.77")
    spoil("DELETE FROM offers_lossoutcome")
    spoil("UPDATE offers_dailyloss SET stock_loss = stock_loss + 1 WHERE reason = 'quality'")
    spoil("UPDATE offers_dailyloss SET refunds = 2, sale = 9 WHERE reason = 'changed_mind'")
    spoil("DELETE FROM offers_dailyloss WHERE reason = 'slow_logistics'")
    spoil("UPDATE offers_dailyloss SET reason = 'wrong_item' WHERE reason = 'other'")
    migration = import_module("offers.migrations.0034_losses_counted_before")
    monkeypatch.setattr(migration, "PORTION", 3)
    one = "WHERE refund_id = (SELECT refund_id FROM offers_lossoutcome ORDER BY refund_id LIMIT 1)"
    for harm in ("SELECT", f"UPDATE offers_lossoutcome SET date = date - 1 {one}"):
        spoil(harm)
        migration.count_the_past(None, None)
        with system_scope():
            assert list(LossOutcome.objects.order_by("pk").values()) == rows
        assert (lost(shop), days(shop), amiss()) == (was, said, {})
