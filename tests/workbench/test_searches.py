"""However a number or a name is typed and however it is stored, the desk's lists, Ctrl+K and the API find it."""

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from common.search import folded
from common.tenancy import system_scope
from orders.models import Order, OrderLine, OwedParcel
from refunds.models import Refund
from stores.models import Product, User
from tests.cases import for_each
from tests.tenancy.things import make_coupon, make_parcel, make_small_payment
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

STORED = {
    "number": "JingDong-261102Ａ",
    "buyer_name": "Li  Lei",
    "tracking_number": "SF-1000 2345",
    "address_name": "王 小明",
    "address_phone": "138-0000\u200b1234",
}
TYPED = [
    *("jingdong", "JINGDONG261102a", "JingDong-261102A", "ｊｉｎｇｄｏｎｇ２６"),
    *("li lei", "LiLei", "LI\u3000LEI", "li\u200blei"),
    *("SF1000", "sf-1000 23", "sf 10002345", "ＳＦ１０００"),
    *("王小明", "王\u3000小 明"),
    *("13800001234", "138 0000 1234", "138-0000-12"),
]
RETURNED, TYPED_RETURNED = "YT-77 88", ["yt7788", "YT77", "ＹＴ-７７"]


@pytest.fixture
def found():
    """A store with two refunds, of which what is known of the first is stored oddly."""
    shop = make_shop("tmall")
    refund, other = shop.refund(), shop.refund()
    with shop.scope():
        Order.objects.filter(pk=refund.order_id).update(**STORED)
        Order.objects.filter(pk=other.order_id).update(buyer_name="韩梅梅")
        Refund.objects.filter(pk=refund.pk).update(return_tracking_number=RETURNED)
    return shop, shop.reload(refund), other


@for_each("typed", [*TYPED, *TYPED_RETURNED])
def test_lists_of_refunds_and_orders_ctrl_k_and_customers(found, sign_in, typed):
    shop, refund, _ = found
    desk = sign_in("owner", shop)
    assert [row.pk for row in desk.rows("refunds/refund/", q=typed, queue="all")] == [refund.pk]
    assert [row.pk for row in desk.rows("orders/order/", q=typed, queue="all")] == [refund.order_id]
    groups = desk.get("search/", s=typed, part=1).context["groups"]
    links = {each.link for group in groups for each in group.found}
    assert {
        f"/admin/refunds/refund/{refund.pk}/change/",
        f"/admin/orders/order/{refund.order_id}/change/",
        f"/admin/customers/?store={shop.store.code}&buyer=buyer-1",
    } == links
    assert desk.get("customers/", q=typed).headers["Location"].endswith("buyer=buyer-1")


BOUGHT = ["90071992", "9007 1992-5474", "９００７１９９２", "red xl", "RED-XL", "ｒｅｄ", "Red\u200bXL / 棉"]


@for_each("typed", [*BOUGHT, "1234", "１２３４", " 12-34 ", "12\u200b34"])
def test_what_was_bought_and_the_last_four_of_the_phone(found, sign_in, typed):
    shop, refund, _ = found
    with shop.scope():
        OrderLine.objects.filter(order=refund.order_id).update(item_id="900719925474", sku="Red-ＸＬ / 棉")
    desk = sign_in("owner", shop)
    assert [row.pk for row in desk.rows("refunds/refund/", q=typed, queue="all")] == [refund.pk]
    assert [row.pk for row in desk.rows("orders/order/", q=typed, queue="all")] == [refund.order_id]
    assert [each["id"] for each in shop.merchant.get("refunds/", q=typed).json()["results"]] == [str(refund.pk)]
    assert [each["number"] for each in shop.merchant.get("orders/", q=typed).json()["results"]] == [STORED["number"]]
    stranger = sign_in("owner", make_shop("taote"))
    for path in ("refunds/refund/", "orders/order/"):
        assert stranger.rows(path, q=typed, queue="all") == []


@for_each("typed", ["234", "0123", "0000", "9", "r", "xl", "54741", "棉"])
def test_another_part_of_a_phone_an_item_or_an_sku_finds_nothing(found, sign_in, typed):
    shop, refund, _ = found
    with shop.scope():
        OrderLine.objects.filter(order=refund.order_id).update(item_id="900719925474", sku="Red-ＸＬ / 棉")
        Order.objects.update(number=Concat(Value("X"), "number"))
    desk = sign_in("owner", shop)
    assert desk.rows("refunds/refund/", q=typed, queue="all") == desk.rows("orders/order/", q=typed, queue="all") == []


def test_a_short_item_id_or_sku_is_found_when_it_is_typed_whole(found, sign_in):
    shop, refund, _ = found
    with shop.scope():
        OrderLine.objects.filter(order=refund.order_id).update(item_id="77", sku="X L")
    desk = sign_in("owner", shop)
    for typed, count in (("77", 1), ("7", 0), ("xl", 1), ("x", 0)):
        assert len(desk.rows("refunds/refund/", q=typed, queue="all")) == count


def test_a_refund_is_found_by_the_goods_it_is_about_and_not_by_others_of_its_order(sign_in):
    shop = make_shop("tmall")
    order = shop.order(prices=("59.00", "99.00"))
    refund = shop.refund(order, lines=[{"item_id": "8000", "quantity": 1}])
    desk = sign_in("owner", shop)
    assert [row.pk for row in desk.rows("refunds/refund/", q="8000", queue="all")] == [refund.pk]
    assert desk.rows("refunds/refund/", q="8001", queue="all") == []
    assert [row.pk for row in desk.rows("orders/order/", q="8001", queue="all")] == [order.pk]


def test_a_masked_phone_is_found_by_what_is_shown_of_it_alone(found, sign_in):
    shop, refund, _ = found
    desk = sign_in("owner", shop)
    for phone, count in (("138****1234", 1), ("138********", 0), ("", 0)):
        with shop.scope():
            Order.objects.filter(pk=refund.order_id).update(address_phone=phone)
        assert len(desk.rows("orders/order/", q="1234", queue="all")) == count


@for_each("typed", TYPED)
def test_the_api(found, typed):
    shop, refund, _ = found
    assert [each["number"] for each in shop.merchant.get("orders/", q=typed).json()["results"]] == [STORED["number"]]
    assert [each["id"] for each in shop.merchant.get("refunds/", q=typed).json()["results"]] == [str(refund.pk)]


@for_each("typed", TYPED_RETURNED)
def test_the_api_finds_refunds_by_the_number_of_the_return(found, typed):
    shop, refund, _ = found
    assert [each["id"] for each in shop.merchant.get("refunds/", q=typed).json()["results"]] == [str(refund.pk)]


@for_each("typed", ["ei", "lei", "1000", "2345", "\u200b", "-", "%", "_"])
def test_what_it_does_not_begin_with_finds_nothing(found, sign_in, typed):
    shop, _, _ = found
    desk = sign_in("owner", shop)
    for path in ("refunds/refund/", "orders/order/", "payments/payment/", "orders/owedparcel/"):
        assert desk.rows(path, q=typed, queue="all") == []
    assert desk.rows("offers/offer/", q=typed) == []
    assert shop.merchant.get("orders/", q=typed).json()["results"] == []


@for_each("typed", ["lilei", "SF1000", "yt7788"])
def test_lists_of_what_belongs_to_an_order(found, sign_in, typed):
    shop, refund, other = found
    shop.merchant.post("offers/", {"refund": str(refund.pk), "method": "reassurance", "message": "亲"})
    payments = [make_small_payment(shop, each.order) for each in (refund, other)]
    desk = sign_in("owner", shop)
    assert [row.pk for row in desk.rows("payments/payment/", q=typed, queue="all")] == [payments[0].pk]
    assert [row.refund_id for row in desk.rows("offers/offer/", q=typed)] == [refund.pk]


def test_promised_parcels_by_the_number_under_which_they_were_sent(sign_in):
    shop = make_shop("tmall")
    parcel = make_parcel(shop)
    with shop.scope():
        OwedParcel.objects.filter(pk=parcel.pk).update(tracking_number="ZT-9 001")
        Order.objects.filter(pk=parcel.order_id).update(buyer_name="Li  Lei")
    desk = sign_in("owner", shop)
    for typed in ("zt9001", "ＺＴ９", "lilei"):
        assert [row.pk for row in desk.rows("orders/owedparcel/", q=typed, queue="all")] == [parcel.pk]
    links = [each.link for group in desk.get("search/", s="zt9001", part=1).context["groups"] for each in group.found]
    assert links == [f"/admin/orders/owedparcel/{parcel.pk}/change/"]


def test_short_lists_by_a_part_of_their_words(sign_in):
    shop = make_shop("tmall")
    coupon = make_coupon(shop)
    with shop.scope():
        type(coupon).objects.filter(pk=coupon.pk).update(name="双 11 Thank-You")
    refund = shop.refund(reason="minor_flaw")
    with shop.scope():
        Product.objects.update(title="羊绒毯 Wool－Blanket")
    desk = sign_in("owner", shop)
    for typed in ("thankyou", "双11", "１１thank"):
        assert [row.pk for row in desk.rows("offers/coupon/", q=typed)] == [coupon.pk]
    assert desk.rows("offers/coupon/", q="thanks") == []
    for typed in ("woolblanket", "WOOL BLANKET", "羊 绒"):
        assert len(desk.rows("stores/product/", q=typed)) == 1
    picker = f"refunds/refund/{refund.pk}/products/"
    assert "Wool－Blanket" in desk.get(picker, q="毯wool").content.decode()
    assert "Wool－Blanket" not in desk.get(picker, q="wools").content.decode()


def test_the_operators_lists(sign_in):
    shop, desk = make_shop("tmall"), sign_in("operator")
    with system_scope():
        type(shop.store).objects.filter(pk=shop.store.pk).update(name="Li-Ning 官方 旗舰店")
        user = User.objects.create(username="zhang-san", first_name="张 三")
    assert [row.pk for row in desk.rows("stores/store/", q="lining官方")] == [shop.store.pk]
    for typed in ("ZhangSan", "张三"):
        assert [row.pk for row in desk.rows("stores/user/", q=typed)] == [user.pk]


def test_pages_are_found_by_ctrl_k_in_any_width(taote, sign_in):
    desk = sign_in("agent", taote)
    groups = desk.get("search/", s="ＣＯＵＰ", part=1).context["groups"]
    assert [each.title for group in groups for each in group.found] == ["Coupons"]


def test_a_changed_row_is_found_by_what_it_is_now(found, sign_in):
    shop, refund, _ = found
    with shop.scope():
        order = Order.objects.get(pk=refund.order_id)
        order.buyer_name = "Han Mei"
        order.save(update_fields=["buyer_name"])
        assert Order.objects.get(pk=order.pk).buyer_folded == folded("Han Mei")
    desk = sign_in("owner", shop)
    assert desk.rows("orders/order/", q="lilei", queue="all") == []
    assert [row.pk for row in desk.rows("orders/order/", q="hanmei", queue="all")] == [order.pk]
