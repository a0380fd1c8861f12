"""Refunds whose money is owed, who holds their payments, and a gateway that takes its time."""

import threading
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from common.tenancy import system_scope
from payments.actions import take_up_payments
from payments.gateways import gateway
from payments.models import Payment
from refunds import actions as refund_actions
from tests.concurrency.harness import PATIENCE
from tests.world import MERCHANT, NOON


def owed(shop, count=1, now=NOON, **kwargs) -> list:
    """Approved refunds of ¥59 that wait for their money."""
    refunds = [shop.refund(shop.order(now=now, **kwargs), kind="refund_only", now=now) for _ in range(count)]
    with shop.scope():
        for refund in refunds:
            refund_actions.approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=now)
    return refunds


def payments(**fields) -> list[Payment]:
    with system_scope():
        return list(Payment.objects.filter(**fields).order_by("id"))


def taken_up() -> int:
    """How many payments a worker gets that dies at once."""
    with system_scope():
        return len(take_up_payments(now=NOON, limit=10))


def leases() -> dict[object, datetime]:
    """Until when each payment is somebody's."""
    return {payment.pk: payment.leased_until for payment in payments()}


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@contextmanager
def slow_gateway(monkeypatch):
    """A gateway that answers only when `go_on` is set; `asked` counts the calls that have reached it."""
    sandbox = gateway("sandbox")
    pay, asked, go_on = sandbox.pay, threading.Semaphore(0), threading.Event()

    def hang(instruction):
        asked.release()
        assert go_on.wait(PATIENCE)
        return pay(instruction)

    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "pay", hang)
        yield asked, go_on
