"""Lists that are read in one statement are what they are when each is read by itself."""

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import BinaryField, Sum, Value
from django.test.utils import CaptureQueriesContext

from common.at_once import read_at_once
from common.models import Event
from orders.models import Order, OrderLine
from refunds.models import Refund, RefundLine
from stores.models import Store
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def lists(shop):
    return [
        Refund.objects.for_store(shop.store.pk).select_related("order", "store", "return_address").order_by("id"),
        RefundLine.objects.for_store(shop.store.pk).select_related("line").order_by("id"),
        Event.objects.for_store(shop.store.pk).order_by("-id")[:5],
        Order.objects.none(),
        Order.objects.filter(pk__in=[]),
        Order.objects.for_store(shop.store.pk).prefetch_related("lines").filter(number="none such"),
        OrderLine.objects.for_store(shop.store.pk).values_list("item_id", "unit_price"),
        Refund.objects.for_store(shop.store.pk).order_by().values("status").annotate(sum=Sum("amount")),
        Store.objects.filter(pk=shop.store.pk),
    ]


def columns(row):
    if not hasattr(row, "_meta"):
        return row
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    related = {name: columns(other) for name, other in row._state.fields_cache.items() if other is not None}
    return values, related


def test_they_are_the_same_objects_in_one_statement(db):
    shop = make_shop("pinduoduo")
    for amount in ("59.00", "0.10"):
        shop.refund(description='"quoted", {braced} and 王', amount=amount)
    with shop.scope():
        together, alone = lists(shop), lists(shop)
        with CaptureQueriesContext(connection) as captured:
            read_at_once(*together)
            found = [[columns(row) for row in each] for each in together]
        assert len(captured) == 1
        assert found == [[columns(row) for row in each] for each in alone]
        assert together[0][1].amount.as_tuple() == Decimal("0.10").as_tuple()
        assert list(together[0].filter(amount="0.10")) == [together[0][1]], "and what comes of it is asked anew"


def test_what_json_cannot_carry_is_said():
    with pytest.raises(TypeError):
        read_at_once(Store.objects.values_list(Value(b"x", output_field=BinaryField())))
