"""A return that has nowhere to go: a person is called, nobody's time runs out, and the address can be named later."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from common import clock as wall
from common.errors import NotFound, Refused
from offers.methods import METHODS
from offers.models import Offer
from orders.models import OrderLine
from refunds.models import Refund
from refunds.sweeps import name_missing_addresses, sweep_due_refunds
from stores import actions as store_actions
from tests.api.helpers import ask, code, detail, everything
from tests.api.test_offers import propose
from tests.cases import for_each
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
@for_each("approved", [by_the_deadline, by_a_failed_recall])
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


def usable(shop) -> list[str]:
    return [row["address"] for row in shop.merchant.get("return-addresses/").json()["results"]]


def change(shop, old, **parts):
    parts = {"contact": old.contact, "phone": old.phone, "address": old.address, **parts}
    with shop.scope():
        return store_actions.change_return_address(
            store_id=shop.store.pk, address_id=old.pk, **parts, actor=MERCHANT, now=NOON
        )


def retire(shop, address):
    with shop.scope():
        return store_actions.retire_return_address(
            store_id=shop.store.pk, address_id=address.pk, actor=MERCHANT, now=NOON
        )


@pytest.mark.rule("P1")
def test_the_first_address_is_told_to_every_return_that_waits_for_one(clock):
    shop, refund = by_the_deadline(clock)
    other_shop, other = by_the_deadline(clock)
    assert name_missing_addresses() == 0
    address = add_address(shop)
    assert [name_missing_addresses() for _ in range(2)] == [1, 0]
    named = detail(shop, refund)
    assert (named["return_address"], named["due_action"], named["needs_attention"]) == (str(address.pk), "close", False)
    assert shop.reload(Refund(pk=refund)).due_at == wall.now() + timedelta(days=7)
    told = shop.merchant.get(f"refunds/{refund}/timeline/").json()["results"][-1]
    assert (told["name"], told["actor"], told["data"]["address"]) == ("refund.address_named", "system", str(address))
    assert detail(other_shop, other)["return_address"] is None


@pytest.mark.rule("P1")
def test_a_changed_address_takes_the_place_of_the_old_one_which_stays_what_buyers_were_told(taote):
    running = str(taote.refund().pk)
    taote.merchant.post(f"refunds/{running}/approve/")
    add_address(taote)
    new = change(taote, taote.address, address="义乌市城店路 1 号")
    assert set(usable(taote)) == {"杭州", "义乌市城店路 1 号"}
    assert detail(taote, running)["return_address"] == str(taote.address.pk)
    assert taote.reload(taote.address).address == "义乌市稠州北路 8 号"
    later = str(taote.refund().pk)
    taote.merchant.post(f"refunds/{later}/approve/")
    assert detail(taote, later)["return_address"] == str(new.pk), "it is still the store's first"
    gone = taote.merchant.post(f"refunds/{taote.refund().pk}/approve/", {"return_address": str(taote.address.pk)})
    assert code(gone) == (404, "not_found", "return_address")
    with pytest.raises(Refused, match="retired"):
        change(taote, taote.address, contact="x")


def test_a_change_of_nothing_leaves_nothing_behind(taote):
    before = everything(taote)
    assert change(taote, taote.address) == taote.address
    assert everything(taote) == before


def test_the_last_address_stays_and_any_other_is_retired_once(taote):
    with pytest.raises(Refused) as refused:
        retire(taote, taote.address)
    assert refused.value.code == "last_return_address"
    other = add_address(taote)
    retire(taote, taote.address)
    assert usable(taote) == ["杭州"]
    for address, why in ((taote.address, "invalid_transition"), (other, "last_return_address")):
        with pytest.raises(Refused) as refused:
            retire(taote, address)
        assert refused.value.code == why
    with pytest.raises(NotFound):
        retire(taote, make_shop("taote").address)


@pytest.mark.rule("Q16")
def test_an_accepted_exchange_goes_where_its_buyer_was_told():
    shop = make_shop("tmall")
    refund = shop.refund()
    terms = {"refund": str(refund.pk), "method": "exchange", "item_id": "8000", "message": "亲"}
    offer = shop.merchant.post("offers/", terms).json()
    assert shop.buyer.post(f"offers/{offer['id']}/accept/").status_code == 200
    change(shop, shop.address, address="义乌市城店路 1 号")
    with shop.scope():
        row = Offer.objects.select_related("refund__store", "refund__return_address", "product").get()
        assert "稠州北路 8 号" in METHODS["exchange"].after_yes(row)[1]
