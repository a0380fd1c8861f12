"""Many shops in which nothing happens cost a beat nothing, and a shop in trouble costs the others nothing."""

import threading
from contextlib import ExitStack
from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from common.tenancy import system_scope
from connectors.models import Connection
from connectors.platforms import PLATFORMS
from connectors.tasks import work_on_due_shops
from connectors.working import work_on_shops
from tests.concurrency.harness import await_
from tests.connectors.conftest import Connected
from tests.connectors.toy import Toy, running
from tests.world import NOON, make_shop

SHOPS = 50
MOST_A_TICK = 12  # statements of a beat that finds nothing to do, with their scopes
MOST_A_QUIET_TURN = 40  # and of a shop's turn in which nothing has happened


def tick() -> int:
    """A beat; how many statements it was."""
    with CaptureQueriesContext(connection) as captured:
        work_on_due_shops()
    return len(captured)


def quiet(servers) -> list[Connected]:
    """A shop at each server, which has been read."""
    shops = [Connected(make_shop("taote"), server) for server in servers]
    for shop in shops:
        shop.connect()
    while work_on_shops():
        pass
    return shops


def asleep(server, count: int) -> None:
    """So many shops of one application more, connected, and looked at again in an hour."""
    for number in range(count):
        server.shop = f"asleep-{number}"
        server.token = f"asleep-{number}"  # by which it is known until it says whose it is
        Connected(make_shop("taote"), server).connect()
    with system_scope():
        Connection.objects.filter(base_url=server.url).update(next_attempt_at=Now() + timedelta(hours=1))


def test_a_beat_costs_the_same_however_many_quiet_shops_there_are(db, clock, broker_tasks, monkeypatch):
    monkeypatch.setattr(PLATFORMS, "_entries", {"toy": Toy})
    with ExitStack() as stack:
        servers = [stack.enter_context(running()) for _ in range(3)]
        shops = quiet(servers[:2])
        few = tick()
        asleep(servers[2], SHOPS - len(shops))
        with system_scope():
            assert Connection.objects.connected().count() == SHOPS
        asked = [len(server.asked) for server in servers]
        assert (tick(), few <= MOST_A_TICK) == (few, True)
        assert [len(server.asked) for server in servers] == asked, "nobody is asked before its pause is over"
        clock.traveller.shift(timedelta(minutes=10))
        with system_scope():
            Connection.objects.filter(store=shops[0].shop.store).update(next_attempt_at=Now())
        one = tick()
        assert [call for call, _body in servers[0].asked[asked[0] :]] == ["messages", "list"]
        assert [len(server.asked) for server in servers[1:]] == asked[1:]
        assert one <= MOST_A_TICK + MOST_A_QUIET_TURN, one


def test_neither_a_platform_that_hangs_nor_a_ban_delays_another_shop(
    transactional_db, clock, broker_tasks, monkeypatch
):
    monkeypatch.setattr(PLATFORMS, "_entries", {"toy": Toy})
    over = threading.Event()
    with ExitStack() as stack:
        servers = [stack.enter_context(running()) for _ in range(3)]
        hanging, banned, free = [Connected(make_shop("taote"), server) for server in servers]
        for number, shop in enumerate((hanging, banned, free)):
            shop.server.shop = f"shop-{number}"
            shop.connect()
            shop.server.put("R1", NOON)
        clock.move(minutes=10)
        for name in ("list", "messages"):
            hanging.server.faults[name] = [lambda _body: over.wait(60) and {"hang_up": True}] * 9
            banned.server.faults[name] = [{"error": "throttled"}] * 99
        worker = threading.Thread(target=work_on_due_shops, daemon=True)
        worker.start()
        try:
            await_(
                lambda: (
                    free.mirror()
                    and banned.server.calls("list")
                    and {free.connection.leased_by, banned.connection.leased_by} == {None}
                ),
                "the others' turns",
            )
            assert worker.is_alive(), "one of them hangs still"
            free.server.put("R2", NOON + timedelta(minutes=12))
            clock.traveller.shift(timedelta(minutes=10))
            with system_scope():
                Connection.objects.filter(store=free.shop.store).update(next_attempt_at=Now())
            work_on_due_shops()  # or the worker is the first to see that it is due
            await_(lambda: set(free.mirror()) == {"R1", "R2"}, "the free shop's next turn")
            assert (hanging.mirror(), banned.mirror()) == ({}, {})
            assert worker.is_alive()
        finally:
            over.set()
            worker.join(30)
        assert [shop.connection.status for shop in (hanging, banned, free)] == ["connected"] * 3
