"""Where something happens that a figure counts, it is told of: at gateways, carriers, shops, endpoints and limits."""

import pytest
from django.test import Client

from common.metering import noting
from payments import settlement
from refunds.actions import approve_refund
from tests.connectors.conftest import ago, connected, server, unconnected, unpaced  # noqa: F401  fixtures
from tests.parcels import SILENT, shipped
from tests.webhooks.receiver import Receiver, answer
from tests.world import MERCHANT, NOON, make_shop, wait
from webhooks.delivering import call_endpoints
from webhooks.planning import plan_deliveries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


@pytest.fixture
def noted(monkeypatch):
    """What is told meanwhile: (of what, its labels), without times and counts."""
    told: list[tuple] = []

    def tells(name):
        return lambda *said: told.append((name, *(each for each in said if isinstance(each, str))))

    for name in ("payment_asked", "asked_outside", "endpoint_called", "limit_reached", "call_answered"):
        monkeypatch.setattr(noting, name, tells(name))
    return told


def test_gateways_carriers_and_limits(taote, noted):
    refund = taote.refund(kind="refund_only")
    with taote.scope():
        approve_refund(store_id=taote.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    settlement.settle_batch()
    assert ("payment_asked", "sandbox", "paid") in noted
    assert ("asked_outside", "gateway", "sandbox", "answered") in noted
    shipped(make_shop("kuaishou"), SILENT)
    assert ("asked_outside", "carrier", "sandbox", "unknown") in noted
    for _ in range(31):
        Client().post("/admin/login/", {"username": "nobody", "password": "x"})
    assert ("limit_reached", "address") in noted
    assert ("call_answered", "admin/login/", "POST") in noted


def test_shops(connected, noted):  # noqa: F811
    connected.server.put("R-1", ago(hours=1))
    connected.turn(hours=3)
    assert ("asked_outside", "marketplace", "toy", "2xx") in noted


def test_endpoints(transactional_db, settings, noted):
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    shop, there = make_shop("taote"), Receiver()
    assert shop.merchant.post("webhook-endpoints/", {"url": there.url, "events": []}).status_code == 201
    shop.order()
    there.answers += [answer(500), answer(200)]
    for _ in range(2):
        wait(hours=1)
        plan_deliveries()
        while call_endpoints():
            pass
    there.close()
    told = [each[1:] for each in noted if each[0] == "endpoint_called"]
    assert told[:2] == [("refused",), ("taken",)]
    assert ("asked_outside", "endpoint", "", "5xx") in noted
