"""A dry run says what the rule would do: held against what a live rule did, and against what was asked for then."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from automation.models import Ruling
from automation.proof import prove
from automation.sweeps import run_rules
from automation.trying import try_rule
from offers.actions import accept_offer, send_offer
from tests.automation.rules import drafted, live
from tests.cases import for_each
from tests.marketplace import followed, told
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db
REASONS = ("quality", "changed_mind", "slow_logistics", "minor_flaw")
RULES = (
    {"act": "ask_evidence", "text": "请拍照", "reasons": ["quality"], "amount_from": "40.00"},
    {"act": "ask_evidence", "text": "请拍照", "hour_from": 22, "hour_to": 2, "most_a_day": 3},
    {"act": "ask_evidence", "text": "请拍照", "refunds_from": 1, "refunds_to": 2, "held_out": 30},
    {"act": "approve", "kinds": ["refund_only"], "goods": ["not_shipped"], "most_yuan_a_day": "150.00"},
    {"act": "ask_evidence", "text": "请拍照", "credit_to": 0, "vip": "no", "held_out": 50, "most_a_day": 5},
)


@for_each("seed", range(3))
def test_what_a_live_rule_did_is_what_its_dry_run_says(clock, seed):
    """Many refunds over three days, in three time zones' nights; afterwards goods moved on and buyers asked again."""
    luck, shop = Random(seed), make_shop("tmall")
    if seed:
        with shop.scope():
            type(shop.store).objects.filter(pk=shop.store.pk).update(
                time_zone=("America/New_York", "Asia/Kolkata")[seed - 1]
            )
    versions = [live(shop, f"R{turn}", now=NOON, **says) for turn, says in enumerate(RULES)]
    at = NOON
    for _ in range(60):
        at += timedelta(minutes=luck.randrange(10, 140))
        clock.traveller.move_to(at)
        price, shipped = luck.choice(("30.00", "40.00", "59.00")), luck.random() < 0.6
        order = shop.order(
            prices=(price,),
            buyer_id=f"b{luck.randrange(12)}",
            shipped=shipped,
            now=at,
            credit_score=luck.choice((0, 700)),
            vip=luck.random() < 0.3,
        )
        kind = "return_and_refund" if shipped else "refund_only"
        shop.refund(order, kind=kind, reason=luck.choice(REASONS), amount=price, now=at)
        run_rules()
    with shop.scope():
        rulings = list(Ruling.objects.all())
        assert len(rulings) == 60
        assert {ruling.outcome for ruling in rulings} >= {"acted", "held_out", "capped", "unmatched"}
        for version in versions:
            rule = version.rule
            rule.refresh_from_db()
            trial = try_rule(rule, at)
            did = {ruling.refund_id: ruling.outcome for ruling in rulings if ruling.rule_id == rule.pk}
            assert {row.refund.pk: row.outcome.value for row in trial.rows} == did, rule.name
            given = sum(ruling.given for ruling in rulings if ruling.rule_id == rule.pk)
            assert trial.given == given


def test_what_was_asked_for_counts_whatever_it_became(clock):
    """A negotiation made another kind and amount of it; the rule would have met what the buyer asked."""
    shop = make_shop("taote")
    refund = shop.refund(amount="59.00")
    with shop.scope():
        offer = send_offer(
            store_id=shop.store.pk,
            refund_id=refund.pk,
            method="change_to_refund_only",
            amount=Decimal("2.00"),
            agreed_with_buyer=True,
            actor=MERCHANT,
            now=NOON,
        )
        accept_offer(store_id=shop.store.pk, offer_id=offer.pk, actor=BUYER, now=NOON)
    assert (shop.reload(refund).kind, shop.reload(refund).amount) == ("refund_only", Decimal("2.00"))
    rule = drafted(shop, kinds=["return_and_refund"], amount_from="50.00")
    with shop.scope():
        (row,) = try_rule(rule, NOON).rows
    assert (row.given, row.paid) == (Decimal("59.00"), Decimal("2.00"))


def test_what_a_marketplace_paid_itself_was_not_kept(clock, broker_tasks):
    """A connected shop's money goes out there; what it reports as paid isn't kept."""
    shop = make_shop("tmall")
    rule = live(shop, "R").rule
    paid, stayed = followed(shop), followed(shop)
    for refund, stage in ((paid, "refunded"), (stayed, "closed")):
        with shop.scope():
            Ruling.objects.create(
                store=shop.store,
                refund=refund,
                rule=rule,
                version=1,
                outcome="acted",
                act="approve",
                asked=refund.amount,
                day=NOON.date(),
                at=NOON,
            )
        told(shop, refund, stage)
    with shop.scope():
        (proof,) = prove([shop.store.pk], NOON.date(), NOON.date())
    assert (proof.acting.refunds, proof.acting.kept) == (2, Decimal("29.50"))
