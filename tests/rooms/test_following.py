"""A followed refund is what its marketplace says, whatever it was before, and every check holds after every report."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from common.errors import Invalid, Refused
from common.models import Event
from common.tenancy import system_scope
from orders.models import Order, OwedParcel
from orders.parcels import ship_parcel
from orders.states import ParcelKind
from payments.models import Payment, SandboxTransfer
from payments.settlement import settle_batch
from refunds.fitting import STATUSES
from refunds.handing_over import why_not_reship
from refunds.models import Dispute, QualityRefund, Refund
from refunds.states import MarketplaceStage, MarketplaceVerb, RefundGoods, RefundStatus
from tests.books import amiss
from tests.cases import for_each
from tests.marketplace import copied_line, copied_order, followed, told
from tests.rules.things import code_of
from tests.tenancy.things import make_evidence
from tests.world import MERCHANT, NOON, make_shop

STAGES = [stage for stage in MarketplaceStage if stage != MarketplaceStage.UNKNOWN]


def assert_sound() -> None:
    """What `verify_ledger` says."""
    off = amiss()
    assert not off, off


def money(refund: Refund) -> list[tuple[str, str]]:
    """The refund's payments, oldest first, as (amount, status)."""
    with system_scope():
        payments = Payment.objects.filter(topic_id=refund.pk).order_by("id")
        return [(str(payment.amount), payment.status) for payment in payments]


def names(refund: Refund) -> list[str]:
    """What the refund's record says, oldest first."""
    with system_scope():
        return list(Event.objects.filter(topic_id=refund.pk).order_by("id").values_list("name", flat=True))


@for_each("stage", STAGES)
def test_a_refund_is_taken_over_in_whatever_stage_it_is(taote, clock, stage):
    refund = taote.reload(followed(taote, stage))
    assert refund.status == STATUSES[stage]
    assert (refund.is_followed, refund.marketplace_status) == (True, f"WAIT_{stage.upper()}")
    assert (refund.due_at, refund.due_action) == (
        None
        if stage in ("refunded", "withdrawn", "closed", "to_reship", "reshipped", "exchanged")
        else NOON + timedelta(hours=40),
        "",
    )
    assert_sound()


@for_each("before", STAGES)
def test_any_stage_follows_any_stage(taote, clock, before):
    for after in STAGES:
        refund = followed(taote, before)
        told(taote, refund, after, at=NOON + timedelta(hours=1))
        refund = taote.reload(refund)
        assert refund.status == STATUSES[after], after
        assert (refund.goods == RefundGoods.EXCHANGED) == (after in ("to_reship", "reshipped", "exchanged")), after
        paid = [status for _amount, status in money(refund) if status != "failed"]
        assert paid == {"agreed": ["pending"], "refunded": ["succeeded"]}.get(after, []), after
    assert_sound()


def test_a_money_path_is_the_rules_own_with_the_marketplaces_payment(taote, clock):
    refund = followed(taote, "asked", kind="refund_only")
    told(taote, refund, "agreed", kind="refund_only")
    assert money(refund) == [("59.00", "pending")]
    clock.move(days=3)
    assert settle_batch() == 0
    with system_scope():
        payment = Payment.objects.get(topic_id=refund.pk)
    assert (payment.gateway, payment.attempts, payment.needs_attention) == ("marketplace", 0, False)
    told(taote, refund, "refunded", kind="refund_only", at=NOON + timedelta(days=3))
    assert money(refund) == [("59.00", "succeeded")]
    assert names(refund) == [
        "refund.requested",
        "payment.reserved",
        "refund.approved",
        "payment.succeeded",
        "refund.refunded",
    ]
    with system_scope():
        assert not SandboxTransfer.objects.exists()
    assert_sound()


def test_the_same_report_again_changes_nothing(taote, clock):
    refund = followed(taote, "agreed")
    seen = names(refund)
    told(taote, refund, "agreed")
    assert names(refund) == seen
    assert money(refund) == [("59.00", "pending")]


def test_what_was_paid_in_part_is_what_it_amounts_to(taote, clock):
    refund = followed(taote, "agreed")
    told(taote, refund, "refunded", refunded_amount=Decimal("20.00"))
    assert str(taote.reload(refund).amount) == "20.00"
    assert money(refund) == [("59.00", "failed"), ("20.00", "succeeded")]
    assert_sound()


def test_an_unknown_stage_is_shown_and_moves_nothing(taote, clock):
    refund = followed(taote, "awaiting_return")
    told(taote, refund, "unknown")
    refund = taote.reload(refund)
    assert (refund.status, refund.marketplace_status) == (RefundStatus.AWAITING_RETURN, "WAIT_UNKNOWN")
    assert_sound()


def test_an_exchange_owes_its_goods_until_they_are_sent_or_the_buyer_is_paid(taote, clock):
    refund = followed(taote, "returning", kind="exchange")
    told(taote, refund, "to_reship", kind="exchange")
    told(taote, refund, "refunded", kind="exchange")
    with system_scope():
        assert [parcel.status for parcel in OwedParcel.objects.all()] == ["cancelled"]
    assert taote.reload(refund).kind == "return_and_refund"
    told(taote, refund, "exchanged", kind="exchange")
    with system_scope():
        assert [parcel.status for parcel in OwedParcel.objects.order_by("id")] == ["cancelled", "shipped"]
    assert money(refund) == [("59.00", "failed")]
    assert_sound()


def test_new_goods_are_not_sent_while_a_decision_is_on_its_way(taote, clock):
    refund = followed(taote, "returning", kind="exchange")
    told(taote, refund, "to_reship", kind="exchange")
    with taote.scope():
        parcel = OwedParcel.objects.get()
        assert code_of(why_not_reship(parcel)) == "not_connected"
        Refund.objects.update(decision_sent=MarketplaceVerb.RESHIP)
        assert code_of(why_not_reship(parcel)) == "decision_under_way"
        sent = {"carrier": "SF", "tracking_number": "SF42", "actor": MERCHANT, "now": NOON}
        with pytest.raises(Refused) as refused:
            ship_parcel(store_id=taote.store.pk, parcel_id=parcel.pk, **sent)
        assert refused.value.code == "decision_under_way"
        parcel.kind = ParcelKind.GIFT
        assert why_not_reship(parcel) is None


@pytest.mark.rule("R7", "Q17")
def test_what_a_dispute_was_advised_that_is_over_stays_as_it_was(taote, clock):
    refund = followed(taote, "disputed")
    for stage in ("refused", "disputed"):
        told(taote, refund, stage)
    with taote.scope():
        before = dict(Dispute.objects.values_list("status", "suggestion"))
    make_evidence(taote, refund.pk)
    with taote.scope():
        after = dict(Dispute.objects.values_list("status", "suggestion"))
    assert {status for status in after if after[status] != before[status]} == {"open"}
    assert len(after) == 2


def test_a_fault_counts_once_however_often_it_is_granted(db, clock):
    shop = make_shop("tmall")
    refund = followed(shop, "asked", reason="quality")
    for stage in ("refunded", "asked", "refunded", "refused", "agreed"):
        told(shop, refund, stage, reason="quality")
    with system_scope():
        assert QualityRefund.objects.filter(refund=refund).count() == 1
    assert_sound()


def test_no_amount_is_no_refund(taote, clock):
    with pytest.raises(Invalid, match="no amount"):
        followed(taote, "asked", "0.00")
    with system_scope():
        assert not Order.objects.filter(number__startswith="COPY").exists()


def test_an_order_known_in_full_is_never_refunded_beyond_what_was_paid(taote, clock):
    order = taote.order()
    followed(taote, "refunded", "40.00", order=order)
    with pytest.raises(Refused, match=r"At most 19\.00"):
        followed(taote, "refunded", "40.00", order=order)
    assert_sound()


amounts = st.integers(1, 9000).map(lambda cents: f"{Decimal(cents).scaleb(-2):.2f}")
kinds = st.sampled_from(["refund_only", "return_and_refund", "exchange", ""])
steps = st.tuples(st.integers(0, 2), st.sampled_from(list(MarketplaceStage)), amounts, kinds, st.none() | amounts)


@pytest.mark.django_db
@given(st.lists(steps, min_size=1, max_size=14), st.booleans())
@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_history_ends_where_the_last_report_says(clock, history, is_masked):
    """Three refunds of one order: masked, which grows with them, or known in full, which refuses what it hasn't."""
    with transaction.atomic():
        shop = make_shop("tmall")
        order = copied_order() if is_masked else copied_order(shop.order(prices=("59.00", "31.00"), quantity=2).number)
        refunds, last, hour, refused = {}, {}, 0, 0
        for place, stage, amount, kind, paid in history:
            hour += 1
            facts = {"kind": kind, "at": NOON + timedelta(hours=hour)}
            facts["refunded_amount"] = None if paid is None else Decimal(paid)
            try:
                with transaction.atomic():
                    if place in refunds:
                        refunds[place] = told(shop, refunds[place], stage, amount, **facts)
                    else:
                        lines = [copied_line("8000"), copied_line("8001", None)]
                        refunds[place] = followed(shop, stage, amount, order=order, lines=lines, **facts)
                        last.setdefault(place, "asked")
            except Refused:
                refused += 1
                continue
            if stage != MarketplaceStage.UNKNOWN:
                last[place] = stage
        assert not (is_masked and refused), "what nobody knows better grows with what is told"
        assert_sound()
        for place, refund in refunds.items():
            assert shop.reload(refund).status == STATUSES[last[place]]
        transaction.set_rollback(True)
