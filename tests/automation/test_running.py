"""A live rule acts on what is asked for, in the house's own way, once, or it is kept why not."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from automation.actions import change_rule, draft_rule, move_rule, publish_rule, turn_off_rule
from automation.definition import is_held_out
from automation.models import RuleVersion, Ruling, StoreRule
from automation.sweeps import run_rules
from automation.templates import TEMPLATES
from common.models import Event
from common.sentences import in_readers_words
from common.tenancy import system_scope
from offers.models import Offer
from payments.models import Payment
from refunds.actions import approve_refund
from refunds.models import Dispute, Message, Refund
from stores.actions import set_clock
from tests.automation.rules import OFFER, REFUSE, drafted, live, ruling_of
from tests.cases import for_each
from tests.world import MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop("tmall")


def events(refund) -> dict[str, str]:
    """Name of each event of the refund's timeline, with whoever did it."""
    with system_scope():
        return dict(Event.objects.filter(topic_id=refund.pk).order_by("id").values_list("name", "actor_label"))


def test_an_offer_is_sent_by_the_rule_under_its_name_and_version(shop, clock):
    version = live(shop, "Red packet", **OFFER, reasons=["slow_logistics"])
    refund = shop.refund(reason="slow_logistics")
    assert run_rules() == 1
    with shop.scope():
        offer = Offer.objects.get(refund=refund)
    assert (offer.method, offer.amount, offer.message) == ("red_packet", Decimal("5.00"), "请收下红包")
    assert offer.sent_by_label == "rule:Red packet v1"
    assert events(refund)["offer.sent"] == events(refund)["rule.acted"] == "rule:Red packet v1"
    ruling = ruling_of(refund)
    assert (ruling.rule_id, ruling.version, ruling.outcome) == (version.rule_id, 1, "acted")
    assert (ruling.given, ruling.asked) == (Decimal("5.00"), Decimal("59.00"))


@for_each(
    ("says", "status", "event"),
    [
        ({"act": "approve"}, "awaiting_return", "refund.approved"),
        (REFUSE, "rejected", "refund.rejected"),
        ({"act": "ask_platform", "text": "货不对板"}, "disputed", "refund.disputed"),
        ({"act": "ask_evidence", "text": "请拍一张照片"}, "awaiting_merchant", "message.sent"),
    ],
)
def test_every_act_is_the_houses_own(shop, clock, says, status, event):
    live(shop, "R", **says)
    refund = shop.refund()
    run_rules()
    assert shop.reload(refund).status == status
    assert events(refund)[event] == "rule:R v1"
    with shop.scope():
        assert Dispute.objects.filter(refund=refund, opened_by="merchant").exists() == (status == "disputed")
        assert Message.objects.filter(refund=refund).count() == (event == "message.sent")


def test_a_share_of_what_is_asked_is_rounded_down_to_a_cent(shop, clock):
    live(shop, act="offer", method="partial_refund", percent=7)
    refund = shop.refund(amount="58.95", reason="minor_flaw")
    run_rules()
    with shop.scope():
        assert Offer.objects.get(refund=refund).amount == Decimal("4.12")


def test_a_coupon_is_filled_in_as_in_bulk(shop, clock):
    live(shop, act="offer", method="coupon")
    refund = shop.refund()
    run_rules()
    refused = ruling_of(refund)
    assert refused.outcome == "refused"
    assert "coupon" in in_readers_words(refused.why), "the store has none"


@for_each(
    "says",
    [
        {"kinds": ["refund_only"]},
        {"reasons": ["quality"]},
        {"goods": ["received"]},
        {"programmes": ["returnless"]},
        {"amount_from": "59.01"},
        {"amount_to": "58.99"},
        {"categories": ["1"]},
        {"items": ["9999"]},
        {"credit_from": 1},
        {"vip": "yes"},
        {"refunds_from": 1},
        {"steps": ["demotion"]},
        {"hour_from": 13, "hour_to": 11},
    ],
)
def test_each_condition_alone_keeps_a_rule_from_acting(shop, clock, says):
    live(shop, **says)
    refund = shop.refund()
    run_rules()
    assert ruling_of(refund).outcome == "unmatched"
    assert shop.reload(refund).status == "awaiting_merchant"
    assert not [name for name in events(refund) if name.startswith("rule.")]


def test_a_rule_of_every_condition_acts_where_all_hold(shop, clock):
    live(
        shop,
        kinds=["return_and_refund"],
        reasons=["changed_mind"],
        goods=["in_transit"],
        programmes=["ordinary"],
        amount_from="59.00",
        amount_to="59.00",
        categories=["50008163"],
        items=["8000"],
        credit_from=700,
        credit_to=700,
        vip="yes",
        refunds_from=1,
        refunds_to=1,
        steps=["none"],
        hour_from=12,
        hour_to=12,
    )
    before = shop.refund(now=NOON - timedelta(days=2))
    refund = shop.refund(shop.order(credit_score=700, vip=True))
    run_rules()
    assert ruling_of(refund).outcome == "acted"
    assert ruling_of(before) is None, "it was asked for before the rule was on"


def test_a_rule_is_about_nothing_that_was_asked_for_before_it_was_on_though_another_was(shop, clock):
    live(shop, reasons=["quality"], now=NOON - timedelta(days=3))
    live(shop, **REFUSE)
    before = shop.refund(now=NOON - timedelta(days=2))
    assert run_rules() == 1
    assert (ruling_of(before).outcome, shop.reload(before).status) == ("unmatched", "awaiting_merchant")


def test_the_first_rule_in_turn_that_is_about_it_has_the_refund(shop, clock):
    live(shop, "first", **OFFER, reasons=["quality"])
    second, third = live(shop, "second", **OFFER), live(shop, "third", **REFUSE)
    refund = shop.refund()
    run_rules()
    assert ruling_of(refund).rule_id == second.rule_id
    with shop.scope():
        move_rule(store=shop.store, rule_id=third.rule_id, place=1, actor=MERCHANT, now=NOON)
    later = shop.refund(shop.order(buyer_id="b2"))
    run_rules()
    assert ruling_of(later).rule_id == third.rule_id
    assert shop.reload(later).status == "rejected"


def test_what_the_rulebook_refuses_is_kept_and_a_person_decides(shop, clock):
    live(shop, "R", **OFFER)
    refund = shop.refund(shop.order(shipped=False), kind="refund_only")
    run_rules()
    ruling = ruling_of(refund)
    assert ruling.outcome == "refused"
    assert "not been shipped" in in_readers_words(ruling.why)
    assert events(refund)["rule.stopped"] == "rule:R v1"
    assert run_rules() == 0, "it isn't tried again"
    with shop.scope():
        approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)


def test_those_held_out_are_the_same_every_time_and_nothing_happens_to_them(shop, clock):
    version = live(shop, held_out=50, most_a_day=100, most_yuan_a_day="9999.00", kinds=["refund_only"])
    refunds = [shop.refund(shop.order(shipped=False), kind="refund_only") for _ in range(12)]
    run_rules()
    found = {refund.pk: ruling_of(refund).outcome for refund in refunds}
    expected = {pk: "held_out" if is_held_out(version.rule_id, pk, 50) else "acted" for pk in found}
    assert found == expected
    held = [refund for refund in refunds if found[refund.pk] == "held_out"]
    assert {shop.reload(refund).status for refund in held} <= {"awaiting_merchant"}
    with shop.scope():
        assert Payment.objects.filter(topic_id__in=[refund.pk for refund in held]).count() == 0
        assert Payment.objects.count() == len(refunds) - len(held)


def test_about_a_tenth_is_held_out():
    rule = RuleVersion(rule_id="00000000-0000-0000-0000-000000000001").rule_id
    held = sum(is_held_out(rule, number, 10) for number in range(10_000))
    assert 900 < held < 1100
    assert not any(is_held_out(rule, number, 0) for number in range(1000))


@for_each(("cap", "acted"), [({"most_a_day": 2}, 2), ({"most_yuan_a_day": "14.99"}, 2)])
def test_a_full_day_stops_the_rule_until_the_next(shop, clock, cap, acted):
    live(shop, "R", **OFFER, **cap)
    refunds = [shop.refund(shop.order(buyer_id=f"b{number}")) for number in range(4)]
    run_rules()
    outcomes = [ruling_of(refund).outcome for refund in refunds]
    assert outcomes == ["acted"] * acted + ["capped"] * (4 - acted)
    assert "day is full" in in_readers_words(ruling_of(refunds[-1]).why)
    with shop.scope():
        assert Offer.objects.count() == acted
    clock.move(hours=13)
    tomorrow = shop.refund(now=NOON + timedelta(hours=13))
    run_rules()
    assert ruling_of(tomorrow).outcome == "acted"


def test_a_rule_gives_no_more_than_the_house_allows(shop, clock):
    """Limits of methods hold for whatever a rule says: its own caps are not the only ones."""
    limit = shop.store.rules.red_packet_limit
    live(shop, **{**OFFER, "amount": f"{limit + 1:.2f}"}, most_yuan_a_day="99999.00")
    refund = shop.refund(shop.order(prices=("900.00",)), amount="900.00")
    run_rules()
    assert ruling_of(refund).outcome == "refused"
    with shop.scope():
        assert not Offer.objects.exists()


def test_a_rule_that_is_off_does_nothing_and_versions_are_kept(shop, clock):
    first = live(shop, "R", **OFFER)
    named = {"store_id": shop.store.pk, "rule_id": first.rule_id, "actor": MERCHANT, "now": NOON}
    with shop.scope():
        change_rule(
            store=shop.store,
            rule_id=first.rule_id,
            name="R",
            definition={**REFUSE, "held_out": 0},
            actor=MERCHANT,
            now=NOON,
        )
    drafted_only = shop.refund()
    run_rules()
    assert shop.reload(drafted_only).status == "awaiting_merchant", "the published version acts, not the draft"
    with shop.scope():
        assert publish_rule(**named).number == 2
        assert list(RuleVersion.objects.order_by("number").values_list("says__act", flat=True)) == ["offer", "refuse"]
    by_second = shop.refund(shop.order(buyer_id="b2"))
    run_rules()
    assert events(by_second)["refund.rejected"] == "rule:R v2"
    with shop.scope():
        turn_off_rule(**named)
    off = shop.refund(shop.order(buyer_id="b3"))
    assert run_rules() == 0
    assert ruling_of(off) is None


def test_a_draft_does_nothing(shop, clock):
    drafted(shop, **REFUSE)
    shop.refund()
    assert run_rules() == 0


def test_another_stores_rules_are_about_nothing_here(shop, clock):
    live(make_shop("tmall"), **REFUSE)
    refund = shop.refund()
    run_rules()
    assert ruling_of(refund) is None
    assert shop.reload(refund).status == "awaiting_merchant"


def test_a_sandbox_whose_clock_is_ahead_is_ruled_on_by_that_clock_alone(clock):
    sandbox = make_shop("tmall", is_sandbox=True)
    live(sandbox, "R", **OFFER)
    refund = sandbox.refund()
    set_clock(sandbox.store.pk, NOON + timedelta(hours=1))
    assert (run_rules(), ruling_of(refund)) == (0, None)


def test_what_somebody_decided_meanwhile_is_left_alone(shop, clock):
    live(shop, **REFUSE)
    refund = shop.refund()
    with shop.scope():
        approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    assert run_rules() == 0
    assert ruling_of(refund) is None


def test_asking_for_a_refund_costs_no_statement_more_where_a_rule_is_on(shop, clock):
    counts = []
    for number in range(3):
        order = shop.order(buyer_id=f"b{number}")
        if number == 2:
            live(shop, **OFFER)
        body = {"order": order.number, "kind": "return_and_refund", "reason": "changed_mind", "amount": "59.00"}
        with CaptureQueriesContext(connection) as asked:
            assert shop.buyer.post("refunds/", body).status_code == 201
        counts.append(len(asked))
    assert counts[1] == counts[2]
    with system_scope():
        assert (Refund.objects.count(), Ruling.objects.count()) == (3, 0)


def test_where_no_rule_is_on_no_refund_is_looked_at(shop, clock):
    shop.refund()
    with CaptureQueriesContext(connection) as looked:
        assert run_rules() == 0
    rules = [query for query in looked.captured_queries if "automation" in query["sql"] or "refund" in query["sql"]]
    assert len(rules) == 1


@for_each("marketplace", ["tmall", "taote", "kuaishou", "pinduoduo", "wechat_shop", "douyin"])
def test_every_usual_rule_that_fits_is_published_as_it_stands(marketplace):
    """In the words of whoever begins with it, which are longer in one language than in another."""
    shop = make_shop(marketplace)
    for language in ("en", "zh-hans"):
        with translation.override(language), shop.scope():
            for template in TEMPLATES:
                if not template.fits(shop.store.rules):
                    continue
                says = dict(template.fields)
                name = f"{says.pop('name')} {language}"
                act = {"store": shop.store, "actor": MERCHANT, "now": NOON}
                rule = draft_rule(name=name, definition=says, **act)
                publish_rule(store_id=shop.store.pk, rule_id=rule.pk, actor=MERCHANT, now=NOON)
    with shop.scope():
        live = StoreRule.objects.filter(status="live").count()
    assert live >= 2 * 6, "those that need no method are for everybody"
