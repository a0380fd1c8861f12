"""Appeals: the merchant asks back what the platform refunded at once, and a person decides (P5).

Locks: order, refund, appeal, in one statement; the ledger comes last.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor
from common.errors import Refused, refuse_if
from common.money import ZERO
from common.writes import WriteSet
from payments.ledger import post_transfer
from payments.states import AccountKind, TransferPurpose
from refunds.actions import lock_refund
from refunds.models import Appeal, Refund
from refunds.platform.cases import check_split, lock_case
from refunds.platform.events import APPEAL_DECIDED, APPEAL_OPENED
from refunds.states import AppealGround, AppealStatus, CaseOutcome, RefundStatus
from stores import marketplaces

RULE = "P5"


def appeal_until(refund: Refund) -> datetime:
    """The last instant at which the merchant can appeal against an instant refund (P5)."""
    return refund.created_at + refund.rules.appeal_within


def why_not_appeal(refund: Refund, now: datetime) -> Refused | None:
    """Why the merchant can't appeal against this refund now; None when that is possible."""
    if not refund.is_instant:
        return Refused(
            "invalid_transition",
            _("Only what the platform refunded at once can be appealed against; ask the platform to step in instead."),
        )
    if Appeal.objects.for_store(refund.store_id).filter(refund=refund).exists():
        return Refused("invalid_transition", _("You have appealed already: add your evidence to the refund."))
    if now > appeal_until(refund):
        days = refund.rules.appeal_within.days
        return Refused("after_sale_window_closed", _("An appeal is possible within %(days)d days.") % {"days": days})
    return None


def filter_appealable(rows: QuerySet[Refund], now: datetime) -> QuerySet[Refund]:
    """Those of the refunds that the merchant can appeal against now: `why_not_appeal` for many rows (P5)."""
    in_time = Q(pk__in=[])
    for rules in marketplaces.every_version():
        named = Q(rules_name=rules.name, rules_version=rules.version)
        in_time |= named & Q(created_at__gte=now - rules.appeal_within)
    longest = max(rules.appeal_within for rules in marketplaces.every_version())
    appeals = Appeal.objects.in_scope().filter(store_id=OuterRef("store_id"), refund=OuterRef("pk"))
    return rows.filter(in_time, ~Exists(appeals), is_instant=True, created_at__gte=now - longest)


def why_not_decide_appeal(appeal: Appeal) -> Refused | None:
    """Why there is nothing left to decide (P5)."""
    if appeal.status == AppealStatus.OPEN:
        return None
    return Refused("invalid_transition", _("This appeal has been decided."))


def why_not_uphold(appeal: Appeal) -> Refused | None:
    """Why the merchant can't be paid back yet: the buyer hasn't got the money (P5)."""
    if appeal.refund.status == RefundStatus.REFUNDED:
        return None
    return Refused("invalid_transition", _("The buyer hasn't been paid yet: there is nothing to pay back."))


@action
def open_appeal(
    *, store_id: int, refund_id: UUID | str, plea: str, actor: Actor, now: datetime, ground: str = AppealGround.OTHER
) -> Appeal:
    """The merchant appeals against an instant refund; both sides may show evidence for a while (P5).

    Refused `invalid_transition` for another refund or a second appeal, `after_sale_window_closed` after 15 days.
    """
    refund = lock_refund(store_id=store_id, refund_id=refund_id)
    refuse_if(why_not_appeal(refund, now))
    appeal = Appeal(
        store_id=store_id,
        refund=refund,
        ground=ground,
        plea=plea,
        evidence_until=now + refund.rules.evidence_within,
        opened_at=now,
    )
    writes = WriteSet()
    writes.insert(appeal)
    writes.event(
        APPEAL_OPENED,
        appeal,
        topic=refund,
        at=now,
        actor=actor,
        states=("", appeal.status),
        rule=RULE,
        ground=ground,
        claim=plea,
    )
    writes.flush()
    return appeal


@action
def decide_appeal(
    *,
    store_id: int,
    appeal_id: UUID | str,
    outcome: str,
    note: str,
    actor: Actor,
    now: datetime,
    amount: Decimal | None = None,
) -> Appeal:
    """The platform's person decides: upheld pays the merchant back what was refunded, split `amount` yuan of it (P5).

    Invalid and Refused about `amount` as for a dispute; Refused `invalid_transition` when it is decided already, or
    when the buyer hasn't got the money yet.
    """
    appeal = lock_case(Appeal, store_id=store_id, case_id=appeal_id)
    refund = appeal.refund
    refuse_if(why_not_decide_appeal(appeal))
    check_split(outcome, amount, below=refund.amount)
    compensation = {CaseOutcome.BUYER: ZERO, CaseOutcome.MERCHANT: refund.amount, CaseOutcome.SPLIT: amount}[
        CaseOutcome(outcome)
    ]
    if compensation:
        refuse_if(why_not_uphold(appeal))
    appeal.decide(outcome=outcome, compensation=compensation, note=note, now=now)
    writes = WriteSet()
    writes.update(appeal, "status", "outcome", "compensation", "note", "decided_at")
    writes.event(
        APPEAL_DECIDED,
        appeal,
        topic=refund,
        at=now,
        actor=actor,
        states=(AppealStatus.OPEN, appeal.status),
        rule=RULE,
        outcome=outcome,
        amount=f"{compensation:.2f}" if compensation else None,
        note=note,
    )
    if compensation:
        _pay_back(writes, appeal, now=now)
    writes.flush()
    return appeal


def _pay_back(writes: WriteSet, appeal: Appeal, *, now: datetime) -> None:
    """From the platform's funds to the merchant's, booked at once."""
    post_transfer(
        writes,
        store_id=appeal.store_id,
        debit=AccountKind.PLATFORM_FUNDS,
        credit=AccountKind.MERCHANT_FUNDS,
        amount=appeal.compensation,
        purpose=TransferPurpose.COMPENSATION,
        topic_id=appeal.refund_id,
        now=now,
    )
