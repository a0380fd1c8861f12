"""`load_volume`: bulk data that obeys every rule that the actions obey."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from common.events import event_type
from common.models import Event
from common.tenancy import system_scope
from offers.models import DailyRetention, Offer
from refunds.models import Refund
from refunds.states import OPEN, RefundStatus
from stores import marketplaces
from stores.models import Store
from tests.books import amiss
from tests.shapes import misshapen

pytestmark = pytest.mark.django_db

METHODS = {"reassurance", "partial_refund", "red_packet", "change_to_refund_only"}


def load(refunds=600, stores=3):
    call_command("load_volume", "--refunds", str(refunds), "--stores", str(stores))


def test_the_ledger_is_clean_and_the_command_adds_to_what_is_there(clock):
    every = len(marketplaces.newest())  # a store of each
    load(refunds=1500, stores=every)
    load(refunds=50, stores=every + 1)

    with system_scope():
        assert Store.objects.filter(code__startswith="volume-").count() == every + 1
        assert Refund.objects.count() == 1550
        assert amiss() == {}
        offers = Counter(Offer.objects.values_list("method", "status"))
        assert {status for _method, status in offers} >= {"accepted", "declined", "expired"}
        assert {method for method, _status in offers} == METHODS
        assert sum(DailyRetention.objects.values_list("accepted", flat=True)) == sum(
            count for (_method, status), count in offers.items() if status == "accepted"
        )


def test_most_of_it_is_over_and_what_is_open_is_not_due_yet(clock):
    load(refunds=2000)

    with system_scope():
        refunds = list(Refund.objects.select_related("order"))
        assert Refund.objects.due(max(refund.created_at for refund in refunds)).count() == 0
        requested = Event.objects.filter(name="refund.requested").count()
    statuses = {refund.status for refund in refunds}
    is_open = [refund for refund in refunds if refund.status in OPEN]
    assert {
        RefundStatus.REFUNDED,
        RefundStatus.WITHDRAWN,
        RefundStatus.CLOSED,
        RefundStatus.AWAITING_MERCHANT,
    } <= statuses
    assert 40 < len(is_open) < 180  # 5 %, give or take
    assert all(refund.order.paid_at < refund.created_at for refund in refunds)
    assert requested == len(refunds)


def test_its_history_is_told_in_events_of_the_catalogue(clock):
    load()

    with system_scope():
        rows = list(Event.objects.all())
    for row in rows:
        event, keys = event_type(row.name), row.data.keys()
        assert row.subject_type == event.subject
        assert event.data.__required_keys__ <= keys <= event.facts.keys(), (row.name, keys)
        assert misshapen(event, row.data) == []
    assert len({row.name for row in rows}) > 15


def test_one_store_may_have_the_most_of_it(clock):
    call_command("load_volume", "--refunds", "300", "--stores", "11", "--largest", "250")

    with system_scope():
        per_store = Counter(Refund.objects.values_list("store__code", flat=True))
    assert per_store.pop("volume-0001") == 250
    assert list(per_store.values()) == [5] * 10


def test_nonsense_is_refused(db):
    with pytest.raises(CommandError):
        load(refunds=0)
    with pytest.raises(CommandError):
        call_command("load_volume", "--refunds", "10", "--stores", "1", "--largest", "5")
