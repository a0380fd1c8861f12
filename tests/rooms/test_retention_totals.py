"""The totals of a day of money kept are the sums of its rows, whoever writes these (Q18, docs/adr/0112)."""

from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection

from common.actors import Actor, ActorKind
from common.tenancy import system_scope
from offers.actions import accept_offer, decline_offer, send_offer
from offers.insights.reading import Kept, Span, read
from offers.insights.rebuild import rebuild, roll_everything
from offers.models import DailyRetention, Offer, RetentionTotal
from offers.models.totals import MEASURES
from tests.books import amiss
from tests.cases import for_each
from tests.world import BUYER, NOON, Shop, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks"), pytest.mark.rule("Q18")]
TODAY = NOON.date()


@pytest.fixture
def shop(db) -> Shop:
    return make_shop("tmall")


def agent(number: int, name: str = "") -> Actor:
    return Actor(ActorKind.MERCHANT, f"user:{number}", name or f"agent {number}")


def sent(shop, actor, *, reason="quality", **terms) -> Offer:
    refund = shop.refund(reason=reason)
    with shop.scope():
        return send_offer(store_id=shop.store.pk, refund_id=refund.pk, message="亲", actor=actor, now=NOON, **terms)


def answered(shop, actor, answer=accept_offer, **terms) -> None:
    offer = sent(shop, actor, **terms)
    with shop.scope():
        answer(store_id=shop.store.pk, offer_id=offer.pk, actor=BUYER, now=NOON)


def offers_of_all_kinds(shop) -> None:
    """Rolled up, of two agents, one of whom changes the name; two are out."""
    paid = {"method": "partial_refund", "amount": Decimal("5.00")}
    answered(shop, agent(1), method="reassurance")
    answered(shop, agent(1), reason="minor_flaw", **paid)
    answered(shop, agent(2), decline_offer, **paid)
    answered(shop, agent(2, "zoe"), reason="other", method="reassurance")
    roll_everything()
    sent(shop, agent(1), method="reassurance")
    sent(shop, agent(2, "zoe"), reason="minor_flaw", **paid)


def report(shop, **how):
    span = {"start": TODAY - timedelta(days=1), "end": TODAY, "stores": (shop.store.pk,), **how}
    with system_scope():
        return read(Span(**span))


def summed(model) -> tuple:
    """All figures of a table's rows."""
    with system_scope():
        return tuple(sum(row) for row in zip(*model.objects.values_list(*MEASURES), strict=True))


def spoil(statement: str) -> None:
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_each_part_says_what_its_offers_came_to(shop):
    offers_of_all_kinds(shop)
    found = report(shop)
    assert {day: kept.offers for day, kept in found.by["day"].items()} == {TODAY - timedelta(days=1): 0, TODAY: 6}
    assert {key: (kept.offers, kept.accepted) for key, kept in found.by["method"].items()} == {
        "reassurance": (3, 2),
        "partial_refund": (3, 1),
    }
    assert {key: kept.offers for key, kept in found.by["reason"].items()} == {"quality": 3, "minor_flaw": 2, "other": 1}
    assert {key: (kept.offers, kept.accepted) for key, kept in found.by["agent"].items()} == {
        "user:1": (3, 2),
        "user:2": (3, 1),
    }
    assert found.agent_names == {"user:1": "agent 1", "user:2": "zoe"}
    for part in found.by.values():
        assert sum(part.values(), Kept()) == found.totals
    assert (found.totals.offers, found.totals.answered, found.totals.accepted) == (6, 4, 3)
    assert found.totals.offer_costs == Decimal("5.00")


def test_an_agent_is_told_their_own_and_an_operator_a_marketplaces(shop):
    offers_of_all_kinds(shop)
    whole = report(shop)
    for number in (1, 2):
        own = report(shop, stores=(), own=(shop.store.pk,), agent=f"user:{number}")
        assert own.totals == whole.by["agent"][f"user:{number}"]
        assert list(own.by["agent"]) == [f"user:{number}"]
        assert sum(own.by["method"].values(), Kept()) == own.totals
    other = make_shop("taote")
    assert report(other, stores=(other.store.pk,), own=(shop.store.pk,), agent="user:1").totals.offers == 3
    assert report(shop, stores=None).totals == report(shop, stores=None, marketplace="tmall").totals == whole.totals
    assert report(shop, stores=None, marketplace="taote").totals == Kept()


@for_each(
    "statement",
    [
        "UPDATE offers_retentiontotal SET handling = handling + 1 WHERE part = 'day'",
        "UPDATE offers_retentiontotal SET accepted = accepted - 1 WHERE part = 'reason' AND key = 'quality'",
        "UPDATE offers_retentiontotal SET label = 'somebody' WHERE part = 'agent' AND key = 'user:1'",
        "UPDATE offers_retentiontotal SET date = date - 1",
        "DELETE FROM offers_retentiontotal WHERE part = 'method'",
    ],
)
def test_what_is_off_is_named_and_a_rebuild_mends_it(shop, statement):
    offers_of_all_kinds(shop)
    was = report(shop)
    assert amiss() == {}
    spoil(statement)
    assert [name for name in amiss() if name.startswith("the totals of a day of money kept")] != []
    assert rebuild(shop.store) > 0
    assert (report(shop), rebuild(shop.store), amiss()) == (was, 0, {})


@for_each(
    "statement",
    [
        """INSERT INTO offers_dailyretention
           (store_id, date, marketplace, method, reason, agent, agent_label, offers, answered, expired, accepted,
            sales_kept, taken_back, return_freight, handling, agent_time, consultation, offer_costs)
           SELECT store_id, date + place, marketplace, method, reason, agent, 'new', 7, 5, 2, 3, 10, 1, 1, 1, 1, 1, 2
           FROM offers_dailyretention CROSS JOIN generate_series(0, 1) place""",
        "UPDATE offers_dailyretention SET offers = offers + 2, sales_kept = sales_kept - 0.01",
        "UPDATE offers_dailyretention SET agent_label = 'renamed', date = date - 1 WHERE method = 'reassurance'",
        "DELETE FROM offers_dailyretention WHERE reason = 'quality'",
    ],
    ids=["inserted", "changed", "moved", "deleted"],
)
def test_totals_follow_their_rows_whoever_writes_them(shop, statement):
    """A release that knows of no totals rolls up as it always did."""
    offers_of_all_kinds(shop)
    spoil(statement)
    with system_scope():
        parts = RetentionTotal.objects.exclude(offers=0)
        assert summed(RetentionTotal) == tuple(4 * figure for figure in summed(DailyRetention))
        assert set(parts.values_list("part", flat=True)) == {"day", "method", "reason", "agent"}
    assert "the totals of a day of money kept are the sums of its rows" not in amiss()


def test_a_day_that_nobody_knows_is_not_made_by_what_is_deleted(shop):
    offers_of_all_kinds(shop)
    spoil("DELETE FROM offers_retentiontotal")
    spoil("DELETE FROM offers_dailyretention")
    with system_scope():
        assert not RetentionTotal.objects.exists()


def test_what_was_rolled_up_before_gets_its_totals(shop):
    """The migration."""
    offers_of_all_kinds(shop)
    was = report(shop)
    migration = import_module("offers.migrations.0038_totals_of_before")
    for harm in ("DELETE FROM offers_retentiontotal", "UPDATE offers_retentiontotal SET offers = offers + 1"):
        spoil(harm)
        migration.add_the_past(None, None)
        assert (report(shop), amiss()) == (was, {})
