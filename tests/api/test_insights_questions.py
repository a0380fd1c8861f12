"""Questions about what retention saves: which days, in which shape, and what is wrong with a question (Q18)."""

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.actors import Actor, ActorKind
from common.models import Event
from common.tenancy import system_scope
from offers.actions import send_offer
from offers.insights.rebuild import roll_everything
from offers.models import Offer
from stores.actions import create_store_key
from tests.cases import for_each
from tests.insights import RATES, accepted, report
from tests.world import MERCHANT, NOON, Api, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def tmall(db):
    return make_shop("tmall")


@pytest.fixture
def rated(tmall):
    assert tmall.merchant.patch(f"stores/{tmall.store.code}/cost-rates/", RATES).status_code == 200
    return tmall


def test_an_offer_keeps_who_sent_it_and_the_day_in_the_stores_zone(taote, clock):
    with system_scope():
        taote.store.time_zone = "America/Los_Angeles"
        taote.store.save()
    accepted(taote, method="change_to_refund_only", amount="2.00", agreed_with_buyer=True)
    with taote.scope():
        offer = Offer.objects.get()
    assert (offer.sent_by_kind, offer.sent_by_label, offer.sent_on.isoformat()) == ("merchant", "erp", "2026-11-19")
    assert offer.sent_by == f"key:{taote.merchant_key.partition('.')[0]}"
    assert report(taote)["to"] == "2026-11-19"
    assert report(taote)["totals"]["offers"] == 1
    assert report(taote, **{"from": "2026-11-20", "to": "2026-11-20"})["totals"]["offers"] == 0


@for_each(
    ("params", "attr"),
    [
        ({"from": "2026-1-1"}, "from"),
        ({"to": "20261120"}, "to"),
        ({"to": "2026-02-30"}, "to"),
        ({"from": "2026-11-21", "to": "2026-11-20"}, "from"),
        ({"from": "2025-11-19", "to": "2026-11-20"}, "from"),
        ({"group_by": "week"}, "group_by"),
        ({"format": "xlsx"}, "format"),
    ],
)
def test_a_bad_question_is_answered_with_the_field(taote, params, attr):
    answer = taote.merchant.get("insights/retention/", **params)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


def test_a_year_and_a_day_of_a_leap_year_fit(taote):
    assert len(report(taote, **{"from": "2025-11-20", "to": "2026-11-20"})["by_day"]) == 366


def test_one_grouping_may_be_asked_for(taote):
    assert {name for name in report(taote, group_by="method") if name.startswith("by_")} == {"by_method"}


def test_a_table_for_a_spreadsheet_runs_nothing(taote):
    refund = taote.refund()
    with taote.scope():
        send_offer(
            store_id=taote.store.pk,
            refund_id=refund.pk,
            method="change_to_refund_only",
            amount=Decimal("2.00"),
            agreed_with_buyer=True,
            actor=Actor(ActorKind.MERCHANT, "user:1", "=cmd|' /C calc'!A0"),
            now=NOON,
        )
    answer = taote.merchant.get("insights/retention/", format="csv", group_by="agent")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["Agent", "Offers"]
    assert rows[1][:2] == ["'=cmd|' /C calc'!A0", "1"]


def test_figures_are_the_stores_own_and_need_the_scope(taote, other):
    accepted(other, method="change_to_refund_only", amount="2.00", agreed_with_buyer=True)
    roll_everything()
    accepted(other, method="change_to_refund_only", amount="2.00", agreed_with_buyer=True)
    assert report(taote)["totals"]["offers"] == 0
    assert report(other)["totals"]["offers"] == 2
    assert taote.buyer.get("insights/retention/").status_code == 403
    with system_scope():
        _, key = create_store_key(
            store=taote.store, name="orders only", scopes=["orders:write"], actor=MERCHANT, now=NOON
        )
    assert Api(key).get("insights/retention/").status_code == 403


def test_reading_takes_as_many_statements_for_much_as_for_nothing(rated):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            report(rated)
        return len(captured)

    before = statements()
    for _ in range(3):
        accepted(rated, method="reassurance")
    assert statements() == before
    roll_everything()
    assert statements() == before


def test_who_takes_the_table_out_is_on_record(taote):
    asked = {"from": "2026-11-01", "to": "2026-11-20"}
    taote.merchant.get("insights/retention/", **asked)
    taote.merchant.get("insights/retention/", **asked, format="csv", group_by="agent")
    with taote.scope():
        [taken] = Event.objects.filter(name="store.figures_taken")
    assert taken.data == {"first": "2026-11-01", "last": "2026-11-20", "group_by": "agent"}
    assert (taken.actor_kind, taken.actor_label) == ("merchant", "erp")
