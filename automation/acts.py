"""What a rule does is what a person could: the house's own action, with every rule of the rulebook in its way."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from automation.definition import Definition
from automation.events import RULE_TOLD
from automation.states import RuleAct
from common.actors import Actor
from common.money import ZERO
from common.writes import WriteSet
from offers.actions import send_offer
from offers.bulk import default_terms, filled_terms
from offers.methods import METHODS, Situation
from refunds.actions import approve_refund, reject_refund
from refunds.messages import post_message
from refunds.models import Refund
from refunds.platform.disputes import open_dispute
from refunds.states import CaseSide
from refunds.team.assigning import assign_refund, decider_named, given_in_turn
from refunds.team.tags import tag_refund


def act_on(refund: Refund, definition: Definition, *, actor: Actor, now: datetime) -> Decimal:
    """Do what the rule says about a locked refund; returns the yuan that this gives away at most.

    Refused, Invalid or NotFound as the action that it calls.
    """
    return _ACTS[definition.act](refund, definition, actor, now)


def _approve(refund: Refund, definition: Definition, actor: Actor, now: datetime) -> Decimal:
    approve_refund(store_id=refund.store_id, refund_id=refund.pk, actor=actor, now=now)
    return refund.amount


def _refuse(refund: Refund, definition: Definition, actor: Actor, now: datetime) -> Decimal:
    reject_refund(store_id=refund.store_id, refund_id=refund.pk, reason=definition.text, actor=actor, now=now)
    return ZERO


def _offer(refund: Refund, definition: Definition, actor: Actor, now: datetime) -> Decimal:
    """The rule's own terms over those that sending in bulk would fill in."""
    method, situation = METHODS[definition.method], Situation(refund, now)
    terms = default_terms(situation, method) or {}
    own = {"amount": definition.offered(refund.amount), "message": definition.text}
    terms |= {name: value for name, value in own.items() if value}
    coupons = filled_terms(refund, method, terms).coupons
    offer = send_offer(store_id=refund.store_id, refund_id=refund.pk, method=method.code, actor=actor, now=now, **terms)
    return (offer.amount or refund.amount) if method.changes_refund else method.cost(offer, coupons)


def _ask_evidence(refund: Refund, definition: Definition, actor: Actor, now: datetime) -> Decimal:
    post_message(store_id=refund.store_id, refund_id=refund.pk, text=definition.text, actor=actor, now=now)
    return ZERO


def _ask_platform(refund: Refund, definition: Definition, actor: Actor, now: datetime) -> Decimal:
    open_dispute(
        store_id=refund.store_id,
        refund_id=refund.pk,
        opened_by=CaseSide.MERCHANT,
        plea=definition.text,
        actor=actor,
        now=now,
    )
    return ZERO


def _assign(refund: Refund, definition: Definition, actor: Actor, now: datetime) -> Decimal:
    """Over whoever got it in turn meanwhile, but not over whoever took it by hand."""
    assignee = decider_named(refund.store_id, definition.assignee)
    had = given_in_turn(refund)
    assign_refund(store_id=refund.store_id, refund_id=refund.pk, assignee_id=assignee, had=had, actor=actor, now=now)
    return ZERO


def _tag(refund: Refund, definition: Definition, actor: Actor, now: datetime) -> Decimal:
    tag_refund(store_id=refund.store_id, refund_id=refund.pk, name=definition.tag, actor=actor, now=now)
    return ZERO


def _tell(refund: Refund, definition: Definition, actor: Actor, now: datetime) -> Decimal:
    """An event that is news for people; whom, the store's settings of notices say."""
    writes = WriteSet()
    writes.event(RULE_TOLD, refund, topic=refund, at=now, actor=actor, text=definition.text)
    writes.flush()
    return ZERO


_ACTS: dict[str, Callable[[Refund, Definition, Actor, datetime], Decimal]] = {
    RuleAct.OFFER: _offer,
    RuleAct.APPROVE: _approve,
    RuleAct.REFUSE: _refuse,
    RuleAct.ASK_EVIDENCE: _ask_evidence,
    RuleAct.ASK_PLATFORM: _ask_platform,
    RuleAct.ASSIGN: _assign,
    RuleAct.TAG: _tag,
    RuleAct.TELL: _tell,
}
