"""Which offer comes first: the reason, then what buyers accepted, then a share that explores (Q4, Q5, Q11)."""

import re
from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from django.utils import translation

from offers.choosing.choice import tries
from offers.eligibility import methods_for
from offers.methods import METHODS
from offers.models import MarketplaceMethod, StoreMethod
from offers.recommendation import Known, Tally, rank, score_of
from offers.scripts import BY_REASON as SCRIPTS
from offers.scripts import scripts_for
from offers.situation import methods_on
from offers.text import length
from refunds.states import RefundReason
from stores.marketplaces import current_rules
from tests.cases import for_each
from tests.rules.things import a_refund, a_situation, a_store, an_order

# Ids of refunds that don't, and do, belong to the exploring share.
PLAIN, EXPLORING = (
    next(UUID(int=count) for count in range(1000) if tries(UUID(int=count), 10) is wanted) for wanted in (False, True)
)


def ranked(reason=RefundReason.OTHER, refund_id=PLAIN, own=(), marketplace=()):
    """The options of a Tmall refund with these tallies."""
    refund = a_refund(an_order(store=a_store("tmall")), reason=reason, id=refund_id)
    return rank(a_situation(refund), methods_for(refund), Known(dict(own), dict(marketplace))).options


@pytest.mark.rule("Q11")
@for_each(
    ("own", "marketplace", "score"),
    [
        (Tally(), Tally(), 0.5),
        (Tally(10, 10), Tally(), 0.75),  # (10 + 10 × ½) / 20
        (Tally(10, 0), Tally(), 0.25),
        (Tally(), Tally(98, 74), 0.75),  # (74 + 1) / (98 + 2)
        (Tally(90, 90), Tally(98, 24), 0.925),  # (90 + 10 × ¼) / 100
    ],
)
def test_a_score_is_the_stores_own_experience_on_that_of_the_marketplace(own, marketplace, score):
    assert score_of(own, marketplace) == pytest.approx(score)


@pytest.mark.rule("Q11")
@for_each(
    ("reason", "methods"),
    [
        (RefundReason.SLOW_LOGISTICS, {"reassurance", "red_packet", "coupon", "reship"}),
        (RefundReason.NOT_DELIVERED, {"reassurance", "red_packet", "coupon", "reship"}),
        (RefundReason.SELLER_DELAY, {"reassurance", "red_packet", "coupon", "reship"}),
        (RefundReason.MINOR_FLAW, {"gift", "red_packet", "coupon", "partial_refund"}),
        (RefundReason.PACKAGING_DAMAGED, {"gift", "red_packet", "coupon", "partial_refund"}),
        (RefundReason.PARCEL_LOST, {"reship"}),
        (RefundReason.MISSING_PARTS, {"reship"}),
        (RefundReason.CHANGED_MIND, set()),
    ],
)
def test_the_reason_recommends_and_what_it_recommends_comes_first(reason, methods):
    options = ranked(reason)
    assert {option.method.code for option in options if option.recommended} == methods
    assert [option.recommended for option in options] == [True] * len(methods) + [False] * (7 - len(methods))


@pytest.mark.rule("Q11")
def test_among_the_recommended_ones_what_buyers_accepted_comes_first_and_is_said():
    own = {"coupon": Tally(97, 54), "red_packet": Tally(20, 19), "exchange": Tally(50, 50)}
    options = ranked(RefundReason.SLOW_LOGISTICS, own=own)
    assert [option.method.code for option in options[:4]] == ["red_packet", "coupon", "reassurance", "reship"]
    assert options[4].method.code == "exchange"  # however often it is accepted: the reason doesn't recommend it
    assert options[1].why.startswith("Logistics reason; ")
    assert options[1].why.endswith("; 54 of 97 accepted")
    assert "accepted" not in options[2].why
    assert [option.own.percent for option in options[:4]] == [95, 56, None, None]  # as the words count them


@pytest.mark.rule("Q4")
def test_a_method_needs_both_switches_on_and_its_day_come():
    methods, today = current_rules("tmall").offer_methods, date(2026, 11, 20)

    def switch(model, method, is_on=True, days=0):
        return model(method=method, is_on=is_on, available_from=today + timedelta(days=days))

    off = [
        switch(MarketplaceMethod, "red_packet", days=1),
        switch(MarketplaceMethod, "gift", is_on=False),
        switch(StoreMethod, "gift"),
        switch(MarketplaceMethod, "coupon"),
        switch(StoreMethod, "coupon", is_on=False, days=-1),
        switch(StoreMethod, "reship"),
    ]
    assert methods_on(methods, off, today) == {"reassurance", "exchange", "partial_refund", "reship"}
    assert methods_on(methods, off, today + timedelta(days=1)) >= {"red_packet"}
    assert methods_on(methods, [], today) == set(methods)


@pytest.mark.rule("Q5")
@for_each(
    ("text", "count"),
    [
        ("", 0),
        ("字" * 50, 50),
        ("👍", 1),
        ("👨‍👩‍👧‍👦", 1),  # a family: four people joined
        ("🇨🇳🇫🇷", 2),
        ("👍🏽", 1),
        ("é", 1),  # e and its accent
        ("1️⃣", 1),
        ("\r\n", 1),
        ("a\u200bb", 3),  # an invisible character is a character
    ],
)
def test_characters_are_counted_as_people_see_them(text, count):
    assert length(text) == count


@pytest.mark.rule("Q5")
def test_every_script_fits_into_a_message():
    most = current_rules("tmall").offer_message_length
    assert most == 50
    for method in METHODS.values():
        for reason, language in product([*SCRIPTS, RefundReason.OTHER], ["en", "zh-hans"]):
            with translation.override(language):
                texts = scripts_for(reason, method)
            assert all(0 < length(text) <= most for text in texts), (method.code, reason, language, texts)


@pytest.mark.rule("Q5")
def test_only_a_methods_own_scripts_say_what_it_gives():
    gives = re.compile("coupon|gift|red packet|price back|new one|again|token|today")
    for method in METHODS.values():
        own, shared = (
            [str(text) for text in method.scripts],
            scripts_for(RefundReason.MISSING_PARTS, METHODS["reassurance"]),
        )
        assert all(gives.search(text) for text in own), method.code
        for reason in SCRIPTS:
            rest = scripts_for(reason, method)[len(own) :]
            assert not any(gives.search(text) for text in [*rest, *shared]), (method.code, reason)
