"""A page of copies is taken as if one after the other: in few statements, and one bad copy harms no other."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from common.models import Event
from connectors import pulling
from connectors.models import MirroredRefund
from connectors.port import LineCopy
from connectors.taking import ReadCopy, take_copies, take_copy
from orders.models import Order, OrderLine, OwedParcel
from payments.models import Payment, Transfer
from refunds.models import Dispute, QualityRefund, Refund, RefundLine
from tests.connectors.conftest import Connected, ago
from tests.connectors.deciding import verify
from tests.connectors.toy import copy_of
from tests.world import NOON, make_shop

STAGES = (
    *("asked", "awaiting_return", "returning", "agreed", "refunded", "refused", "disputed", "to_reship", "reshipped"),
    *("exchanged", "withdrawn", "closed", "failed", "a word of tomorrow"),
)
OWN = ("OWN-1", "OWN-2")  # orders that were here in full before
ROUNDS, COPIES, PAGE = 3, 60, 12


def read(copies, at=NOON) -> list[ReadCopy]:
    """As they are after reading."""
    return [ReadCopy(copy, at) for copy in copies]


def history(dice: Random) -> list:
    """Copies of some refunds of fewer orders, in any stage after any other; of some nothing can be made."""
    kept: dict[str, dict] = defaultdict(lambda: {"version": 0})
    copies = []
    for number in range(COPIES):
        refund_id = f"R{dice.randrange(COPIES // 2)}"
        kept[refund_id]["version"] += dice.choice((0, 1, 1, 2))
        order = dice.choice((f"O-{refund_id}", f"O-{refund_id}", "O-shared", *OWN))
        order = kept[refund_id].setdefault("order", order)
        copy = copy_of(
            {
                "id": refund_id,
                "order": order,
                "version": kept[refund_id]["version"],
                "status": dice.choice(STAGES),
                "kind": dice.choice(("refund_only", "return_and_refund", "exchange", "")),
                "amount": dice.choice(("20.00", "0.00", "59.00", "12.34", "-1.00")),
                "updated": (NOON - timedelta(minutes=COPIES - number)).timestamp(),
                "created": (NOON - timedelta(days=1)).timestamp(),
            }
        )
        item = dice.choice(("8000", "8000", "9000", "unheard of"))
        lines = (LineCopy(item, dice.choice((1, 2)), dice.choice((Decimal("59.00"), None)), "Quilt"),)
        facts = {"reason": dice.choice(("quality", "not_as_described", "changed_mind", "")), "lines": lines}
        copies.append(replace(copy, **facts, deadline=dice.choice((None, copy.deadline))))
    return copies


def told(rows, *fields) -> list[tuple]:
    """Some fields of these rows, in an order of their own."""
    return sorted((tuple(map(str, row)) for row in rows.values_list(*fields)), key=repr)


def state(shop) -> dict[str, object]:
    """Everything that copies have made of a store, without what is never twice the same."""
    store = shop.store.pk
    with shop.scope():
        mirror = MirroredRefund.objects.for_store(store)
        topics = {
            **{pk: f"order {number}" for pk, number in Order.objects.for_store(store).values_list("pk", "number")},
            **dict(mirror.exclude(refund=None).values_list("refund_id", "platform_id")),
        }
        for payment_id, topic_id in Payment.objects.for_store(store).values_list("pk", "topic_id"):
            topics[payment_id] = f"payment of {topics[topic_id]}"
        events = defaultdict(list)
        facts = ("topic_id", "name", "from_state", "to_state", "actor_kind", "actor_id", "rule", "data", "at")
        for topic_id, *event in Event.objects.for_store(store).order_by("id").values_list(*facts):
            if topic_id in topics:
                events[topics[topic_id]].append(tuple(map(str, event)))
        refund = ("kind", "goods", "status", "amount", "reason", "description", "due_at", "due_action", "resolved_at")
        of_order = ("claimed_amount", "paid_amount")
        return {
            "mirror": told(
                mirror,
                *("platform_id", "version", "digest", "stage", "raw_status", "order_number", "changed_at", "read_at"),
                *("needs_look", "problem", "reasons_due", "copy"),
                *(f"refund__{name}" for name in (*refund, "needs_attention", "marketplace_status", "refunded_on")),
            ),
            "refunds": told(Refund.objects.for_store(store), "order__number", *refund, "created_at"),
            "lines": told(RefundLine.objects.for_store(store), "refund__created_at", "quantity", "amount"),
            "orders": told(Order.objects.for_store(store), "number", "status", "is_masked", "paid_at", *of_order),
            "goods": told(
                OrderLine.objects.for_store(store),
                *("order__number", "item_id", "title", "quantity", "unit_price", "claimed_amount", "claimed_quantity"),
            ),
            "payments": told(
                Payment.objects.for_store(store), "order__number", "amount", "status", "gateway", "last_error"
            ),
            "transfers": told(Transfer.objects.for_store(store), "amount", "phase", "purpose", "resolved_at"),
            "disputes": told(Dispute.objects.for_store(store), "status", "plea", "suggestion", "evidence_until"),
            "parcels": told(
                OwedParcel.objects.for_store(store), "order__number", "item_id", "sku", "status", "quantity"
            ),
            "quality": told(QualityRefund.objects.for_store(store), "reason", "policy", "counted_at"),
            "events": dict(events),
        }


@pytest.mark.parametrize("seed", range(ROUNDS))
@pytest.mark.parametrize("marketplace", ["taote", "tmall"])
def test_pages_make_of_a_history_what_single_copies_make_of_it(connected, server, seed, marketplace):
    copies = history(Random(seed))
    found = []
    for in_pages in (True, False):
        one = Connected(make_shop(marketplace), server)
        server.shop, server.token = f"shop of {one.shop.store.code}", f"token of {one.shop.store.code}"
        server.refresh_token = f"refresh of {one.shop.store.code}"
        connection = one.connect(access_token=server.token)
        for number in OWN:
            one.shop.order(number=number, shipped=False)
        if in_pages:
            news = [
                take_copies(connection, read(copies[first : first + PAGE]), now=NOON)
                for first in range(0, COPIES, PAGE)
            ]
        else:
            news = [take_copy(connection, copy, read_at=NOON, now=NOON) for copy in copies]
        found.append((sum(news), state(one.shop)))
    (in_pages, pages), (one_by_one, single) = found
    assert in_pages == one_by_one > COPIES // 3
    assert any("amount" in row[9] for row in single["mirror"])
    for what, rows in single.items():
        assert pages[what] == rows, what
    assert verify() == {}


def test_a_page_costs_as_few_statements_as_one(connected):
    """What a single new refund costs (test_pulling.py), and whether one of them is here already: scope and question."""
    amounts = {"refunded": "20.00", "asked": "30.00", "closed": "40.00", "withdrawn": "50.00"}
    for count, prefix in ((4, "few"), (50, "many")):
        puts = [
            connected.server.put(f"{prefix}-{number}", status=status, amount=amount)
            for number in range(count)
            for status, amount in [list(amounts.items())[number % 4]]
        ]
        copies = read(map(copy_of, puts))
        connection = connected.connection
        with CaptureQueriesContext(database) as asked:
            assert take_copies(connection, copies, now=NOON) == count
        assert len(asked) == 16, [str(each["sql"])[:120] for each in asked]
    assert verify() == {}


def test_one_bad_copy_of_a_page_waits_for_a_person_and_the_others_are_taken(connected):
    copies = [copy_of(connected.server.put(f"R{number}", status="refunded")) for number in range(20)]
    for place in (7, 13):
        copies[place] = replace(copies[place], amount=Decimal(0))
    assert take_copies(connected.connection, read(copies), now=NOON) == 20
    for place in range(20):
        row = connected.row(f"R{place}")
        assert (bool(row.problem), row.needs_look, row.refund is None) == (place in (7, 13),) * 3
    mended = replace(copies[7], amount=Decimal("20.00"))
    assert take_copies(connected.connection, read([mended], NOON + timedelta(seconds=1)), now=NOON) == 1
    assert connected.row("R7").refund.status == "refunded"
    assert verify() == {}


def test_of_a_refund_that_a_page_lists_twice_the_newer_copy_counts(connected):
    first = copy_of(connected.server.put("R1", ago(minutes=9)))
    second = copy_of(connected.server.put("R1", ago(minutes=8), status="agreed"))
    other = copy_of(connected.server.put("R2"))
    assert take_copies(connected.connection, read([first, other, second, first]), now=NOON) == 3
    assert connected.mirror() == {"R1": (2, "agreed"), "R2": (1, "asked")}


def test_the_cursor_moves_with_the_last_rows_or_not_at_all(connected, monkeypatch):
    """It is killed between the last rows and the cursor: there is no such moment."""
    for number in range(5):  # two pages
        connected.server.put(f"R{number}", ago(minutes=20))
    before = connected.connection.cursor
    whole = pulling._move_cursor

    def dies(connection, reached, mine):
        whole(connection, reached, mine)
        if reached > NOON - timedelta(minutes=10):
            raise SystemExit

    monkeypatch.setattr(pulling, "_move_cursor", dies)
    with pytest.raises(SystemExit):
        connected.turn()
    monkeypatch.setattr(pulling, "_move_cursor", whole)
    assert sorted(connected.mirror()) == ["R0", "R1", "R2"]  # the first page
    assert before < connected.connection.cursor <= ago(minutes=20)
    connected.turn(minutes=10)
    assert len(connected.mirror()) == 5
    assert connected.connection.cursor == NOON - timedelta(minutes=3)
