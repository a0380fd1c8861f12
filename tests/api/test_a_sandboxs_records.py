"""Whatever a sandbox records bears what its own clock shows; everybody's clock is in what waits, and nowhere else."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connections, models

from common.models import Event
from common.tenancy import TenantModel, system_scope
from operations.test_clock import follow_clocks
from stores.actions import set_clock
from tests.api.test_evidence import picture
from tests.api.test_test_clock import advance
from tests.tenancy.calls import COUPON_BODY, PARCEL, REFUND_BODY
from tests.webhooks.receiver import Receiver, answer
from tests.world import NOON, make_shop
from webhooks.delivering import call_endpoints
from webhooks.planning import plan_deliveries

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock", "broker_tasks")]

AHEAD = timedelta(days=40)
# What goes by everybody's clock in a sandbox too: how long a receiver has been called in vain, whose key was used, and
# how long an answer is kept.
EVERYBODYS = {"Endpoint.failing_since", "Delivery.tried_since", "ApiKey.last_used_at", "IdempotentAnswer.created_at"}
TOLD = {"Coupon.valid_from"}  # by the client


def instants(shop) -> dict:
    """Every instant in the store's rows: (model and field, row) → instant."""
    found = {}
    with system_scope():
        for model in apps.get_models():
            if not issubclass(model, TenantModel):
                continue
            fields = [each.attname for each in model._meta.concrete_fields if isinstance(each, models.DateTimeField)]
            for row in model._base_manager.filter(store=shop.store.pk).values("pk", *fields):
                found |= {(f"{model.__name__}.{name}", row["pk"]): row[name] for name in fields}
    return found


def live_through(shop, receiver):
    """Call for call, what a store goes through, with a receiver that says that it is gone."""
    say, ask = shop.merchant.post, shop.buyer.post
    endpoint = say("webhook-endpoints/", {"url": receiver.url}).json()["id"]
    say("products/", {"item_id": "8000", "title": "Quilt", "price": "59.00", "category": "50008163"})
    say("return-addresses/", {"contact": "a", "phone": "1", "address": "x"})
    until = (NOON + AHEAD + timedelta(days=9)).isoformat()
    coupon = say("coupons/", {**COUPON_BODY, "channel": "general", "valid_until": until}).json()["id"]
    lines = [{"item_id": "8000", "quantity": 2, "unit_price": "59.00"}]
    paid = (NOON + AHEAD - timedelta(hours=1)).isoformat()
    for number in range(6):
        place = {"number": f"S{number}", "buyer": {"id": "b", "name": "B"}, "paid_at": paid, "address": "x"}
        assert ask("orders/", {**place, "lines": lines}).status_code == 201
    ask("orders/S0/urge/")
    ask("orders/S0/change-address/", {"address": "y"})
    late = {"reason": "snow", "orders": ["S0"], "expected_at": until}
    report = say("delay-reports/", late).json()["id"]
    say(f"delay-reports/{report}/lift/")
    for number in (1, 2, 3, 4):
        assert say(f"orders/S{number}/ship/", {**PARCEL, "tracking_number": f"T{number}"}).status_code == 200
    upload = b"order_number,carrier,tracking_number\nS5,SF,T5\n"
    assert shop.merchant.upload("orders/import-shipments/", upload).status_code == 200
    ask("orders/S1/deliver/")
    granted = say(f"coupons/{coupon}/grant/", {"order": "S1"})
    assert granted.status_code == 201, granted.json()
    pay = {"order": "S1", "amount": "2.00", "purpose": "other"}
    assert say("payments/", pay, **{"Idempotency-Key": "p"}).status_code == 201
    refunds = [
        ask("refunds/", {"order": f"S{number}", **REFUND_BODY, "reason": "minor_flaw"}).json()["id"]
        for number in (1, 2, 3, 4)
    ]
    shop.merchant.send_form(f"refunds/{refunds[0]}/evidence/", picture())
    say(f"refunds/{refunds[0]}/messages/", {"text": "hello"})
    ask(f"refunds/{refunds[0]}/messages/", {"text": "hello"})
    offer = say("offers/", {"refund": refunds[0], "method": "partial_refund", "amount": "1.00"})
    assert offer.status_code == 201, offer.json()
    assert ask(f"offers/{offer.json()['id']}/accept/").status_code == 200
    assert say(f"refunds/{refunds[1]}/approve/").status_code == 200
    assert say(f"refunds/{refunds[2]}/reject/", {"reason": "no"}).status_code == 200
    dispute = ask("disputes/", {"refund": refunds[2], "claim": "x"}).json()["id"]
    say(f"disputes/{dispute}/answer/", {"reply": "x"})
    ask(f"disputes/{dispute}/decide/", {"outcome": "buyer", "note": "x"})
    say(f"disputes/{dispute}/pack/")
    ask(f"refunds/{refunds[3]}/withdraw/")
    say(f"webhook-endpoints/{endpoint}/rotate-secret/")
    say(f"webhook-endpoints/{endpoint}/test/")
    shop.merchant.get("events/")
    shop.merchant.get("refunds/", updated_after="2026-01-01")
    receiver.answers = [answer(200), answer(500), answer(410)]
    for _ in range(3):
        follow_clocks()
        while plan_deliveries() or call_endpoints():
            pass
        shop.merchant.patch(f"webhook-endpoints/{endpoint}/", {"status": "active"})
    say(f"webhook-endpoints/{endpoint}/redeliver/", {"since": "2026-11-01"})
    shop.merchant.client.delete(f"/api/v1/webhook-endpoints/{endpoint}/")


def test_all_that_a_sandbox_goes_through_happens_by_its_own_clock(settings):
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    shop, receiver = make_shop("tmall", is_sandbox=True), Receiver()
    assert advance(shop, by="40d").status_code == 200
    before = instants(shop)
    live_through(shop, receiver)
    after = instants(shop)
    new = {name for name, instant in after.items() if instant is not None and before.get(name) != instant}
    wrong = {name for name, row in new if after[name, row] < NOON + AHEAD - timedelta(days=1)}
    database_s = {name for name in wrong if name.split(".")[1] in ("updated_at", "next_attempt_at", "leased_until")}
    assert wrong - database_s - TOLD - EVERYBODYS == set()
    with shop.scope():
        told = set(Event.objects.filter(at__gte=NOON + AHEAD).values_list("name", flat=True))
        assert not Event.objects.filter(at__gt=NOON, at__lt=NOON + AHEAD).exclude(actor_kind="system").exists()
    assert len(told) > 25, sorted(told)
    assert {"webhook.paused", "webhook.resumed", "webhook.secret_rotated", "refund.refunded"} <= told
    assert len({name for name, _row in new}) > 50
    assert {instant for (name, _row), instant in after.items() if name == "ApiKey.last_used_at"} == {NOON}


def test_a_message_bears_everybodys_instant_and_older_secrets_end_by_the_sandboxs_day(settings):
    """Receivers compare the one with their own clocks; the other is what one wants to see without waiting for it."""
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    shop, receiver = make_shop("tmall", is_sandbox=True), Receiver()
    wanted = {"url": receiver.url, "events": ["refund.requested"]}
    endpoint = shop.merchant.post("webhook-endpoints/", wanted).json()
    shop.merchant.post(f"webhook-endpoints/{endpoint['id']}/rotate-secret/")
    for span, older_signs in (("23h", True), ("2h", False)):
        assert advance(shop, by=span).status_code == 200
        shop.refund()
        while plan_deliveries() or call_endpoints():
            pass
        told = receiver.received[-1]
        assert told.headers["webhook-timestamp"] == str(int(NOON.timestamp()))
        assert told.is_signed_with(endpoint["secret"]) == older_signs
    made = shop.merchant.get("webhook-deliveries/").json()["results"][0]
    assert made["created_at"] == made["delivered_at"] == "2026-11-21T05:00:00Z"
    resent = shop.merchant.post(
        f"webhook-endpoints/{endpoint['id']}/redeliver/", {"since": "2026-11-21T12:00:00+08:00"}
    ).json()
    assert resent == {"deliveries": 1}, "by its own clock"

    def behave(call, there):
        set_clock(shop.store.pk, NOON + timedelta(days=3))
        connections.close_all()
        there.sendall(answer(410))

    receiver.behave = behave
    while plan_deliveries() or call_endpoints():
        pass
    with shop.scope():
        at = Event.objects.get(name="webhook.paused").at
        assert at == NOON + timedelta(days=3), "the clock was moved while the receiver was called"
    receiver.close()
