"""A real streaming replica answers what only reads: never stale to who wrote, never foreign, and never missed."""

from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from threading import Timer
from time import monotonic, sleep, time

import dj_database_url
import psycopg
import pytest
from django.conf import settings
from django.db import Error, InternalError, connections
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from common import hint_server, tenancy
from common.metering import noting
from common.models import Event
from common.replica import notes, standing
from config.database import replica_database
from config.embedded import paths
from operations.health import replica_lag
from operations.metrics import figures
from orders.erp.events import ORDERS_EXPORTED
from stores.actions import create_store_key, revoke_key
from stores.api import opening
from stores.models import ApiKey, Membership
from tests import handler
from tests.durability.desk import await_
from tests.durability.replicated import Followed
from tests.durability.standby import Standby
from tests.workbench.conftest import Desk as Browser
from tests.world import MERCHANT, Api, make_shop, make_user


@pytest.fixture
def followed(desk, tmp_path, monkeypatch, django_db_blocker):
    """The desk with a replica, as DATABASE_URL and REPLICA_DATABASE_URL of this process."""
    replica = Standby(tmp_path, desk.postgres, conflict_ms=200)
    desk.start_service(replica)
    primary = {**connections["default"].settings_dict, **dj_database_url.parse(desk.environ["DATABASE_URL"])}
    own = connections["default"]
    monkeypatch.setattr(settings, "REPLICA_DATABASE", replica_database(replica.url, primary, "web"))
    monkeypatch.setitem(connections.settings, "replica", {**own.settings_dict, **settings.REPLICA_DATABASE})
    followed = Followed(desk, replica)
    monkeypatch.setattr(noting, "read_from", followed.note)
    with django_db_blocker.unblock():
        connections["default"] = type(own)({**own.settings_dict, **primary, "OPTIONS": own.settings_dict["OPTIONS"]})
        standing.forget_standing()
        handler.forget()  # the middleware asks once whether there is a replica
        try:
            yield followed
        finally:
            handler.forget()
            for alias in ("default", "replica"):
                connections[alias].close()
            connections["default"] = own
            del connections["replica"]
            standing.forget_standing()
    replica.remove()


def ids(answer) -> set[str]:
    """The rows of a list of the API."""
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()["results"]}


def shown(browser: Browser) -> set[str]:
    """The refunds that the desk lists."""
    return {str(refund.pk) for refund in browser.rows("refunds/refund/")}


def test_a_replica_answers_what_only_reads(followed, monkeypatch):
    now = datetime.now(UTC)
    shop, other = make_shop(), make_shop()
    first, foreign = str(shop.refund(now=now).pk), str(other.refund(now=now).pk)
    anna, ben = (Browser(make_user(name, shop=shop)) for name in ("anna", "ben"))
    reader = second_key(shop)
    followed.settle()

    # A hint server of which nobody knows how long it has been there: nobody believes it that nothing was written.
    hint_server.client().delete("wrote-since")
    assert ids(reader.get("refunds/")) == {first}
    assert followed.reads == ["unsure"]
    believe()
    for ask in (lambda: ids(reader.get("refunds/")), lambda: shown(anna)):
        ask()
        assert ask() == {first}
    assert followed.reads == ["replica"] * 4
    asks_one_more(reader, followed, monkeypatch)
    for place in ("", "insights/", "changes/", "customers/", "orders/order/", "payments/payment/", "offers/offer/"):
        assert anna.get(place).status_code == 200
        assert followed.reads == ["replica"], place
    assert reader.get("insights/retention/").status_code == reader.get("quality/").status_code == 200
    assert followed.reads == ["replica"] * 2
    for place in ("looks/", f"refunds/refund/{first}/change/"):
        assert anna.get(place).status_code == 200
    assert reader.get(f"refunds/{first}/").status_code == reader.get("events/").status_code == 200
    assert followed.reads == [], "pages of one thing, feeds and who looked are the primary's"

    nothing_foreign_is_shown(followed, reader, foreign, first, monkeypatch)
    own_writes_are_never_stale(followed, shop, anna, ben, reader, first)
    what_is_taken_away_is_gone_at_once(followed, shop)
    exports_are_read_there(followed, shop, reader)
    a_lag_leads_back(followed, shop, reader, anna, monkeypatch)
    whatever_fails_there_is_done_here(followed, shop, reader, anna)


def second_key(shop) -> Api:
    """Another key of the store's, which has written nothing."""
    with shop.scope():
        _, key = create_store_key(store=shop.store, name="reader", actor=MERCHANT, now=datetime.now(UTC))
    return Api(key)


def believe() -> None:
    """The hint server has been there for long enough."""
    client = hint_server.client()
    client.hset("wrote-since", client.info("server")["run_id"], 1)


def asks_one_more(reader: Api, followed: Followed, monkeypatch) -> None:
    """A list costs one statement more than without a replica, its scope; of the primary it asks only whose key it is.

    How far the replica is, a process asks both once a second.
    """
    with monkeypatch.context() as patch:
        patch.setattr(standing, "EVERY_S", 3600)
        with (
            CaptureQueriesContext(connections["default"]) as there,
            CaptureQueriesContext(standing.replica_connection()) as here,
        ):
            ids(reader.get("refunds/"))
        assert followed.reads == ["replica"]
        patch.setattr(settings, "REPLICA_DATABASE", {})
        with CaptureQueriesContext(connections["default"]) as alone:
            ids(reader.get("refunds/"))
        assert followed.reads == []
    assert (len(there), len(there) + len(here)) == (1, len(alone) + 1)


def nothing_foreign_is_shown(followed, reader: Api, foreign: str, first: str, monkeypatch) -> None:
    """The scope is set on that connection as well; without it PostgreSQL shows nothing, and says so."""
    with psycopg.connect(followed.replica.url) as connection:
        with pytest.raises(psycopg.Error, match="wanliu"):
            connection.execute("SELECT count(*) FROM refunds_refund")
        connection.rollback()
        connection.execute("SELECT set_config('wanliu.stores', '*', true)")
        assert foreign in {str(key) for (key,) in connection.execute("SELECT id FROM refunds_refund")}
    with monkeypatch.context() as patch:  # the scope is taken out: what is asked there fails, and is asked here
        patch.setattr(opening, "set_scope", tenancy.adopt_scope)
        patch.setattr(reader.client, "raise_request_exception", False)
        left = int(reader.get("refunds/")["RateLimit-Remaining"])
        answer = reader.get("refunds/")
        assert ids(answer) == {first}
        assert (followed.reads, left - int(answer["RateLimit-Remaining"])) == (["failed"] * 2, 1), "counted once"
        followed.note("failed")
    assert followed.reads == ["failed"]
    with standing.replica_connection().cursor() as cursor, pytest.raises(InternalError):
        cursor.execute("UPDATE stores_user SET username = ''")
    assert ids(reader.get("refunds/")) == {first}
    assert followed.reads == ["replica"]


def own_writes_are_never_stale(followed, shop, anna: Browser, ben: Browser, reader: Api, first: str) -> str:
    """Neither a session nor a key sees its own write missing; others may, for as long as the replica is behind."""
    order = shop.order(now=datetime.now(UTC))
    body = {"order": order.number, "kind": "refund_only", "reason": "changed_mind", "amount": "1.00"}
    followed.settle()
    with followed.paused():
        written = shop.buyer.post("refunds/", body).json()["id"]
        assert ids(shop.buyer.get("refunds/")) == {first, written}
        assert anna.post(f"refunds/refund/{first}/note/", text="x").status_code == 302
        assert shown(anna) == {first, written}
        assert followed.reads == ["own_write"] * 2
        assert ids(reader.get("refunds/")) == {first}
        assert shown(ben) == {first}
        assert followed.reads == ["replica"] * 2
        # The replica itself says how far it is: another one stands at its address than was asked a moment ago.
        just_now = monotonic() + 60  # however long this process waits for a processor before it looks
        standing._last = standing.ReplicaStanding(2**62, just_now, just_now)
        shop.buyer.client.raise_request_exception = False
        assert ids(shop.buyer.get("refunds/")) == {first, written}
        assert followed.reads == ["failed"]
        followed.look_again()
        # Whoever died amid a call has announced it; a hint server that is gone knows nothing of anybody.
        notes.announce(notes.who_is("user", str(ben.user.pk)))
        assert shown(ben) == {first, written}
        with unreachable_hints():
            assert ids(reader.get("refunds/")) == {first, written}
        assert followed.reads == ["unsure"] * 2
    for look in (lambda: ids(shop.buyer.get("refunds/")), lambda: ids(reader.get("refunds/")), lambda: shown(anna)):
        assert look() == {first, written}
    assert followed.reads == ["replica"] * 3
    assert shown(ben) == {first, written}
    assert followed.reads == ["unsure"]
    bens = notes.who_is("user", str(ben.user.pk))
    [mark] = hint_server.client().hgetall(f"wrote:{bens}")
    hint_server.client().hset(f"wrote:{bens}", mark, f"{notes.UNDER_WAY}{int(time()) - notes.LIVES_S - 2}")
    notes.note_write(bens)  # a note of today keeps what was announced then
    followed.settle()
    assert shown(ben) == {first, written}
    assert followed.reads == ["replica"], "no call is under way for so long"
    # What can't be noted is waited for: the replica has it when the call is answered.
    followed.pause()
    later = Timer(2, followed.replica.ask, ["SELECT pg_wal_replay_resume()"])
    later.start()
    with unreachable_hints():
        assert shop.merchant.post(f"refunds/{written}/approve/").status_code == 200
    assert followed.replica.ask("SELECT status <> 'awaiting_merchant' FROM refunds_refund WHERE id = %s", written) == [
        (True,)
    ]
    later.join()
    return written


@contextmanager
def unreachable_hints():
    """Nobody listens where the hint server was."""
    hint_server.client.cache_clear()
    with override_settings(REDIS_URL="unix:///nowhere/valkey.sock?db=0"):
        yield
    hint_server.client.cache_clear()
    hint_server.hint_server.forgive()


def what_is_taken_away_is_gone_at_once(followed, shop) -> None:
    """A role and a key that were taken away show nothing any more, however far the replica is behind."""
    gone, cleo = second_key(shop), Browser(make_user("cleo", shop=shop))
    prefix = gone.client.defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ").partition(".")[0]
    followed.settle()
    with followed.paused():
        assert (len(ids(gone.get("refunds/"))), len(shown(cleo))) == (2, 1)
        with shop.scope():
            revoke_key(key=ApiKey.objects.get(prefix=prefix), actor=MERCHANT, now=datetime.now(UTC))
            Membership.objects.filter(user=cleo.user).delete()
        assert gone.get("refunds/").status_code == 401
        assert cleo.get("refunds/refund/").status_code == 403
    assert followed.reads == ["replica"] * 3 + ["failed"], "a refusal is asked of the primary as well"


def who_reads(api: Api) -> str:
    """Under what a key's writes are noted."""
    return notes.who_is("key", api.client.defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer "))


def exports_are_read_there(followed, shop, reader: Api) -> None:
    """A file's rows come from there, the event that tells of it goes to the primary."""
    followed.reads.clear()
    with CaptureQueriesContext(standing.replica_connection()) as there:
        answer = reader.get("orders/export/", status="shipped")
        rows = b"".join(answer.streaming_content).decode().splitlines()
    assert followed.reads == ["replica"]
    assert len(rows) == 3
    assert len(there) >= 1
    with shop.scope():
        event = Event.objects.get(name=ORDERS_EXPORTED.name)
    assert event.data["rows"] == 2
    assert notes.position_for(who_reads(reader)) > 0, "an export is an act: it is noted"


def a_lag_leads_back(followed, shop, reader: Api, anna: Browser, monkeypatch) -> None:
    """Above the limit the primary answers alone; health and whoever looks after the platform see why."""
    operator = Browser(make_user("operator", operator=True))
    limit = settings.REPLICA_MOST_LAG_S
    monkeypatch.setattr(settings, "REPLICA_MOST_LAG_S", 2)
    followed.settle()
    assert health() == ("ok", "")
    with followed.paused():
        late = str(shop.refund(now=datetime.now(UTC)).pk)
        await_(lambda: not standing.standing().is_good, "the lag")
        assert late in ids(reader.get("refunds/"))
        assert late in shown(anna)
        assert followed.reads == ["behind"] * 2
        sleep(2.1)
        assert health()[0] == "behind"
        assert "seconds behind: the primary answers alone" in operator.get("attention/").content.decode()
        [asked, lag] = figures.of_replica()
        assert (asked.samples[0].value, lag.samples[0].value > 2) == (0, True)
    monkeypatch.setattr(settings, "REPLICA_MOST_LAG_S", limit)
    assert health() == ("ok", "")
    assert "the primary answers alone" not in operator.get("attention/").content.decode()
    assert late in ids(reader.get("refunds/"))
    assert followed.reads == ["replica"]


def health() -> tuple[str, str]:
    """The state of the replica, and why nobody is asked there."""
    [part] = replica_lag()
    return str(part.state), part.says.partition("alone: ")[2]


@contextmanager
def amid(statement: str, happens):
    """Have something happen on the replica's connection right after the first statement about this table."""
    done = []

    def watch(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if statement in str(sql) and not done:
            done.append(sql)
            happens(execute, context)
        return result

    wrappers = standing.replica_connection().execute_wrappers
    wrappers.insert(0, watch)
    yield
    assert done
    for each in {id(each): each for each in (wrappers, standing.replica_connection().execute_wrappers)}.values():
        while watch in each:
            each.remove(watch)


def swallowed(execute, context) -> None:
    """An error of which nothing is seen but that Django has noted it."""
    with suppress(Error), context["connection"].wrap_database_errors:
        raise psycopg.errors.SerializationFailure("conflict with recovery")


def whatever_fails_there_is_done_here(followed, shop, reader: Api, anna: Browser) -> None:
    """A conflict with replay, a session that is ended, a server that dies amid a call: each costs no call."""

    def conflict(execute, context) -> None:
        followed.desk.superuser("BEGIN; LOCK TABLE refunds_refund IN ACCESS EXCLUSIVE MODE; COMMIT", paths.DATABASE)
        execute("SELECT pg_sleep(10)", None, False, context)

    def end(execute, context) -> None:
        followed.replica.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'wanliu_app'")

    def kill(execute, context) -> None:
        followed.kill()

    for ask in (lambda: ids(reader.get("refunds/")), lambda: shown(anna)):
        for reason in (conflict, end, kill):
            followed.settle()
            all_of_them = ask()
            assert followed.reads == ["replica"], reason
            with amid('FROM "refunds_refund"', reason):
                assert ask() == all_of_them
            assert followed.reads == ["failed"], reason
            if reason is kill:
                assert health() == ("failing", "no connection")
                assert ask() == all_of_them
                assert followed.reads == ["away"]
                followed.start()
    all_of_them = ids(reader.get("refunds/"))
    assert followed.reads == ["replica"]
    one_that_hangs_holds_nobody(followed, reader, anna)
    with amid('FROM "orders_order"', kill):
        answer = reader.get("orders/export/", status="shipped")
        assert len(b"".join(answer.streaming_content).decode().splitlines()) > 2
    assert followed.reads == ["failed"]
    followed.start()
    assert ids(reader.get("refunds/")) == all_of_them
    assert followed.reads == ["replica"]
    # An error that comes with the rows, as under a cursor of the server's, and that somebody has answered otherwise.
    with amid('FROM "refunds_refund"', swallowed):
        assert ids(reader.get("refunds/")) == all_of_them
    assert followed.reads == ["failed"]
    followed.settle()
    # It has died since the process asked how it is, and nobody can connect: no error that is made of that is sent.
    before = [(ask, ask()) for ask in (lambda: ids(reader.get("refunds/")), lambda: shown(anna))]
    assert followed.reads == ["replica"] * 2
    standing.replica_connection().close()
    followed.kill()
    for ask, answered in before:
        just_now = monotonic() + 60  # however long this process waits for a processor before it looks
        standing._last = standing.ReplicaStanding(2**62, just_now, just_now)
        assert ask() == answered
        assert followed.reads == ["failed"]
    followed.start()
    # Promoted, it is no replica any more, and nobody reads what nobody writes.
    followed.replica.ask("SELECT pg_promote()")
    followed.look_again()
    assert ids(reader.get("refunds/")) == all_of_them
    assert followed.reads == ["away"]
    assert "no replica, or promoted" in health()[1]


def one_that_hangs_holds_nobody(followed, reader: Api, anna: Browser) -> None:
    """A replica that stands still takes what it is told and answers nothing: neither a list nor health waits for it."""
    for ask in (lambda: ids(reader.get("refunds/")), lambda: shown(anna)):
        all_of_them = ask()
        assert followed.reads == ["replica"]
        with followed.hangs():
            assert ask() == all_of_them
            assert followed.reads == ["failed"]
            assert ask() == all_of_them
            assert followed.reads == ["away"], "it is left alone"
            assert health()[0] == "failing"
            followed.look_again()
            assert ask() == all_of_them
            assert followed.reads == ["away"], "and so is who asks how it is"
        followed.settle()
