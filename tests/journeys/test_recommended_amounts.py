"""The amount that is recommended, from the offers that taught it to the one that is sent, with the log (Q11)."""

from decimal import Decimal

import pytest

from common.models import Event
from offers.bulk import propose, send_waiting_rows, start_bulk_job
from offers.choosing.estimate import FEWEST_LOGGED
from offers.choosing.ladder import band_of, nearest_percent
from offers.choosing.reading import foresee_ceilings, read_log
from offers.insights.rebuild import roll_everything
from offers.models import Advice, AmountAcceptance, BulkRow, MarketplaceAmountAcceptance, Offer
from offers.recommendation import known_about
from offers.statistics import count_ended_offers
from stores.actions import update_store
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks")]
REASON = "minor_flaw"


@pytest.fixture
def tmall():
    return make_shop("tmall")


def options(shop, refund):
    found = shop.merchant.get(f"refunds/{refund.pk}/offer-options/").json()["options"]
    return {option["method"]: option for option in found}


def ask(shop, price="100.00"):
    return shop.refund(shop.order(prices=(price,)), amount=price, reason=REASON)


def answered(shop, *, yes, price="100.00", **terms):
    refund = ask(shop, price)
    sent = shop.merchant.post("offers/", {"refund": str(refund.pk), **terms})
    assert sent.status_code == 201, sent.content
    answer = shop.buyer.post(f"offers/{sent.json()['id']}/{'accept' if yes else 'decline'}/")
    assert answer.status_code == 200, answer.content
    return sent.json()["id"]


@pytest.mark.rule("Q11")
def test_answers_teach_the_amount_which_is_sent_logged_and_told(tmall):
    fresh = options(tmall, ask(tmall))["partial_refund"]
    assert (fresh["amount"], fresh["limits"]["usual_amount"]) == ("10.00", "10.00")
    assert options(tmall, ask(tmall))["reassurance"]["amount"] is None
    # Five in a hundred are always declined, twenty accepted; one was typed between two shares, one in another band.
    for yes, amount in [(False, "5.00"), (True, "20.00")] * 6 + [(False, "7.00"), (True, "19.00")]:
        answered(tmall, yes=yes, method="partial_refund", amount=amount)
    answered(tmall, yes=True, price="29.99", method="red_packet", amount="1.49")
    answered(tmall, yes=False, method="reassurance", message="真抱歉")
    assert (count_ended_offers(), count_ended_offers()) == (16, 0)
    with tmall.scope():
        rows = AmountAcceptance.objects.order_by("method", "percent")
        found = [(r.method, r.band, r.percent, r.ended, r.accepted, r.given) for r in rows]
        known = known_about(ask(tmall))
        for offer in Offer.objects.filter(amount__isnull=False):  # the database counts as the ladder says
            percent, band = nearest_percent(offer.amount, offer.asked_amount), band_of(offer.asked_amount)
            assert (offer.method, band, percent) in known.own_answers
    assert found == [
        ("partial_refund", 2, 5, 7, 0, Decimal("37.00")),
        ("partial_refund", 2, 20, 7, 7, Decimal("139.00")),
        ("reassurance", 2, 0, 1, 0, Decimal("0.00")),
        ("red_packet", 0, 5, 1, 1, Decimal("1.49")),
    ]
    everybody = MarketplaceAmountAcceptance.objects.filter(method="partial_refund").values_list("percent", "ended")
    assert set(everybody) == {(5, 7), (20, 7)}
    refund = ask(tmall)
    taught = options(tmall, refund)["partial_refund"]
    assert taught["amount"] == "20.00"
    assert taught["score"] > fresh["score"]
    assert "¥20.00 keeps" in taught["amount_why"]
    assert Decimal(taught["expected"]) > Decimal(fresh["expected"])
    # What is sent is logged beside what was recommended, in a row and in the event.
    first = next(iter(options(tmall, refund).values()))
    terms = {"amount": first["amount"]} if first["amount"] else {"message": "真抱歉"}
    sent = tmall.merchant.post("offers/", {"refund": str(refund.pk), "method": first["method"], **terms}).json()
    other = ask(tmall)
    tmall.merchant.post("offers/", {"refund": str(other.pk), "method": "partial_refund", "amount": "33.33"})
    with tmall.scope():
        advice = Advice.objects.get(offer=sent["id"])
        unlike = Advice.objects.get(offer__refund=other)
        event = Event.objects.get(name="offer.sent", subject_id=sent["id"]).data
    assert (advice.was_taken, unlike.was_taken) == (True, False)
    assert (advice.method, advice.amount and str(advice.amount)) == (first["method"], first["amount"])
    assert sum(arm[-1] for arm in advice.arms) == 1_000_000
    assert advice.chance in [arm[-1] for arm in advice.arms]
    assert event["recommended_method"] == first["method"]
    assert event["propensity"] == f"{Decimal(advice.chance) / 1_000_000:.6f}"
    assert event["was_taken"] is True


@pytest.mark.rule("Q12")
def test_the_stores_ceiling_binds_what_is_recommended_and_sent_in_bulk(tmall):
    with tmall.scope():
        update_store(store=tmall.store, most_offered_percent=4, tried_percent=3, actor=MERCHANT, now=NOON)
        event = Event.objects.filter(name="store.changed").latest("id").data
        assert event == {"most_offered_percent": [None, 4], "tried_percent": [0, 3]}
        update_store(store=tmall.reload(tmall.store), tried_percent=0, actor=MERCHANT, now=NOON)
    refund = ask(tmall)
    partial = options(tmall, refund)["partial_refund"]
    assert (partial["amount"], partial["limits"]["usual_amount"]) == ("3.00", "4.00")
    assert partial["limits"]["max_amount"] == "100.00"  # a person may go beyond, and is told how far
    for wrong in ({"most_offered_percent": 0}, {"most_offered_percent": 101}, {"tried_percent": 51}):
        with tmall.scope(), pytest.raises(Exception, match=next(iter(wrong))):
            update_store(store=tmall.reload(tmall.store), **wrong, actor=MERCHANT, now=NOON)
    # What was shown before sending in bulk is what is sent, whatever was learnt in between.
    with tmall.scope():
        proposal = propose(tmall.reload(refund), NOON)
        job = start_bulk_job(store=tmall.reload(tmall.store), refund_ids=[refund.pk], actor=MERCHANT, now=NOON)
        row = BulkRow.objects.get(job=job)
        assert (row.method, row.amount) == (proposal.method.code, proposal.terms.get("amount"))
    send_waiting_rows()
    with tmall.scope():
        offer = Offer.objects.get(refund=refund)
    assert (offer.method, offer.amount) == (row.method, row.amount)
    assert row.amount is None or row.amount <= 4
    # Nearly nothing is left of the order: no more than that is recommended. An unknown reason leaves nothing behind.
    order = tmall.order(prices=("100.00",))
    first = tmall.refund(order, kind="refund_only", amount="99.80", reason=REASON)
    assert tmall.merchant.post(f"refunds/{first.pk}/approve/", {}).status_code == 200
    asked = {"order": order.number, "kind": "refund_only", "reason": "no such", "amount": "0.20"}
    refused = tmall.buyer.post("refunds/", asked)
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "reason")
    last = tmall.reload(tmall.refund(tmall.reload(order), kind="refund_only", amount="0.20", reason=REASON))
    found = options(tmall, last)
    assert found["partial_refund"]["amount"] == "0.01"
    assert Decimal(found["red_packet"]["amount"]) <= Decimal("0.20")


@pytest.mark.rule("Q11")
def test_the_log_tells_what_ceilings_would_have_kept(tmall):
    with tmall.scope():
        assert foresee_ceilings(tmall.store, NOON.date(), NOON.date()).rows == []
        update_store(store=tmall.store, tried_percent=40, actor=MERCHANT, now=NOON)
    for number in range(FEWEST_LOGGED + 15):
        refund = ask(tmall)
        first = next(iter(tmall.merchant.get(f"refunds/{refund.pk}/offer-options/").json()["options"]))
        terms = {"amount": first["amount"]} if first["amount"] else {"message": "真抱歉"}
        sent = tmall.merchant.post("offers/", {"refund": str(refund.pk), "method": first["method"], **terms})
        if sent.status_code == 201:
            tmall.buyer.post(f"offers/{sent.json()['id']}/{'accept' if number % 2 else 'decline'}/")
    roll_everything()
    with tmall.scope():
        log = read_log(tmall.store, NOON.date(), NOON.date())
        foresight = foresee_ceilings(tmall.store, NOON.date(), NOON.date())
    assert len(log) == foresight.offers >= FEWEST_LOGGED
    assert {each.kept > 0 for each in log} == {True, False}
    assert [row.percent for row in foresight.rows] == [5, 10, 20, 30, None]
    assert [row.is_now for row in foresight.rows] == [False] * 4 + [True]
    assert all(row.found is None or row.found.offers == len(log) for row in foresight.rows)
    assert foresight.rows[-1].found is not None
