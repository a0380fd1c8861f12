"""The suggested decision of a dispute and its grounds: the same case always gets the same advice (R7).

Every ground adds points, positive for the buyer and negative for the merchant; how many is in the marketplace's rule
file. What is kept is codes, points and facts; words are made of them in the reader's language.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from common.events import event_type
from common.models import Event
from common.money import CENT, ZERO, grouped
from common.personal import known_as
from refunds.models import Dispute, Evidence, Refund
from refunds.states import CaseOutcome, CaseSide, DisputeStatus, RefundReason
from stores.marketplaces.base import SuggestionRules


class SuggestionGround(NamedTuple):
    """One thing that was weighed: what, how much it speaks for the buyer, and the facts."""

    code: str
    points: int
    facts: dict


@dataclass(frozen=True)
class Facts:
    """What is known about a case when it is weighed. Yuan; counts; of disputes, how many had each outcome."""

    amount: Decimal
    reason: str
    credit_score: int
    is_vip: bool
    offers_sent: int = 0
    offers_declined: int = 0
    buyers_files: int = 0
    merchants_files: int = 0
    other_refunds: int = 0
    buyers_disputes: Mapping[str, int] = field(default_factory=Counter)
    stores_disputes: Mapping[str, int] = field(default_factory=Counter)


def suggest(refund: Refund, now: datetime) -> dict:
    """`{"outcome", "amount", "grounds"}` for a refund loaded with its order.

    `amount` (yuan, as text) is there only for a split.
    """
    return advise(facts_of(refund, now), refund.rules.suggestion)


def advise(facts: Facts, rules: SuggestionRules) -> dict:
    """What `suggest` answers about these facts: the same facts always bring the same advice."""
    grounds = list(_weigh(facts, rules))
    points = sum(ground.points for ground in grounds)
    outcome, amount = CaseOutcome.SPLIT, (facts.amount * rules.split_share).quantize(CENT)
    if points >= rules.decide_from or not ZERO < amount < facts.amount:
        outcome = CaseOutcome.BUYER
    elif points <= -rules.decide_from:
        outcome = CaseOutcome.MERCHANT
    return {
        "outcome": outcome.value,
        "amount": str(amount) if outcome == CaseOutcome.SPLIT else None,
        "grounds": [list(ground) for ground in grounds],
    }


def facts_of(refund: Refund, now: datetime) -> Facts:
    """Read what is weighed: the record tells what was offered and declined, whoever makes offers (Q17)."""
    order, since = refund.order, now - refund.rules.suggestion.history
    events = Event.objects.for_store(refund.store_id).filter(topic_id=refund.pk)
    sent, declined = event_type("offer.sent").name, event_type("offer.declined").name
    names = Counter(events.filter(name__in=[sent, declined]).values_list("name", flat=True))
    sides = Counter(Evidence.objects.for_store(refund.store_id).filter(refund=refund).values_list("side", flat=True))
    # A marketplace that names no buyer names none of any order: who else asked is not known then.
    who = known_as(refund.store, order.buyer_id)
    whose = {"order__buyer_id__in": who} if order.buyer_id else {"order": order}
    of_buyer = Refund.objects.for_store(refund.store_id).filter(
        order__store_id=refund.store_id, created_at__gte=since, **whose
    )
    decided = Dispute.objects.for_store(refund.store_id).filter(status=DisputeStatus.DECIDED, decided_at__gte=since)
    rows = list(decided.values_list("outcome", "refund__order__buyer_id"))
    return Facts(
        amount=refund.amount,
        reason=refund.reason,
        credit_score=order.buyer_credit_score,
        is_vip=order.buyer_is_vip,
        offers_sent=names[sent],
        offers_declined=names[declined],
        buyers_files=sides[CaseSide.BUYER],
        merchants_files=sides[CaseSide.MERCHANT],
        other_refunds=of_buyer.exclude(pk=refund.pk).count(),
        buyers_disputes=Counter(outcome for outcome, name in rows if name and name in who),
        stores_disputes=Counter(outcome for outcome, _name in rows),
    )


def _weigh(facts: Facts, rules: SuggestionRules) -> Iterator[SuggestionGround]:
    yield from _about_the_buyer(facts, rules)
    yield from _about_the_request(facts, rules)
    yield _offers(facts, rules)
    yield _evidence(facts, rules)
    yield from _history(facts, rules)


def _about_the_buyer(facts: Facts, rules: SuggestionRules) -> Iterator[SuggestionGround]:
    score = facts.credit_score
    sign = 1 if score >= rules.good_credit else -1 if score < rules.poor_credit else 0
    yield SuggestionGround("credit", sign * rules.credit_points, {"score": score})
    if facts.is_vip:
        yield SuggestionGround("vip", rules.vip_points, {})


def _about_the_request(facts: Facts, rules: SuggestionRules) -> Iterator[SuggestionGround]:
    told = {"amount": str(facts.amount)}
    if facts.amount <= rules.small_amount:
        yield SuggestionGround("small_amount", rules.amount_points, told)
    elif facts.amount >= rules.large_amount:
        yield SuggestionGround("large_amount", -rules.amount_points, told)
    if facts.reason in rules.sellers_fault:
        yield SuggestionGround("sellers_fault", rules.reason_points, {"reason": facts.reason})
    elif facts.reason in rules.buyers_choice:
        yield SuggestionGround("buyers_choice", -rules.reason_points, {"reason": facts.reason})
    else:
        yield SuggestionGround("reason", 0, {"reason": facts.reason})


def _offers(facts: Facts, rules: SuggestionRules) -> SuggestionGround:
    sent, declined = facts.offers_sent, facts.offers_declined
    if declined:
        return SuggestionGround(
            "declined_offers", rules.declined_offer_points * declined, {"sent": sent, "declined": declined}
        )
    return SuggestionGround("offers", 0 if sent else rules.silent_merchant_points, {"sent": sent})


def _evidence(facts: Facts, rules: SuggestionRules) -> SuggestionGround:
    buyers, merchants = facts.buyers_files, facts.merchants_files
    points = rules.evidence_points * (bool(buyers) - bool(merchants))
    return SuggestionGround("evidence", points, {"buyer": buyers, "merchant": merchants})


def _history(facts: Facts, rules: SuggestionRules) -> Iterator[SuggestionGround]:
    count, days = facts.other_refunds, rules.history.days
    frequent = count >= rules.frequent_refunds
    yield SuggestionGround("refunds", rules.frequent_points if frequent else 0, {"count": count, "days": days})
    for code, outcomes in (("buyers_disputes", facts.buyers_disputes), ("stores_disputes", facts.stores_disputes)):
        if outcomes:
            ahead = outcomes.get(CaseOutcome.BUYER, 0) - outcomes.get(CaseOutcome.MERCHANT, 0)
            sign = (ahead > 0) - (ahead < 0)
            told = {str(side): outcomes.get(side, 0) for side in CaseOutcome.values}
            yield SuggestionGround(code, sign * rules.disputes_points, told)


def explain(suggestion: dict) -> list[dict]:
    """The grounds in words: `{"code", "speaks_for", "text"}` each; `speaks_for` is a side or None."""
    return [
        {
            "code": code,
            "speaks_for": CaseSide.BUYER.value if points > 0 else CaseSide.MERCHANT.value if points < 0 else None,
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
            return _("¥%(amount)s is a small amount.") % {"amount": grouped(facts["amount"])}
        case "large_amount":
            return _("¥%(amount)s is a large amount: it takes proof.") % {"amount": grouped(facts["amount"])}
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
            return _("Files of evidence: %(buyer)d of the buyer, %(merchant)d of the merchant.") % facts
        case "refunds":
            return _("%(count)d other refunds of this buyer in this store within %(days)d days.") % facts
        case "buyers_disputes":
            return (
                _(
                    "Earlier disputes of this buyer: %(buyer)d for the buyer, %(merchant)d for the merchant, "
                    "%(split)d split."
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
