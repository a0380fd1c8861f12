"""CONTRIBUTING's recipe for a gateway: one file, and stores pay through it, hear from it and are compared with it."""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client

from payments.gateways import gateway, usable_gateways
from payments.inbox import process_due_notices
from payments.models import GatewayNotice
from payments.settlement import settle_batch
from payments.terms import gateway_of
from tests.api.test_small_payments import error, send
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("another_gateway", "clock", "broker_tasks")]
NAME = "unionpay"


@pytest.fixture
def configured(settings):
    """The environment says what the bank's file needs."""
    settings.OUTSIDE = {**settings.OUTSIDE, NAME: {"KEY": "secret"}}


@pytest.fixture
def shop():
    """A store that sends small payments."""
    return make_shop("kuaishou")


def post(signed, name=NAME):
    headers, body = signed
    return Client().post(f"/gateways/{name}/webhook/", body, content_type="application/json", headers=headers)


def choose(operator, shop, name):
    return operator.post(f"stores/store/{shop.store.pk}/payment-terms/", gateway=name)


def test_without_its_settings_it_can_not_be_chosen_or_reached(shop, sign_in):
    operator = sign_in("operator")
    assert usable_gateways() == ["sandbox"]
    assert list(choose(operator, shop, NAME).context["form"].errors) == ["gateway"]
    with pytest.raises(ImproperlyConfigured, match="Set UNIONPAY_KEY to use unionpay"):
        gateway(NAME)
    assert post(({}, b"{}")).status_code == 404


def test_a_sandbox_pays_nobody_through_it(configured, sign_in):
    operator, sandbox = sign_in("operator"), make_shop("kuaishou", is_sandbox=True)
    errors = choose(operator, sandbox, NAME).context["form"].errors
    assert errors == {"gateway": ["A sandbox pays nobody: leave its gateway empty."]}
    with sandbox.scope():
        assert gateway_of(sandbox.store.pk) == "sandbox"
    assert choose(operator, sandbox, "").status_code == 302


def test_a_store_pays_through_it(configured, shop, sign_in):
    operator = sign_in("operator")
    assert usable_gateways() == ["sandbox", NAME]
    page = operator.get(f"stores/store/{shop.store.pk}/payment-terms/")
    assert (NAME, NAME) in page.context["form"].fields["gateway"].choices
    assert choose(operator, shop, NAME).status_code == 302

    payment = send(shop, shop.order(), "3.00").json()["id"]
    assert settle_batch() == 1
    shown = shop.merchant.get(f"payments/{payment}/").json()
    assert (shown["status"], shown["gateway"], shown["gateway_reference"]) == ("succeeded", NAME, "UP1")
    assert gateway(NAME).currency == "CNY", "a default is taken where the environment says nothing"
    assert NAME in operator.get(f"payments/payment/{payment}/change/").content.decode()

    assert post(gateway(NAME).notice(payment)).status_code == 204
    headers, body = gateway(NAME).notice(payment)
    assert post((headers, body.replace(b"3.00", b"9.00"))).status_code == 401
    process_due_notices()
    assert list(GatewayNotice.objects.values_list("gateway", "result")) == [(NAME, "no_change")]

    out = StringIO()
    call_command("reconcile", gateway=NAME, date=date(2026, 11, 20), stdout=out)
    assert "1 payment" in out.getvalue()


def test_a_refund_goes_out_through_it_too(configured, shop, sign_in):
    choose(sign_in("operator"), shop, NAME)
    refund = shop.refund(kind="refund_only", amount="20.00")
    assert shop.merchant.post(f"refunds/{refund.pk}/approve/").status_code == 200
    settle_batch()
    assert shop.merchant.get(f"refunds/{refund.pk}/").json()["status"] == "refunded"
    with shop.scope():
        assert [str(amount) for amount, _day in gateway(NAME).transfers.values()].count("20.00") == 1
    assert error(send(shop, shop.order(), "0.00"))[0] == 400
