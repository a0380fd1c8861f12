"""Money kept at the desk: who sees whose figures, the rates, and what a lost order costs (Q18, K12)."""

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.actors import Actor, ActorKind
from common.tenancy import system_scope
from offers.actions import accept_offer, send_offer
from offers.insights.rebuild import roll_everything
from offers.models import CostRates
from payments.settlement import settle_batch
from refunds.actions import approve_refund
from stores.models import Membership
from stores.permissions import actor_of
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
RATES = {
    "return_freight": "9.00",
    "handling": "0",
    "agent_minutes": "10",
    "agent_hourly": "30.00",
    "consultation": "1.00",
    "acquisition": "20.00",
    "outbound_freight": "6.00",
    "stock_loss_percent": "12.50",
}


def keep(shop, actor=MERCHANT, amount="2.00"):
    """An accepted negotiation that `actor` has sent."""
    refund = shop.refund()
    with shop.scope():
        offer = send_offer(
            store_id=shop.store.pk,
            refund_id=refund.pk,
            method="change_to_refund_only",
            amount=Decimal(amount),
            agreed_with_buyer=True,
            actor=actor,
            now=NOON,
        )
        accept_offer(store_id=shop.store.pk, offer_id=offer.pk, actor=BUYER, now=NOON)
    return refund


def totals(desk, **params):
    answer = desk.get("insights/", **params)
    assert answer.status_code == 200
    return answer.context["totals"].kept


@pytest.mark.rule("Q18")
def test_agents_see_their_own_figures_and_the_owner_everybodys(taote, sign_in):
    agent, owner, viewer = (sign_in(role, taote) for role in ("agent", "owner", "viewer"))
    keep(taote, actor_of(agent.user))
    keep(taote, Actor(ActorKind.MERCHANT, "user:0", "阿杰"))
    roll_everything()
    keep(taote, actor_of(agent.user), amount="9.00")

    assert (totals(agent).accepted, totals(agent).sales_kept) == (2, Decimal("107.00"))
    assert totals(owner).accepted == totals(viewer).accepted == 3
    page = agent.get("insights/").content.decode()
    assert "阿杰" not in page
    assert "sent yourself" in page
    assert "阿杰" in owner.get("insights/").content.decode()
    assert sign_in("warehouse", taote).get("insights/").status_code == 403


def test_a_rate_stands_beside_the_numbers_that_it_comes_from(taote, sign_in):
    keep(taote)
    refund = taote.refund()
    with taote.scope():
        waiting = {"method": "change_to_refund_only", "amount": 2, "agreed_with_buyer": True}
        send_offer(store_id=taote.store.pk, refund_id=refund.pk, **waiting, actor=MERCHANT, now=NOON)
    owner = sign_in("owner", taote)
    page = owner.get("insights/").content.decode()
    assert "<dd>100%</dd>" in page
    assert "1 accepted of 1 that are over, 2 sent" in page
    assert '<td data-label="Over">1</td>' in page
    assert "<b>100%</b>" in owner.get("").content.decode()
    assert "1 accepted of 1 offers that are over" in owner.get("").content.decode()


@pytest.mark.rule("Q18")
def test_figures_are_those_of_the_users_stores(taote, other, sign_in):
    owner = sign_in("owner", taote)
    keep(taote)
    keep(other)
    assert totals(owner).accepted == 1
    with system_scope():
        Membership.objects.create(store=other.store, user=owner.user, role="agent")
    assert totals(sign_in_again(owner)).accepted == 1  # an agent there, who has sent nothing


def sign_in_again(desk):
    return type(desk)(type(desk.user).objects.get(pk=desk.user.pk))


@pytest.mark.rule("Q18")
def test_an_operator_sees_all_stores_and_each_marketplace(taote, sign_in):
    operator, tmall = sign_in("operator"), make_shop("tmall")
    refund = tmall.refund(kind="refund_only")
    keep(taote)
    with tmall.scope():
        approve_refund(store_id=tmall.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    settle_batch()
    for _ in range(2):
        page = operator.get("insights/")
        assert page.context["totals"].kept.accepted == 1
        assert page.context["report"].lost_refunds == 2
        assert totals(operator, marketplace="taote").accepted == 1
        assert totals(operator, marketplace="tmall").accepted == 0
        lost = operator.get("insights/", marketplace="tmall").context["report"].lost
        assert lost.sale == Decimal("59.00")
        roll_everything()
    operator.client.post("/admin/switch-store/", {"store": taote.store.pk})
    assert operator.get("insights/").context["marketplaces"] == []


def test_the_charts_hold_every_cent(taote, sign_in):
    keep(taote)
    page = sign_in("owner", taote).get("insights/", **{"from": "2026-11-19", "to": "2026-11-20"})
    chart = json.loads(page.context["charts"]["days"]["data"])
    assert chart["labels"] == ["11-19", "11-20"]
    assert [Decimal(value) for value in chart["datasets"][0]["data"]] == [0, Decimal("74.00")]
    assert json.loads(page.context["charts"]["methods"]["data"])["datasets"][0]["data"] == ["100.0000"]


def test_a_table_can_be_downloaded(taote, sign_in):
    keep(taote)
    owner = sign_in("owner", taote)
    answer = owner.get("insights/", format="csv", group_by="method")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "Refund without return,1,1,0,1,1.0000,57.00,0.00,17.00,0.00,74.00" in answer.content.decode()


def test_a_bad_range_is_told_and_the_usual_one_shown(taote, sign_in):
    page = sign_in("owner", taote).get("insights/", **{"from": "2020-01-01", "to": "2026-11-20"})
    assert page.context["problems"] == ["Ask for at most 366 days."]
    assert page.context["span"].start.isoformat() == "2026-10-22"


@pytest.mark.rule("Q18")
def test_the_owner_sets_rates_and_nobody_else(taote, sign_in):
    owner, agent = sign_in("owner", taote), sign_in("agent", taote)
    assert owner.get("insights/rates/").status_code == 200
    assert agent.get("insights/rates/").status_code == 403
    assert agent.post("insights/rates/", **RATES).status_code == 403
    answer = owner.post("insights/rates/", **{**RATES, "stock_loss_percent": "100.01"})
    assert "At most 100" in answer.content.decode()
    with taote.scope():
        assert not CostRates.objects.for_store(taote.store.pk).exists()

    assert owner.post("insights/rates/", **RATES).status_code == 302
    assert owner.post("insights/rates/", **RATES).status_code == 302  # nothing changed: no new version

    with taote.scope():
        rates = CostRates.objects.get(store=taote.store)
    assert (rates.costs.agent_time, rates.stock_loss_percent) == (Decimal("5.00"), Decimal("12.50"))
    assert rates.set_by == owner.user.username


@pytest.mark.rule("K12")
def test_the_refunds_page_says_what_is_at_stake_and_the_orders_page_what_was_lost(taote, sign_in, clock):
    owner, refund = sign_in("owner", taote), taote.refund(kind="refund_only")
    page = owner.get(f"refunds/refund/{refund.pk}/change/")
    assert page.context["loss"].total == Decimal("85.90")
    assert "If this order is lost" in page.content.decode()
    assert owner.get(f"orders/order/{refund.order_id}/change/").context["loss"] is None

    with taote.scope():
        approve_refund(store_id=taote.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
    settle_batch()
    clock.move(seconds=1)
    owner.post("insights/rates/", **RATES)

    assert owner.get(f"refunds/refund/{refund.pk}/change/").context["loss"] is None
    page = owner.get(f"orders/order/{refund.order_id}/change/")
    assert "What is lost of this order" in page.content.decode()
    assert owner.get("insights/").context["report"].lost.total == Decimal("85.90")


def test_the_overview_shows_the_month_in_one_more_statement(taote, sign_in):
    owner, warehouse = sign_in("owner", taote), sign_in("warehouse", taote)
    assert "money kept in 30 days" not in owner.get("").content.decode()
    keep(taote)
    for _ in range(2):
        assert owner.get("").context["money_kept"]["totals"].kept.net == Decimal("74.00")
        assert "¥74.00" in owner.get("").content.decode()
        roll_everything()
    assert warehouse.get("").context["money_kept"] is None
    with CaptureQueriesContext(connection) as captured:
        owner.get("")
    figures = [query["sql"] for query in captured if "offers_retentiontotal" in query["sql"]]
    assert len(figures) == 1
