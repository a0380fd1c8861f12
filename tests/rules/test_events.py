"""The catalogue of events: what a declaration promises, and what it refuses."""

import ast
import re
from pathlib import Path
from typing import Annotated, NotRequired, TypedDict

import pytest
from django.apps import apps
from django.utils import timezone
from django.utils.translation import override

from common import events
from common.events import EventTone, EventType, NoData
from common.facts import COUNT, INSTANT, REFERENCE, YUAN, changed, choice, named, optional, said
from common.ids import event_id, new_id
from offers.events import OFFER_LAPSED
from orders.models import Order
from payments.events import PAYMENT_FAILED
from refunds.states import RefundKind
from stores.models import ApiKey, Membership, Store, User
from tests.cases import for_each
from tests.shapes import misshapen
from workbench.kit.timeline import _NEGOTIATED


@pytest.fixture(autouse=True)
def own_catalogue(monkeypatch):
    """What a test declares is forgotten afterwards."""
    monkeypatch.setattr(events, "_types", dict(events._types))


class Paid(TypedDict):
    amount: Annotated[str, YUAN]
    note: NotRequired[Annotated[str, said("Note")]]


def test_a_declared_event_is_in_the_catalogue_with_its_facts():
    paid = EventType("test.paid", "Paid", "order", Paid, EventTone.GOOD)
    assert events.event_type("test.paid") is paid
    assert str(paid) == "test.paid"
    assert paid in events.event_types()
    assert list(paid.facts) == ["amount", "note"]
    assert paid.facts["amount"].shape == "yuan with two decimals, as text"


def test_a_name_is_declared_once():
    EventType("test.paid", "Paid", "order")
    with pytest.raises(ValueError, match="declared twice"):
        EventType("test.paid", "Paid again", "order")


@for_each("name", ["paid", "Test.paid", "test.paid.twice", "test." + "x" * 50, ""])
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


def test_what_is_told_comes_in_the_order_of_declaration_and_leaves_out_what_is_empty():
    class Told(TypedDict):
        kind: Annotated[str, choice(RefundKind)]
        amount: Annotated[str | None, YUAN]
        into: Annotated[str, REFERENCE]
        note: NotRequired[Annotated[str, said("Note")]]

    told = EventType("test.told", "Told", "order", Told)
    data = {"note": "Please", "into": "1", "amount": "2.00", "kind": "exchange", "unknown": "since then"}
    assert told.phrases(data) == ["Exchange", "¥2.00"]
    assert told.texts(data) == [("Note", "Please")]
    assert told.phrases({"kind": "exchange", "amount": None, "into": "1"}) == ["Exchange"]
    assert told.texts({"note": ""}) == []
    assert told.facts["amount"].shape == "yuan with two decimals, as text, or null"
    assert told.facts["note"].shape == "text, word for word; not always there"


def test_a_datum_for_which_nothing_has_a_name_is_told_when_it_is_null():
    class Limited(TypedDict):
        amount: Annotated[str | None, named("Limit", optional(YUAN, "none"))]

    limited = EventType("test.limited", "Limited", "order", Limited)
    assert limited.phrases({"amount": None}) == ["Limit: none"]
    assert limited.phrases({"amount": "2.00"}) == ["Limit: ¥2.00"]
    assert limited.facts["amount"].shape == "yuan with two decimals, as text, or null"


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"amount": "1.00", "kind": ["exchange", "refund_only"], "at_most": 3}, []),
        ({"amount": None}, []),
        ({"amount": "1"}, ["test.shaped: amount = '1'"]),
        ({"amount": 1.5}, ["test.shaped: amount = 1.5"]),
        ({"kind": ["exchange", "barter"]}, ["test.shaped: kind = ['exchange', 'barter']"]),
        ({"kind": "exchange"}, ["test.shaped: kind = 'exchange'"]),
        ({"at_most": True}, ["test.shaped: at_most = True"]),
    ],
)
def test_the_tests_notice_a_datum_of_another_shape(data, wrong):
    class Shaped(TypedDict):
        amount: Annotated[str | None, YUAN]
        kind: Annotated[list[str], changed(choice(RefundKind))]
        at_most: Annotated[int, COUNT]

    assert misshapen(EventType("test.shaped", "Shaped", "order", Shaped), data) == wrong


def test_every_type_happens_to_a_model_and_names_its_facts():
    models = {model._meta.model_name for model in apps.get_models()}
    assert len(events.event_types()) > 90
    for event in events.event_types():
        assert event.subject in models, event
        assert event.title, event
        assert all(fact.shape for fact in event.facts.values()), event


def test_an_undeclared_name_is_not_found():
    with pytest.raises(LookupError, match=r"test\.forgotten"):
        events.event_type("test.forgotten")


def test_no_name_of_an_event_stands_outside_the_catalogue():
    """Neither in Python nor in SQL: whoever renames or mistypes one is told by an import."""
    names = "|".join(re.escape(event.name) for event in events.event_types())
    named = re.compile(rf"(?<![\w.])(?:{names})(?![\w.])")
    found = [
        f"{path.relative_to(ROOT)}:{text.lineno} {match[0]}"
        for path in _own_code()
        for text in _free_texts(ast.parse(path.read_text()))
        if (match := named.search(text.value))
    ]
    assert found == []


ROOT = Path(__file__).resolve().parent.parent.parent
# A reference without any of this project's code, and the names as migrations knew them.
NOT_OURS = {"bare", "migrations", "tests"}


def _own_code():
    for top in sorted(path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")):
        for path in sorted(top.rglob("*.py")):
            if not (NOT_OURS | {"events"}) & {*path.relative_to(ROOT).parts, path.stem}:
                yield path


def _free_texts(tree):
    """Strings but for those that are looked up in the catalogue."""
    looked_up = {
        id(argument)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "event_type"
        for argument in call.args
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in looked_up:
            yield node


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


@for_each(
    ("said", "words"),
    [
        ("The buyer's account can't receive money.", "买家账户无法收款。"),
        ("no answer", "支付渠道未及时答复。"),
        ("FAIL ACCOUNT_FROZEN", "买家账户已被冻结。 · ACCOUNT_FROZEN"),
        ("NOT_ENOUGH: 资金不足", "商家在支付渠道的账户余额不足。 · NOT_ENOUGH"),
        ("E-42: whatever", "E-42: whatever"),
    ],
)
def test_what_a_gateway_said_is_read_in_the_readers_language(said, words):
    with override("zh-hans"):
        assert PAYMENT_FAILED.texts({"error": said})[0][1] == words
        assert words not in PAYMENT_FAILED.phrases({"error": said})


@for_each(("language", "word"), [("en", "refunded"), ("zh-hans", "已退款")])
def test_only_what_was_paid_reads_as_refunded(language, word):
    with override(language):
        titles = {event.name: str(event.title).lower() for event in events.event_types() if event.subject == "refund"}
    assert [name for name, title in titles.items() if word in title] == ["refund.refunded"]


def test_the_record_of_a_negotiation_holds_whatever_happens_to_an_offer():
    """It is evidence, on the page of a dispute and in the pack (Q17)."""
    of_offers = {event.name for event in events.event_types() if event.subject == "offer"}
    assert OFFER_LAPSED.name in of_offers
    assert of_offers <= set(_NEGOTIATED)


@for_each(
    ("name", "data", "english", "chinese"),
    [
        (
            "quality.restricted",
            {"step": "demotion", "rate": "0.0312", "count": 12, "orders": 384},
            ["Demotion", "quality refund rate 3.12 %: 12 of 384 orders"],
            ["搜索降权", "品质退款率 3.12 %：384 单中有 12 笔"],
        ),
        ("order.updated", {"fields": ["address", "ship_by"]}, ["delivery address, ship by"], ["收货地址、最晚发货"]),
        ("order.pieces_stopped", {"pieces": {"8000": 2}}, ["item 8000 × 2"], ["商品 8000 × 2"]),
    ],
)
def test_what_an_event_tells_is_worded_in_the_readers_language(name, data, english, chinese):
    for language, phrases in (("en", english), ("zh-hans", chinese)):
        with override(language):
            assert events.event_type(name).phrases(data) == phrases
