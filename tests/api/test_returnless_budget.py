"""Refund without return: the service budget that pays, down to the last yuan (R5, R7)."""

import pytest

from common.actors import SYSTEM
from payments.inbox import process_due_notices
from payments.models import Payment, SandboxTransfer
from payments.reversals import reverse_payments
from payments.settlement import settle_batch
from tests.api.helpers import code, detail
from tests.api.test_gateways import SANDBOX, post
from tests.books import amiss
from tests.returnless import accounts, ask, budget, events, join, open_shop, place
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]


@pytest.fixture
def shop(db):
    return open_shop()


@pytest.mark.rule("R5")
def test_an_approved_amount_is_reserved_then_drawn_from_the_budget(shop):
    join(shop)
    place(shop, "K1")
    refund = ask(shop, "K1")["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    assert budget(shop) == ("500.00", "59.00", "441.00")
    assert settle_batch() == 1
    assert budget(shop) == ("441.00", "0.00", "441.00")
    assert accounts(shop, refund) == [("service_budget", "posted")]
    assert detail(shop, refund)["status"] == "refunded"


@pytest.mark.rule("R5")
def test_a_declined_payment_gives_the_reservation_back_once(shop):
    join(shop)
    place(shop, "K1", buyer_id="sandbox-decline")
    refund = ask(shop, "K1")["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    settle_batch()
    settle_batch()
    assert budget(shop) == ("500.00", "0.00", "500.00")
    assert accounts(shop, refund) == [("service_budget", "voided")]


@pytest.mark.rule("R5")
def test_what_comes_back_to_a_full_budget_is_in_it(shop):
    join(shop)
    place(shop, "K1")
    refund = ask(shop, "K1")["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    settle_batch()
    full = "9999999999.99"
    assert shop.merchant.put("returnless/", {"budget": full}).status_code == 200
    SandboxTransfer.objects.update(outcome="returned")
    with shop.scope():
        [payment] = Payment.objects.filter(topic_id=refund)
        reverse_payments(reasons={payment.pk: "account closed"}, actor=SYSTEM, now=NOON)
    assert budget(shop) == ("10000000058.99", "0.00", "10000000058.99")
    assert code(shop.merchant.post("returnless/top-up/", {"amount": "0.01"}))[:2] == (409, "budget_exhausted")
    assert amiss() == {}


@pytest.mark.rule("R5")
def test_below_its_threshold_it_tops_itself_up(shop):
    join(shop, budget="100.00", auto_top_up={"on": True, "threshold": "60.00", "amount": "25.00"})
    place(shop, "K1")
    refund = ask(shop, "K1")["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    assert budget(shop) == ("125.00", "59.00", "66.00"), "41.00 would be left: 25.00 more"
    [first, automatic] = events(shop, "budget.topped_up")
    assert (first.data["amount"], first.data["automatic"]) == ("100.00", False)
    assert (automatic.data["amount"], automatic.data["automatic"], automatic.rule) == ("25.00", True, "R5")
    place(shop, "K2", price="300.00")
    big = ask(shop, "K2", "300.00")["id"]
    shop.merchant.post(f"refunds/{big}/approve/")
    assert accounts(shop, big) == [("service_budget", "pending")], "more than it held: topped up as often as it takes"
    assert budget(shop) == ("425.00", "359.00", "66.00")


@pytest.mark.rule("R5")
def test_a_spent_budget_promises_nothing_new_and_keeps_what_was_promised(shop):
    join(shop, budget="60.00")
    place(shop, "K1")
    place(shop, "K2", buyer_id="b2")
    first, second = ask(shop, "K1")["id"], ask(shop, "K2")["id"]
    shop.merchant.post(f"refunds/{first}/approve/")
    assert place(shop, "K3") == ["returnless"], "1.00 is left"
    shop.merchant.post(f"refunds/{second}/approve/")
    assert accounts(shop, second) == [("merchant_funds", "pending")]
    [exceeded] = events(shop, "budget.exceeded")
    assert (str(exceeded.topic_id), exceeded.data["amount"], exceeded.data["available"]) == (second, "59.00", "1.00")
    assert place(shop, "K4") == [None]
    assert shop.merchant.get("returnless/badges/", item_id="8000").json() == {
        "certified": True,
        "items": [{"item_id": "8000", "badge": False}],
    }
    settle_batch()
    assert budget(shop) == ("1.00", "0.00", "1.00")
    assert detail(shop, second)["status"] == "refunded"
    shop.merchant.post("returnless/top-up/", {"amount": "100.00"})
    assert place(shop, "K5") == ["returnless"]


def test_a_budget_is_lowered_but_not_below_what_is_on_its_way(shop):
    join(shop)
    place(shop, "K1")
    shop.merchant.post(f"refunds/{ask(shop, 'K1')['id']}/approve/")
    assert code(shop.merchant.put("returnless/", {"budget": "58.99"})) == (409, "budget_exhausted", "budget")
    assert shop.merchant.put("returnless/", {"budget": "59.00"}).status_code == 200
    assert budget(shop) == ("59.00", "59.00", "0.00")
    assert place(shop, "K2") == [None]


@pytest.mark.rule("R7")
def test_either_side_asks_the_platform_and_what_it_grants_is_drawn_from_the_budget(shop):
    join(shop)
    place(shop, "K1")
    place(shop, "K2", buyer_id="b2")
    for api, number, outcome in ((shop.merchant, "K1", "buyer"), (shop.buyer, "K2", "merchant")):
        refund = ask(shop, number)["id"]
        dispute = api.post("disputes/", {"refund": refund, "claim": "请平台介入"}).json()
        assert detail(shop, refund)["status"] == "disputed"
        decided = shop.buyer.post(f"disputes/{dispute['id']}/decide/", {"outcome": outcome, "note": "已核实"})
        assert decided.status_code == 200, decided.content
        assert accounts(shop, refund) == ([("service_budget", "pending")] if outcome == "buyer" else [])
    assert budget(shop) == ("500.00", "59.00", "441.00")


@pytest.mark.rule("R5")
def test_what_comes_back_goes_back_to_the_budget_and_is_drawn_again(shop):
    join(shop)
    place(shop, "K1")
    refund = ask(shop, "K1")["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    settle_batch()
    assert budget(shop) == ("441.00", "0.00", "441.00")
    [payment] = detail(shop, refund)["payments"]
    post(SANDBOX.send_back(payment["id"]))
    process_due_notices()
    assert budget(shop) == ("500.00", "0.00", "500.00")
    assert shop.merchant.post(f"payments/{payment['id']}/retry/").status_code == 200
    settle_batch()
    assert budget(shop) == ("441.00", "0.00", "441.00")
    assert amiss() == {}
