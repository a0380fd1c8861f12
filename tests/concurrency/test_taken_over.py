"""Work that somebody else has by now, or is at: it is neither done, put off nor moved by who comes back late."""

from functools import partial

from django.db.models.functions import Now

from common import workers
from common.ids import new_id
from common.obligations import FIRST_RETRY_AFTER, ask_soon, bring_forward
from common.tenancy import system_scope
from payments.actions import take_up_payments
from payments.models import Payment
from refunds.actions import approve_refund
from tests.concurrency.harness import overtaken
from tests.world import MERCHANT, NOON


def owed(shop, count=1) -> list[Payment]:
    """Payments of approved refunds."""
    refunds = [shop.refund(kind="refund_only") for _ in range(count)]
    with shop.scope():
        for refund in refunds:
            approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
        return list(Payment.objects.order_by("id"))


def test_what_another_takes_up_meanwhile_is_neither_done_nor_put_off(shop, clock, subtests):
    """Who comes back waits for who is taking the row up, and finds that it isn't theirs any more."""
    owed(shop)
    with system_scope():
        [(mine, _)] = take_up_payments(now=NOON, limit=10)
    done = []
    ways = {
        "do": partial(workers._attempt, mine, do=done.append, before=None),
        "put off": partial(workers.put_off, mine, ValueError("no answer")),
    }
    for name, way in ways.items():
        with subtests.test(name):
            take_over = partial(Payment.objects.filter(pk=mine.pk).update, leased_by=new_id())
            race = overtaken(take_over, way, scope=system_scope())
            assert (race.codes, race.waited, done) == (("ok", "ok"), True, [])
            with system_scope():
                payment = Payment.objects.get()
                assert (payment.last_error, payment.leased_until is None) == ("", False)
                Payment.objects.filter(pk=mine.pk).update(leased_by=mine.leased_by)


def test_only_what_went_unanswered_and_waits_for_long_is_asked_soon(shop, clock):
    """What waits for its own time, or is due before, is left as it is."""
    silent, soon, planned = owed(shop, 3)
    later = Now() + 100 * FIRST_RETRY_AFTER
    with system_scope():
        Payment.objects.filter(pk__in=[silent.pk, planned.pk]).update(next_attempt_at=later)
        Payment.objects.filter(pk__in=[silent.pk, soon.pk]).update(last_error="no answer")
        assert ask_soon(Payment.objects.all()) == 1
        assert set(Payment.objects.filter(next_attempt_at__gt=Now() + FIRST_RETRY_AFTER)) == {planned}
        assert set(Payment.objects.filter(next_attempt_at__lte=Now())) == {soon}


def test_only_what_would_be_due_by_then_is_brought_forward(shop, clock):
    due, near, far = owed(shop, 3)
    with system_scope():
        Payment.objects.filter(pk=near.pk).update(next_attempt_at=Now() + FIRST_RETRY_AFTER)
        Payment.objects.filter(pk=far.pk).update(next_attempt_at=Now() + 100 * FIRST_RETRY_AFTER)
        before = {row.pk: row.next_attempt_at for row in Payment.objects.all()}
        bring_forward(until=before[near.pk])
        after = {row.pk: row.next_attempt_at for row in Payment.objects.all()}
    assert {pk for pk in after if after[pk] != before[pk]} == {near.pk}
    assert before[due.pk] == after[due.pk], "it keeps its place in the queue"
