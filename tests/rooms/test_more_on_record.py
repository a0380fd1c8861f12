"""What is recorded of switches, limits, rates, coupons and files: who, when, what was and what is."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override

from common.events import event_type
from common.models import Event
from offers.bulk import start_bulk_job
from offers.coupons import create_coupon
from offers.insights.rates import set_cost_rates
from offers.switches import set_marketplace_method, set_store_method
from orders.erp.imports import confirm_import, import_now, stage_import
from orders.erp.running import run_imports
from orders.models.shipment_import import ImportRow, ShipmentImport
from payments.models import PaymentTerms
from payments.terms import set_payment_terms
from tests.world import NOON, OPERATOR, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)


@pytest.fixture
def tmall(db):
    """A store with methods to switch."""
    return make_shop("tmall")


def words(recorded: tuple) -> list[str]:
    """The event's data as people read it, in English."""
    name, _store, data = recorded
    with override("en"):
        return event_type(name).phrases(data)


@pytest.mark.rule("Q4")
def test_a_store_switches_a_method(tmall, recorded):
    named = {"store": tmall.store, "method": "gift", "scope": tmall.scope()}
    first = recorded(set_store_method, **named, is_on=False, available_from=TODAY)
    assert first == [
        (
            "method.switched",
            tmall.store.pk,
            {"method": "gift", "is_on": [True, False], "available_from": [None, "2026-11-20"]},
        )
    ]
    assert words(first[0]) == ["Gift", "on → off", "Available from: – → 2026-11-20"]
    named["scope"] = tmall.scope()
    assert recorded(set_store_method, **named, is_on=False, available_from=TODAY) == []
    named["scope"] = tmall.scope()
    assert recorded(set_store_method, **named, is_on=True, available_from=TOMORROW) == [
        (
            "method.switched",
            tmall.store.pk,
            {"method": "gift", "is_on": [False, True], "available_from": ["2026-11-20", "2026-11-21"]},
        )
    ]


@pytest.mark.rule("Q4")
def test_a_marketplaces_switch_is_the_platforms_also_when_one_store_is_looked_at(tmall, recorded):
    named = {"marketplace": "tmall", "method": "gift"}
    switch = {**named, "is_on": True, "available_from": TODAY, "actor": OPERATOR}
    [(name, store_id, data)] = recorded(set_marketplace_method, **switch, scope=tmall.scope())
    before = data.pop("available_from")
    assert (name, store_id, data) == ("method.switched_for_all", None, named)
    assert before[1] == "2026-11-20"
    assert recorded(set_marketplace_method, **switch, scope=tmall.scope()) == []


@pytest.mark.rule("K9")
@pytest.mark.rule("K10")
def test_a_limit_is_lifted_lowered_and_given_back_to_the_rule(taote, recorded):
    def set_terms(**terms):
        wanted = {"per_payment": None, "per_order": None, "per_day": None, "gateway": "", **terms}
        return recorded(set_payment_terms, store=taote.store, **wanted, actor=OPERATOR)

    assert set_terms() == []
    [lifted] = set_terms(per_payment=Decimal("5000.00"), per_order=0)
    assert lifted == (
        "payment_terms.set",
        taote.store.pk,
        {"per_payment": [None, "5000.00"], "per_order": [None, 0]},
    )
    assert words(lifted) == [
        "Most per payment: the marketplace's rule → ¥5,000.00",
        "Payments per order: the marketplace's rule → 0",
    ]
    assert set_terms(per_payment=Decimal("5000"), per_order=0) == []
    [(_name, _store, data)] = set_terms(per_payment=Decimal("1.00"))
    assert data == {"per_payment": ["5000.00", "1.00"], "per_order": [0, None]}
    with taote.scope():
        terms = PaymentTerms.objects.get()
    assert (terms.per_payment, terms.per_order) == (Decimal("1.00"), None)


@pytest.mark.rule("Q18")
def test_cost_rates_tell_what_each_was_and_is(taote, recorded):
    [event] = recorded(set_cost_rates, store=taote.store, changes={"handling": Decimal("6.50"), "agent_minutes": 9})
    assert event[2]["handling"][1] == "6.50"
    assert event[2].keys() == {"handling", "agent_minutes"}
    assert words(event)[0].startswith("handling of a return: ¥")
    assert words(event)[1].startswith("agent's minutes per refund: ")


@pytest.mark.rule("K7")
def test_a_coupon_is_made(taote, recorded):
    terms = {"channel": "general", "amount_off": Decimal("5.00"), "min_spend": Decimal("50.00"), "quantity": 10}
    dates = {"valid_from": NOON, "valid_until": NOON + timedelta(days=9)}
    [(name, store_id, data)] = recorded(create_coupon, store=taote.store, name="谢谢", **terms, **dates)
    assert (name, store_id) == ("coupon.made", taote.store.pk)
    assert (data["coupon"], data["amount_off"], data["quantity"]) == ("谢谢", "5.00", 10)
    assert data["valid_until"] == dates["valid_until"].isoformat()


@pytest.mark.rule("K2")
def test_a_file_is_uploaded_confirmed_and_shipped(taote, recorded, broker_tasks):
    number = taote.order(shipped=False).number

    def file():
        return io.BytesIO(f"order_number,carrier,tracking_number\n{number},SF,SF1\n".encode())

    uploaded = recorded(stage_import, store=taote.store, file=file(), name="erp.csv", of_setup=False)
    assert uploaded == [("shipment_file.uploaded", taote.store.pk, {"file_name": "erp.csv", "rows": 1, "wrong": 0})]
    with taote.scope():
        job = ShipmentImport.objects.get()
    confirmed = recorded(confirm_import, store_id=taote.store.pk, job_id=job.pk, of_setup=False)
    assert confirmed == [("shipment_file.confirmed", taote.store.pk, {"file_name": "erp.csv", "rows": 1})]
    assert run_imports() == 1
    with taote.scope():
        shipped = Event.objects.get(name="shipment_file.shipped")
        assert Event.objects.get(name="order.shipped").data["shipment_import"] == str(job.pk)
    assert (shipped.actor_label, shipped.topic_id, shipped.data) == (
        "安娜",
        job.pk,
        {"file_name": "erp.csv", "rows": 1},
    )


@pytest.mark.rule("K2")
def test_only_the_rows_that_were_shown_are_shipped(taote, recorded, broker_tasks):
    number = taote.order(shipped=False).number
    content = io.BytesIO(f"order_number,carrier,tracking_number\n{number},SF,SF1\n".encode())
    recorded(stage_import, store=taote.store, file=content, name="erp.csv", of_setup=False)
    with taote.scope():
        job = ShipmentImport.objects.get()
        ImportRow.objects.update(tracking_number="SF2")
    recorded(confirm_import, store_id=taote.store.pk, job_id=job.pk, of_setup=False)
    assert run_imports() == 1
    with taote.scope():
        assert not Event.objects.filter(name__in=["order.shipped", "shipment_file.shipped"]).exists()
        assert "aren't the rows that were shown" in ShipmentImport.objects.get().last_error


@pytest.mark.rule("K2")
def test_a_file_that_is_imported_at_once_is_on_record_too(taote, recorded):
    number = taote.order(shipped=False).number
    content = io.BytesIO(f"order_number,carrier,tracking_number\n{number},SF,SF1\n".encode())
    names = [
        name for name, *_rest in recorded(import_now, store=taote.store, file=content, name="erp.csv", of_setup=False)
    ]
    assert names[0] == "shipment_file.uploaded"
    assert names[-1] == "shipment_file.shipped"


def test_a_bulk_sending_is_started(tmall, recorded, broker_tasks):
    refund = tmall.refund(reason="slow_logistics")
    started = recorded(start_bulk_job, store=tmall.store, refund_ids=[refund.pk], of_setup=False, scope=tmall.scope())
    assert started == [("bulk.started", tmall.store.pk, {"refunds": 1})]
