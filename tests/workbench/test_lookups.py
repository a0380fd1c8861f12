"""A list executes what its page offers; whatever else stands in the address is left out and said."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from workbench.kit.base import DeskAdmin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

BACK_REFERENCES = "(((a)*)*)*\\1\\2\\3x"
LISTS = [
    reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for model, page in admin.site._registry.items()
    if isinstance(page, DeskAdmin)
]
ASKED = [
    "address__regex=(a",
    "buyer_name__unaccent=x",
    "store__code__startswith=t",
    "id__in=1,2",
    "status__in=a,b",
    "created_at__year=2026",
    "o=1.2.-3",
    "all=",
    "_facets=True",
    "_to_field=id",
    "nonsense=1",
]


@pytest.fixture
def desk(taote, sign_in):
    return sign_in("owner", taote)


def test_a_regular_expression_in_the_address_is_never_executed(taote, desk):
    order = taote.order()

    with CaptureQueriesContext(connection) as asked:
        answer = desk.get("orders/order/", queue="all", address__regex=BACK_REFERENCES)
    assert answer.status_code == 302
    assert answer.url == "/admin/orders/order/?queue=all"
    assert not [query for query in asked.captured_queries if " ~ " in query["sql"]]

    page = desk.client.get(answer.url).content.decode()
    assert "This list can’t be filtered by “address__regex”" in page.replace("&#x27;", "’").replace("'", "’")
    assert order.number in page


def test_every_list_leaves_out_what_it_does_not_offer(desk, sign_in):
    operator, lists = sign_in("operator"), 0
    for path in LISTS:
        with CaptureQueriesContext(connection) as plain:
            if operator.client.get(path).status_code != 200:
                continue  # a page of its own
        for query in ASKED:
            with CaptureQueriesContext(connection) as asked:
                answer = operator.client.get(f"{path}?{query}")
            assert len(asked) <= len(plain)
            if answer.status_code == 302:
                assert answer.url == path
                lists += 1
            else:  # it reads no look-ups at all, or refuses them
                assert answer.status_code in (200, 400)
    assert lists > 150


def test_what_a_page_offers_still_filters(taote, desk):
    alone, returned = taote.refund(kind="refund_only"), taote.refund(kind="return_and_refund")
    page = desk.get("refunds/refund/", queue="all", kind__exact="return_and_refund").content.decode()
    assert returned.order.number in page
    assert alone.order.number not in page
    assert alone.order.number in desk.get("refunds/refund/", q=alone.order.number).content.decode()
    assert desk.get("refunds/refund/", queue="all", p=2).status_code == 200


def test_a_search_of_a_thousand_words_is_refused_and_not_executed(taote, sign_in):
    operator = sign_in("operator")
    with CaptureQueriesContext(connection) as asked:
        answer = operator.get("stores/store/", q="a " * 1000)
    assert answer.status_code == 200
    assert "at most 100 characters" in answer.content.decode()
    assert not [query for query in asked.captured_queries if query["sql"].count("LIKE") > 3]
    assert taote.store.name in operator.get("stores/store/", q=taote.store.code).content.decode()
