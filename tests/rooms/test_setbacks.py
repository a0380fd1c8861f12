"""Every sweep goes on without what it fails at: in each, one store's rows are poisoned and the other's are done.

The poison is a trigger of the database that lets the sweep's writes for that store fail.
"""

from collections.abc import Callable

import pytest
from django.db import connection

from common.models import Setback
from common.obligations import MAX_ATTEMPTS, obligations
from common.tenancy import system_scope
from operations.collecting import all_sweeps
from payments import reconciling
from payments.gateways.base import NoStatement
from payments.models import Reconciliation
from stores.models import User
from tests.scenes import SCENES, SERVERS, Scene, written
from tests.world import Shop, make_shop

pytestmark = pytest.mark.django_db
SWEEPS = {sweep.name: sweep for sweep in all_sweeps()}


def test_every_sweep_is_poisoned_here():
    of_no_store = {"statements compared", "notices forgotten", "looks forgotten"}
    of_no_store |= {"stray files forgotten", "stray packs forgotten", "stray exports forgotten"}
    of_no_store |= {"old sign-ins forgotten", "old tries to sign in forgotten"}
    assert {*SCENES} | of_no_store == SWEEPS.keys()


@pytest.fixture(autouse=True)
def _servers():
    with SERVERS:
        yield


@pytest.fixture
def poison():
    """Lets writes of a kind into a table fail for one store, until `cure` is called."""

    def put(scene: Scene, shop: Shop) -> Callable[[], None]:
        row = "OLD" if scene.does == "DELETE" else "NEW"
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {row}.{scene.of}_id = {_owner(scene, shop)} {_of(scene, row)} THEN "
                f"RAISE EXCEPTION '王小明 is poisoned' USING ERRCODE = '22003'; END IF; RETURN {row}; END $$;"
                f"CREATE TRIGGER poison BEFORE {scene.does} ON {scene.table} "
                f"FOR EACH ROW EXECUTE FUNCTION poison()"
            )
        return cure

    def cure():
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION poison() CASCADE")

    return put


def _of(scene: Scene, row: str) -> str:
    return f"AND {row}.{scene.done}" if scene.done else ""


def _owner(scene: Scene, shop: Shop) -> int:
    return shop.store.pk if scene.of == "store" else User.objects.get(username=shop.store.code).pk


def work_done(scene: Scene, shop: Shop) -> int:
    with system_scope(), connection.cursor() as cursor:
        rows = f"{scene.table} counted WHERE {scene.of}_id = %s {_of(scene, 'counted')}"
        cursor.execute(f"SELECT count(*) FROM {rows}", [_owner(scene, shop)])
        return cursor.fetchone()[0]


def failures() -> list[tuple[int, str]]:
    """What waits after a failure: how often it has failed, and what is said of it."""
    with system_scope():
        return [
            (row.attempts, row.last_error)
            for model in obligations()
            for row in model._default_manager.exclude(last_error="").exclude(next_attempt_at=None)
        ]


def finish(step: Callable[[], int]) -> None:
    """Sweep until nothing is left, as the command does: what failed rests, so this ends."""
    assert any(step() == 0 for _ in range(5))


OURS = "something broke here, and the log says what"
# A setback by the kind of error, which the platform's people look for in the log; a delivery by its code.
RECORDED = [[(1, said)] for said in (OURS, "DataError 22003", "broken")]


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.usefixtures("broker_tasks")
def test_a_sweep_does_the_rest_and_comes_back_later(name, clock, poison, caplog, request):
    scene, step = SCENES[name], SWEEPS[name].step
    if scene.make_due is written:
        request.getfixturevalue("mailbox")
    bad, good = make_shop(scene.marketplace), make_shop(scene.marketplace)
    for shop in (bad, good):
        scene.make_due(shop)
    clock.move(seconds=scene.later.total_seconds())
    before = work_done(scene, bad), work_done(scene, good)
    cure = poison(scene, bad)
    finish(step)
    assert work_done(scene, bad) == before[0]
    assert work_done(scene, good) != before[1], "the other store's work is done"
    assert failures() in RECORDED, "once, without anybody's name"
    clock.move(seconds=31)
    finish(step)
    assert [attempts for attempts, _ in failures()] == [2]
    cure()
    clock.move(seconds=61)
    finish(step)
    assert work_done(scene, bad) != before[0]
    assert failures() == []
    assert "王小明" not in caplog.text


def test_a_gateway_that_fails_keeps_no_other_from_being_compared(clock, monkeypatch):
    statement = reconciling.gateway("sandbox").statement

    class Gateway:
        def __init__(self, name):
            self.name = name

        def statement(self, day):
            if self.name == "broken":
                raise ZeroDivisionError
            if self.name == "slow":
                raise NoStatement("not yet")
            return statement(day)

    monkeypatch.setattr(reconciling, "usable_gateways", lambda: ["broken", "slow", "sandbox"])
    monkeypatch.setattr(reconciling, "gateway", Gateway)
    assert reconciling.reconcile_yesterday() == 1
    assert Reconciliation.objects.get().gateway == "sandbox"
    assert list(Setback.objects.values_list("key", "last_error")) == [("broken", "ZeroDivisionError")]


def test_what_fails_again_and_again_is_left_to_a_person(taote, clock, poison):
    taote.refund()
    clock.move(days=3)
    poison(SCENES["deadlines"], taote)
    for _ in range(MAX_ATTEMPTS):
        SWEEPS["deadlines"].step()
        clock.move(hours=2)
    setback = Setback.objects.get()
    assert (setback.attempts, setback.needs_attention, setback.next_attempt_at) == (MAX_ATTEMPTS, True, None)
    assert SWEEPS["deadlines"].step() == 0
