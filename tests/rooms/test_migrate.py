"""`migrate` waits for another one, and lets nobody wait behind it."""

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection

from common.management.commands.migrate import MIGRATING

pytestmark = pytest.mark.django_db


def another_may_begin() -> bool:
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        return other.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATING]).fetchone()[0]


def limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("fails", [False, True])
def test_one_migrates_at_a_time_and_waits_briefly_for_tables(monkeypatch, fails):
    meanwhile = []

    def work(self, *args, **options):
        meanwhile.extend([another_may_begin(), limit()])
        if fails:
            raise RuntimeError

    monkeypatch.setattr(migrate.Command, "handle", work)
    before = limit()
    assert another_may_begin()
    with pytest.raises(RuntimeError) if fails else pytest.MonkeyPatch.context():
        call_command("migrate")
    assert meanwhile == [False, "5s"]
    assert (another_may_begin(), limit()) == (True, before)
