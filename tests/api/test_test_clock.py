"""A sandbox's clock over the API: moved on, everything that falls due on the way is done at its own instant."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from common import clock as wall
from common.models import Event, Setback
from common.tenancy import system_scope
from operations import test_clock
from operations.test_clock import do_what_is_due, follow_clocks
from operations.verification import run_checks
from payments.settlement import settle_batch
from refunds.models import Message, QualityDay
from refunds.quality.restrictions import review_all
from refunds.quality.rollup import roll_up_days
from stores.models import Store
from tests.api.helpers import ask, code, detail
from tests.api.test_small_payments import allowance, send
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock", "broker_tasks")]


@pytest.fixture
def sandbox(transactional_db):
    return make_shop("kuaishou", is_sandbox=True)


def advance(shop, **told):
    return shop.merchant.post("test-clock/advance/", told)


def shown(shop) -> datetime:
    return datetime.fromisoformat(shop.merchant.get("test-clock/").json()["now"])


def test_a_deadline_comes_at_its_own_instant_and_what_follows_is_done(sandbox):
    refund = sandbox.refund(kind="refund_only")
    due = sandbox.reload(refund).due_at
    assert advance(sandbox, to=(due - timedelta(minutes=1)).isoformat()).status_code == 200
    assert detail(sandbox, refund)["status"] == "awaiting_merchant"
    answer = advance(sandbox, by="2d")
    assert answer.json() == {"now": (due - timedelta(minutes=1) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")}
    told = detail(sandbox, refund)
    assert (told["status"], [each["status"] for each in told["payments"]]) == ("refunded", ["succeeded"])
    with sandbox.scope():
        approved = Event.objects.get(topic_id=refund.pk, name="refund.approved")
        assert approved.at == due, "not when the clock was moved, and not where it stands now"
    with system_scope():
        assert {check.name: off for check, off in run_checks() if off} == {}


def test_calls_go_by_the_sandboxs_clock(sandbox):
    order = sandbox.order()
    assert send(sandbox, order, "900.00").status_code == 201
    day = allowance(sandbox, order)["store_day"]
    assert advance(sandbox, by="24h").status_code == 200
    assert shown(sandbox) == NOON + timedelta(days=1)
    assert allowance(sandbox, order)["store_day"]["used"] == "0.00" != day["used"]
    asked = ask(sandbox, sandbox.order(), kind="refund_only").json()
    assert asked["created_at"] == (NOON + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_nothing_of_another_store_is_moved(sandbox):
    live, second = make_shop("kuaishou"), make_shop("kuaishou", is_sandbox=True)
    refunds = [(shop, shop.refund(kind="refund_only")) for shop in (live, second)]
    assert advance(sandbox, by="10d").status_code == 200
    for shop, refund in refunds:
        assert detail(shop, refund)["status"] == "awaiting_merchant"
    assert shown(second) == NOON
    with system_scope():
        assert not Event.objects.exclude(store=sandbox.store).filter(at__gt=NOON).exists()


def test_what_was_set_back_of_another_store_waits_for_everybodys_clock(sandbox):
    live = make_shop("kuaishou")
    for sweep in ("quality days", "allowances opened", "deadlines"):
        Setback.objects.create(sweep=sweep, key=str(live.store.pk), next_attempt_at=NOON, last_error="x")
    Setback.objects.create(sweep="carriers", key="1", next_attempt_at=datetime(2098, 1, 1, tzinfo=UTC))
    before = list(Setback.objects.order_by("pk").values())
    assert advance(sandbox, by="2d").status_code == 200
    do_what_is_due(sandbox.store.pk, datetime(2099, 1, 1, tzinfo=UTC))
    assert list(Setback.objects.order_by("pk").values()) == before


def test_a_live_store_has_none(db):
    live = make_shop("kuaishou")
    assert code(live.merchant.get("test-clock/"))[:2] == (409, "not_a_sandbox")
    assert code(advance(live, by="1h"))[:2] == (409, "not_a_sandbox")
    for ahead in (timedelta(hours=1), -timedelta(hours=1)):
        with pytest.raises(IntegrityError, match="store_only_sandbox_ahead"), transaction.atomic(), system_scope():
            Store.objects.filter(pk=live.store.pk).update(clock_ahead=ahead)


@pytest.mark.parametrize(
    ("told", "attr"),
    [
        ({}, "to"),
        ({"to": "2027-01-01T00:00:00Z", "by": "1h"}, "to"),
        ({"to": "2026-11-20T03:59:00Z"}, "to"),
        ({"to": "2026-11-20T04:00:00Z"}, "to"),
        ({"to": "2027-11-20T04:00:00Z"}, "to"),
        ({"to": "soon"}, "to"),
        ({"to": "2026-11-21T04:00:00"}, "to"),
        *[
            ({"by": by}, "by")
            for by in ("", "0h", "-1h", "1.5h", "37", "h", "93d", "99999h", "１h", "1h2d", "1 h", None)
        ],
        ({"by": "1h", "until": "x"}, "until"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(sandbox, told, attr):
    answer = advance(sandbox, **told)
    assert code(answer)[::2] == (400, attr), answer.content
    assert shown(sandbox) == NOON


def test_a_repeat_with_its_key_moves_it_once(sandbox):
    key = {"Idempotency-Key": "1"}
    first, again = (sandbox.merchant.post("test-clock/advance/", {"by": "1d12h30m"}, **key) for _ in range(2))
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert shown(sandbox) == NOON + timedelta(hours=36, minutes=30)


def test_while_it_moves_another_call_is_turned_away(sandbox, monkeypatch):
    begun, go_on, answers = threading.Event(), threading.Event(), []

    def wait(store_id, until):
        begun.set()
        go_on.wait(10)

    monkeypatch.setattr("operations.api.let_time_pass", wait)

    def call():
        answers.append(advance(sandbox, by="1h"))
        connections.close_all()

    thread = threading.Thread(target=call)
    thread.start()
    assert begun.wait(10)
    assert code(advance(sandbox, by="1h"))[:2] == (409, "clock_is_moving")
    go_on.set()
    thread.join()
    assert answers[0].status_code == 200


def test_a_process_that_dies_on_the_way_leaves_what_was_reached_and_the_next_call_goes_on(sandbox, monkeypatch):
    refund = sandbox.refund(kind="refund_only")
    due = sandbox.reload(refund).due_at
    with monkeypatch.context() as dying:
        dying.setattr("operations.test_clock.do_what_is_due", lambda store_id, instant: 1 / 0)
        sandbox.merchant.client.raise_request_exception = False
        assert advance(sandbox, to=(due + timedelta(days=1)).isoformat()).status_code == 500
    assert NOON < shown(sandbox) <= due
    with sandbox.scope():
        assert Event.objects.filter(name="store.clock_advanced").count() == 1, "it has begun to move"
    assert advance(sandbox, to=(due + timedelta(days=1)).isoformat()).status_code == 200
    assert detail(sandbox, refund)["status"] == "refunded"


def test_between_advances_workers_go_by_its_clock(sandbox):
    """What everybody's clock would settle in the sandbox's past is left to the sandbox's own."""
    advance(sandbox, by="5d")
    refund = ask(sandbox, sandbox.order(), kind="refund_only").json()["id"]
    sandbox.merchant.post(f"refunds/{refund}/approve/")
    assert settle_batch() == 0
    assert follow_clocks() == 1
    told = detail(sandbox, refund)
    assert told["status"] == "refunded"
    with sandbox.scope():
        assert Event.objects.get(topic_id=refund, name="refund.refunded").at == NOON + timedelta(days=5)


def test_a_sandbox_that_fails_stops_no_other(sandbox, monkeypatch, caplog):
    second = make_shop("kuaishou", is_sandbox=True)
    for shop in (sandbox, second):
        assert advance(shop, by="1d").status_code == 200
    refund = ask(second, second.order(), kind="refund_only").json()["id"]
    second.merchant.post(f"refunds/{refund}/approve/")
    real = test_clock.do_what_is_due

    def fail_for_the_first(store_id, instant):
        return 1 / 0 if store_id == sandbox.store.pk else real(store_id, instant)

    monkeypatch.setattr(test_clock, "do_what_is_due", fail_for_the_first)
    assert follow_clocks() == 2
    assert detail(second, refund)["status"] == "refunded"
    assert "ZeroDivisionError" in caplog.text


def test_its_quality_days_are_those_of_its_own_clock(sandbox):
    advance(sandbox, by="5d")
    with sandbox.scope():
        days = list(QualityDay.objects.order_by("date").values_list("date", flat=True))
    assert days[-1] == (NOON + timedelta(days=4)).date(), "the last that has ended there"
    roll_up_days()
    review_all()
    with sandbox.scope():
        assert list(QualityDay.objects.order_by("date").values_list("date", flat=True)) == days


def test_the_buyers_page_goes_by_it(client, transactional_db):
    sandbox = make_shop("taote", is_sandbox=True)
    refund = sandbox.refund()
    advance(sandbox, by="1h")
    terms = {"refund": str(refund.pk), "method": "change_to_refund_only", "amount": "5.00", "agreed_with_buyer": True}
    sent = sandbox.merchant.post("offers/", terms).json()["id"]
    page = sandbox.buyer.get(f"offers/{sent}/").json()["buyer_page"]
    client.post(page, {"do": "message", "text": "你好"})
    with sandbox.scope():
        assert Message.objects.get().at == NOON + timedelta(hours=1)


def test_many_orders_at_once_go_each_by_its_stores_clock(sandbox):
    live = make_shop("kuaishou")
    advance(sandbox, by="9d")
    items = [
        {"store": shop.store.code, "number": f"N{place}", "buyer": {"id": "b", "name": "B"}, "address": "x",
         "paid_at": "2026-11-28T04:00:00Z", "lines": [{"item_id": "1", "quantity": 1, "unit_price": "1.00"}]}
        for place, shop in enumerate((sandbox, live, sandbox))
    ]  # fmt: skip
    told = sandbox.buyer.client.post("/api/v1/orders/bulk/", {"items": items}, content_type="application/json").json()
    assert [each["status"] for each in told["results"]] == [201, 400, 201], "for the live store it is still to come"


def test_the_clock_of_the_world_is_nobodys(sandbox):
    advance(sandbox, by="1h")
    assert wall.now() == NOON == datetime(2026, 11, 20, 4, tzinfo=UTC)
