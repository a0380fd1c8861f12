"""Reads that are compiled once: each is what its QuerySet is, names its store, and is planned once."""

from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction
from django.db.models import Exists, F
from django.test.utils import CaptureQueriesContext

import config.urls  # noqa: F401  every room's queries
from common.queries import NAMED, named_query
from common.tenancy import TenantModel, system_scope
from orders.actions import lock_order
from refunds.actions import lock_refund
from refunds.models import Refund
from tests.cases import for_each
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ARGUMENTS = {"store_id": 1, "store_ids": [1], "number": "N1", "numbers": ["N1"], "item_ids": ["1"]}
ARGUMENTS |= {"marketplace": "taote", "at": NOON}


def arguments(query) -> dict:
    """Something for each of its arguments."""
    some = {name: [uuid4()] if name.endswith("_ids") else uuid4() for name in query.arguments}
    return {name: ARGUMENTS.get(name, value) for name, value in some.items()}


@for_each("query", NAMED.values(), ids=NAMED)
def test_each_runs_and_names_its_store(query):
    with system_scope():
        assert query.all(**arguments(query)) == []
    model = query.compiled.model
    if issubclass(model, TenantModel):
        assert f'"{model._meta.db_table}"."store_id" = ' in query.compiled.sql


def test_rows_are_those_of_the_queryset_with_what_it_selects_beside(taote):
    refund = taote.refund()
    with taote.scope():
        locked = lock_refund(store_id=taote.store.pk, refund_id=refund.pk)
        read = Refund.objects.select_related("order", "store").get(pk=refund.pk)
        with CaptureQueriesContext(connection) as captured:
            assert (locked.order, locked.store) == (read.order, taote.store)
        assert not captured.captured_queries
        for field in Refund._meta.concrete_fields:
            assert getattr(locked, field.attname) == getattr(read, field.attname), field.name
        assert not locked._state.adding
        assert locked.own_lines == read.own_lines


def test_a_lock_outside_of_a_transaction_is_an_error(taote, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "in_atomic_block", False)
        with pytest.raises(transaction.TransactionManagementError):
            lock_order(store_id=taote.store.pk, number="N1")


def test_other_arguments_than_the_functions_are_an_error():
    query = NAMED["refunds.actions._locked_refund"]
    with pytest.raises(TypeError, match="store_id, refund_id"):
        query.one(store_id=1)


def test_what_stands_fixed_in_it_is_a_parameter_like_the_others(taote):
    @named_query
    def instant_of_store(store_id, refund_id):
        return Refund.objects.for_store(store_id).filter(is_instant=False, pk=refund_id, kind="refund_only")

    del NAMED[instant_of_store.name]
    refund = taote.refund(kind="refund_only")
    with taote.scope():
        assert instant_of_store.one(store_id=taote.store.pk, refund_id=refund.pk) == refund
        assert instant_of_store.one(store_id=taote.store.pk, refund_id=UUID(int=0)) is None


def test_what_is_annotated_stands_on_the_rows(taote):
    @named_query
    def asked_again(store_id, refund_id):
        others = Refund.objects.for_store(store_id).exclude(pk=refund_id)
        mine = Refund.objects.for_store(store_id).filter(pk=refund_id).only("kind")
        return mine.annotate(has_others=Exists(others), again=F("kind"))

    del NAMED[asked_again.name]
    refund = taote.refund(kind="refund_only")
    with taote.scope():
        [found] = asked_again.all(store_id=taote.store.pk, refund_id=refund.pk)
        assert (found.pk, found.kind, found.has_others, found.again) == (refund.pk, "refund_only", False, "refund_only")


def test_its_plan_is_kept_from_the_second_time_on(taote):
    refund = taote.refund()
    with taote.scope(), connection.cursor() as cursor:
        for _ in range(2):
            lock_refund(store_id=taote.store.pk, refund_id=refund.pk)
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%NO KEY UPDATE%%'")
        assert cursor.fetchone()[0] >= 1
