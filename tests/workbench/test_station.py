"""The returns station: what a scanned number stands for, and the two answers to it."""

import pytest

from common.tenancy import system_scope
from refunds.models import Refund
from stores.models import Membership
from tests.api.helpers import ask
from tests.cases import for_each
from tests.world import Shop, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("P1")]


@pytest.fixture
def shop(db):
    return make_shop("pinduoduo")


@pytest.fixture
def desk(shop, sign_in):
    return sign_in("warehouse", shop)


def sent_back(shop: Shop, number: str, *, amount="59.00", kind="return_and_refund", **order) -> Refund:
    """A return on its way under this number."""
    return returned(shop, shop.order(**order), number, amount=amount, kind=kind)


def returned(shop: Shop, order, number: str, *, amount="59.00", kind="return_and_refund") -> Refund:
    """A return of this order on its way under this number."""
    refund = ask(shop, order, kind=kind, amount=amount, reason="quality").json()["id"]
    assert shop.merchant.post(f"refunds/{refund}/approve/").status_code == 200
    parcel = {"carrier": "SF", "tracking_number": number}
    assert shop.buyer.post(f"refunds/{refund}/ship-return/", parcel).status_code == 200
    with shop.scope():
        return Refund.objects.select_related("order").get(pk=refund)


def page(desk, **params) -> str:
    answer = desk.get("station/", **params)
    assert answer.status_code == 200
    return answer.content.decode()


def passed(desk, refund, **data):
    return desk.client.post(f"/admin/station/{refund.pk}/inspection-passed/", {"note": "", **data}, follow=True)


def failed(desk, refund, **data):
    return desk.client.post(f"/admin/station/{refund.pk}/inspection-failed/", data, follow=True)


@for_each(
    "typed",
    ["SF-1400 77", "sf140077", "ＳＦ１４００７７", " SF1400​77﻿ ", "SF–1400–77", "\tSF140077\r\n"],
)
def test_a_number_is_found_however_it_is_typed(shop, desk, typed):
    refund = sent_back(shop, "SF140077", quantity=2, amount="118.00")
    shown = page(desk, number=typed)
    assert f'data-refund="{refund.pk}"' in shown
    assert refund.order.number in shown
    assert "王**" in shown
    assert "王小明" not in shown
    assert "Quilt 8000" in shown
    assert 'name="received-8000" value="2"' in shown
    assert "Quality" in shown


def test_a_part_of_a_number_is_not_the_number(shop, desk):
    refund = sent_back(shop, "SF140077")
    for typed in ("SF14007", "SF1400771"):
        assert str(refund.pk) not in page(desk, number=typed)


@for_each("typed", ["SF", "！！", "SF140077123456 YT140077123456", "х" * 300])
def test_what_is_no_number_is_told(desk, typed):
    shown = page(desk, number=typed)
    assert "is no tracking number" in shown
    assert "Announced by nobody" not in shown


def test_goods_are_fine_by_one_answer_and_counted_for_who_gave_it(shop, desk):
    refund = sent_back(shop, "R100")
    answer = passed(desk, refund)
    assert answer.redirect_chain[-1][0] == "/admin/station/"
    shown = answer.content.decode()
    assert f"R100 · order {refund.order.number}: The inspection is passed." in shown
    assert "You: 1 this hour, 1 today" in shown
    assert shop.reload(refund).status == "refunding"


def test_fewer_pieces_split_the_refund_as_on_its_page(shop, desk):
    refund = sent_back(shop, "R101", prices=("10.00", "20.00"), quantity=3, amount="90.00")
    passed(desk, refund, **{"received-8000": "2", "received-8001": "3"})
    with shop.scope():
        rest = Refund.objects.get(split_from=refund.pk)
        assert (Refund.objects.get(pk=refund.pk).amount, rest.amount, rest.status) == (80, 10, "disputed")
    shown = page(desk, number="R101")
    assert "Received already" in shown
    assert "2 refunds under this number" in shown


@for_each(
    ("counted", "text"),
    [("4", "less than or equal to 3"), ("-1", "greater than"), ("0", "Nothing arrived"), ("x", "whole")],
)
def test_a_count_that_cannot_be_is_told_and_changes_nothing(shop, desk, counted, text):
    refund = sent_back(shop, "R102", quantity=3, amount="177.00")
    answer = passed(desk, refund, **{"received-8000": counted})
    assert answer.status_code == 200
    assert text in answer.content.decode()
    assert "You: 0 this hour, 0 today" in answer.content.decode()
    assert shop.reload(refund).status == "returning"


def test_goods_are_not_fine_with_a_reason_and_not_without(shop, desk):
    refund = sent_back(shop, "R103")
    assert "This field is required" in failed(desk, refund, note="").content.decode()
    assert shop.reload(refund).status == "returning"
    assert "The inspection is failed" in failed(desk, refund, note="Damaged").content.decode()
    assert (shop.reload(refund).status, shop.reload(refund).rejection_reason) == ("rejected", "Damaged")


def test_an_exchange_says_so_and_owes_new_goods(shop, desk):
    refund = sent_back(shop, "R104", kind="exchange")
    shown = page(desk, number="R104")
    assert "new goods are owed" in shown
    assert "no money moves" in shown
    passed(desk, refund)
    assert shop.reload(refund).goods == "exchanged"


def test_a_second_scan_says_when_it_was_received_and_by_whom(shop, desk, sign_in):
    refund = sent_back(shop, "R105")
    passed(desk, refund)
    shown = page(sign_in("owner", shop), number="R105")
    assert "Received already: Inspection passed" in shown
    assert desk.user.username in shown
    assert "goods-fine" not in shown


def test_who_was_overtaken_is_told_by_whom_and_pays_nothing_again(shop, desk, sign_in):
    refund = sent_back(shop, "R106")
    passed(desk, refund)
    late = passed(sign_in("owner", shop), refund).content.decode()
    assert "This isn&#x27;t possible now" in late or "This isn't possible now" in late
    assert f"{desk.user.username}" in late
    assert "You: 0 this hour, 0 today" in late
    assert len(shop.merchant.get(f"refunds/{refund.pk}/").json()["payments"]) == 1


def test_several_refunds_under_one_number_come_one_after_the_other(shop, desk):
    first, second = sent_back(shop, "R107"), sent_back(shop, "R107")
    shown = page(desk, number="R107")
    assert shown.index("2 refunds under this number") < shown.index('id="parcel"'), "whose it is, before the answer"
    assert 'data-oddity="shared"' in shown
    assert f'data-refund="{first.pk}"' in page(desk, number="R107", refund=first.pk)
    assert passed(desk, first).redirect_chain[-1][0] == "/admin/station/?number=R107"
    assert f'data-refund="{second.pk}"' in page(desk, number="R107")
    assert passed(desk, second).redirect_chain[-1][0] == "/admin/station/"


def test_what_is_odd_about_the_number_is_shown_as_on_the_refund_page(shop, desk):
    order = shop.order()
    outbound = shop.reload(order).tracking_number
    sent_back(shop, outbound)
    shown = page(desk, number=outbound)
    assert 'data-oddity="sent_out"' in shown
    assert order.number in shown


def test_another_store_s_number_is_unknown(shop, desk):
    other = make_shop("pinduoduo")
    refund = sent_back(other, "R108")
    shown = page(desk, number="R108")
    assert "Announced by nobody" in shown
    assert refund.order.number not in shown
    assert passed(desk, refund).status_code == 404
    assert failed(desk, refund, note="Damaged").status_code == 404
    assert other.reload(refund).status == "returning"


def test_who_works_in_two_stores_sees_at_each_station_its_own_parcels_alone(shop, desk):
    other = make_shop("pinduoduo")
    with system_scope():
        Membership.objects.create(store=other.store, user=desk.user, role="warehouse")
    foreign, here = sent_back(other, "R113"), sent_back(shop, "R114")
    which = desk.client.get("/admin/station/", follow=True)
    assert which.redirect_chain == [("/admin/", 302)]
    assert "Pick one store first, at the top of the page." in which.content.decode()
    pick(desk, shop)
    assert "Announced by nobody" in page(desk, number="R113")
    assert (passed(desk, foreign).status_code, failed(desk, foreign, note="Damaged").status_code) == (404, 404)
    assert other.reload(foreign).status == "returning"
    assert f'data-refund="{here.pk}"' in page(desk, number="R114", refund=foreign.pk)
    pick(desk, other)
    assert f'data-refund="{foreign.pk}"' in page(desk, number="R113")


def pick(desk, shop):
    """Sit down at this store's desk."""
    assert desk.post("switch-store/", store=shop.store.pk).status_code == 302


@for_each("role", ["viewer", "agent", "finance"])
def test_only_who_inspects_has_the_station(shop, sign_in, role):
    refund = sent_back(shop, "R109")
    desk = sign_in(role, shop)
    assert desk.get("station/").status_code == 403
    assert passed(desk, refund).status_code == 403
    assert "/admin/station/" not in desk.get("").content.decode()


def test_the_menu_leads_there(desk):
    assert 'href="/admin/station/"' in desk.get("").content.decode()


def test_an_answer_that_is_none_is_not_found(shop, desk):
    refund = sent_back(shop, "R110")
    assert desk.post(f"station/{refund.pk}/approve/").status_code == 404
    assert desk.get(f"station/{refund.pk}/inspection-passed/").status_code == 405


def test_the_hour_and_the_day_end_on_the_store_s_clock(shop, desk, clock):
    passed(desk, sent_back(shop, "R111"))
    clock.move(hours=1)
    assert "You: 0 this hour, 1 today" in page(desk)
    clock.move(days=1)
    assert "You: 0 this hour, 0 today" in page(desk)


def test_a_scan_costs_twelve_statements_at_most_however_much_comes_back(shop, desk):
    sent_back(shop, "R112", prices=("10.00",), amount="10.00")
    one = len(desk.statements("station/", number="R112"))
    for _ in range(3):
        sent_back(shop, "R112", prices=("10.00", "20.00", "30.00"), quantity=2, amount="120.00")
    assert len(desk.statements("station/", number="R112")) <= one <= 12
    assert len(desk.statements("station/", number="R404")) <= 12
