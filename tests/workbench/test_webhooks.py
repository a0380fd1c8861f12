"""Endpoints and their log at the desk: the owners' alone."""

import re

import pytest

from tests.cases import for_each
from tests.tenancy.calls import PUBLIC
from tests.tenancy.things import make_delivery, make_endpoint
from webhooks.models import Endpoint

pytestmark = pytest.mark.django_db


def test_an_owner_adds_an_endpoint_sees_its_secret_once_and_decides_about_it(taote, sign_in):
    owner = sign_in("owner", taote)
    refused = owner.post("webhooks/endpoint/add/", url="https://127.0.0.1/", description="", events=[])
    assert "url" in refused.context["form"].errors
    made = owner.post("webhooks/endpoint/add/", url=PUBLIC, description="ERP", events=["refund.requested"])
    secret = re.search(r"whsec_[\w+/=]+", made.content.decode())
    assert secret
    with taote.scope():
        endpoint = Endpoint.objects.get()
    page = f"webhooks/endpoint/{endpoint.pk}/"
    assert secret[0] not in owner.get(f"{page}change/").content.decode()
    for decision, status in (("pause", "paused"), ("resume", "active")):
        assert owner.post(f"{page}{decision}/").status_code == 302
        assert taote.reload(endpoint).status == status
        assert owner.tiles().get("Webhook endpoints that aren't called") == ("1" if status == "paused" else None)
    assert "whsec_" in owner.post(f"{page}rotate/").content.decode()
    assert owner.post(f"{page}delete/").status_code == 302
    assert owner.rows("webhooks/endpoint/", queue="all") == []


def test_the_log_shows_message_and_answer_and_sends_again(taote, sign_in):
    owner = sign_in("owner", taote)
    delivery = make_delivery(taote, make_endpoint(taote))
    with taote.scope():
        type(delivery).objects.filter(pk=delivery.pk).update(
            status="failed", response="<b>busy</b>", response_status=503, last_error="refused", next_attempt_at=None
        )
    assert [row.pk for row in owner.rows("webhooks/delivery/", queue="failed")] == [delivery.pk]
    assert "2026-11-20 12:00" in owner.get("webhooks/delivery/").content.decode()
    page = owner.get(f"webhooks/delivery/{delivery.pk}/change/").content.decode()
    assert "&lt;b&gt;busy&lt;/b&gt;" in page
    assert "503 · Not taken" in page
    assert "&quot;type&quot;:&quot;webhook.made&quot;" in page
    assert owner.post(f"webhooks/delivery/{delivery.pk}/redeliver/").status_code == 302
    assert taote.reload(delivery).status == "waiting"


def test_a_message_that_arrived_is_not_called_a_parcel_that_was_signed_for(taote, sign_in):
    owner, delivery = sign_in("owner", taote), make_delivery(taote, make_endpoint(taote))
    with taote.scope():
        type(delivery).objects.filter(pk=delivery.pk).update(status="delivered", next_attempt_at=None)
    owner.client.cookies["django_language"] = "zh-hans"
    page = owner.get(f"webhooks/delivery/{delivery.pk}/change/").content.decode()
    assert ("已送达" in page, "已签收" in page) == (True, False)


@for_each("role", ["agent", "viewer"])
def test_nobody_else_sees_them(taote, sign_in, role):
    desk, endpoint = sign_in(role, taote), make_endpoint(taote)
    for path in ("webhooks/endpoint/", f"webhooks/endpoint/{endpoint.pk}/change/", "webhooks/delivery/"):
        assert desk.get(path).status_code in (403, 404)
    assert desk.post(f"webhooks/endpoint/{endpoint.pk}/delete/").status_code in (403, 404)
    assert taote.reload(endpoint).deleted_at is None
