"""What a WriteSet writes, what it refuses, and when it tells others."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, TypedDict

import pytest
from django.db import transaction

from common import events
from common.actors import SYSTEM
from common.events import EventType
from common.facts import TEXT
from common.models import Event
from common.tenancy import system_scope
from common.writes import LostUpdate, WriteSet
from stores.models import Product, Store
from tests.cases import for_each

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


class Counted(TypedDict):
    by: Annotated[str, TEXT]


@pytest.fixture
def counted(monkeypatch):
    """An event of this file's own."""
    monkeypatch.setattr(events, "_types", dict(events._types))
    return EventType("test.counted", "Counted", "product", Counted)


@pytest.fixture
def scope(db):
    with system_scope():
        yield


@pytest.fixture
def store(scope):
    return Store.objects.create(code="writes", name="Writes", marketplace="taote", created_at=NOON)


@pytest.fixture
def product(store):
    return Product.objects.create(store=store, item_id="1", title="Quilt", price=Decimal("59.00"))


def kept(product) -> tuple[str, Decimal, bool]:
    return Product.objects.values_list("title", "price", "listed").get(pk=product.pk)


def flush(writes, django_assert_num_queries):
    with django_assert_num_queries(1):
        writes.flush()


class TestUpdates:
    """Rows that are there already."""

    def test_fields_that_are_told_one_after_the_other_are_all_written_and_no_others(
        self, product, django_assert_num_queries
    ):
        product.title, product.price, product.listed = "Blanket", Decimal("19.90"), False
        writes = WriteSet()
        writes.update(product, "title")
        writes.update(product, "price", "title")
        flush(writes, django_assert_num_queries)
        assert kept(product) == ("Blanket", Decimal("19.90"), True)

    def test_what_is_written_is_the_value_at_the_end(self, product):
        writes = WriteSet()
        product.title = "Blanket"
        writes.update(product, "title")
        product.title = "Rug"
        writes.flush()
        assert kept(product)[0] == "Rug"

    def test_a_second_object_of_the_same_row_is_refused_and_nothing_is_written(self, product):
        again = Product.objects.get(pk=product.pk)
        product.title, again.price = "Blanket", Decimal("19.90")
        writes = WriteSet()
        writes.update(product, "title")
        with pytest.raises(LostUpdate, match=f"Two objects stand for product {product.pk}"):
            writes.update(again, "price")
        assert kept(product) == ("Quilt", Decimal("59.00"), True)

    def test_the_same_key_in_two_tables_is_two_rows(self, product):
        other = Store(pk=product.pk)
        writes = WriteSet()
        writes.update(product, "title")
        writes.update(other, "name")  # isn't told that two objects stand for one row

    def test_an_update_of_a_row_that_is_not_there_is_lost_and_said_so(self, product):
        writes = WriteSet()
        product.title = "Blanket"
        writes.update(product, "title")
        writes.update(Product(store=product.store, item_id="2", title="", price=1), "title")
        with pytest.raises(LostUpdate), transaction.atomic():
            writes.flush()
        assert kept(product)[0] == "Quilt"

    def test_a_thousand_rows_are_one_statement(self, store, django_assert_num_queries):
        products = [Product(store=store, item_id=str(n), title="", price=n) for n in range(1000)]
        writes = WriteSet()
        for product in products:
            writes.insert(product)
        flush(writes, django_assert_num_queries)
        for product in products:
            product.title = f"Quilt {product.item_id}"
            writes.update(product, "title")
        flush(writes, django_assert_num_queries)
        assert Product.objects.filter(title__startswith="Quilt ").count() == 1000


class TestInserts:
    """New rows."""

    def test_a_new_row_is_written_as_it_is_in_the_end(self, store, django_assert_num_queries):
        product = Product(store=store, item_id="1", title="Quilt", price=Decimal("59.00"))
        writes = WriteSet()
        writes.insert(product)
        product.title = "Blanket"
        writes.update(product, "title")
        flush(writes, django_assert_num_queries)
        assert kept(product)[0] == "Blanket"

    def test_a_new_row_is_told_to_be_inserted_first(self, store):
        product = Product(store=store, item_id="1", title="Quilt", price=Decimal("59.00"))
        writes = WriteSet()
        writes.update(product, "title")
        with pytest.raises(LostUpdate, match="Insert the new product before"):
            writes.insert(product)

    def test_another_object_of_a_row_that_this_set_inserts_is_refused(self, store):
        product = Product(store=store, item_id="1", title="Quilt", price=Decimal("59.00"))
        writes = WriteSet()
        writes.insert(product)
        writes.update(Product(pk=product.pk, store=store, title="Blanket"), "title")
        with pytest.raises(LostUpdate), transaction.atomic():
            writes.flush()
        assert not Product.objects.exists()

    @for_each("title", ['say "no", {or} \\ NULL', "NULL", "", "一条毛毯", "a\nb"])
    def test_texts_come_back_as_they_went(self, store, title):
        product = Product(store=store, item_id="1", title=title, price=Decimal("59.00"))
        writes = WriteSet()
        writes.insert(product)
        writes.flush()
        assert kept(product)[0] == title


class TestEvents:
    """What is recorded beside the rows."""

    def test_an_event_is_written_with_the_rows_in_one_statement(self, product, counted, django_assert_num_queries):
        writes = WriteSet()
        product.title = "Blanket"
        writes.update(product, "title")
        writes.event(counted, product, topic=product, at=NOON, actor=SYSTEM, states=("a", "b"), rule="P1", by="hand")
        flush(writes, django_assert_num_queries)
        event = Event.objects.get()
        assert (event.name, event.store_id, event.at) == ("test.counted", product.store_id, NOON)
        assert (event.subject_type, event.subject_id, event.topic_id) == ("product", product.pk, product.pk)
        assert (event.from_state, event.to_state, event.rule, event.data) == ("a", "b", "P1", {"by": "hand"})

    @for_each("data", [{}, {"by": "hand", "how": "twice"}, {"how": "twice"}])
    def test_other_data_than_declared_is_a_programming_error(self, product, counted, data):
        writes = WriteSet()
        with pytest.raises(TypeError, match=r"test\.counted"):
            writes.event(counted, product, topic=product, at=NOON, actor=SYSTEM, **data)
        writes.flush()
        assert not Event.objects.exists()

    def test_a_name_is_not_enough(self, product):
        with pytest.raises(AttributeError):
            WriteSet().event("test.counted", product, topic=product, at=NOON, actor=SYSTEM)


class TestHints:
    """Who is told once the rows are there."""

    def test_hints_are_given_together_and_only_after_the_commit(self, product, django_capture_on_commit_callbacks):
        told = []
        writes = WriteSet()
        writes.update(product, "title")
        writes.hint(told.extend, 1)
        writes.hint(told.extend, 2)
        with django_capture_on_commit_callbacks() as commit:
            writes.flush()
        assert (told, len(commit)) == ([], 1)
        commit[0]()
        assert told == [1, 2]

    def test_nobody_is_told_of_what_was_rolled_back(self, product, django_capture_on_commit_callbacks):
        told = []
        writes = WriteSet()
        writes.hint(told.append, 1)
        writes.update(Product(store=product.store, title=""), "title")
        with django_capture_on_commit_callbacks(execute=True), pytest.raises(LostUpdate), transaction.atomic():
            writes.flush()
        assert told == []

    def test_a_flushed_set_is_empty(self, product, django_capture_on_commit_callbacks, django_assert_num_queries):
        told = []
        writes = WriteSet()
        writes.update(product, "title")
        writes.hint(told.extend, 1)
        with django_capture_on_commit_callbacks(execute=True):
            writes.flush()
        with django_capture_on_commit_callbacks(execute=True), django_assert_num_queries(0):
            writes.flush()
        assert told == [1]
