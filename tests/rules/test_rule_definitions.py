"""What a rule of a store may say (docs/adr/0064): each limit is told by its field, and what is within it is taken."""

import pytest

from automation.definition import read_definition
from automation.models import StoreRule
from automation.states import RuleStatus
from automation.why_not import why_not_publish, why_not_turn_off
from common.errors import Invalid
from stores.marketplaces import current_rules
from tests.cases import for_each
from tests.rules.things import code_of

RULES = current_rules("tmall")
OFFER = {"act": "offer", "method": "red_packet", "amount": "5.00", "text": "亲"}


@for_each(
    ("says", "field"),
    [
        ({"act": "sorcery"}, "act"),
        ({"amount_from": "2.00", "amount_to": "1.99"}, "amount_to"),
        ({"credit_from": 2, "credit_to": 1}, "credit_to"),
        ({"refunds_from": 2, "refunds_to": 1}, "refunds_to"),
        ({"hour_from": 1}, "hour_to"),
        ({"hour_to": 1}, "hour_from"),
        ({"method": "gift"}, "method"),
        ({"amount": "1.00"}, "amount"),
        ({"percent": 5}, "amount"),
        ({"act": "refuse", "text": " "}, "text"),
        ({"act": "assign"}, "assignee"),
        ({"assignee": "anna"}, "assignee"),
        ({"act": "tag"}, "tag"),
        ({"tag": "VIP"}, "tag"),
        ({**OFFER, "method": "change_to_return"}, "method"),
        ({**OFFER, "percent": 5}, "percent"),
        ({**OFFER, "most_yuan_a_day": "4.99"}, "most_yuan_a_day"),
        ({**OFFER, "amount": None}, "amount"),
        ({**OFFER, "text": "字" * 51}, "text"),
    ],
)
def test_what_makes_no_rule_is_told_by_its_field(says, field):
    with pytest.raises(Invalid) as refused:
        read_definition({"act": "approve", **says}, RULES)
    assert refused.value.attr == field


@for_each(
    "says",
    [
        {"amount_from": "2.00", "amount_to": "2.00", "credit_from": 1, "refunds_to": 1},
        {"amount_to": "2.00", "credit_to": 1, "refunds_from": 1, "hour_from": 22, "hour_to": 2},
        {"act": "refuse", "text": "太迟了"},
        {"act": "assign", "assignee": "anna"},
        {"act": "tag", "tag": "VIP"},
        {**OFFER, "most_yuan_a_day": "5.00", "text": "字" * 50},
        {**OFFER, "amount": None, "percent": 5},
        {"act": "offer", "method": "reassurance", "text": "亲"},
    ],
)
def test_what_is_within_every_limit_is_taken(says):
    definition = read_definition({"act": "approve", **says}, RULES)
    assert definition.act == says.get("act", "approve")


def test_a_rule_is_published_for_a_change_and_turned_off_while_it_is_on():
    on = StoreRule(status=RuleStatus.LIVE, draft={"act": "approve"})
    assert code_of(why_not_publish(on, on.draft)) == "invalid_transition"
    assert why_not_publish(on, {"act": "refuse"}) is None
    assert why_not_turn_off(on) is None
    off = StoreRule(status=RuleStatus.OFF, draft={"act": "approve"})
    assert why_not_publish(off, off.draft) is None
    assert code_of(why_not_turn_off(off)) == "invalid_transition"
