"""Whoever reads on from where they were misses nothing, however late a writer commits."""

import threading
from functools import partial

import pytest
from django.db import connection

from common.models import Event, Watermark
from common.settled import look
from refunds import actions
from stores.models import Product
from tests.concurrency.harness import PATIENCE, Contender, await_, together
from tests.world import MERCHANT, NOON

pytestmark = pytest.mark.usefixtures("clock")


def page(shop, after="0", **params):
    return shop.merchant.get("events/", after=after, **params).json()


def reject(shop, refund):
    actions.reject_refund(store_id=shop.store.pk, refund_id=refund.pk, reason="no", actor=MERCHANT, now=NOON)


class Late:
    """A writer that has rejected a refund, and commits when it is told to."""

    def __init__(self, shop, refund):
        self.shop, self.refund = shop, refund
        self.written, self.may_commit = threading.Event(), threading.Event()
        self.thread = Contender(self.work)

    def work(self):
        with self.shop.scope():
            reject(self.shop, self.refund)
            self.written.set()
            assert self.may_commit.wait(PATIENCE)

    def __enter__(self):
        self.thread.start()
        await_(self.written.is_set, "the late writer to have written")
        return self

    def __exit__(self, *error):
        self.may_commit.set()
        assert self.thread.finish().ok


def test_an_event_that_is_committed_late_is_not_skipped(shop):
    late, prompt = shop.refund(), shop.refund()
    cursor = page(shop)["cursor"]
    with Late(shop, late):
        with shop.scope():
            reject(shop, prompt)
        Watermark.objects.all().delete()
        page(shop, cursor)  # leaves a look, which isn't settled either
        early = page(shop, cursor)
    seen = early["results"] + page(shop, early["cursor"])["results"]
    assert [(event["name"], event["refund"]) for event in seen] == [
        ("refund.rejected", str(late.pk)),
        ("refund.rejected", str(prompt.pk)),
    ]


def test_what_was_settled_before_is_read_while_somebody_is_at_work_for_long(shop):
    first, second = shop.refund(), shop.refund()
    page(shop)
    with Late(shop, first):
        assert {event["name"] for event in page(shop)["results"]} >= {"refund.requested"}
    with Late(shop, second):
        names = [event["name"] for event in page(shop)["results"]]
        assert "refund.rejected" not in names, "only what was settled before the second came is known to be so"


def test_a_reader_beside_many_writers_sees_each_event_once_and_each_history_in_order(shop):
    refunds = [shop.refund() for _ in range(6)]
    over, seen = threading.Event(), []

    def write(mine):
        for refund in mine:
            shop.merchant.post(f"refunds/{refund.pk}/reject/", {"reason": "no"})
            shop.buyer.post(f"refunds/{refund.pk}/resubmit/")
            shop.buyer.post(f"refunds/{refund.pk}/withdraw/")

    def read():
        cursor, is_last = "0", False
        while not is_last:
            is_last = over.is_set()
            answer = page(shop, cursor, page_size=3)
            cursor = answer["cursor"]
            seen.extend(answer["results"])
            is_last = is_last and not answer["next"]

    reader = Contender(read)
    reader.start()
    for result in together(*(partial(write, refunds[place::3]) for place in range(3))):
        assert result.ok, result.error
    over.set()
    assert reader.finish().ok, reader.result.error
    with shop.scope():
        kept = [str(pk) for pk in Event.objects.for_store(shop.store.pk).order_by("pk").values_list("pk", flat=True)]
    assert [event["id"] for event in seen] == kept
    for refund in refunds:
        history = [event["name"] for event in seen if event["refund"] == str(refund.pk)]
        assert history == ["refund.requested", "refund.rejected", "refund.resubmitted", "refund.withdrawn"]


def test_who_has_written_before_it_looks_does_not_take_its_own_look_for_settled(shop):
    late = shop.refund()
    with shop.scope():
        actions.reject_refund(store_id=shop.store.pk, refund_id=shop.refund().pk, reason="no", actor=MERCHANT, now=NOON)
        before = look()
        with Late(shop, late):
            assert look() == before, "the late writer's id is greater than this transaction's"


def test_a_writer_is_known_to_all_before_it_takes_a_number(shop):
    """What sees to it is the trigger `pgtrigger_known_first_18ebc` of common_event."""
    with connection.cursor() as cursor, shop.scope():
        assert known(cursor) is None
        cursor.execute(
            "INSERT INTO common_event (store_id, at, name, subject_type, subject_id, topic_id, from_state, to_state, "
            "actor_kind, actor_id, actor_label, rule, area, data) SELECT %s, %s, 'a.b', 'x', gen_random_uuid(), "
            "gen_random_uuid(), '', '', '', '', '', '', '', to_jsonb(pg_current_xact_id_if_assigned()::text) "
            "RETURNING data",
            [shop.store.pk, NOON],
        )
        assert cursor.fetchone()[0] == f'"{known(cursor)}"'


def known(cursor):
    cursor.execute("SELECT pg_current_xact_id_if_assigned()::text")
    return cursor.fetchone()[0]


def test_a_change_that_is_committed_late_is_not_skipped(shop):
    late, prompt = shop.refund(), shop.refund()
    since = shop.merchant.get("refunds/", ordering="updated_at").json()["results"][-1]["updated_at"]

    def changed(after):
        return shop.merchant.get("refunds/", updated_after=after).json()["results"]

    with Late(shop, late):
        with shop.scope():
            reject(shop, prompt)
        early = changed(since)
    rows = early + changed(early[-1]["updated_at"] if early else since)
    assert [row["id"] for row in rows] == [str(late.pk), str(prompt.pk)]


@pytest.fixture
def held_rows():
    """New products wait, after their change was noted, until the given connection lets go of its advisory lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION wait_to_be_written() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_advisory_lock_shared(4711); RETURN NEW; END $$; "
            "CREATE TRIGGER zz_wait BEFORE INSERT ON stores_product FOR EACH ROW EXECUTE FUNCTION wait_to_be_written();"
            "SELECT pg_advisory_lock(4711)"
        )
        yield cursor
        cursor.execute("DROP TRIGGER zz_wait ON stores_product; DROP FUNCTION wait_to_be_written()")


def test_a_writer_is_known_to_all_before_it_notes_when_its_row_was_changed(shop, held_rows):
    def write():
        with shop.scope():
            Product.objects.create(store=shop.store, item_id="77", title="Quilt", price=1)

    def is_waiting():
        held_rows.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return held_rows.fetchone()[0] == 1

    writer = Contender(write)
    writer.start()
    await_(is_waiting, "the row to be noted and not written")
    with shop.scope():
        settled = look()
    held_rows.execute("SELECT pg_advisory_unlock(4711)")
    assert writer.finish().ok, writer.result.error
    with shop.scope():
        assert Product.objects.get(item_id="77").updated_at >= settled.at, "it appears where nothing can any more"
