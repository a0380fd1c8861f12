"""The suggested decision of a dispute and its grounds: the same case always gets the same advice (R7).

Every ground adds points, positive for the buyer and negative for the merchant; how many is in the marketplace's rule file.
What is kept is codes, points and facts; words are made of them in the reader's language.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from common.models import Event
from common.money import CENT, ZERO
from refunds.models import Dispute, Evidence, Refund
from refunds.states import CaseOutcome, DisputeStatus, RefundReason, Side
from stores.marketplaces.base import SuggestionRules


class SuggestionGround(NamedTuple):
    """One thing that was weighed: what, how much it speaks for the buyer, and the facts."""

    code: str
    points: int
    facts: dict


def suggest(refund: Refund, now: datetime) -> dict:
    """`{"outcome", "amount", "grounds"}` for a refund that comes with its order; `amount` (yuan, text) only for a split."""
    rules = refund.rules.suggestion
    grounds = list(_weigh(refund, rules, now))
    points = sum(ground.points for ground in grounds)
    outcome, amount = CaseOutcome.SPLIT, (refund.amount * rules.split_share).quantize(CENT)
    if points >= rules.decide_from or not ZERO < amount < refund.amount:
        outcome = CaseOutcome.BUYER
    elif points <= -rules.decide_from:
        outcome = CaseOutcome.MERCHANT
    return {
        "outcome": outcome.value,
        "amount": str(amount) if outcome == CaseOutcome.SPLIT else None,
        "grounds": [list(ground) for ground in grounds],
    }


def _weigh(refund: Refund, rules: SuggestionRules, now: datetime) -> Iterator[SuggestionGround]:
    yield from _about_the_buyer(refund, rules)
    yield from _about_the_request(refund, rules)
    yield _offers(refund, rules)
    yield _evidence(refund, rules)
    yield from _history(refund, rules, now)


def _about_the_buyer(refund: Refund, rules: SuggestionRules) -> Iterator[SuggestionGround]:
    score = refund.order.buyer_credit_score
    sign = 1 if score >= rules.good_credit else -1 if score < rules.poor_credit else 0
    yield SuggestionGround("credit", sign * rules.credit_points, {"score": score})
    if refund.order.buyer_is_vip:
        yield SuggestionGround("vip", rules.vip_points, {})


def _about_the_request(refund: Refund, rules: SuggestionRules) -> Iterator[SuggestionGround]:
    facts = {"amount": str(refund.amount)}
    if refund.amount <= rules.small_amount:
        yield SuggestionGround("small_amount", rules.amount_points, facts)
    elif refund.amount >= rules.large_amount:
        yield SuggestionGround("large_amount", -rules.amount_points, facts)
    if refund.reason in rules.sellers_fault:
        yield SuggestionGround("sellers_fault", rules.reason_points, {"reason": refund.reason})
    elif refund.reason in rules.buyers_choice:
        yield SuggestionGround("buyers_choice", -rules.reason_points, {"reason": refund.reason})
    else:
        yield SuggestionGround("reason", 0, {"reason": refund.reason})


def _offers(refund: Refund, rules: SuggestionRules) -> SuggestionGround:
    """What was offered, and what the buyer said (Q17): the record tells it, whoever makes offers."""
    events = Event.objects.for_store(refund.store_id).filter(topic_id=refund.pk)
    names = Counter(events.filter(name__in=["offer.sent", "offer.declined"]).values_list("name", flat=True))
    sent, declined = names["offer.sent"], names["offer.declined"]
    if declined:
        return SuggestionGround(
            "declined_offers", rules.declined_offer_points * declined, {"sent": sent, "declined": declined}
        )
    return SuggestionGround("offers", 0 if sent else rules.silent_merchant_points, {"sent": sent})


def _evidence(refund: Refund, rules: SuggestionRules) -> SuggestionGround:
    sides = Counter(Evidence.objects.for_store(refund.store_id).filter(refund=refund).values_list("side", flat=True))
    buyers, merchants = sides[Side.BUYER], sides[Side.MERCHANT]
    points = rules.evidence_points * (bool(buyers) - bool(merchants))
    return SuggestionGround("evidence", points, {"buyer": buyers, "merchant": merchants})


def _history(refund: Refund, rules: SuggestionRules, now: datetime) -> Iterator[SuggestionGround]:
    since, buyer_id = now - rules.history, refund.order.buyer_id
    of_buyer = Refund.objects.for_store(refund.store_id).filter(
        order__store_id=refund.store_id, order__buyer_id=buyer_id, created_at__gte=since
    )
    count = of_buyer.exclude(pk=refund.pk).count()
    frequent = count >= rules.frequent_refunds
    yield SuggestionGround(
        "refunds", rules.frequent_points if frequent else 0, {"count": count, "days": rules.history.days}
    )
    decided = Dispute.objects.for_store(refund.store_id).filter(status=DisputeStatus.DECIDED, decided_at__gte=since)
    rows = list(decided.values_list("outcome", "refund__order__buyer_id"))
    for code, outcomes in (
        ("buyers_disputes", Counter(outcome for outcome, who in rows if who == buyer_id)),
        ("stores_disputes", Counter(outcome for outcome, _who in rows)),
    ):
        if outcomes:
            ahead = outcomes[CaseOutcome.BUYER] - outcomes[CaseOutcome.MERCHANT]
            sign = (ahead > 0) - (ahead < 0)
            yield SuggestionGround(
                code, sign * rules.disputes_points, {str(side): outcomes[side] for side in CaseOutcome.values}
            )


def explain(suggestion: dict) -> list[dict]:
    """The grounds in words: `{"code", "speaks_for", "text"}` each; `speaks_for` is a side or None."""
    return [
        {
            "code": code,
            "speaks_for": Side.BUYER.value if points > 0 else Side.MERCHANT.value if points < 0 else None,
            "text": _words(code, facts),
        }
        for code, points, facts in suggestion.get("grounds", ())
    ]


def _words(code: str, facts: dict) -> str:
    match code:
        case "credit":
            return _("The buyer's credit score is %(score)d.") % facts
        case "vip":
            return _("The buyer is a VIP.")
        case "small_amount":
            return _("¥%(amount)s is a small amount.") % facts
        case "large_amount":
            return _("¥%(amount)s is a large amount: it takes proof.") % facts
        case "sellers_fault":
            return _("The reason, “%(reason)s”, lies with the seller.") % _with_label(facts)
        case "buyers_choice":
            return _("The reason, “%(reason)s”, lies with the buyer.") % _with_label(facts)
        case "reason":
            return _("The reason, “%(reason)s”, tells nothing about who is at fault.") % _with_label(facts)
        case "declined_offers":
            return _("The buyer declined %(declined)d of %(sent)d offers.") % facts
        case "offers":
            return (
                _("The merchant made %(sent)d offers, none was declined.") % facts
                if facts["sent"]
                else _("The merchant offered nothing.")
            )
        case "evidence":
            return _("Evidence: %(buyer)d files of the buyer, %(merchant)d of the merchant.") % facts
        case "refunds":
            return _("%(count)d other refunds of this buyer in this store within %(days)d days.") % facts
        case "buyers_disputes":
            return (
                _(
                    "Earlier disputes of this buyer: %(buyer)d for the buyer, %(merchant)d for the merchant, %(split)d split."
                )
                % facts
            )
    return (
        _("Earlier disputes of this store: %(buyer)d for the buyer, %(merchant)d for the merchant, %(split)d split.")
        % facts
    )


def _with_label(facts: dict) -> dict:
    return {"reason": RefundReason(facts["reason"]).label}


def suggested_amount(suggestion: dict) -> Decimal | None:
    """Yuan that a suggested split pays."""
    return Decimal(suggestion["amount"]) if suggestion.get("amount") else None
