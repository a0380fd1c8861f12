"""What arrived decides what is refunded: the pieces that came are paid, a person decides about the rest (P1)."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.models import OrderLine
from payments.settlement import settle_batch
from refunds.arrivals import _share
from refunds.models import Dispute, RefundLine
from refunds.sweeps import sweep_due_refunds
from tests.api.helpers import ask, code, detail, everything
from tests.cases import for_each
from tests.quality import counts, set_rules
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.rule("P1")]


@pytest.fixture
def shop(clock, everything_holds):
    return make_shop("pinduoduo")


def returning(shop, order, amount, lines=None, kind="return_and_refund"):
    """A return on its way."""
    body = {"kind": kind, "amount": amount, **({"lines": lines} if lines else {})}
    refund = ask(shop, order, **body).json()["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    shop.buyer.post(f"refunds/{refund}/ship-return/", {"carrier": "SF", "tracking_number": "R1"})
    return refund


def inspect(shop, refund, *received, result="passed"):
    pieces = [{"item_id": item, "quantity": quantity} for item, quantity in received]
    return shop.merchant.post(f"refunds/{refund}/inspect/", {"result": result, "received": pieces})


def rest_of(shop, refund):
    [rest] = detail(shop, refund)["split_into"]
    return detail(shop, rest)


def shown(refund):
    return refund["status"], refund["amount"], [(line["item_id"], line["quantity"]) for line in refund["lines"]]


def test_of_three_announced_two_arrived(shop, clock):
    order = shop.order(prices=("10.00",), quantity=3)
    refund = returning(shop, order, "29.99")
    done = inspect(shop, refund, ("8000", 2)).json()
    assert shown(done) == ("refunding", "19.99", [("8000", 2)])
    assert [payment["amount"] for payment in done["payments"]] == ["19.99"]
    rest = rest_of(shop, refund)
    assert shown(rest) == ("disputed", "10.00", [("8000", 1)])
    assert (rest["split_from"], rest["due_at"], rest["payments"]) == (refund, None, [])
    # No clock ever decides about it, and nobody gets its goods or yuan meanwhile.
    clock.move(days=60)
    assert sweep_due_refunds() == 0
    settle_batch()
    assert shop.merchant.get(f"orders/{order.number}/").json()["refundable_amount"] == "0.01"
    assert detail(shop, rest["id"])["status"] == "disputed"


@for_each(("outcome", "status", "left"), [("buyer", "refunding", "0.00"), ("merchant", "closed", "10.00")])
def test_a_person_decides_about_the_rest(shop, outcome, status, left):
    order = shop.order(prices=("10.00",), quantity=3)
    refund = returning(shop, order, "30.00")
    inspect(shop, refund, ("8000", 2))
    rest = rest_of(shop, refund)["id"]
    events = shop.merchant.get(f"refunds/{rest}/timeline/").json()["results"]
    assert [e["name"] for e in events] == ["refund.split_off", "dispute.opened", "refund.disputed"]
    assert events[1]["data"]["claim"] == "missing_pieces:8000*1"
    with shop.scope():
        dispute = Dispute.objects.get(refund=rest)
    for language, said in (
        ("en", "Announced, but not in the parcel: 8000 × 1"),
        ("zh-hans", "已申报但包裹内未见：8000 × 1"),
    ):
        read = shop.merchant.client.get(f"/api/v1/disputes/{dispute.pk}/", headers={"Accept-Language": language})
        assert read.json()["claim"] == said
    decided = shop.buyer.post(f"disputes/{dispute.pk}/decide/", {"outcome": outcome, "note": "n"})
    assert decided.status_code == 200, decided.content
    assert detail(shop, rest)["status"] == status
    assert shop.merchant.get(f"orders/{order.number}/").json()["refundable_amount"] == left


def test_a_line_of_which_nothing_arrived_moves_as_a_whole(shop):
    order = shop.order(prices=("40.00", "19.00"), quantity=2)
    refund = returning(shop, order, "118.00")
    assert shown(inspect(shop, refund, ("8000", 2)).json()) == ("refunding", "80.00", [("8000", 2)])
    assert shown(rest_of(shop, refund)) == ("disputed", "38.00", [("8001", 2)])


def test_everything_arrived_splits_nothing(shop):
    refund = returning(shop, shop.order(prices=("10.00",), quantity=3), "30.00")
    assert inspect(shop, refund, ("8000", 3)).json()["status"] == "refunding"
    assert detail(shop, refund)["split_into"] == []


@for_each(
    ("received", "why"),
    [
        ([("8000", 0)], (400, "invalid", "received")),
        ([], (400, "invalid", "received")),
        ([("8000", 4)], (400, "invalid", "received")),
        ([("4242", 1)], (400, "does_not_exist", "received")),
        ([("8000", 1), ("8000", 1)], (400, "invalid", "received")),
    ],
)
def test_what_cannot_have_arrived_is_answered_clearly(shop, received, why):
    refund = returning(shop, shop.order(prices=("10.00",), quantity=3), "30.00")
    before = everything(shop)
    assert code(inspect(shop, refund, *received)) == why
    assert everything(shop) == before


def test_a_failed_inspection_may_tell_what_was_in_the_parcel(shop):
    refund = returning(shop, shop.order(prices=("10.00",), quantity=3), "30.00")
    assert inspect(shop, refund, ("8000", 0), result="failed").json()["status"] == "rejected"
    last = shop.merchant.get(f"refunds/{refund}/timeline/").json()["results"][-1]
    assert last["data"]["pieces"] == {"8000": 0}


def test_a_cent_is_not_split(shop):
    refund = returning(shop, shop.order(prices=("10.00",), quantity=3), "0.01")
    assert shown(inspect(shop, refund, ("8000", 2)).json()) == ("refunding", "0.01", [("8000", 3)])


def test_of_an_exchange_what_arrived_is_owed_and_the_rest_is_disputed(shop):
    refund = returning(shop, shop.order(prices=("10.00",), quantity=3), "30.00", kind="exchange")
    assert inspect(shop, refund, ("8000", 2)).json()["status"] == "closed"
    assert [p["quantity"] for p in shop.merchant.get("parcels/").json()["results"]] == [2]
    rest = rest_of(shop, refund)
    assert (rest["kind"], rest["status"], rest["amount"]) == ("exchange", "disputed", "10.00")


def test_split_goods_cannot_be_asked_about_again(shop):
    order = shop.order(prices=("10.00",), quantity=3)
    refund = returning(shop, order, "30.00")
    inspect(shop, refund, ("8000", 1))
    for kind in ("refund_only", "return_and_refund", "exchange"):
        answer = ask(shop, order, kind=kind, amount="0.01", lines=[{"item_id": "8000", "quantity": 1}])
        assert code(answer)[1] == "refund_open"


@pytest.mark.rule("P6")
@pytest.mark.parametrize("policy", ["by_application", "verified_fault"])
def test_what_was_split_off_is_no_second_quality_refund(shop, monkeypatch, broker_tasks, policy):
    set_rules(monkeypatch, "pinduoduo", version=99, quality_policy=policy)
    order = shop.order(prices=("10.00",), quantity=3)
    refund = ask(shop, order, kind="return_and_refund", reason="quality", amount="30.00").json()["id"]
    shop.merchant.post(f"refunds/{refund}/approve/")
    shop.buyer.post(f"refunds/{refund}/ship-return/", {"carrier": "SF", "tracking_number": "R1"})
    assert inspect(shop, refund, ("8000", 2)).json()["status"] == "refunding"
    rest = rest_of(shop, refund)["id"]
    with shop.scope():
        dispute = Dispute.objects.get(refund=rest)
    assert shop.buyer.post(f"disputes/{dispute.pk}/decide/", {"outcome": "buyer", "note": "n"}).status_code == 200
    assert counts(shop)[:2] == (1, 1)
    call_command("recompute_quality", "--check")


@for_each(("amount", "share"), [("0.25", "0.13"), ("0.35", "0.18"), ("0.01", "0.01")])
def test_half_a_cent_goes_to_what_arrived(amount, share):
    line = RefundLine(quantity=2, amount=Decimal(amount), line=OrderLine(unit_price=Decimal(1), quantity=2))
    assert _share(line, 1) == Decimal(share)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), quantity=st.integers(1, 50), cents=st.integers(1, 99_999))
def test_shares_stay_within_the_price_of_their_pieces(data, quantity, cents):
    price = Decimal(cents).scaleb(-2)
    amount = Decimal(data.draw(st.integers(0, cents * quantity))).scaleb(-2)
    arrived = data.draw(st.integers(0, quantity))
    line = RefundLine(quantity=quantity, amount=amount, line=OrderLine(unit_price=price, quantity=quantity))
    share = _share(line, arrived)
    assert 0 <= share <= min(amount, arrived * price)
    assert amount - share <= (quantity - arrived) * price
