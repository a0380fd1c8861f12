"""A sandbox's clock over the API: moved on, everything that falls due on the way is done at its own instant."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from common import clock as wall
from common.models import Event, Setback
from common.tenancy import system_scope, tenant_scope
from operations import api, test_clock
from operations.test_clock import do_what_is_due, follow_clocks
from payments.settlement import settle_batch
from refunds.models import Message, QualityDay
from refunds.quality.restrictions import review_all
from refunds.quality.rollup import roll_up_days
from stores.actions import set_clock
from stores.models import Store
from tests.api.helpers import ask, code, detail
from tests.api.test_small_payments import allowance, send
from tests.books import amiss
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
    assert amiss() == {}


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
        go_on.wait(60)

    monkeypatch.setattr("operations.api.let_time_pass", wait)

    def call():
        answers.append(advance(sandbox, by="1h"))
        connections.close_all()

    thread = threading.Thread(target=call)
    thread.start()
    assert begun.wait(60)
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


class TestACallThatIsCutOff:
    """Its steps were committed, its answer wasn't: how far it was to go is kept beside the clock."""

    @pytest.fixture
    def half_way(self, sandbox, monkeypatch):
        """A call with the key "1" that was to move the clock on by five days and died at a deadline after two."""
        due = sandbox.reload(sandbox.refund(kind="refund_only")).due_at
        real = test_clock.do_what_is_due
        sandbox.merchant.client.raise_request_exception = False

        def die_there(store_id, instant):
            return 1 / 0 if instant >= due else real(store_id, instant)

        with monkeypatch.context() as dying:
            dying.setattr(test_clock, "do_what_is_due", die_there)
            assert self.by(sandbox, "5d", "1").status_code == 500
        assert shown(sandbox) == due < NOON + timedelta(days=5)
        return sandbox

    def by(self, shop, span, key):
        return shop.merchant.post("test-clock/advance/", {"by": span}, **{"Idempotency-Key": key})

    def test_goes_on_to_where_it_was_to_go_when_it_is_repeated(self, half_way):
        answer = self.by(half_way, "5d", "1")
        assert answer.json() == {"now": "2026-11-25T04:00:00Z"}
        assert shown(half_way) == NOON + timedelta(days=5)
        with half_way.scope():
            assert Event.objects.filter(name="store.clock_advanced").count() == 1
        assert self.by(half_way, "1d", "2").json() == {"now": "2026-11-26T04:00:00Z"}

    @pytest.mark.parametrize(("span", "key"), [("5d", "2"), ("1h", "1")])
    def test_keeps_another_from_moving_it_by_a_time(self, half_way, span, key):
        before = shown(half_way)
        answer = self.by(half_way, span, key)
        assert code(answer)[:2] == (409, "clock_not_there")
        assert "2026-11-25T04:00:00+00:00" in answer.content.decode()
        assert shown(half_way) == before

    def test_is_gone_on_with_by_naming_the_instant(self, half_way):
        assert advance(half_way, to="2026-11-25T04:00:00Z").status_code == 200
        assert advance(half_way, by="1h").json() == {"now": "2026-11-25T05:00:00Z"}

    def test_is_over_when_time_itself_has_come_there(self, half_way, clock):
        clock.move(days=6)
        assert advance(half_way, by="1h").status_code == 200

    def test_after_its_last_step_moves_nothing_when_it_is_repeated(self, sandbox, monkeypatch):
        sandbox.merchant.client.raise_request_exception = False
        with monkeypatch.context() as dying:
            dying.setattr("operations.api.end_advance", lambda store: 1 / 0)
            assert self.by(sandbox, "5d", "1").status_code == 500
        assert self.by(sandbox, "5d", "1").json() == {"now": "2026-11-25T04:00:00Z"}
        assert shown(sandbox) == NOON + timedelta(days=5)
        assert self.by(sandbox, "1d", "2").json() == {"now": "2026-11-26T04:00:00Z"}


def test_what_another_call_moved_before_this_ones_turn_counts(sandbox, monkeypatch):
    """Both were let in by the same clock; the second waits for no lock, so it must look again."""
    read = api.TestClockViewSet.input

    def moved_meanwhile(view, *args):
        data = read(view, *args)
        with ThreadPoolExecutor(1) as other:
            other.submit(lambda: (advance_elsewhere(sandbox.store.pk, days=5), connections.close_all())).result()
        return data

    monkeypatch.setattr(api.TestClockViewSet, "input", moved_meanwhile)
    assert advance(sandbox, by="1d").json() == {"now": "2026-11-26T04:00:00Z"}


def advance_elsewhere(store_id, **span):
    """As another process does it."""
    with tenant_scope(store_id):
        set_clock(store_id, NOON + timedelta(**span))


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
