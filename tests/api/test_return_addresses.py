"""A return that has nowhere to go: a person is called, nobody's time runs out, and the address can be named later."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from common import clock as wall
from orders.models import OrderLine
from refunds.models import Refund
from refunds.sweeps import sweep_due_refunds
from stores import actions as store_actions
from tests.api.helpers import ask, code, detail, everything
from tests.api.test_offers import propose
from tests.parcels import NORECALL, ask_everybody, shipped
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PARCEL = {"carrier": "SF", "tracking_number": "R1"}


def add_address(shop):
    with shop.scope():
        return store_actions.add_return_address(
            store=shop.store, contact="二仓", phone="1", address="杭州", actor=MERCHANT, now=NOON
        )


def names_of_events(shop, refund):
    return [event["name"] for event in shop.merchant.get(f"refunds/{refund}/timeline/").json()["results"]]


def by_the_deadline(clock):
    shop = make_shop("taote")
    with shop.scope():
        shop.address.delete()
    refund = str(shop.refund().pk)
    assert "refund.address_missing" in names_of_events(shop, refund), "told while there is time"
    clock.move(hours=36)
    assert sweep_due_refunds() == 1
    return shop, refund


def by_a_failed_recall(clock):
    shop = make_shop("pinduoduo")
    with shop.scope():
        shop.address.delete()
    refund = ask(shop, shipped(shop, NORECALL)).json()["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    ask_everybody()
    return shop, refund


@pytest.mark.rule("T10", "P1", "P4")
@pytest.mark.parametrize("approved", [by_the_deadline, by_a_failed_recall])
def test_the_buyers_time_begins_when_the_address_is_named(approved, clock):
    shop, refund = approved(clock)
    waiting = detail(shop, refund)
    assert (waiting["status"], waiting["due_at"], waiting["needs_attention"]) == ("awaiting_return", None, True)
    assert names_of_events(shop, refund)[-1] == "refund.address_missing"
    clock.move(days=30)
    assert sweep_due_refunds() == 0
    before = everything(shop)
    assert code(shop.buyer.post(f"refunds/{refund}/ship-return/", PARCEL)) == (409, "return_address_missing", None)
    assert code(shop.merchant.post(f"refunds/{refund}/return-address/", {})) == (400, "required", "return_address")
    foreign = {"return_address": str(make_shop("taote").address.pk)}
    answer = shop.merchant.post(f"refunds/{refund}/return-address/", foreign)
    assert code(answer) == (404, "not_found", "return_address")
    assert everything(shop) == before

    address = add_address(shop)
    named = shop.merchant.post(f"refunds/{refund}/return-address/", {}).json()
    assert (named["return_address"], named["due_action"], named["needs_attention"]) == (str(address.pk), "close", False)
    assert shop.reload(Refund(pk=refund)).due_at == wall.now() + timedelta(days=7)
    again = shop.merchant.post(f"refunds/{refund}/return-address/", {"return_address": str(address.pk)})
    assert code(again) == (409, "invalid_transition", None)
    assert shop.buyer.post(f"refunds/{refund}/ship-return/", PARCEL).json()["status"] == "returning"


@pytest.mark.rule("R7")
def test_a_buyer_who_waits_for_an_address_may_ask_the_platform_or_withdraw(clock):
    shop, refund = by_the_deadline(clock)
    opened = shop.buyer.post("disputes/", {"refund": refund, "claim": "no address"})
    assert opened.status_code == 201
    assert detail(shop, refund)["needs_attention"] is False
    shop, refund = by_the_deadline(clock)
    shop.buyer.post(f"refunds/{refund}/withdraw/")
    done = detail(shop, refund)
    assert (done["status"], done["needs_attention"]) == ("withdrawn", False)


@pytest.mark.rule("R7")
def test_with_an_address_there_is_nothing_to_dispute_yet(taote):
    refund = taote.refund()
    taote.merchant.post(f"refunds/{refund.pk}/approve/")
    answer = taote.buyer.post("disputes/", {"refund": str(refund.pk), "claim": "x"})
    assert code(answer) == (409, "invalid_transition", None)


@pytest.mark.rule("P1")
def test_the_database_runs_no_clock_towards_nowhere(taote):
    refund = taote.refund()
    taote.merchant.post(f"refunds/{refund.pk}/approve/")
    with taote.scope(), pytest.raises(IntegrityError, match="refund_no_return_clock_without_address"):
        Refund.objects.filter(pk=refund.pk).update(return_address=None)


@pytest.mark.rule("T6")
def test_a_return_that_was_offered_is_gone_once_the_goods_are_stopped(taote):
    refund = taote.refund(kind="refund_only")
    offer = propose(taote, refund, method="change_to_return", amount=None, return_address=str(taote.address.pk)).json()
    with taote.scope():
        OrderLine.objects.filter(order=refund.order_id).update(cancelled_quantity=1)
    before = everything(taote)
    answer = taote.buyer.post(f"offers/{offer['id']}/accept/")
    assert code(answer) == (409, "nothing_to_return", "lines")
    assert everything(taote) == before
