"""The real PostgreSQL and Valkey: started, used, killed, started again, removed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import kombu
import psycopg
import pytest
from redis import Redis

from config.embedded import paths, throwaway
from config.embedded.postgres import Postgres
from config.embedded.processes import ServiceError, servers_in, spawn
from config.embedded.scratch import running, wait_until_up
from config.embedded.unprivileged import server_user, wheel_program


@pytest.fixture(scope="module")
def services():
    with throwaway() as running_services:
        yield running_services


def test_the_role_is_plain_and_may_create_databases(services):
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        role = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        connection.execute("CREATE DATABASE test_of_create_db")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE ROLE somebody")

    assert role == ("wanliu", False, False, False, True)


def test_text_is_utf8_and_the_clock_utc(services):
    with psycopg.connect(services.database_url) as connection:
        provider, locale, encoding = connection.execute(
            "SELECT datlocprovider::text, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()
        zone, fsync = connection.execute("SELECT current_setting('timezone'), current_setting('fsync')").fetchone()

    assert (provider, locale, encoding) == ("b", "C.UTF-8", "UTF8")
    assert (zone, fsync) == ("UTC", "off")


def test_valkey_serves_cache_and_broker_and_never_evicts(services):
    redis = Redis.from_url(services.redis_url)
    redis.set("greeting", "挽留")
    with kombu.Connection(paths.broker_url(services.redis_url)) as connection:
        queue = connection.SimpleQueue("test")
        queue.put({"n": 1})
        message = queue.get(timeout=60)
        message.ack()
        queue.close()

    assert redis.get("greeting").decode() == "挽留"
    assert message.payload == {"n": 1}
    assert redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert redis.config_get("save") == {"save": ""}


def test_nobody_else_can_reach_the_sockets(services):
    socket_dir = paths.socket_dir(services.data_dir)

    assert socket_dir.resolve().stat().st_mode & 0o777 == 0o700
    with psycopg.connect(services.database_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert Redis.from_url(services.redis_url).config_get("port") == {"port": "0"}


def test_a_second_pair_beside_it_is_another_world_and_leaves_nothing(services):
    with throwaway(durable=True) as other:
        with psycopg.connect(other.database_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE only_here ()")
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
        with psycopg.connect(services.database_url) as connection:
            assert connection.execute("SELECT to_regclass('only_here')").fetchone() == (None,)
        place = other.data_dir

    assert not place.exists()
    assert not servers_in(place / "postgres" / "18", "postgres")


def test_a_long_directory_with_odd_characters_gets_short_sockets(tmp_path):
    data_dir = tmp_path / ("long, odd 挽留 " * 5)
    postgres = Postgres(data_dir, durable=False)
    with running(postgres) as process:
        wait_until_up(postgres, process)
        with psycopg.connect(paths.database_url(data_dir)) as connection:
            assert connection.execute("SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone() == (
                False,
            )
        assert str(paths.socket_dir(data_dir)).startswith("/tmp/wanliu-")
    postgres.remove()

    assert not paths.socket_dir(data_dir).exists()


def test_committed_rows_survive_kill_9_of_the_server(tmp_path):
    postgres = Postgres(tmp_path)
    with running(postgres) as process:
        wait_until_up(postgres, process)
        with psycopg.connect(paths.database_url(tmp_path, role=paths.OWNER)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        process.kill()
        process.wait()
    with running(Postgres(tmp_path)) as process:
        wait_until_up(postgres, process)
        with psycopg.connect(paths.database_url(tmp_path, role=paths.OWNER)) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    postgres.remove()


def test_a_server_that_outlived_its_starter_is_stopped_before_the_next_start(tmp_path):
    """An orphan is stopped by name; a stranger with the id in a stale lock file is left alone."""
    first = Postgres(tmp_path, durable=False)
    first.prepare()
    orphan = spawn(first.command(), subprocess.DEVNULL)
    wait_until_up(first, orphan)

    second = Postgres(tmp_path, durable=False)
    second.prepare()
    assert orphan.wait(60) == 0  # shut down in good order, not killed

    (second.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{second.cluster}\n")
    with running(second) as process:
        wait_until_up(second, process)
    second.remove()


def test_a_killed_starter_takes_its_servers_along(tmp_path):
    script = (
        "import sys, time; from config.embedded import throwaway\n"
        "with throwaway() as services:\n"
        "    print(services.data_dir, flush=True); time.sleep(600)"
    )
    environ = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(paths.ROOT)}
    starter = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environ, text=True)
    data_dir = Path(starter.stdout.readline().strip())
    postgres = Postgres(data_dir)
    assert servers_in(postgres.cluster, "postgres")

    starter.send_signal(signal.SIGKILL)
    starter.communicate()

    deadline = time.monotonic() + 60
    while servers_in(postgres.cluster, "postgres") or servers_in(postgres.socket_dir, "valkey-server"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    postgres.remove()


def test_a_cluster_of_another_version_is_refused_and_kept(tmp_path):
    postgres = Postgres(tmp_path)
    older = postgres.home / "17"
    older.mkdir()
    (older / "PG_VERSION").write_text("17\n")

    with pytest.raises(ServiceError, match="made by PostgreSQL 17"):
        postgres.prepare()

    assert (older / "PG_VERSION").exists()
    postgres.remove()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give up its rights")
def test_root_without_user_namespaces_runs_the_services_as_nobody(monkeypatch, tmp_path):
    """As on container hosts that forbid unshare: here simply no `unshare` is to be found."""
    for cached in (server_user, wheel_program):
        cached.cache_clear()
    monkeypatch.setattr("shutil.which", lambda name: None)
    try:
        assert server_user().prefix == ()
        with throwaway() as services, psycopg.connect(services.database_url) as connection:
            (role,) = connection.execute("SELECT current_user").fetchone()
            assert Redis.from_url(services.redis_url).ping()
            (postmaster, *_) = servers_in((services.data_dir / "postgres").resolve() / "18", "postgres")
            assert (role, postmaster.username()) == ("wanliu", "nobody")
    finally:
        for cached in (server_user, wheel_program):
            cached.cache_clear()
