"""The feed of events: what it tells, by name, from a cursor on, and at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.models import Event
from stores.models import ApiKey
from tests.api.helpers import code
from webhooks.api import pages

pytestmark = pytest.mark.usefixtures("transactional_db", "clock")


def test_the_feed_is_walked_oldest_first_and_caught_up_with_later(taote, other):
    refund = taote.refund()
    pages_ = [taote.merchant.get("events/", page_size=2).json()]
    while pages_[-1]["next"]:
        pages_.append(taote.merchant.client.get(pages_[-1]["next"]).json())
    seen = [event for page in pages_ for event in page["results"]]
    with taote.scope():
        kept = list(Event.objects.for_store(taote.store.pk).order_by("pk").values_list("pk", flat=True))
    assert [event["id"] for event in seen] == [str(pk) for pk in kept]
    asked = seen[-1]
    assert (asked["name"], asked["refund"], asked["order"]) == ("refund.requested", str(refund.pk), refund.order.number)
    assert asked["subject"] == {"type": "refund", "id": str(refund.pk)}
    assert asked["data"]["amount"] == "59.00"

    cursor = pages_[-1]["cursor"]
    assert taote.merchant.get("events/", after=cursor).json()["results"] == []
    taote.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "no"})
    caught_up = taote.merchant.get("events/", after=cursor).json()
    assert [event["name"] for event in caught_up["results"]] == ["refund.rejected"]
    assert taote.merchant.get("events/", after=asked["id"]).json()["results"] == caught_up["results"]


def test_one_kind_of_event_is_looked_for_in_steps(taote, monkeypatch):
    monkeypatch.setattr(pages, "LOOKED_THROUGH", 2)
    refunds = [taote.refund() for _ in range(3)]
    answer = taote.merchant.get("events/", name="refund.requested").json()
    found, steps = answer["results"], 0
    while answer["next"]:
        answer = taote.merchant.client.get(answer["next"]).json()
        found, steps = found + answer["results"], steps + 1
    assert [event["refund"] for event in found] == [str(refund.pk) for refund in refunds]
    assert steps > 2


@pytest.mark.parametrize(
    ("name", "value"), [("after", "x"), ("after", "٣"), ("after", "9" * 19), ("after", "-1"), ("name", "refund.eaten")]
)
def test_what_means_nothing_is_refused(taote, name, value):
    status, error, attr = code(taote.merchant.get("events/", **{name: value}))
    assert (status, attr) == (400, name), error


def test_a_cursor_that_no_event_has_reached_yet_is_refused_and_not_waited_for(taote, other):
    taote.refund()
    newest = int(taote.merchant.get("events/").json()["cursor"])
    other.refund()
    assert taote.merchant.get("events/", after=newest).json()["results"] == []
    assert taote.merchant.get("events/", after=newest + 1).json()["results"] == [], "that of another store's event"
    assert code(taote.merchant.get("events/", after=newest + 1000)) == (400, "invalid", "after")


def test_a_page_costs_the_same_few_statements_and_a_key_is_still_noted_as_used(taote):
    for _ in range(4):
        taote.refund()
    taote.merchant.get("events/")
    with CaptureQueriesContext(connection) as captured:
        assert len(taote.merchant.get("events/", page_size=200).json()["results"]) > 8
    # BEGIN, scope of the system, key, scope of the store, what is settled, events, refunds, orders, COMMIT
    assert len(captured) <= 9, [query["sql"][:80] for query in captured]
    with taote.scope():
        assert ApiKey.objects.get(store=taote.store).last_used_at is not None
