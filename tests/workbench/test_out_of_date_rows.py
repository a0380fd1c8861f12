"""What stands beside a refund, on pages of its own, is decided by what those pages showed of the refund."""

import re

import pytest

from common.models import Event
from payments.models import Payment
from payments.settlement import settle_batch
from refunds.messages import post_message
from refunds.models import Dispute
from tests.api.test_disputes import bring_to, dispute
from tests.cases import for_each
from tests.workbench.test_station import sent_back
from tests.world import BUYER, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]

SAID = "Your page was out of date, so nothing was decided."


@pytest.fixture
def shop():
    return make_shop("tmall")


def known(text: str) -> dict[str, str]:
    """What the page's forms say that it knew; every one says the same."""
    [newest] = set(re.findall(r'name="as_of" value="(\d+)"', text))
    return {"as_of": newest}


def write(shop, refund):
    """The buyer writes about the refund."""
    with shop.scope():
        post_message(store_id=shop.store.pk, refund_id=refund, text="我不退了", actor=BUYER, now=NOON)


def happened(shop, refund) -> list[str]:
    with shop.scope():
        return list(Event.objects.filter(topic_id=refund).order_by("id").values_list("name", flat=True))


def declined(shop) -> tuple[str, str]:
    """A refund and its payment, declined for good, that may be paid again or given up."""
    refund = shop.refund(shop.order(buyer_id="sandbox-decline"), kind="refund_only")
    sent = {"refund": str(refund.pk), "method": "red_packet", "amount": "5.00", "message": "亲"}
    offer = shop.merchant.post("offers/", sent).json()["id"]
    shop.buyer.post(f"offers/{offer}/accept/")
    settle_batch()
    with shop.scope():
        return refund.pk, f"payments/payment/{Payment.objects.get(topic_id=refund.pk).pk}/"


def disputed(shop) -> tuple[str, str]:
    """A refund and the dispute that its buyer opened."""
    refund = bring_to(shop, "rejected", kind="refund_only")
    return refund, f"refunds/dispute/{dispute(shop.buyer, refund).json()['id']}/"


DECISIONS = [
    (declined, "finance", "change/", "retry/", {}),
    (declined, "finance", "give-up/", "give-up/", {}),
    (disputed, "agent", "change/", "answer/", {"reply": "已经检查过"}),
    (disputed, "operator", "decide/", "decide/", {"outcome": "buyer", "note": "看了照片", "early": "on"}),
]


@for_each(("beside", "role", "page", "decision", "data"), DECISIONS)
def test_what_happened_to_the_refund_since_stops_a_decision_beside_it(
    shop, sign_in, beside, role, page, decision, data
):
    refund, row = beside(shop)
    desk = sign_in(role, shop)
    shown = known(desk.get(row + page).content.decode())
    write(shop, refund)
    before = happened(shop, refund)
    text = desk.client.post(f"/admin/{row}{decision}", {**data, **shown}, follow=True).content.decode()
    assert SAID in text
    assert "Message (2026-11-20 12:00)" in text
    assert happened(shop, refund) == before
    again = known(desk.get(row + page).content.decode())
    assert desk.client.post(f"/admin/{row}{decision}", {**data, **again}).status_code == 302
    assert len(happened(shop, refund)) > len(before)


def test_a_form_that_is_refused_for_it_knows_by_then_and_keeps_what_was_written(shop, sign_in):
    refund, row = disputed(shop)
    desk = sign_in("agent", shop)
    shown = known(desk.get(f"{row}change/").content.decode())
    write(shop, refund)
    text = desk.post(f"{row}answer/", reply="已经检查过", **shown).content.decode()
    assert (SAID in text, "已经检查过" in text) == (True, True)
    assert desk.post(f"{row}answer/", reply="已经检查过", **known(text)).status_code == 302
    with shop.scope():
        assert Dispute.objects.get(refund=refund).reply == "已经检查过"


def test_what_the_warehouse_has_in_hand_is_looked_at_again_where_the_refund_has_moved(sign_in):
    shop = make_shop("pinduoduo")
    refund, desk = sent_back(shop, "R201"), sign_in("warehouse", shop)
    answer = f"/admin/station/{refund.pk}/inspection-passed/"
    page = desk.get("station/", number="R201").content.decode()
    assert page.count('name="as_of"') == page.count("/inspection-") == 2, "both answers know it"
    shown = known(page)
    write(shop, refund.pk)
    text = desk.client.post(answer, {"note": "", **shown}, follow=True).content.decode()
    assert SAID in text
    assert shop.reload(refund).status == "returning"
    assert desk.client.post(answer, {"note": "", **known(text)}).status_code == 302
    assert shop.reload(refund).status != "returning"


def test_asking_a_gateway_again_heeds_no_news(shop, sign_in):
    """It can't harm: nobody should have to look twice before it."""
    refund, row = declined(shop)
    with shop.scope():
        Payment.objects.filter(topic_id=refund).update(status="processing", needs_attention=True)
    assert sign_in("finance", shop).post(f"{row}resume/", as_of="0").headers["Location"].endswith("/change/")
    with shop.scope():
        assert not Payment.objects.get(topic_id=refund).needs_attention
