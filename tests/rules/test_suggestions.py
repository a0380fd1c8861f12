"""The advice that the platform's person gets: every ground at its bounds, and what their points bring (R7)."""

from decimal import Decimal

import pytest

from refunds.platform.suggestions import Facts, advise
from refunds.states import RefundReason
from stores.marketplaces.base import SuggestionRules
from tests.cases import for_each

pytestmark = pytest.mark.rule("R7")

RULES = SuggestionRules()


def points(**known) -> dict[str, int]:
    """Ground → points of a case with these facts.

    Beyond them nothing speaks for anybody, but for the merchant's silence.
    """
    return {code: weight for code, weight, _facts in advise(facts(**known), RULES)["grounds"]}


def facts(**known) -> Facts:
    """A case that speaks for nobody: credit in between, ¥100.00, a reason that tells nothing, one offer still open."""
    given = {
        "amount": Decimal("100.00"),
        "reason": RefundReason.OTHER,
        "credit_score": 600,
        "is_vip": False,
        "offers_sent": 1,
    }
    return Facts(**{**given, **known})


def test_a_case_that_speaks_for_nobody_is_split():
    assert points() == {"credit": 0, "reason": 0, "offers": 0, "evidence": 0, "refunds": 0}
    advice = advise(facts(), RULES)
    assert (advice["outcome"], advice["amount"]) == ("split", "50.00")


@for_each(
    ("known", "code", "weight"),
    [
        ({"credit_score": 700}, "credit", 2),
        ({"credit_score": 699}, "credit", 0),
        ({"credit_score": 550}, "credit", 0),
        ({"credit_score": 549}, "credit", -2),
        ({"is_vip": True}, "vip", 1),
        ({"amount": Decimal("30.00")}, "small_amount", 1),
        ({"amount": Decimal("500.00")}, "large_amount", -1),
        ({"reason": RefundReason.QUALITY}, "sellers_fault", 2),
        ({"reason": RefundReason.CHANGED_MIND}, "buyers_choice", -2),
        ({"reason": RefundReason.NO_REASON_7D}, "reason", 0),
        ({"offers_sent": 0}, "offers", 1),
        ({"offers_sent": 2, "offers_declined": 2}, "declined_offers", -2),
        ({"buyers_files": 3}, "evidence", 2),
        ({"merchants_files": 1}, "evidence", -2),
        ({"buyers_files": 1, "merchants_files": 9}, "evidence", 0),
        ({"other_refunds": 4}, "refunds", 0),
        ({"other_refunds": 5}, "refunds", -1),
        ({"buyers_disputes": {"buyer": 2, "merchant": 1}}, "buyers_disputes", 1),
        ({"buyers_disputes": {"merchant": 1}}, "buyers_disputes", -1),
        ({"stores_disputes": {"buyer": 1, "merchant": 1, "split": 3}}, "stores_disputes", 0),
    ],
)
def test_each_ground_at_its_bound(known, code, weight):
    assert points(**known)[code] == weight


@for_each("known", [{"amount": Decimal("30.01")}, {"amount": Decimal("499.99")}])
def test_an_amount_in_between_is_no_ground(known):
    assert not {"small_amount", "large_amount"} & points(**known).keys()


@for_each(
    ("known", "outcome"),
    [
        ({"credit_score": 700, "is_vip": True}, "buyer"),  # 3
        ({"credit_score": 700}, "split"),  # 2
        ({"credit_score": 549}, "split"),  # -2
        ({"credit_score": 549, "amount": Decimal("500.00")}, "merchant"),  # -3
    ],
)
def test_from_three_points_on_a_side_is_suggested(known, outcome):
    assert advise(facts(**known), RULES)["outcome"] == outcome


@for_each(
    ("amount", "share", "outcome", "part"),
    [
        ("99.99", "0.50", "split", "50.00"),  # to even
        ("0.02", "0.50", "split", "0.01"),
        ("0.01", "0.50", "buyer", None),  # a cent can't be split
        ("100.00", "1.00", "buyer", None),
        ("100.00", "0.25", "split", "25.00"),
    ],
)
def test_a_split_is_a_part_to_the_cent_and_never_all_or_nothing(amount, share, outcome, part):
    rules = SuggestionRules(split_share=Decimal(share), small_amount=Decimal(0), large_amount=Decimal(1000))
    advice = advise(facts(amount=Decimal(amount)), rules)
    assert (advice["outcome"], advice["amount"]) == (outcome, part)
