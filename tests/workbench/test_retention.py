"""Tmall's retention at the desk: the panel, the two-step form of each method, and what is refused (Q1–Q16)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from offers.coupons import create_coupon
from offers.models import Offer
from offers.states import OfferStatus
from orders.parcels import sweep_due_parcels
from stores.actions import upsert_products
from tests.cases import for_each
from tests.world import MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db
WORDS = "亲，抱歉，留下好吗？"


def path(refund, page="negotiate/"):
    return f"refunds/refund/{refund.pk}/{page}"


def offers(shop, refund):
    with shop.scope():
        return list(Offer.objects.filter(refund=refund).order_by("id").select_related("product"))


def stock(shop, item_id, title, listed=True):
    row = {"item_id": item_id, "title": title, "category": "1", "price": Decimal("9.90"), "listed": listed}
    with shop.scope():
        return upsert_products(store=shop.store, products=[row], actor=MERCHANT, now=NOON)[0]


def coupon(shop, name="满 50 减 5", off="5.00", channel="smart_retention", quantity=100):
    with shop.scope():
        return create_coupon(
            store=shop.store,
            name=name,
            channel=channel,
            amount_off=Decimal(off),
            min_spend=Decimal("50.00"),
            valid_from=NOON - timedelta(days=1),
            valid_until=NOON + timedelta(days=30),
            quantity=quantity,
            actor=MERCHANT,
            now=NOON,
        )


def decline(shop, offer):
    assert shop.buyer.post(f"offers/{offer.pk}/decline/").status_code == 200


def accept(shop, offer):
    assert shop.buyer.post(f"offers/{offer.pk}/accept/").status_code == 200


@pytest.fixture
def tmall(db):
    """A Tmall store with a listed and an unlisted product, and a coupon of the right channel."""
    shop = make_shop("tmall")
    stock(shop, "9001", "羊绒毯")
    stock(shop, "9002", "旧款收纳袋", listed=False)
    coupon(shop)
    return shop


@pytest.fixture
def refund(tmall, clock):
    """A return of ¥59 for a small flaw."""
    return tmall.refund(reason="minor_flaw")


@pytest.fixture
def desk(tmall, sign_in):
    """An agent's desk."""
    return sign_in("agent", tmall)


@pytest.mark.rule("Q3", "Q11")
def test_the_panel_shows_the_possible_offers_recommended_ones_first(refund, desk):
    page = desk.get(path(refund, "change/"))
    panel, text = page.context["panel"], page.content.decode()
    assert "Smart recommended retention" in text
    assert {way.code for way in panel.ways if way.recommended} == {"gift", "red_packet", "coupon", "partial_refund"}
    assert [way.recommended for way in panel.ways] == [True] * 4 + [False] * 3
    assert all(way.why in text.replace("&#x27;", "'") for way in panel.ways)
    assert "at most ¥59.00" in panel.way("partial_refund").limit_words
    assert "ships within 2 days" in panel.way("gift").limit_words
    assert "2 of 2 offers left" in text


CASES = [
    ("reassurance", {}, "The seller asks you to keep your order."),
    ("gift", {"item_id": "9002"}, "Keep your order and receive 旧款收纳袋 (off-shelf) as a gift."),
    ("exchange", {"item_id": "9001"}, "Send the goods back and receive 羊绒毯 instead."),
    ("reship", {"item_id": "9001"}, "We send you 羊绒毯 again, free of charge."),
    ("partial_refund", {"amount": "9.00"}, "Keep the goods and receive ¥9.00 back."),
    ("red_packet", {"amount": "3.00"}, "Keep your order and receive a red packet of ¥3.00."),
    ("coupon", {"coupons": None}, "Keep your order and receive these coupons"),
]


@pytest.mark.rule("Q4", "Q6")
@for_each(("method", "terms", "sees"), CASES)
def test_each_method_in_two_steps(tmall, refund, desk, method, terms, sees):
    if method == "coupon":
        terms = {"coupons": [str(coupon(tmall, name="满 50 减 8", off="8.00").pk)]}
    terms = {"method": method, "message": WORDS, **terms}
    assert desk.get(path(refund), method=method).status_code == 200

    preview = desk.post(path(refund), step="preview", **terms)
    assert preview.context.get("form").errors == {}
    shown = preview.content.decode()
    assert sees in shown
    assert WORDS in shown
    assert offers(tmall, refund) == []

    back = desk.post(path(refund), step="edit", **terms).content.decode()
    assert WORDS in back
    for value in (*terms.get("coupons", ()), terms.get("item_id"), terms.get("amount")):
        assert value is None or f'value="{value}"' in back
    assert offers(tmall, refund) == []

    assert desk.post(path(refund), step="send", **terms).status_code == 302
    (offer,) = offers(tmall, refund)
    assert (offer.method, offer.status, offer.message) == (method, OfferStatus.PENDING, WORDS)
    page = desk.get(path(refund, "change/")).content.decode()
    assert "The buyer decides about" in page
    assert WORDS in page


@pytest.mark.rule("Q12")
def test_a_partial_refund_begins_with_the_usual_share_and_shows_the_maximum(refund, desk):
    page = desk.get(path(refund), method="partial_refund")
    form = page.content.decode()
    assert page.context["form"]["amount"].value() == Decimal("5.90")
    assert 'max="59.00"' in form
    assert "At most ¥59.00." in form
    assert 'value="59.00">The most ¥59.00</button>' in form
    above = desk.post(path(refund), step="send", method="partial_refund", amount="59.01")
    assert "At most 59.00" in above.context["form"].errors["amount"][0]


@pytest.mark.rule("Q12", "K12")
def test_goods_and_all_the_money_are_asked_twice(tmall, refund, desk):
    whole = {"method": "partial_refund", "amount": "59.00"}
    assert "gets all the money that was asked for: ¥59.00" in desk.post(path(refund), step="preview", **whole).text
    unsure = desk.post(path(refund), step="send", **whole).text
    assert "Set this tick first" in unsure
    assert 'value="59.00"' in unsure, "what was filled in is still there"
    assert offers(tmall, refund) == []
    assert desk.post(path(refund), step="send", sure="1", **whole).status_code == 302
    assert len(offers(tmall, refund)) == 1


@pytest.mark.rule("K12")
def test_a_gift_for_more_than_the_order_is_asked_twice(tmall, refund, desk):
    row = {"item_id": "9003", "title": "金条", "category": "1", "price": Decimal("1299.00")}
    with tmall.scope():
        upsert_products(store=tmall.store, products=[row], actor=MERCHANT, now=NOON)
    page = desk.post(path(refund), step="send", method="gift", item_id="9003").text
    assert "This costs ¥1,299.00. The whole order was paid with ¥59.00." in page
    assert offers(tmall, refund) == []
    cheap = desk.post(path(refund), step="preview", method="gift", item_id="9001").text
    assert "Look twice" not in cheap


@pytest.mark.rule("Q13", "Q14")
def test_only_coupons_of_the_right_channel_can_be_ticked(tmall, refund, desk):
    wrong, best = coupon(tmall, name="错渠道", channel="refund_retention"), coupon(tmall, name="最优", off="9.00")
    field = desk.get(path(refund), method="coupon").context["form"].fields["coupons"]
    labels = [label for _, label in field.choices]
    assert [label.split(" (")[0] for label in labels] == ["最优", "满 50 减 5", "错渠道"]
    assert "Create it on the channel “Platform smart recommended retention”." in field.widget.why_not[str(wrong.pk)]
    answer = desk.post(path(refund), step="send", method="coupon", coupons=[str(best.pk), str(wrong.pk)])
    assert "Create it on the channel" in answer.context["form"].errors["coupons"][0]
    assert offers(tmall, refund) == []


@pytest.mark.rule("Q15")
def test_the_picker_finds_this_stores_products_only(tmall, refund, desk, other, sign_in):
    stock(other, "9001999", "羊绒外店毯")
    found = desk.get(path(refund, "products/"), q="羊绒").content.decode()
    assert 'value="9001"' in found
    assert "羊绒外店毯" not in found
    assert "off-shelf" in desk.get(path(refund, "products/"), q="9002").content.decode()
    assert "Nothing in this store" in desk.get(path(refund, "products/"), q="9001999").content.decode()
    answer = desk.post(path(refund), step="send", method="gift", item_id="9001999")
    assert "9001999" in answer.context["form"].errors["item_id"][0]
    assert sign_in("owner", other).get(path(refund, "products/")).status_code == 404
    assert sign_in("viewer", tmall).get(path(refund, "products/")).status_code == 403
    assert desk.post(path(refund, "products/")).status_code == 405


@pytest.mark.rule("Q15")
def test_the_picker_shows_twenty_at_most(tmall, refund, desk):
    for number in range(25):
        stock(tmall, str(70000 + number), f"床单 {number}")
    assert desk.get(path(refund, "products/"), q="床单").content.decode().count("wl-product") == 20


@for_each("role", ["viewer", "finance", "warehouse"])
def test_other_roles_send_nothing(tmall, refund, sign_in, role):
    desk = sign_in(role, tmall)
    page = desk.get(path(refund, "change/")).content.decode()
    assert 'id="offer-gift"' not in page
    assert "Your role in this store doesn&#x27;t allow this." in page
    assert desk.get(path(refund), method="gift").status_code == 403
    assert desk.post(path(refund), step="send", method="reassurance", message=WORDS).status_code == 403
    assert offers(tmall, refund) == []


@pytest.mark.rule("Q1", "Q2", "Q3")
def test_what_is_not_retainable_says_why(tmall, clock, desk):
    unshipped = tmall.refund(tmall.order(shipped=False), kind="refund_only")
    closed = tmall.refund(tmall.order(category="777"))
    for refund, why in ((unshipped, "have not been shipped"), (closed, "open for category 777 yet")):
        page = desk.get(path(refund, "change/")).content.decode()
        assert why in page
        assert "offer-gift" not in page
        answer = desk.client.post(f"/admin/{path(refund)}", {"step": "send", "method": "gift"}, follow=True)
        assert why in answer.content.decode()
        assert offers(tmall, refund) == []


@pytest.mark.rule("Q7", "Q8", "Q9")
def test_one_at_a_time_two_in_all_and_reassurance_once(tmall, refund, desk):
    desk.post(path(refund), step="send", method="reassurance", message=WORDS)
    page = desk.get(path(refund, "change/"))
    assert "The buyer decides about" in page.content.decode()
    assert 'id="offer-' not in page.content.decode()
    assert desk.post(path(refund), step="send", method="red_packet", amount="1.00").status_code == 302
    (first,) = offers(tmall, refund)

    decline(tmall, first)
    panel = desk.get(path(refund, "change/")).context["panel"]
    assert panel.way("reassurance") is None
    assert any("Reassurance was used" in each.refusal for each in panel.no_ways)
    assert panel.left_words == "1 of 2 offers left"
    again = desk.client.post(f"/admin/{path(refund)}", {"step": "send", "method": "reassurance"}, follow=True)
    assert "Reassurance was used" in again.content.decode()

    desk.post(path(refund), step="send", method="red_packet", amount="1.00")
    decline(tmall, offers(tmall, refund)[1])
    page = desk.get(path(refund, "change/")).content.decode()
    assert "No further offer is possible" in page
    assert "0 of 2 offers left" in page


@pytest.mark.rule("Q5")
def test_scripts_fill_the_message_of_at_most_fifty_characters(tmall, refund, desk):
    form = desk.get(path(refund), method="reassurance").content.decode()
    assert "So sorry about the flaw. Thanks for telling us." in form
    for text, ok in (("👨‍👩‍👧‍👦" * 50, True), ("🇨🇳" * 51, False)):
        answer = desk.post(path(refund), step="preview", method="reassurance", message=text)
        assert ("buyer-sees" in answer.content.decode()) is ok
    empty = desk.post(path(refund), step="send", method="reassurance", message=" ")
    assert "Write to the buyer" in empty.context["form"].errors["message"][0]


def test_an_unknown_method_is_refused(tmall, refund, desk):
    for method in ("nonsense", "change_to_return"):
        assert desk.post(path(refund), step="send", method=method).status_code == 302
    assert offers(tmall, refund) == []


@pytest.mark.rule("Q16")
def test_a_promised_parcel_is_shown_until_it_is_sent(tmall, refund, desk, clock):
    desk.post(path(refund), step="send", method="gift", item_id="9001")
    accept(tmall, offers(tmall, refund)[0])
    page = desk.get(path(refund, "change/")).content.decode()
    assert "Promised to the buyer" in page
    assert "Parcel promised to the buyer" in page
    clock.move(hours=48)
    sweep_due_parcels()
    page = desk.get(path(refund, "change/")).content.decode()
    assert "late since" in page
    assert "The promised parcel is late" in page
    parcel = tmall.merchant.get("parcels/").json()["results"][0]
    tmall.merchant.post(f"parcels/{parcel['id']}/ship/", {"carrier": "SF", "tracking_number": "SF77"})
    page = desk.get(path(refund, "change/")).content.decode()
    assert "SF Express SF77" in page
    assert "Promised parcel sent" in page


@pytest.mark.rule("Q13")
def test_granted_coupons_are_shown(tmall, refund, desk):
    mine = coupon(tmall, name="谢谢券")
    desk.post(path(refund), step="send", method="coupon", coupons=[str(mine.pk)])
    accept(tmall, offers(tmall, refund)[0])
    page = desk.get(path(refund, "change/"))
    assert [grant.coupon_id for grant in page.context["grants"]] == [mine.pk]
    assert "Coupon granted" in page.content.decode()


def statements(desk, refund):
    return len(desk.statements(path(refund, "change/")))


def test_the_pages_statements_do_not_grow(tmall, refund, desk):
    first = statements(desk, refund)
    for number in range(5):
        coupon(tmall, name=f"券 {number}")
        tmall.merchant.post(f"refunds/{refund.pk}/messages/", {"text": f"第 {number} 条"})
    assert statements(desk, refund) == first
    desk.post(path(refund), step="send", method="gift", item_id="9001")
    decline(tmall, offers(tmall, refund)[0])
    assert statements(desk, refund) <= first
    assert first <= 20
