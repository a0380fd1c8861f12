"""The offer form in its two steps."""

import pytest

from offers.models import Offer
from tests.cases import for_each
from tests.world import NOON

pytestmark = pytest.mark.django_db
TERMS = {"method": "change_to_refund_only", "amount": "2.00", "message": "亲，补偿 2 元", "agreed_with_buyer": "on"}


def path(refund, page="negotiate/"):
    return f"refunds/refund/{refund.pk}/{page}"


def offers(shop, refund):
    with shop.scope():
        return list(Offer.objects.filter(refund=refund))


@pytest.fixture
def refund(taote, clock):
    """A return of ¥59."""
    return taote.refund()


@pytest.mark.rule("T2", "T11", "Q6")
def test_check_then_send(taote, refund, sign_in):
    desk = sign_in("agent", taote)

    preview = desk.post(path(refund), step="preview", **TERMS).content.decode()

    assert "Keep the goods and receive ¥2.00." in preview
    assert "亲，补偿 2 元" in preview
    assert offers(taote, refund) == []
    assert len(taote.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"]) == 1

    back = desk.post(path(refund), step="edit", **TERMS).content.decode()
    assert 'value="2.00"' in back
    assert "亲，补偿 2 元" in back
    assert offers(taote, refund) == []

    assert desk.post(path(refund), step="send", **TERMS).status_code == 302
    (offer,) = offers(taote, refund)
    assert (offer.status, str(offer.amount), offer.agreed_with_buyer) == ("pending", "2.00", True)
    page = desk.get(path(refund, "change/")).content.decode()
    assert "offer pending" in page
    assert 'id="negotiate"' not in page
    assert "The buyer has yet to answer an offer; wait for it." in page


@pytest.mark.rule("T4")
def test_sending_twice_makes_one_offer_and_says_why(taote, refund, sign_in):
    desk = sign_in("agent", taote)
    desk.post(path(refund), step="send", **TERMS)
    again = desk.client.post(f"/admin/{path(refund)}", {"step": "send", **TERMS}, follow=True)
    assert "The buyer has yet to answer an offer" in again.content.decode()
    assert len(offers(taote, refund)) == 1


@pytest.mark.rule("T3")
def test_the_tick_is_required(taote, refund, sign_in):
    desk = sign_in("agent", taote)
    for step in ("preview", "send"):
        answer = desk.post(path(refund), step=step, **{**TERMS, "agreed_with_buyer": ""})
        assert "Talk to the buyer first" in answer.content.decode()
    assert offers(taote, refund) == []


@pytest.mark.rule("T5")
@for_each(
    ("amount", "text"),
    [
        ("59.01", "At most 59.00 can be refunded here."),
        ("0.00", "The amount must be above zero."),
        ("", "Enter the amount that the buyer gets."),
        ("1e1", "Write an amount in yuan"),
        ("２.00", "Write an amount in yuan"),
    ],
)
def test_a_wrong_amount_is_told_at_the_field(taote, refund, sign_in, amount, text):
    desk = sign_in("agent", taote)
    for step in ("preview", "send"):
        answer = desk.post(path(refund), step=step, **{**TERMS, "amount": amount})
        assert answer.status_code == 200
        assert text in " ".join(answer.context["form"].errors["amount"])
    assert offers(taote, refund) == []
    form = desk.get(path(refund)).content.decode()
    assert 'max="59.00"' in form


@pytest.mark.rule("Q5")
def test_the_message_has_at_most_fifty_characters(taote, refund, sign_in):
    desk = sign_in("agent", taote)
    long = desk.post(path(refund), step="preview", **{**TERMS, "message": "好" * 51})
    assert long.context["form"].errors["message"] == ["At most 50 characters."]
    assert "buyer-sees" in desk.post(path(refund), step="preview", **{**TERMS, "message": "😀" * 50}).content.decode()


@pytest.mark.rule("T6")
def test_a_refund_only_becomes_a_return_to_the_address_chosen(taote, clock, sign_in):
    refund, desk = taote.refund(kind="refund_only"), sign_in("agent", taote)
    terms = {"method": "change_to_return", "agreed_with_buyer": "on"}
    missing = desk.post(path(refund), step="preview", **terms)
    assert "Choose the return address." in missing.context["form"].errors["return_address"]
    terms["return_address"] = str(taote.address.pk)
    assert "义乌市稠州北路 8 号" in desk.post(path(refund), step="preview", **terms).content.decode()
    desk.post(path(refund), step="send", **terms)
    assert offers(taote, refund)[0].return_address_id == taote.address.pk


@pytest.mark.rule("T1")
def test_the_page_says_why_nothing_can_be_proposed(taote, clock, sign_in):
    refund, desk = taote.refund(taote.order(category="50025680")), sign_in("agent", taote)
    page = desk.get(path(refund, "change/")).content.decode()
    assert "Fresh food can&#x27;t be negotiated about." in page
    assert 'id="negotiate"' not in page
    assert desk.post(path(refund), step="send", **TERMS).status_code == 302
    assert offers(taote, refund) == []


@pytest.mark.rule("T7")
def test_the_offer_is_shown_with_the_refunds_own_deadline(taote, refund, clock, sign_in):
    desk = sign_in("agent", taote)
    clock.move(hours=30)
    preview = desk.post(path(refund), step="preview", **TERMS)
    assert preview.context["offer"].due_at == taote.reload(refund).due_at
    assert preview.context["offer"].created_at > NOON
