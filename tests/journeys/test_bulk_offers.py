"""Sending the recommended offer to many refunds at once: rows, results, and nothing twice."""

import pytest

from common import clock as wall
from offers.bulk import propose, send_waiting_rows, start_bulk_job
from offers.models import BulkJob, BulkRow, Offer
from tests.world import MERCHANT, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def tmall(clock):
    """A Tmall store."""
    return make_shop("tmall")


def start(shop, refunds):
    with shop.scope():
        return start_bulk_job(
            store=shop.store, refund_ids=[refund.pk for refund in refunds], actor=MERCHANT, now=wall.now()
        )


def rows(shop, job):
    with shop.scope():
        return list(BulkRow.objects.filter(job=job).order_by("id").values_list("status", "method", "why"))


@pytest.mark.rule("Q11")
def test_each_refund_gets_what_was_previewed(tmall):
    slow, lost = tmall.refund(reason="slow_logistics"), tmall.refund(reason="missing_parts")
    with tmall.scope():
        previews = [propose(tmall.reload(refund), wall.now()) for refund in (slow, lost)]
    assert [preview.method.code for preview in previews] == [row[1] for row in rows(tmall, start(tmall, [slow, lost]))]

    assert [send_waiting_rows(), send_waiting_rows()] == [2, 0]

    with tmall.scope():
        assert Offer.objects.count() == 2
        assert BulkJob.objects.get().finished_at is not None


def test_a_refund_that_was_decided_meanwhile_says_so_and_the_rest_goes_on(tmall):
    first, second = tmall.refund(reason="slow_logistics"), tmall.refund(reason="slow_logistics")
    job = start(tmall, [first, second])
    tmall.buyer.post(f"refunds/{first.pk}/withdraw/")
    send_waiting_rows(job_ids=[job.pk])
    results = rows(tmall, job)
    assert sorted(result[0] for result in results) == ["refused", "sent"]
    assert next(result[2] for result in results if result[0] == "refused")


def test_refunds_of_another_store_are_not_taken(tmall):
    other = make_shop("tmall")
    theirs, mine = other.refund(reason="slow_logistics"), tmall.refund(reason="slow_logistics")
    job = start(tmall, [theirs, mine])
    assert job.total == 1
