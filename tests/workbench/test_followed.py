"""A followed refund at the desk: what its marketplace says, what is sent there, and what waits for its answer."""

import pytest

from orders.models import OwedParcel
from tests.marketplace import connected, copied_line, followed, told
from tests.world import NOON, make_shop, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db, clock):
    return make_shop("taote")


@pytest.fixture
def desk(client, shop):
    """The desk of an agent of the shop."""
    client.force_login(make_user("anna", shop=shop))
    return client


def page(desk, refund, part: str = "change/") -> str:
    answer = desk.get(f"/admin/refunds/refund/{refund.pk}/{part}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_the_marketplaces_word_and_its_deadline(desk, shop):
    text = page(desk, followed(shop, "asked"))
    assert "WAIT_ASKED" in text
    assert f"What happens then, {shop.store.get_marketplace_display()} decides." in text
    assert "masked by the marketplace" in text


def test_a_decision_is_said_to_be_sent_and_waits(desk, shop):
    refund = followed(shop, "asked", kind="refund_only")
    there = shop.store.get_marketplace_display()
    sent = f"It is sent to {there}, and counts once {there} says so."
    with connected():
        assert sent in page(desk, refund, "decide/approve/")
        answer = desk.post(f"/admin/refunds/refund/{refund.pk}/decide/approve/", follow=True)
        assert sent in answer.content.decode()
        text = page(desk, refund)
    assert "Approval: waits for the marketplace" in text
    assert "on its way to the marketplace" in text, "the reason beside the grey button"


def rows(desk, **query) -> set[str]:
    """The order numbers of a list."""
    answer = desk.get("/admin/refunds/refund/", query)
    return {row.order.number for row in answer.context["cl"].result_list}


def test_what_waits_for_the_marketplace_does_not_await_me(desk, shop):
    sent, asked, ours = followed(shop, "asked", kind="refund_only"), followed(shop, "asked"), shop.refund()
    with connected():
        shop.merchant.post(f"refunds/{sent.pk}/approve/")
    assert rows(desk, queue="awaiting") == {asked.order.number, ours.order.number}
    assert rows(desk, queue="all", followed="yes") == {sent.order.number, asked.order.number}
    assert rows(desk, queue="all", followed="sent") == {sent.order.number}
    told(shop, sent, "refunded", kind="refund_only", at=NOON)
    assert rows(desk, queue="all", followed="sent") == set()


def test_new_goods_of_an_unconnected_shop_cannot_be_sent_and_the_button_says_so(desk, shop):
    followed(shop, "to_reship", kind="exchange")
    with shop.scope():
        parcel = OwedParcel.objects.for_store(shop.store.pk).get()
    promise = f"/admin/orders/owedparcel/{parcel.pk}/change/"
    reason = "isn&#x27;t connected to its marketplace"
    assert reason in desk.get(promise).content.decode()
    with connected():
        assert reason not in desk.get(promise).content.decode()


def test_what_came_back_is_received_as_a_whole(desk, shop):
    refund = followed(shop, "returning", lines=[copied_line(quantity=3)])
    with connected() as sent:
        assert 'name="received-' not in page(desk, refund, "decide/inspection-passed/")
        answer = desk.post(f"/admin/refunds/refund/{refund.pk}/decide/inspection-passed/", {"note": "complete"})
    assert answer.status_code == 302
    assert [verb for verb, _data in sent] == ["confirm_receipt"]
