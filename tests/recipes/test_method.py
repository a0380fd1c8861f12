"""CONTRIBUTING's recipe for a retention method: one file, and it is offered, accepted, shown, counted and checked."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from common.tenancy import system_scope
from offers.bulk import propose
from offers.buyer.links import link_for
from offers.insights.rebuild import roll_everything
from offers.models import Acceptance, Offer
from offers.statistics import count_ended_offers
from offers.switches import set_store_method
from operations.verification import run_checks
from payments.models import Payment
from payments.settlement import settle_batch
from tests.journeys.test_buyer_page import answer, page
from tests.world import MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("eighth_method", "clock")]
METHOD = "freight_credit"
WORDS = "路上慢了，运费补给您，留下好吗？"


@pytest.fixture
def shop():
    """A store whose marketplace offers the new method."""
    return make_shop("tmall")


@pytest.fixture
def refund(shop):
    """A request because the parcel was slow: what the method suits."""
    return shop.refund(reason="slow_logistics")


def send(shop, refund, amount="4.00"):
    body = {"refund": str(refund.pk), "method": METHOD, "amount": amount, "message": WORDS}
    return shop.merchant.post("offers/", body)


def off():
    with system_scope():
        return {check.name: rows for check, rows in run_checks() if rows}


def test_no_migration_is_due():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_clients_are_told_of_it(shop, refund):
    options = shop.merchant.get(f"refunds/{refund.pk}/offer-options/").json()["options"]
    [option] = [option for option in options if option["method"] == METHOD]
    assert option["recommended"] is True
    assert option["why"].startswith("Logistics reason; Answers a slow parcel with its freight")
    assert option["limits"]["max_amount"] == "12.00"
    schema = SchemaGenerator().get_schema(public=True)  # as the next process serves it
    named = [part["enum"] for part in schema["components"]["schemas"].values() if "red_packet" in part.get("enum", ())]
    assert [names for names in named if "reassurance" in names]
    assert [names for names in named if "return_freight" in names and METHOD in names]
    assert all(METHOD in names for names in named if "reassurance" in names)


def test_the_desk_offers_it_in_its_own_words(shop, refund, sign_in):
    desk = sign_in("agent", shop)
    shown = desk.get(f"refunds/refund/{refund.pk}/change/")
    way = shown.context["panel"].way(METHOD)
    assert (way.label, way.icon, way.recommended) == ("Freight credit", "local_post_office", True)
    assert way.limit_words == ["at most ¥12.00"]
    assert "Freight credit" in shown.content.decode()
    negotiate = f"refunds/refund/{refund.pk}/negotiate/"
    assert "Message to the buyer" in desk.get(negotiate, method=METHOD).content.decode()
    terms = {"method": METHOD, "amount": "4.00", "message": WORDS}
    preview = desk.post(negotiate, **terms, step="preview")
    assert preview.context["consequences"][1:3] == [
        "When the buyer accepts, the refund is withdrawn.",
        "¥4.00 goes out to the buyer in the same moment.",
    ]
    assert "Keep your order and receive the freight of ¥4.00." in preview.content.decode()
    above = desk.post(negotiate, **{**terms, "amount": "12.01"}, step="send")
    assert list(above.context["form"].errors) == ["amount"]
    assert desk.post(negotiate, **terms, step="send").status_code == 302
    after = desk.get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert "Freight credit" in after
    listed = desk.get("offers/offer/", method__exact=METHOD)
    assert [offer.method for offer in listed.context["cl"].queryset] == [METHOD]


def test_the_buyer_accepts_it_and_everything_counts_it(shop, refund, sign_in):
    sent = send(shop, refund)
    assert sent.status_code == 201
    link = link_for(refund)
    assert "Keep your order and receive the freight of ¥4.00." in page(link).content.decode()
    assert answer(link, do="accept", offer=sent.json()["id"]).status_code == 200
    settle_batch()
    shown = shop.merchant.get(f"refunds/{refund.pk}/").json()
    assert (shown["status"], shown["offers"][0]["method"]) == ("withdrawn", METHOD)
    with shop.scope():
        payment = Payment.objects.get(topic_id=refund.pk)
    assert (payment.amount, payment.purpose, payment.status) == (4, METHOD, "succeeded")
    assert "Freight credit" in page(link).content.decode()

    live = shop.merchant.get("insights/retention/").json()
    assert (live["by_method"][0]["method"], live["by_method"][0]["offer_costs"]) == (METHOD, "4.00")
    assert off() == {}
    roll_everything()
    assert shop.merchant.get("insights/retention/").json() == live
    assert off() == {}

    assert count_ended_offers() == 1
    with shop.scope():
        counted = Acceptance.objects.get()
        assert (counted.method, counted.reason, counted.accepted) == (METHOD, "slow_logistics", 1)
    owner = sign_in("owner", shop)
    assert "Freight credit" in owner.get("insights/").content.decode()
    assert "Freight credit" in owner.get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert "Freight credit" in owner.get("offers/storemethod/").content.decode()


def test_what_it_pays_is_for_it_wherever_payments_are_shown(shop, refund, sign_in):
    sent = send(shop, refund).json()
    assert shop.buyer.post(f"offers/{sent['id']}/accept/").status_code == 200
    settle_batch()
    [listed] = shop.merchant.get(f"payments/?purpose={METHOD}").json()["results"]
    assert (listed["purpose"], listed["amount"], listed["status"]) == (METHOD, "4.00", "succeeded")
    told = shop.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"]
    assert [event["data"]["purpose"] for event in told if event["name"] == "payment.reserved"] == [METHOD]
    owner = sign_in("owner", shop)
    assert "Freight credit" in owner.get(f"payments/payment/{listed['id']}/change/").content.decode()
    assert "Freight credit" in owner.get("payments/payment/", purpose__exact=METHOD).content.decode()


@pytest.mark.parametrize("gives_up", [False, True], ids=["paid again", "given up"])
def test_what_it_pays_is_held_of_the_order_until_it_is_paid_or_given_up(shop, gives_up):
    refund = shop.refund(shop.order(buyer_id="sandbox-decline"), reason="slow_logistics")
    sent = send(shop, refund).json()
    assert shop.buyer.post(f"offers/{sent['id']}/accept/").status_code == 200
    settle_batch()
    with shop.scope():
        payment = Payment.objects.get(topic_id=refund.pk)
    assert (payment.status, shop.reload(refund.order).claimed_amount) == ("failed", 4)
    again = shop.merchant.post(f"payments/{payment.pk}/{'give-up' if gives_up else 'retry'}/")
    assert again.status_code == 200, again.json()
    assert shop.reload(refund.order).claimed_amount == (59 if gives_up else 4)
    assert off() == {}


def test_it_goes_out_in_bulk_at_its_own_share(shop, refund):
    others = [name for name in shop.store.rules.offer_methods if name != METHOD]
    with shop.scope():
        for name in others:
            set_store_method(
                store=shop.store, method=name, is_on=False, available_from=NOON.date(), actor=MERCHANT, now=NOON
            )
        loaded = type(refund).objects.select_related("order", "store").get(pk=refund.pk)
        proposal = propose(loaded, NOON)
    assert (proposal.method.code, str(proposal.terms["amount"])) == (METHOD, "4.72")


def test_it_is_offered_once_a_refund(shop, refund):
    first = send(shop, refund).json()
    assert shop.buyer.post(f"offers/{first['id']}/decline/").status_code == 200
    again = send(shop, refund, "6.00")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "method_not_repeatable")
    assert again.json()["errors"][0]["detail"] == "Freight credit was used for this refund; choose something else."
    with shop.scope():
        assert Offer.objects.filter(refund=refund).count() == 1


def test_the_operator_switches_it(shop, refund, sign_in):
    operator = sign_in("operator")
    day = (NOON + timedelta(days=1)).date().isoformat()
    data = {"marketplace": "tmall", "method": METHOD, "is_on": "on", "available_from": day}
    assert operator.post("offers/marketplacemethod/add/", **data).status_code == 302
    refused = send(shop, refund)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "method_not_available")
