"""The catalogue of events: what a declaration promises, and what it refuses."""

from typing import Annotated, NotRequired, TypedDict

import pytest
from django.utils import timezone

from common import events
from common.events import EventType, NoData, Tone
from common.facts import INSTANT, REFERENCE, YUAN, changed, choice, said
from common.ids import event_id, new_id
from orders.models import Order
from refunds.states import RefundKind
from stores.models import ApiKey, Membership, Store, User


@pytest.fixture(autouse=True)
def own_catalogue(monkeypatch):
    """What a test declares is forgotten afterwards."""
    monkeypatch.setattr(events, "_types", dict(events._types))


class Paid(TypedDict):
    amount: Annotated[str, YUAN]
    note: NotRequired[Annotated[str, said("Note")]]


def test_a_declared_event_is_in_the_catalogue_with_its_facts():
    paid = EventType("test.paid", "Paid", "order", Paid, Tone.GOOD)
    assert events.event_type("test.paid") is paid
    assert paid in events.event_types()
    assert list(paid.facts) == ["amount", "note"]
    assert paid.facts["amount"].shape == "yuan with two decimals, as text"


def test_a_name_is_declared_once():
    EventType("test.paid", "Paid", "order")
    with pytest.raises(ValueError, match="declared twice"):
        EventType("test.paid", "Paid again", "order")


@pytest.mark.parametrize("name", ["paid", "Test.paid", "test.paid.twice", "test." + "x" * 50, ""])
def test_a_name_is_a_subject_and_what_happened_to_it(name):
    with pytest.raises(ValueError, match="no name of an event"):
        EventType(name, "Paid", "order")


def test_a_datum_cannot_be_called_like_an_argument_of_the_write_set():
    class Data(TypedDict):
        rule: Annotated[str, REFERENCE]

    with pytest.raises(ValueError, match="rule"):
        EventType("test.paid", "Paid", "order", Data)


def test_undeclared_and_missing_data_and_another_subject_are_programming_errors():
    paid = EventType("test.paid", "Paid", "order", Paid)
    order = Order(number="1")
    paid.check(order, {"amount": "1.00"})
    paid.check(order, {"amount": "1.00", "note": "thanks"})
    with pytest.raises(TypeError, match=r"undeclared data \['sum'\], missing data \['amount'\]"):
        paid.check(order, {"sum": "1.00"})
    with pytest.raises(TypeError, match="happens to a order, not to a store"):
        paid.check(Store(), {"amount": "1.00"})
    with pytest.raises(TypeError, match="undeclared"):
        EventType("test.seen", "Seen", "order", NoData).check(order, {"amount": "1.00"})


def test_facts_are_read_by_people():
    def worded(fact, value):
        return fact.word(value, {})

    assert worded(YUAN, "1234.5") == "¥1,234.50"
    assert worded(changed(YUAN), ["59.00", "2.00"]) == "¥59.00 → ¥2.00"
    assert worded(changed(YUAN), ["2.00", "2.00"]) == "¥2.00"
    assert worded(choice(RefundKind), "refund_only") == RefundKind.REFUND_ONLY.label
    assert worded(choice(RefundKind), "forgotten") == "forgotten"
    with timezone.override("Asia/Shanghai"):
        assert worded(INSTANT, "2026-03-01T04:00:00+00:00") == "2026-03-01 12:00"
    assert changed(REFERENCE).word is None
    assert changed(YUAN).shape == "[before, after], each: yuan with two decimals, as text"


def test_a_row_with_a_uuid_is_known_by_it_and_any_other_by_one_that_stays_the_same():
    order = Order(pk=new_id())
    assert event_id(order) == order.pk
    assert event_id(Store(pk=7)) == event_id(Store(pk=7))
    different = [Store(pk=7), Store(pk=8), User(pk=7), Membership(pk=7), ApiKey(pk="7")]
    assert len({event_id(row) for row in different}) == len(different)
    with pytest.raises(ValueError, match="Save the store first"):
        event_id(Store())
