"""Work of the platform sees every store's rows: what is about one store reads and changes that store's alone."""

from decimal import Decimal

import pytest
from django.db.models import F

from common.actors import SYSTEM, Actor, ActorKind
from common.tenancy import system_scope
from offers.actions import accept_offer, send_offer
from offers.insights.rebuild import rebuild, roll_everything
from offers.models import DailyLoss, DailyRetention, LossOutcome, Offer, RetentionTotal, RolledUpOffer
from payments.allowances import limits_of
from payments.models import Budget, DayAllowance, Payment
from payments.reversals import reverse_payments
from payments.settlement import settle_batch
from payments.small import send_small_payment
from payments.terms import set_payment_terms
from refunds import actions as refund_actions
from refunds.models import Refund
from refunds.returnless import enrolment, programme
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db
OPERATOR = Actor(ActorKind.OPERATOR, "ops", "operator")
NO_TOP_UP = {"on": False, "threshold": Decimal("0.00"), "amount": Decimal("0.00")}


@pytest.mark.rule("K9")
def test_an_operator_sets_the_limits_of_the_store_that_is_meant(clock):
    other, shop = make_shop("taote"), make_shop("taote")
    numbers = {"per_payment": None, "per_order": None, "gateway": "", "actor": OPERATOR, "now": NOON}
    with system_scope():
        for one, most in ((other, "70.00"), (shop, "80.00")):
            set_payment_terms(store=one.store, per_day=Decimal(most), **numbers)
    for one in (other, shop):
        body = {"order": one.order().number, "amount": "1.00", "purpose": "other"}
        assert one.merchant.post("payments/", body, **{"Idempotency-Key": one.store.code}).status_code == 201
    with system_scope():
        set_payment_terms(store=shop.store, per_day=Decimal("90.00"), **numbers)
        assert [str(limits_of(one.store).per_day) for one in (other, shop)] == ["70.00", "90.00"]
        limits = dict(DayAllowance.objects.values_list("store_id", "limit"))
    assert {store: str(limit) for store, limit in limits.items()} == {other.store.pk: "70.00", shop.store.pk: "90.00"}


@pytest.mark.rule("K9")
def test_a_small_payment_is_sent_within_the_limits_of_its_own_store(clock):
    other, shop = make_shop("kuaishou"), make_shop("kuaishou")
    numbers = {"per_order": None, "per_day": None, "gateway": "", "actor": OPERATOR, "now": NOON}
    order = shop.order()
    with system_scope():
        set_payment_terms(store=other.store, per_payment=Decimal("1.00"), **numbers)
        what = {"order_number": order.number, "amount": Decimal("2.00"), "purpose": "other"}
        assert send_small_payment(store=shop.store, actor=MERCHANT, now=NOON, **what).amount == Decimal("2.00")


@pytest.mark.rule("R5")
def test_a_payout_and_what_comes_back_of_it_move_the_budget_of_its_store(clock, broker_tasks):
    other, shop = joined("80.00"), joined("100.00")
    refund = shop.refund(shop.order(live_session="L1"), kind="refund_only")
    with shop.scope():
        refund_actions.approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    settle_batch()
    assert [budget(one) for one in (other, shop)] == ["80.00", "41.00"]
    with system_scope():
        payment = Payment.objects.get(topic_id=refund.pk)
        reverse_payments(reasons={payment.pk: "account closed"}, now=NOON, actor=SYSTEM)
    assert [budget(one) for one in (other, shop)] == ["80.00", "100.00"]


@pytest.mark.rule("Q18")
def test_a_rebuild_mends_the_figures_of_its_store_and_touches_nothing_of_another(clock, broker_tasks):
    shops = other, shop = [make_shop("tmall") for _ in range(2)]
    for one in shops:
        kept = one.refund()
        for reason in ("quality", "changed_mind", "other"):
            lost = one.refund(one.order(shipped=False), kind="refund_only", reason=reason)
            with one.scope():
                refund_actions.approve_refund(store_id=one.store.pk, refund_id=lost.pk, actor=MERCHANT, now=NOON)
        with one.scope():
            terms = {"method": "reassurance", "message": "亲", "actor": MERCHANT, "now": NOON}
            offer = send_offer(store_id=one.store.pk, refund_id=kept.pk, **terms)
            accept_offer(store_id=one.store.pk, offer_id=offer.pk, actor=BUYER, now=NOON)
    settle_batch()
    roll_everything()
    right = figures(shop)
    with system_scope():
        for model in (DailyRetention, RetentionTotal):
            model.objects.update(offers=F("offers") + 1)
        RolledUpOffer.objects.update(sales_kept=1)
        DailyLoss.objects.filter(reason="quality").update(refunds=7)
        DailyLoss.objects.filter(reason="other").delete()
        Refund.objects.filter(reason="quality").update(is_loss_counted=False)
        LossOutcome.objects.filter(reason="changed_mind").delete()
    wrong = figures(other)
    assert rebuild(shop.store) > 0
    assert (figures(other), figures(shop)) == (wrong, right)


def figures(shop) -> list[list]:
    """What is rolled up of the store, whichever row holds it."""
    counted = (DailyRetention, RetentionTotal, RolledUpOffer, DailyLoss, LossOutcome)
    with shop.scope():
        rows = [
            sorted(tuple(value for name, value in row.items() if name != "id") for row in each.objects.values())
            for each in counted
        ]
        rows.append(list(Offer.objects.order_by("pk").values_list("pk", "is_rolled")))
        return [*rows, list(Refund.objects.order_by("pk").values_list("pk", "is_loss_counted"))]


def joined(balance: str):
    """A store of the programme with so much in its budget."""
    shop = make_shop("kuaishou")
    shop.order()  # makes the product
    steps = {"agreement_version": "3.0", "budget": Decimal(balance), "auto_top_up": NO_TOP_UP, "products": ["8000"]}
    with shop.scope():
        enrolment.change_settings(store=shop.store, settings=steps, actor=MERCHANT, now=NOON)
        enrolment.confirm_enrolment(store=shop.store, actor=MERCHANT, now=NOON)
        programme.start_live_session(store=shop.store, session="L1", actor=MERCHANT, now=NOON)
    return shop


def budget(shop) -> str:
    with shop.scope():
        return str(Budget.objects.get(store=shop.store).balance)
