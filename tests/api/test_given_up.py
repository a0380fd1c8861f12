"""Money that the gateway declined for good is paid again or given up; then what it held is free."""

import json

import pytest

from common.tenancy import system_scope
from offers.insights.rebuild import roll_everything
from offers.models import Offer
from payments.actions import take_up_payments
from payments.inbox import process_due_notices
from payments.models import GatewayNotice, Payment, PaymentTerms, SandboxTransfer
from payments.reconciling import reconcile
from payments.settlement import settle_batch
from tests.api.helpers import ask, code, detail
from tests.api.test_conflicts import hear_that_it_was_paid, settle
from tests.api.test_gateways import SANDBOX, post
from tests.cases import for_each
from tests.insights import accepted, consistent
from tests.journeys.conftest import _clean_books  # noqa: F401  an autouse fixture
from tests.world import NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


@pytest.fixture
def shop(db):
    return make_shop("tmall")


def declined(shop, *, order=None, kind="refund_only", **offer) -> tuple:
    """A refund whose accepted offer (without one: whose own) money was declined, and the payment's id."""
    order = order or shop.order(buyer_id="sandbox-decline")
    refund = shop.refund(order, kind=kind)
    if offer:
        sent = shop.merchant.post("offers/", {"refund": str(refund.pk), "message": "亲", **offer})
        assert sent.status_code == 201, sent.json()
        assert shop.buyer.post(f"offers/{sent.json()['id']}/accept/").status_code == 200
    else:
        shop.merchant.post(f"refunds/{refund.pk}/approve/")
    settle_batch()
    with shop.scope():
        return refund, str(Payment.objects.filter(topic_id=refund.pk).latest("id").pk)


def give_up(shop, payment):
    return shop.merchant.post(f"payments/{payment}/give-up/")


def held(shop, refund) -> tuple[str, str]:
    """What the refund's order and its line hold."""
    line = refund.own_lines[0].line
    return str(shop.reload(refund.order).claimed_amount), str(shop.reload(line).claimed_amount)


MONEY = [{"method": "partial_refund", "amount": "10.00"}, {"method": "red_packet", "amount": "5.00"}]


@pytest.mark.rule("Q10", "T9")
@for_each("offer", MONEY, ids=lambda offer: offer["method"])
def test_given_up_an_offers_money_leaves_the_buyer_the_request(shop, offer):
    refund, payment = declined(shop, **offer)
    given = give_up(shop, payment).json()
    assert (given["status"], bool(given["given_up_at"])) == ("failed", True)
    after = detail(shop, refund)
    assert (after["status"], after["amount"], after["needs_attention"]) == ("awaiting_merchant", "59.00", False)
    assert (after["due_action"], after["offers"][0]["status"]) == ("approve", "withdrawn")
    assert held(shop, refund) == ("59.00", "59.00")
    told = [event["name"] for event in shop.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"]]
    assert told[-3:] == ["payment.given_up", "offer.lapsed", "refund.reopened"]
    assert code(give_up(shop, payment)) == (409, "invalid_transition", None)
    assert code(shop.merchant.post(f"payments/{payment}/retry/"))[1] == "invalid_transition"


@for_each("offer", MONEY, ids=lambda offer: offer["method"])
def test_after_that_another_amount_may_be_offered_and_taken(shop, offer):
    refund, payment = declined(shop, **offer)
    give_up(shop, payment)
    other = {"refund": str(refund.pk), "message": "亲", **offer, "amount": "3.00"}
    sent = shop.merchant.post("offers/", other).json()["id"]
    assert shop.buyer.post(f"offers/{sent}/accept/").status_code == 200
    after = detail(shop, refund)
    assert (after["status"], [each["amount"] for each in after["payments"]]) == ("withdrawn", [offer["amount"], "3.00"])
    assert shop.reload(refund.order).claimed_amount == 3


@for_each("offer", MONEY, ids=lambda offer: offer["method"])
def test_money_that_was_sent_twice_and_given_up_is_no_other_offers(shop, offer):
    refund, payment = declined(shop, **offer)
    assert shop.merchant.post(f"payments/{payment}/retry/").status_code == 200
    settle_batch()
    with shop.scope():
        last = Payment.objects.filter(topic_id=refund.pk).latest("id")
    assert (str(last.pk) != payment, give_up(shop, str(last.pk)).status_code) == (True, 200)
    assert held(shop, refund) == ("59.00", "59.00")
    other = {"refund": str(refund.pk), "message": "亲", **offer, "amount": "3.00"}
    sent = shop.merchant.post("offers/", other).json()["id"]
    assert shop.buyer.post(f"offers/{sent}/accept/").status_code == 200
    assert shop.reload(refund.order).claimed_amount == 3


def test_money_that_was_sent_twice_and_given_up_holds_nothing_of_a_withdrawn_request(shop):
    refund, payment = declined(shop, **MONEY[0])
    assert shop.merchant.post(f"payments/{payment}/retry/").status_code == 200
    settle_batch()
    with shop.scope():
        last = Payment.objects.filter(topic_id=refund.pk).latest("id")
    assert give_up(shop, str(last.pk)).status_code == 200
    assert shop.buyer.post(f"refunds/{refund.pk}/withdraw/").status_code == 200
    assert held(shop, refund) == ("0.00", "0.00")


@pytest.mark.rule("Q8")
def test_an_offer_whose_money_was_given_up_is_no_attempt(shop):
    refund, payment = declined(shop, **MONEY[0])
    give_up(shop, payment)
    for _ in range(2):
        sent = shop.merchant.post("offers/", {"refund": str(refund.pk), "message": "亲", **MONEY[1]})
        assert sent.status_code == 201, sent.json()
        shop.buyer.post(f"offers/{sent.json()['id']}/decline/")
    sent = shop.merchant.post("offers/", {"refund": str(refund.pk), "message": "亲", **MONEY[1]})
    assert code(sent)[:2] == (409, "attempts_exhausted")


def test_of_what_another_refund_has_taken_meanwhile_only_the_rest_is_asked_again(shop):
    order = shop.order(buyer_id="sandbox-decline")
    refund, payment = declined(shop, order=order, **MONEY[0])
    assert ask(shop, order, amount="19.00").status_code == 201
    give_up(shop, payment)
    assert (detail(shop, refund)["status"], detail(shop, refund)["amount"]) == ("awaiting_merchant", "40.00")
    assert shop.reload(order).claimed_amount == 59


def test_where_another_refund_returns_the_goods_it_stays_withdrawn_and_holds_nothing(shop):
    order = shop.order(buyer_id="sandbox-decline")
    refund, payment = declined(shop, order=order, kind="return_and_refund", **MONEY[0])
    assert ask(shop, order, kind="return_and_refund", amount="49.00").status_code == 201
    give_up(shop, payment)
    after = detail(shop, refund)
    assert (after["status"], after["needs_attention"], after["offers"][0]["status"]) == (
        "withdrawn",
        False,
        "withdrawn",
    )
    assert held(shop, refund) == ("49.00", "49.00")


@pytest.mark.rule("T9")
def test_a_refund_of_goods_that_the_buyer_has_is_decided_anew_and_one_of_goods_that_are_back_is_owed(shop):
    refund, payment = declined(shop)
    give_up(shop, payment)
    assert detail(shop, refund)["status"] == "awaiting_merchant"
    assert shop.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "worn"}).status_code == 200

    back = shop.refund(shop.order(buyer_id="sandbox-decline"))
    shop.merchant.post(f"refunds/{back.pk}/approve/")
    shop.buyer.post(f"refunds/{back.pk}/ship-return/", {"carrier": "SF", "tracking_number": "SF9"})
    shop.merchant.post(f"refunds/{back.pk}/inspect/", {"result": "passed"})
    settle_batch()
    [owed] = detail(shop, back)["payments"]
    assert code(give_up(shop, owed["id"])) == (409, "payment_owed", None)
    again = shop.merchant.post(f"payments/{owed['id']}/retry/").json()
    assert (again["status"], again["id"] != owed["id"]) == ("pending", True)
    assert code(shop.merchant.post(f"payments/{owed['id']}/retry/"))[1] == "invalid_transition"


@pytest.mark.rule("T5", "T9")
@for_each(
    ("other", "kind", "amount"),
    [
        (None, "return_and_refund", "59.00"),
        ("refund_only", "return_and_refund", "40.00"),
        ("return_and_refund", "refund_only", "40.00"),
    ],
)
def test_the_request_that_an_unpaid_agreement_had_changed_is_what_the_buyer_asked(taote, other, kind, amount):
    order = taote.order(buyer_id="sandbox-decline")
    agreed = {"method": "change_to_refund_only", "amount": "20.00", "agreed_with_buyer": True}
    refund, payment = declined(taote, order=order, kind="return_and_refund", **agreed)
    if other:
        assert ask(taote, order, kind=other, amount="19.00").status_code == 201
    assert give_up(taote, payment).status_code == 200
    after = detail(taote, refund)
    assert (after["status"], after["kind"], after["amount"]) == ("awaiting_merchant", kind, amount)
    assert [offer["status"] for offer in after["offers"]] == ["withdrawn"]
    again = {"refund": str(refund.pk), "message": "亲", **agreed}
    assert other or taote.merchant.post("offers/", again).status_code == 201  # as if it had not been made (T4)


@pytest.mark.rule("P5")
def test_what_the_platform_gave_the_buyer_is_owed():
    shop = make_shop("pinduoduo")
    refund = shop.refund(shop.order(buyer_id="sandbox-decline", vip=True), kind="refund_only")
    settle_batch()
    [payment] = detail(shop, refund)["payments"]
    assert code(give_up(shop, payment["id"])) == (409, "payment_owed", None)


def test_an_offers_money_is_paid_again_from_the_account_that_promised_it(shop):
    refund, payment = declined(shop, **MONEY[0])
    SandboxTransfer.objects.all().delete()
    with shop.scope():
        Payment.objects.filter(pk=payment).update(buyer_id="buyer")
    refund.order.buyer_id = "buyer"
    with shop.scope():
        refund.order.save(update_fields=["buyer_id"])
    again = shop.merchant.post(f"payments/{payment}/retry/").json()
    settle_batch()
    shown = shop.merchant.get(f"payments/{again['id']}/").json()
    assert (shown["status"], shown["amount"], shown["purpose"]) == ("succeeded", "10.00", "partial_refund")
    assert (detail(shop, refund)["status"], held(shop, refund)) == ("withdrawn", ("10.00", "10.00"))


def test_paying_again_goes_through_the_gateway_that_the_store_has_by_now(shop):
    _refund, payment = declined(shop, **MONEY[0])
    with shop.scope():
        PaymentTerms.objects.update_or_create(store=shop.store, defaults={"gateway": "elsewhere"})
    again = shop.merchant.post(f"payments/{payment}/retry/").json()["id"]
    with system_scope():
        take_up_payments(now=NOON, limit=1)
    gateways = [shop.merchant.get(f"payments/{each}/").json()["gateway"] for each in (payment, again)]
    assert gateways == ["sandbox", "elsewhere"]


def test_a_payment_that_was_repeated_is_neither_repeated_nor_given_up_in_the_place_of_the_last(shop):
    refund, first = declined(shop, **MONEY[0])
    last = shop.merchant.post(f"payments/{first}/retry/").json()["id"]
    settle_batch()
    for act in ("retry", "give-up"):
        refused = shop.merchant.post(f"payments/{first}/{act}/")
        assert (code(refused)[1], last in refused.json()["errors"][0]["detail"]) == ("invalid_transition", True)
    with shop.scope():
        assert Payment.objects.filter(topic_id=refund.pk, given_up_at=None).count() == 2
    assert give_up(shop, last).status_code == 200


def test_one_without_an_answer_is_asked_about_again_and_is_not_given_up(shop):
    refund = shop.refund(shop.order(), kind="refund_only")
    shop.merchant.post(f"refunds/{refund.pk}/approve/")
    with shop.scope():
        payment = Payment.objects.get(topic_id=refund.pk)
        Payment.objects.filter(pk=payment.pk).update(
            status="processing", needs_attention=True, next_attempt_at=None, gateway="sandbox"
        )
    assert code(give_up(shop, payment.pk))[1] == "invalid_transition"
    again = shop.merchant.post(f"payments/{payment.pk}/retry/").json()
    assert (again["id"], again["needs_attention"]) == (str(payment.pk), False)


def test_given_up_money_that_arrived_after_all_can_only_be_demanded_back(shop):
    _refund, payment = declined(shop, **MONEY[0])
    give_up(shop, payment)
    hear_that_it_was_paid(payment)
    assert code(settle(shop, payment, "book")) == (409, "invalid_transition", "how")
    assert settle(shop, payment, "demand_back").json()["conflict"] == "demanded"
    assert code(settle(shop, payment, "book")) == (409, "invalid_transition", "how")


def never_returned(shop) -> tuple:
    """A refund whose money was given up, arrived after all and was demanded back, and the payment's id."""
    refund, payment = declined(shop)
    give_up(shop, payment)
    hear_that_it_was_paid(payment)
    settle(shop, payment, "demand_back")
    return refund, payment


def bookings(shop, payment) -> list[tuple[str, str, str]]:
    """What of the payment is posted: purpose, from and to."""
    with shop.scope():
        posted = Payment.objects.get(pk=payment).transfers.filter(phase="posted")
        return sorted(posted.values_list("purpose", "debit_account__kind", "credit_account__kind"))


@pytest.mark.rule("T9")
def test_what_never_comes_back_is_written_off_and_blocks_nothing_any_more(shop):
    refund, payment = never_returned(shop)
    assert code(shop.merchant.post(f"refunds/{refund.pk}/approve/"))[1] == "payment_in_conflict"
    written = settle(shop, payment, "write_off").json()
    assert (written["status"], written["conflict"], bool(written["written_off_at"])) == ("failed", "", True)
    assert bookings(shop, payment) == [("write_off", "merchant_funds", "losses")]
    assert code(settle(shop, payment, "write_off")) == (409, "invalid_transition", None)
    told = json.loads(SANDBOX.notice(payment)[1])
    post(SANDBOX.sign(json.dumps({**told, "event": "again"}).encode()))
    process_due_notices()
    assert shop.merchant.get(f"payments/{payment}/").json()["conflict"] == ""
    assert GatewayNotice.objects.get(event_id="again").result == "no_change"
    assert reconcile(name="sandbox", day=NOON.date(), now=NOON).differences_found == 0
    refund.order.buyer_id = "buyer"
    with shop.scope():
        refund.order.save(update_fields=["buyer_id"])
    assert shop.merchant.post(f"refunds/{refund.pk}/approve/").status_code == 200
    settle_batch()
    assert detail(shop, refund)["status"] == "refunded"
    told = shop.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"]
    ways = [event["data"]["how"] for event in told if event["name"] == "payment.conflict_settled"]
    assert ways == ["demand_back", "write_off"]


def test_the_figures_count_no_loss_as_what_an_offer_cost(shop):
    kept = accepted(shop, method="reassurance")
    roll_everything()
    refund, payment = declined(shop, **MONEY[0])
    give_up(shop, payment)
    with shop.scope():
        rolled = Offer.objects.filter(is_rolled=True)
        assert [str(offer.pk) for offer in rolled] == [kept], "nothing of other orders is counted anew"
    hear_that_it_was_paid(payment)
    for how in ("demand_back", "write_off"):
        settle(shop, payment, how)
    sent = shop.merchant.post("offers/", {"refund": str(refund.pk), "message": "亲", **MONEY[0]}).json()["id"]
    assert shop.buyer.post(f"offers/{sent}/accept/").status_code == 200
    assert consistent(shop)["totals"]["offer_costs"] == "10.00"


def test_what_was_written_off_and_comes_back_after_all_is_no_loss_any_more(shop):
    _refund, payment = never_returned(shop)
    settle(shop, payment, "write_off")
    post(SANDBOX.send_back(payment))
    process_due_notices()
    assert shop.merchant.get(f"payments/{payment}/").json()["reversed_at"] is not None
    assert bookings(shop, payment) == [
        ("payout", "merchant_funds", "buyer_payouts"),
        ("recovery", "losses", "merchant_funds"),
        ("reversal", "buyer_payouts", "merchant_funds"),
        ("write_off", "merchant_funds", "losses"),
    ]


def test_only_what_can_not_be_booked_is_written_off(shop):
    refund, payment = declined(shop)
    hear_that_it_was_paid(payment)
    assert code(settle(shop, payment, "write_off")) == (409, "invalid_transition", "how"), "it isn't demanded back yet"
    settle(shop, payment, "demand_back")
    assert code(settle(shop, payment, "write_off")) == (409, "invalid_transition", "how"), "the buyer was owed it"
    assert settle(shop, payment, "book").json()["status"] == "succeeded"
    assert detail(shop, refund)["status"] == "refunded"


def test_money_that_the_buyer_may_have_is_not_given_up(shop):
    _refund, payment = declined(shop, **MONEY[0])
    hear_that_it_was_paid(payment)
    assert code(give_up(shop, payment)) == (409, "payment_in_conflict", None)


@pytest.mark.rule("K9")
def test_a_small_payment_that_failed_holds_nothing():
    shop = make_shop("kuaishou")
    order = shop.order(buyer_id="sandbox-decline")
    body = {"order": order.number, "amount": "1.00", "purpose": "other"}
    payment = shop.merchant.post("payments/", body, **{"Idempotency-Key": "1"}).json()["id"]
    settle_batch()
    assert code(give_up(shop, payment))[1] == "invalid_transition"
    assert code(shop.merchant.post(f"payments/{payment}/retry/"))[1] == "invalid_transition"
    assert shop.reload(order).small_payments == 0
