"""The buyer's page: a signed link on which the buyer answers (Q6, Q7, Q10, T11)."""

import re
from html import unescape

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from offers.buyer.links import link_for
from tests.api.test_evidence import picture
from tests.api.test_phones import PHONES
from tests.world import make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(clock):
    """A Tmall store, a refund, and a pending partial refund of ¥9 with a message."""
    shop = make_shop("tmall")
    refund = shop.refund(reason="minor_flaw")
    body = {"refund": str(refund.pk), "method": "partial_refund", "amount": "9.00", "message": "<b>抱歉</b>"}
    offer = shop.merchant.post("offers/", body).json()
    return shop, refund, offer


def page(link, **params):
    return Client(headers={"accept-language": "en"}).get(link, params)


def answer(link, **body):
    """Send a form as a browser does, with the page's own CSRF token."""
    browser = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(link).content.decode())[1]
    return browser.post(link, {"csrfmiddlewaretoken": token, **body}, follow=True)


@pytest.mark.rule("T11", "Q6")
def test_it_shows_what_was_proposed_and_asks_once_more(offered):
    shop, refund, offer = offered
    link = link_for(refund)
    text = page(link).content.decode()
    assert "Keep the goods and receive ¥9.00 back." in text
    assert "&lt;b&gt;抱歉&lt;/b&gt;" in text
    confirm = page(link, answer="accept").content.decode()
    assert "Yes, accept" in confirm
    assert shop.merchant.get(f"offers/{offer['id']}/").json()["status"] == "pending"


@pytest.mark.rule("Q10")
def test_amounts_are_grouped_as_everywhere(clock):
    shop = make_shop("tmall")
    refund = shop.refund(shop.order(prices=("1234.00",)), amount="1234.00", reason="minor_flaw")
    valid = {"valid_from": "2026-11-01T00:00:00Z", "valid_until": "2026-12-31T00:00:00Z", "quantity": 9}
    coupon = {"name": "大", "channel": "smart_retention", "amount_off": "1000.00", "min_spend": "2500.00", **valid}
    made = shop.merchant.post("coupons/", coupon).json()
    sent = shop.merchant.post(
        "offers/", {"refund": str(refund.pk), "method": "coupon", "coupons": [made["id"]], "message": "亲"}
    )
    assert sent.status_code == 201
    shown = page(link_for(refund)).content.decode()
    assert [each in shown for each in ("¥1,234.00", "¥1,000.00", "¥2,500.00")] == [True] * 3


def test_accepting_withdraws_the_refund(offered):
    shop, refund, offer = offered
    done = answer(link_for(refund), do="accept", offer=offer["id"])
    assert done.status_code == 200
    assert shop.merchant.get(f"refunds/{refund.pk}/").json()["status"] == "withdrawn"
    again = answer(link_for(refund), do="accept", offer=offer["id"])
    assert (again.status_code, "This offer is over." in again.content.decode()) == (409, True)


def test_an_answer_is_to_the_offer_that_was_read_and_to_no_other(offered):
    shop, refund, offer = offered
    answer(link_for(refund), do="decline", offer=offer["id"])
    body = {"refund": str(refund.pk), "method": "partial_refund", "amount": "5.00", "message": "亲"}
    other = shop.merchant.post("offers/", body).json()
    late = answer(link_for(refund), do="accept", offer=offer["id"])
    assert (late.status_code, "This offer is over." in late.content.decode()) == (409, True)
    assert shop.merchant.get(f"offers/{other['id']}/").json()["status"] == "pending"


def test_declining_leaves_the_request(offered):
    shop, refund, offer = offered
    answer(link_for(refund), do="decline", offer=offer["id"])
    now = shop.merchant.get(f"refunds/{refund.pk}/").json()
    assert (now["status"], now["offers"][0]["status"]) == ("awaiting_merchant", "declined")


def test_the_buyer_writes_to_the_seller(offered):
    shop, refund, _ = offered
    answer(link_for(refund), do="message", text="谢谢")
    assert [m["text"] for m in shop.merchant.get(f"refunds/{refund.pk}/messages/").json()["results"]] == ["谢谢"]


def test_without_the_csrf_token_nothing_happens(offered):
    shop, refund, offer = offered
    refused = Client(enforce_csrf_checks=True).post(link_for(refund), {"do": "accept", "offer": offer["id"]})
    assert refused.status_code == 403
    assert shop.merchant.get(f"offers/{offer['id']}/").json()["status"] == "pending"


def test_a_link_that_is_tampered_with_over_or_meant_for_something_else_opens_nothing(offered, clock):
    shop, refund, _ = offered
    link = link_for(refund)
    other = signing.dumps([shop.store.pk, refund.pk.hex], salt="something else")
    assert page(link[:-2] + "x/").status_code == 404
    assert page(f"/b/{other}/").status_code == 404
    clock.move(days=30, seconds=1)
    assert page(link).status_code == 404


def test_only_the_marketplace_learns_the_link(offered):
    shop, _, offer = offered
    assert shop.merchant.get(f"offers/{offer['id']}/").json()["buyer_page"] is None
    link = shop.buyer.get(f"offers/{offer['id']}/").json()["buyer_page"]
    assert page(link).status_code == 200


def test_a_link_may_be_used_so_often(offered):
    _, refund, _ = offered
    statuses = [page(link_for(refund)).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]


def test_an_offer_that_is_over_is_not_shown(offered, clock):
    _, refund, _ = offered
    clock.move(hours=24)
    assert "The seller offers you" not in page(link_for(refund)).content.decode()


def words(link) -> str:
    """What is read on the page."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page(link).content.decode())))


@pytest.mark.rule("Q10", "Q16")
@pytest.mark.parametrize(
    ("terms", "comes"),
    [
        ({"method": "reassurance", "message": "亲"}, ["You keep your order; your request is withdrawn."]),
        (
            {"method": "partial_refund", "amount": "9.00"},
            ["¥9.00 is on its way from {store} to the account that you paid with."],
        ),
        (
            {"method": "gift", "item_id": "8000"},
            ["{store} sends Quilt 8000 × 1 to 杭州市西湖区文三路 1 号 by 2026-11-22 12:00."],
        ),
        (
            {"method": "exchange", "item_id": "8000"},
            [
                "Send the goods back to: 仓库 13800000000，义乌市稠州北路 8 号. Then write the tracking number",
                "Once your parcel is on its way, {store} sends Quilt 8000 × 1 to 杭州市西湖区文三路 1 号.",
            ],
        ),
    ],
)
def test_after_a_yes_it_thanks_and_says_what_comes_from_where_and_when(clock, terms, comes):
    shop = make_shop("tmall")
    refund = shop.refund(reason="minor_flaw")
    link = link_for(refund)
    offer = shop.merchant.post("offers/", {"refund": str(refund.pk), **terms}).json()
    assert "Thank you!" not in words(link)
    shop.buyer.post(f"offers/{offer['id']}/accept/")
    text = words(link)
    assert "Thank you!" in text
    for sentence in comes:
        assert sentence.format(store=shop.store.name) in text


@pytest.mark.rule("Q16")
def test_a_promised_parcel_that_was_sent_is_told_with_its_number(clock):
    shop = make_shop("tmall")
    refund = shop.refund(reason="minor_flaw")
    offer = shop.merchant.post("offers/", {"refund": str(refund.pk), "method": "gift", "item_id": "8000"}).json()
    shop.buyer.post(f"offers/{offer['id']}/accept/")
    [parcel] = shop.merchant.get("parcels/").json()["results"]
    shop.merchant.post(f"parcels/{parcel['id']}/ship/", {"carrier": "SF", "tracking_number": "SF77"})
    assert "has sent Quilt 8000 × 1: SF Express, tracking number SF77." in words(link_for(refund))


@pytest.mark.rule("T5", "T6", "T11")
def test_after_a_negotiation_it_says_where_the_money_or_the_goods_go(clock):
    shop = make_shop("taote")
    keeps, returns = shop.refund(), shop.refund(kind="refund_only")
    agreed = {"agreed_with_buyer": True, "amount": "2.00"}
    address = str(shop.address.pk)
    for refund, terms in (
        (keeps, {"method": "change_to_refund_only"}),
        (returns, {"method": "change_to_return", "return_address": address}),
    ):
        offer = shop.merchant.post("offers/", {"refund": str(refund.pk), **agreed, **terms}).json()
        assert shop.buyer.post(f"offers/{offer['id']}/accept/").status_code == 200
    assert "¥2.00 is on its way from" in words(link_for(keeps))
    assert "by 2026-11-27 12:00; you receive ¥2.00 once they have arrived." in words(link_for(returns))


@pytest.mark.rule("K1")
def test_whoever_stays_learns_where_the_order_goes_and_until_when(clock):
    shop = make_shop("kuaishou")
    refund = shop.refund(shop.order(shipped=False), kind="refund_only")
    [offer] = shop.buyer.get(f"refunds/{refund.pk}/").json()["offers"]
    shop.buyer.post(f"offers/{offer['id']}/accept/")
    text = words(link_for(refund))
    assert f"{shop.store.name} sends it to 杭州市西湖区文三路 1 号 by 2026-11-2" in text
    assert "Thank you!" in text
    parcel = {"carrier": "SF", "tracking_number": "SF-1"}
    shop.merchant.post(f"orders/{shop.reload(refund).order.number}/ship/", parcel)
    assert "1 号: SF Express, tracking number SF-1." in words(link_for(refund))


@pytest.mark.rule("Q17")
def test_the_buyer_shows_what_is_wrong_from_the_phone(offered):
    shop, refund, _offer = offered
    link = link_for(refund)
    assert 'type="file"' in page(link).content.decode()
    photo = (PHONES / "upright.heic").read_bytes()
    shown = answer(link, do="evidence", file=SimpleUploadedFile("IMG_1.HEIC", photo), note="\0 左边裂了 ")
    assert "IMG_1.jpg · 左边裂了" in unescape(shown.content.decode())
    [kept] = shop.merchant.get(f"refunds/{refund.pk}/evidence/").json()["results"]
    assert (kept["side"], kept["type"], kept["note"]) == ("buyer", "image/jpeg", "左边裂了")
    for file, says in (
        (SimpleUploadedFile("a.svg", b"<svg/>"), "Only pictures"),
        (SimpleUploadedFile("a.jpg", b""), "The file is empty."),
        ("", "Choose a photo, a film or a PDF first."),
    ):
        refused = answer(link, do="evidence", **({"file": file} if file else {}))
        assert refused.status_code == 409
        assert says in refused.content.decode()
    assert len(shop.merchant.get(f"refunds/{refund.pk}/evidence/").json()["results"]) == 1


@pytest.mark.rule("Q17")
def test_nothing_more_is_shown_about_what_has_ended(offered):
    _shop, refund, offer = offered
    link = link_for(refund)
    answer(link, do="evidence", file=SimpleUploadedFile("a.png", picture()))
    answer(link, do="accept", offer=offer["id"])
    text = page(link).content.decode()
    assert "a.png" in text
    assert 'type="file"' not in text
    late = answer(link, do="evidence", file=SimpleUploadedFile("b.png", picture()))
    assert "nothing is left to show" in late.content.decode()
