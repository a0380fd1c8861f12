"""Objects of models that are made without `Model.__init__` are the same objects."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db.models.signals import post_init, pre_init

from common.rows import new_row
from common.tenancy import tenant_models
from orders.models import Order
from payments.models import Payment, Transfer
from stores.models import Store
from tests.cases import for_each

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


@for_each("model", [Payment, Transfer])
def test_a_new_row_has_every_column_as_its_model_would_have_it(model):
    given = {"store_id": 7, "amount": Decimal("2.00"), "created_at": AT}
    quick, usual = new_row(model, **given), model(**given)
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    assert {name: quick.__dict__[name] for name in columns} == {name: getattr(usual, name) for name in columns}
    assert quick.pk != new_row(model, **given).pk
    assert (quick._state.adding, quick._state.db) == (True, None)


@pytest.mark.django_db
def test_a_row_that_was_read_is_no_new_one_and_what_was_left_out_is_read_when_asked_for(
    taote, django_assert_num_queries
):
    order = taote.order()
    with taote.scope():
        read = Order.objects.only("number").get(pk=order.pk)
        assert (read, read.number, read._state.adding, read._state.db) == (order, order.number, False, "default")
        assert "buyer_name" in read.get_deferred_fields()
        with django_assert_num_queries(1):
            assert read.buyer_name == order.buyer_name
        full = Order.objects.select_related("store").get(pk=order.pk)
        with django_assert_num_queries(0):
            assert (full.store.code, full.get_deferred_fields()) == (taote.store.code, set())


def test_nobody_waits_for_the_making_of_an_object():
    for model in tenant_models():
        if model is not Store:
            assert {pre_init.has_listeners(model), post_init.has_listeners(model)} == {False}, model
