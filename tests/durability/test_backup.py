"""What scripts/backup writes, scripts/restore puts into an empty place, under the roles that people work with."""

import re
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import psycopg
import pytest

from config.embedded import paths, throwaway
from config.embedded.postgres import SUPERUSER
from tests.concurrency.process import DONE, processes
from tests.durability.conftest import opened
from tests.durability.production import Service
from tests.durability.versions import OtherPostgres
from tests.world import NOON

WRITTEN_OTHERWISE = re.compile(r"::[a-z ]+(\[\])?|[()\s]")  # casts and brackets, once PostgreSQL has read them again
OLDER = sorted(path for path in Path("/usr/lib/postgresql").glob("1[56]/bin") if (path / "initdb").exists())
ROLES = {"DATABASE_URL": paths.APP_ROLE, "OWNER_DATABASE_URL": paths.OWNER}


@pytest.fixture(scope="module")
def service(migrated):
    """A service that has been worked with: two stores, paid refunds, a photograph, a sealed secret."""
    with opened(migrated) as desk, ExitStack() as stack:
        service = Service(desk, stack)
        service.desk.offer("north", 2)
        service.desk.accept_all()
        with processes(**service.environ) as worked:
            for job, arguments in (("settle", {}), ("show", {"code": "south"})):
                assert worked.run(job, step=None, at=NOON, **arguments) == DONE
        assert service.desk.payments() == {"succeeded": 2}
        yield service


@pytest.fixture(scope="module")
def night(service, tmp_path_factory):
    """A back-up of it."""
    place = tmp_path_factory.mktemp("backups") / "night"
    ended = service.run(str(place), script="backup")
    assert ended.returncode == 0, ended.stderr
    assert "read again and counted" in ended.stdout
    assert "missing" not in ended.stdout
    return place


def contents(service: Service, database: str) -> dict[str, str]:
    """Each table's rows as one digest, and each sequence's place, seen by PostgreSQL's superuser."""
    where = {"host": str(service.desk.postgres.socket_dir), "user": SUPERUSER, "dbname": database}
    with psycopg.connect(**where) as connection:
        tables = connection.execute(
            "SELECT relname, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        )
        found = {}
        for name, kind in tables.fetchall():
            if kind == "r":
                digest = "count(*)::text || md5(string_agg(t::text, chr(10) ORDER BY t::text))"
                rows = f'SELECT {digest} FROM public."{name}" t'
            elif kind == "S":
                rows = f'SELECT last_value::text FROM public."{name}"'
            else:
                continue
            found[name] = connection.execute(rows).fetchone()[0]
    return found


def walls(service: Service, database: str) -> list[tuple]:
    """What keeps stores apart and history as it is: row security, policies, triggers, checks and foreign keys."""
    where = {"host": str(service.desk.postgres.socket_dir), "user": SUPERUSER, "dbname": database}
    questions = (
        "SELECT relname, relrowsecurity::text, relforcerowsecurity::text, relowner::regrole::text, relacl::text"
        " FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')",
        "SELECT tablename::text, policyname::text, qual, with_check, '' FROM pg_policies",
        "SELECT tgrelid::regclass::text, tgname::text, tgenabled::text, '', '' FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), '', '' FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
        "SELECT tablename::text, indexname::text, indexdef, '', '' FROM pg_indexes WHERE schemaname = 'public'",
    )
    with psycopg.connect(**where) as connection:
        rows = [row for question in questions for row in connection.execute(question).fetchall()]
    return sorted(tuple(WRITTEN_OTHERWISE.sub("", text or "") for text in row) for row in rows)


def files(place: Path) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def elsewhere(service: Service, database: str, data_dir: Path) -> dict[str, str]:
    """The environment of an empty place, its database made as deploy/roles.sql does."""
    service.desk.superuser(f"CREATE DATABASE {database} OWNER wanliu TEMPLATE template0 ENCODING 'UTF8'")
    known = service.desk.data_dir
    urls = {name: paths.database_url(known, role=role, database=database) for name, role in ROLES.items()}
    return {**urls, "DATA_DIR": str(data_dir)}


def test_what_is_restored_is_what_was_there(service, night, tmp_path):
    empty = elsewhere(service, "restored", tmp_path / "data")
    ended = service.run(str(night), script="restore", **empty)
    assert ended.returncode == 0, ended.stderr
    assert "the same as then" in ended.stdout

    before, after = contents(service, "wanliu"), contents(service, "restored")
    assert len(before) > 80
    assert after == before
    assert walls(service, "restored") == walls(service, "wanliu")
    media = files(tmp_path / "data" / "media")
    assert len(media) == 1
    assert media == files(service.desk.data_dir / "media")

    for command in (["check"], ["manage", "verify_ledger"]):
        ended = service.run(*command, **empty)
        assert ended.returncode == 0, ended.stderr
    ended = service.run("manage", "rotate_connector_keys", **empty)
    assert (ended.returncode, ended.stderr) == (0, ""), "what is sealed is read with the keys of the back-up"
    assert ended.stdout == "0 secrets were sealed anew with the first key; all are now.\n"
    again = service.run(str(night), script="restore", **{**empty, "DATA_DIR": str(tmp_path / "other")})
    assert again.returncode == 1
    assert "holds tables: a back-up is restored into an empty one" in again.stderr
    assert not (tmp_path / "other" / "media").exists() or files(tmp_path / "other" / "media") == {}


def test_a_restore_that_fails_leaves_nothing(service, night, tmp_path):
    empty = elsewhere(service, "broken", tmp_path / "data")
    nobodys = empty["OWNER_DATABASE_URL"].replace("wanliu@", "wanliu_app@")
    ended = service.run(str(night), script="restore", **{**empty, "OWNER_DATABASE_URL": "", "DATABASE_URL": nobodys})
    assert ended.returncode == 1
    assert "pg_restore failed: " in ended.stderr
    assert contents(service, "broken") == {}
    assert files(tmp_path / "data" / "media") == {}


def test_other_keys_are_refused(service, night, tmp_path):
    other = {"CONNECTOR_KEYS": "YW5vdGhlciBzZWFsaW5nIGtleSBvZiAzMiBieXRlcy4="}
    ended = service.run(str(night), script="restore", **{"DATA_DIR": str(tmp_path), **other})
    assert ended.returncode == 1
    assert "made with another CONNECTOR_KEYS" in ended.stderr


def test_a_back_up_of_the_release_before_is_restored_by_this_one(service, night, tmp_path):
    """Which has tables and columns that it hadn't: they come with `migrate`."""
    before = elsewhere(service, "before", tmp_path / "before")
    assert service.run(str(night), script="restore", **before).returncode == 0
    ended = service.run("manage", "migrate", "privacy", "zero", **before)
    assert ended.returncode == 0, ended.stderr
    owner = {"host": str(service.desk.postgres.socket_dir), "user": SUPERUSER, "dbname": "before"}
    with psycopg.connect(**owner) as connection:
        connection.execute("ALTER TABLE refunds_note DROP COLUMN text CASCADE")
    place = tmp_path / "back-up"
    ended = service.run(str(place), script="backup", **before)
    assert ended.returncode == 0, ended.stderr

    empty = elsewhere(service, "after", tmp_path / "after")
    ended = service.run(str(place), script="restore", **empty)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "the same as then" in ended.stdout
    assert len(files(tmp_path / "after" / "media")) == 1
    ended = service.run("migrate", **empty)
    assert ended.returncode == 0, ended.stderr
    granted = "SELECT has_table_privilege('wanliu_app', 'privacy_look', %s)"
    with psycopg.connect(**{**owner, "dbname": "after"}) as connection:
        told = [connection.execute(granted, [right]).fetchone()[0] for right in ("SELECT", "INSERT", "UPDATE")]
    assert told == [True, True, False]


@pytest.mark.skipif(not OLDER, reason="no older PostgreSQL is here")
def test_an_older_server_is_restored_into_by_newer_programs(service, night, tmp_path):
    """pg_restore of 17 and newer begins with a setting that PostgreSQL 15 and 16 refuse."""
    with throwaway(server=partial(OtherPostgres, programs=OLDER[0])) as services:
        urls = {name: paths.database_url(services.data_dir, role=role) for name, role in ROLES.items()}
        empty = {**services.environ(), **urls, "DATA_DIR": str(tmp_path / "data")}
        for script, asked in (("restore", [str(night)]), ("serve", ["migrate"]), ("serve", ["check"])):
            ended = service.run(*asked, script=script, **empty)
            assert ended.returncode == 0, ended.stderr
        where = {"host": str(paths.socket_dir(services.data_dir)), "user": SUPERUSER, "dbname": paths.DATABASE}
        with psycopg.connect(**where) as there:
            paid = "SELECT count(*) FROM refunds_refund WHERE status = 'refunded'"
            assert [there.execute(each).fetchall() for each in ("SELECT count(*) FROM stores_store", paid)] == [
                [(2,)]
            ] * 2
