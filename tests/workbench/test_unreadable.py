"""Parcels on which nobody can read a number, and numbers that several refunds have had."""

import re

import pytest

from common.models import Event
from common.tenancy import system_scope
from orders.models import Order, Shipment
from orders.tracking import ask_carriers
from refunds.models import Refund, UnclaimedParcel
from refunds.returns import ship_return
from refunds.unclaimed.matching import match_announced_parcels
from refunds.unclaimed.recording import announced_under, draw_own_number
from tests.api.helpers import ask
from tests.tenancy.things import make_unclaimed
from tests.workbench.test_station import page, passed, sent_back
from tests.workbench.test_unclaimed import ADDRESS, assign, at, awaiting, desk, photograph, put_aside, shop, suggested
from tests.world import BUYER, NOON, make_shop

__all__ = ["desk", "shop"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("P1")]


def test_a_parcel_without_a_number_is_told_by_what_there_is_to_see(shop, desk):
    phone, other = awaiting(shop, address=ADDRESS), sent_back(shop, "SF90000001")
    bought = awaiting(shop, prices=("58.00", "1.00"), buyer_id="b2")
    assert "A parcel without a readable number" in page(desk)
    shown = page(desk, unreadable="1")
    assert "The desk gives the parcel a number of its own" in shown
    for nothing in ({}, {"carrier": "SF"}, {"note": "  "}):
        refused = desk.post("station/aside/", number="", **nothing)
        assert "Write down what there is to see" in refused.content.decode()
        assert "The desk gives the parcel a number of its own" in refused.content.decode()
    with system_scope():
        assert not UnclaimedParcel.objects.exists()

    parcel = put_aside(desk, "", phone_end="4321", goods="8001", note="red bag")
    again = put_aside(desk, "", note="red bag")
    number = parcel.tracking_number
    assert (parcel.has_number, parcel.carrier, number[:3], len(number)) == (False, "", "NN-", 9)
    assert again.tracking_number != number
    assert desk.get("station/", number=number.lower().replace("-", ""))["Location"] == at(parcel)
    shown = photograph(desk, at(parcel, "photograph")).content.decode()
    assert "a number of our own" in shown
    assert suggested(shop, parcel) == [
        (phone.pk, ["the phone ends in 4321"]),
        (bought.pk, ["8001 is to come back"]),
    ]
    assert suggested(shop, again) == [], "an empty number is near to none"
    with system_scope():  # as marketplaces tell of orders that went out under no number
        Order.objects.filter(pk__in=[phone.order_id, bought.order_id]).update(tracking_number="")
    assert [each for each, _why in suggested(shop, parcel)] == [phone.pk, bought.pk]
    assert suggested(shop, parcel)[0][1] == ["the phone ends in 4321"]
    assert suggested(shop, again) == []
    answer = assign(desk, again, other).content.decode()
    assert f'data-refund="{other.pk}"' in answer
    assert shop.reload(other).return_tracking_number == "SF90000001", "it keeps the number that its buyer named"
    assert f'data-refund="{other.pk}"' in page(desk, number=again.tracking_number)
    listed = desk.get("refunds/unclaimedparcel/", q=number).content.decode()
    assert number in listed
    assert again.tracking_number not in listed
    with shop.scope():
        told = Event.objects.get(subject_id=parcel.pk, name="unclaimed_parcel.recorded").data
    assert (told["is_own_number"], told["tracking_number"]) == (True, number)

    assert "Say who brought the parcel" in assign(desk, parcel, phone).content.decode()
    answer = assign(desk, parcel, phone, carrier="other: 无面单").content.decode()
    assert 'id="goods-fine"' in answer
    now = shop.reload(phone)
    assert (now.status, now.return_tracking_number) == ("returning", number)
    with shop.scope():
        shipment = Shipment.objects.get(topic_id=phone.pk)
    assert (shipment.status, shipment.next_attempt_at) == ("delivered", None)
    assert ask_carriers() == 4, "three orders and the other return, not this parcel"
    assert shop.reload(shipment).reported_at is None
    passed(desk, phone)
    assert shop.reload(phone).status == "refunding"


def test_a_number_that_is_used_again_leads_to_the_refund_that_expects_it(shop, desk):
    waits = sent_back(shop, "SF90000061")
    over = [sent_back(shop, "SF90000061") for _ in range(2)]
    with system_scope():
        Refund.objects.filter(pk__in=[each.pk for each in over]).update(status="closed", due_at=None, due_action="")
    with shop.scope():
        assert announced_under(shop.store.pk, "sf 90000061").pk == waits.pk
    assert f'data-refund="{waits.pk}"' in page(desk, number="SF90000061")
    sent_there = sent_back(shop, "SF90000061")
    with system_scope():
        Refund.objects.filter(pk=sent_there.pk).update(is_followed=True, due_action="", decision_sent="confirm_receipt")
    with shop.scope():
        assert announced_under(shop.store.pk, "SF90000061").pk == waits.pk

    parcel, late, other = make_unclaimed(shop, "SF90000071"), awaiting(shop), awaiting(shop)
    with shop.scope():
        told = {"store_id": shop.store.pk, "carrier": "SF", "tracking_number": "SF90000071", "now": NOON}
        for refund in (late, other):
            ship_return(refund_id=refund.pk, actor=BUYER, **told)
    with system_scope():
        Refund.objects.filter(pk=other.pk).update(status="closed", due_at=None, due_action="")
    assert match_announced_parcels() == 1
    assert shop.reload(parcel).refund_id == late.pk
    for refund in (late, waits):
        with system_scope():
            Refund.objects.filter(pk=refund.pk).update(status="closed", due_at=None, due_action="")
    with shop.scope():
        assert announced_under(shop.store.pk, "SF90000071").pk == other.pk, "where none expects it, the newest"


def test_a_number_of_our_own_stays_on_its_box_and_is_never_another_s(shop, desk, monkeypatch):
    """Neither that of one which waits, nor of one which found its refund or was sent back."""
    drawn = iter([1, 1, 2, 1, 2, 3, 1, 2, 3, 4])
    monkeypatch.setattr("refunds.unclaimed.recording.secrets.randbelow", lambda most: next(drawn))
    matched, ended = put_aside(desk, "", note="red"), put_aside(desk, "", note="blue")
    assign(desk, matched, awaiting(shop), carrier="SF Express")
    assert desk.post(at(ended, "end"), fate="sent_back", reason="not ours").status_code == 302
    assert (shop.reload(matched).status, shop.reload(ended).status) == ("matched", "sent_back")
    assert put_aside(desk, "", note="green").tracking_number == "NN-000003"
    with shop.scope():
        assert draw_own_number(shop.store) == "NN-000004"


def test_a_form_that_is_sent_twice_puts_one_parcel_aside(shop, desk):
    """Whatever became of the parcel meanwhile; a number that is no such one, or another store's, is none of ours."""
    shown = page(desk, unreadable="1")
    (own,) = re.findall(r'name="own_number" value="(NN-[0-9]{6})"', shown)
    assert 'name="own_number"' in page(desk, number="SF90000001")
    assert "NN-" not in page(desk, number="SF90000001")
    told = {"number": "", "own_number": own, "note": "red bag"}
    first, again = (desk.client.post("/admin/station/aside/", told) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert "put aside already" in desk.client.get(again["Location"]).content.decode()
    with system_scope():
        parcel = UnclaimedParcel.objects.get()
    assert (parcel.tracking_number, parcel.has_number, again["Location"]) == (own, False, at(parcel))
    assign(desk, parcel, awaiting(shop), carrier="SF Express")
    assert desk.client.post("/admin/station/aside/", told)["Location"] == at(parcel)
    other = make_shop("pinduoduo")
    theirs = make_unclaimed(other, "NN-000007")
    assert put_aside(desk, "", note="blue", own_number="NN-000007").pk != theirs.pk
    assert put_aside(desk, "", note="green", own_number="SF90000002").tracking_number[:3] == "NN-"
    refused = desk.post("station/aside/", number="", own_number="NN-000008")
    assert "Write down what there is to see" in refused.content.decode()
    with shop.scope():
        assert UnclaimedParcel.objects.for_store(shop.store.pk).count() == 3


def test_a_parcel_that_was_called_back_is_told_by_the_number_under_which_it_went_out(shop, desk):
    order = shop.order()
    number = shop.reload(order).tracking_number
    refund = ask(shop, order, kind="refund_only", amount="59.00", reason="changed_mind").json()["id"]
    assert shop.merchant.post(f"refunds/{refund}/approve/").json()["status"] == "recalling"
    other = make_shop("pinduoduo")
    foreign = other.order()
    shown = page(desk, number=number.lower())
    assert "Something went out under this number" in shown
    assert order.number in shown
    assert "Something went out" not in page(desk, number="SF90000001")
    with system_scope():
        Order.objects.filter(pk=foreign.pk).update(tracking_number="SF90000002")
    assert "Something went out" not in page(desk, number="SF90000002"), "another store's"


def test_of_many_refunds_under_a_number_the_one_that_is_meant_is_shown(shop, desk, monkeypatch):
    monkeypatch.setattr("workbench.station.scanned.MOST_UNDER_ONE", 2)
    first, *others = (sent_back(shop, "SF90000081") for _ in range(3))
    assert f'data-refund="{first.pk}"' in page(desk, number="SF90000081", refund=first.pk)
    assert f'data-refund="{others[0].pk}"' in page(desk, number="SF90000081")


def test_who_brought_a_parcel_is_asked_in_one_place(shop, desk):
    refund = awaiting(shop, address=ADDRESS)
    parcel, nobodys = put_aside(desk, "", phone_end="4321"), put_aside(desk, "", note="red bag")
    assert page_of(desk, parcel).count('name="carrier"') == 1
    assert page_of(desk, nobodys).count('name="carrier"') == 1
    described = desk.post(at(parcel, "describe"), phone_end="4321", note="wet")
    assert described.status_code == 302
    assert shop.reload(parcel).note == "wet"
    assert assign(desk, parcel, refund, carrier="SF Express").status_code == 200
    assert shop.reload(parcel).refund_id == refund.pk


def page_of(desk, parcel) -> str:
    return desk.get(f"{at(parcel).removeprefix('/admin/')}").content.decode()
