"""Whatever happens in whatever order, live figures, roll-ups and a rebuild agree (Q18).

So does the ledger.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import Refused
from common.tenancy import system_scope
from offers.actions import accept_offer, decline_offer, send_offer
from offers.insights.checks import CHECKS
from offers.insights.rates import set_cost_rates
from offers.insights.reading import Span, read
from offers.insights.rebuild import rebuild, roll_everything
from offers.insights.rollup import roll_up
from offers.models import Offer
from operations.verification import run_checks
from payments.models import Payment
from payments.settlement import settle_batch
from refunds.actions import approve_refund
from refunds.models import Refund
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]
ORDERS = 2
METHODS = {
    "reassurance": {},
    "partial_refund": {"amount": Decimal("7.77")},
    "red_packet": {"amount": Decimal("3.33")},
}
STEPS = st.one_of(
    st.tuples(st.just("ask"), st.integers(0, ORDERS - 1)),
    st.tuples(st.just("offer"), st.sampled_from(sorted(METHODS))),
    st.tuples(st.sampled_from(["accept", "accept", "decline", "approve", "settle", "roll", "rates"]), st.none()),
)


class History:
    """Two orders of a store, one of a buyer who can't be paid; what is refused leaves everything as it was."""

    def __init__(self, shop):
        self.shop, self.now = shop, NOON
        self.orders = [shop.order(buyer_id=buyer) for buyer in ("buyer-1", "sandbox-decline")]

    def play(self, step, argument) -> None:
        self.now += timedelta(minutes=7)
        try:
            with self.shop.scope(), transaction.atomic():
                getattr(self, step)(argument)
        except Refused:
            pass

    def _call(self, action, **kwargs):
        return action(store_id=self.shop.store.pk, now=self.now, **kwargs)

    def _last(self, rows):
        return rows.for_store(self.shop.store.pk).order_by("-id").first()

    def ask(self, order):
        self.shop.refund(self.orders[order], kind="refund_only", amount="30.00", now=self.now)

    def offer(self, method):
        refund = self._last(Refund.objects.filter(status="awaiting_merchant"))
        if refund:
            terms = METHODS[method]
            self._call(send_offer, refund_id=refund.pk, method=method, message="亲", actor=MERCHANT, **terms)

    def accept(self, _):
        offer = self._last(Offer.objects.pending())
        if offer:
            self._call(accept_offer, offer_id=offer.pk, actor=BUYER)

    def decline(self, _):
        offer = self._last(Offer.objects.pending())
        if offer:
            self._call(decline_offer, offer_id=offer.pk, actor=BUYER)

    def approve(self, _):
        refund = self._last(Refund.objects.filter(status="awaiting_merchant"))
        if refund:
            self._call(approve_refund, refund_id=refund.pk, actor=MERCHANT)

    def settle(self, _):
        settle_batch()

    def roll(self, _):
        roll_up(limit=1)

    def rates(self, _):
        set_cost_rates(store=self.shop.store, changes={"handling": Decimal("0.01")}, actor=MERCHANT, now=self.now)


@pytest.mark.rule("Q18")
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=8, max_size=24))
def test_figures_agree_whatever_happened(db, steps):
    history = History(make_shop("tmall"))
    for step in [("ask", 0), ("offer", "partial_refund"), *steps]:
        history.play(*step)
    store = history.shop.store
    span = Span(NOON.date(), NOON.date() + timedelta(days=1), (store.pk,))

    with system_scope():
        live = read(span)
        paid = Payment.objects.for_store(store.pk).filter(purpose__in=METHODS).exclude(status="failed")
        assert live.totals.offer_costs == sum(payment.amount for payment in paid)
        assert live.totals.offers == Offer.objects.for_store(store.pk).count()
    roll_everything()
    with system_scope():
        assert read(span) == live
    assert rebuild(store) == 0
    names = {check.name for check in CHECKS}
    with system_scope():
        assert read(span) == live
        assert [off for check, off in run_checks() if off and check.name in names] == []


TABLES = ("offers_dailyretention", "offers_outcome", "offers_dailyloss", "offers_lossoutcome")
ROWS = (
    *(f"SELECT * FROM {table} ORDER BY 1, 2, 3" for table in TABLES),
    "SELECT id, is_rolled FROM offers_offer ORDER BY id",
)


def test_a_rebuild_leaves_other_stores_as_they_are():
    """What is off in another store stays so, until that store is made anew."""
    shop, other = make_shop("tmall"), make_shop("tmall")
    for one in (shop, other):
        lost = [one.refund(kind="refund_only") for _ in range(2)]
        kept = one.refund()
        with one.scope():
            about = {"store_id": one.store.pk, "now": NOON}
            for refund in lost:
                approve_refund(refund_id=refund.pk, actor=MERCHANT, **about)
            offer = send_offer(refund_id=kept.pk, method="reassurance", message="亲", actor=MERCHANT, **about)
            accept_offer(offer_id=offer.pk, actor=BUYER, **about)
    settle_batch()
    roll_everything()
    uncounted, outcomeless = lost
    with other.scope(), connection.cursor() as cursor:
        Refund.objects.filter(pk=uncounted.pk).update(is_loss_counted=False)
        cursor.execute("DELETE FROM offers_lossoutcome WHERE refund_id = %s", [outcomeless.pk])
        cursor.execute("UPDATE offers_dailyretention SET offers = offers + 1")
        cursor.execute("UPDATE offers_dailyloss SET refunds = refunds + 5, sale = 7")
    before = everything_of(other)
    assert rebuild(shop.store) == 0
    assert everything_of(other) == before
    assert rebuild(other.store) > 0


def everything_of(shop) -> list[list[tuple]]:
    with shop.scope(), connection.cursor() as cursor:
        found = [list(Refund.objects.order_by("id").values_list("id", "is_loss_counted"))]
        for statement in ROWS:
            cursor.execute(statement)
            found.append(cursor.fetchall())
    return found
