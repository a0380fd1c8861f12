"""Indexes are built beside those who write, and what was cut off is healed when the migration is run again."""

import threading
import time
from contextlib import contextmanager
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import OperationalError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from common.index_sql import BuildIndexByHand
from common.management.commands import migrate as ours
from tests.concurrency.harness import PATIENCE, Contender, await_, is_blocked

pytestmark = pytest.mark.django_db(transaction=True)
BUILT = BuildIndexByHand("scratch_number", "scratch", ["number"])


def run(sql: str, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else None


def build() -> None:
    with connection.schema_editor(atomic=False) as editor:
        BUILT.database_forwards("common", editor, None, None)


def is_valid(name: str) -> bool | None:
    found = run("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", name)
    return found[0][0] if found else None


@pytest.fixture
def scratch():
    run("CREATE TABLE scratch (number integer)")
    run("INSERT INTO scratch SELECT generate_series(1, 100)")
    yield
    run("DROP TABLE scratch")


@contextmanager
def somebody_writes():
    """Another connection has written a row and not committed it."""
    written, end = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            run("INSERT INTO scratch VALUES (1)")
            written.set()
            assert end.wait(PATIENCE)

    writer = Contender(write)
    writer.start()
    assert written.wait(PATIENCE)
    try:
        yield
    finally:
        end.set()
        assert writer.finish().error is None


@contextmanager
def building():
    """Another connection builds the index, and has come to where it waits for what is open."""

    def by_a_migration():
        run("SELECT set_config('lock_timeout', '1ms', false)")
        build()
        return run("SELECT current_setting('lock_timeout')")

    builder = Contender(by_a_migration)
    builder.start()
    assert builder.connected.wait(PATIENCE)
    await_(lambda: is_blocked(builder.backend) or not builder.is_alive(), "the index to wait for who writes")
    assert builder.is_alive(), builder.result
    yield builder


def test_nobody_who_writes_waits_for_an_index(scratch):
    with somebody_writes(), building() as builder:
        with transaction.atomic():
            run(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            run("INSERT INTO scratch VALUES (2)")
        assert builder.is_alive()
    assert (builder.finish().error, is_valid("scratch_number")) == (None, True)


def test_it_waits_for_as_long_as_it_takes_and_leaves_the_limit_as_it_was(scratch):
    with somebody_writes(), building() as builder:
        pass
    assert (builder.finish().value, is_valid("scratch_number")) == ([("1ms",)], True)


def test_a_half_built_index_is_healed(scratch):
    with somebody_writes(), building() as builder:
        run("SELECT pg_terminate_backend(%s)", builder.backend)
        assert isinstance(builder.finish().error, OperationalError)
    assert is_valid("scratch_number") is False
    build()
    assert is_valid("scratch_number") is True
    made = run("SELECT 'scratch_number'::regclass::oid")
    build()
    assert run("SELECT 'scratch_number'::regclass::oid") == made, "what is whole is left as it is"


def test_an_empty_table_s_is_built_the_plain_way(scratch):
    run("TRUNCATE scratch")
    with connection.schema_editor(atomic=False) as editor:
        said = []
        execute = editor.execute
        editor.execute = lambda sql, params=(): (said.append(str(sql)), execute(sql, params))
        BUILT.database_forwards("common", editor, None, None)
    assert said == ['CREATE INDEX "scratch_number" ON "scratch" ("number")']


@pytest.mark.parametrize(
    ("room", "name"),
    [("refunds", "0045_by_due"), ("offers", "0039_own_figures_by_index"), ("stores", "0033_invitations_end")],
)
def test_a_migration_that_was_cut_off_is_run_again(room, name):
    """Whatever of it is done already."""
    state: ProjectState = MigrationLoader(connection).project_state(nodes=(room, name), at_end=False)
    before = run("SELECT indexrelid::regclass::text FROM pg_index ORDER BY 1")
    for _ in range(2):
        with connection.schema_editor(atomic=False) as editor:
            import_module(f"{room}.migrations.{name}").Migration(name, room).apply(state.clone(), editor)
    assert run("SELECT indexrelid::regclass::text FROM pg_index ORDER BY 1") == before


def test_a_migrate_that_waits_for_another_is_not_in_the_way_of_its_index(scratch, monkeypatch):
    done, looked = [], threading.Event()

    def glance(seconds: float) -> None:
        looked.set()
        time.sleep(seconds / 10)

    monkeypatch.setattr(migrate.Command, "handle", lambda self, *args, **options: done.append(True))
    monkeypatch.setattr(ours, "time", SimpleNamespace(sleep=glance))
    run("SELECT pg_advisory_lock(%s)", ours.MIGRATING)
    waiting = Contender(lambda: call_command("migrate"))
    try:
        waiting.start()
        assert looked.wait(PATIENCE)
        build()
        assert (is_valid("scratch_number"), done) == (True, [])
    finally:
        run("SELECT pg_advisory_unlock(%s)", ours.MIGRATING)
    assert (waiting.finish().error, done) == (None, [True])
