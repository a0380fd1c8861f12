"""The addresses of the embedded services, read by the libraries that will read them."""

from pathlib import Path

import kombu
import pytest
from environs import Env
from redis import Redis

from config.embedded import paths

DIRECTORIES = [
    "/srv/wanliu/.data",
    "/srv/Capital_Letters-and.dots/.data",
    "/srv/with space, comma & 挽留/.data",
    "/srv/" + "long/" * 30 + ".data",
]


@pytest.mark.parametrize("directory", DIRECTORIES)
def test_database_url_is_read_as_the_socket_directory(directory, monkeypatch):
    data_dir = Path(directory)
    monkeypatch.setenv("DATABASE_URL", paths.database_url(data_dir))

    config = Env().dj_db_url("DATABASE_URL")

    assert (config["NAME"], config["USER"], config["PASSWORD"]) == ("wanliu", "wanliu_app", "")
    assert (config["HOST"], config["PORT"]) == (str(paths.socket_dir(data_dir)), "")


@pytest.mark.parametrize("directory", DIRECTORIES)
def test_redis_and_kombu_agree_on_the_socket(directory):
    url = paths.redis_url(Path(directory))
    socket = str(paths.socket_dir(Path(directory)) / paths.VALKEY_SOCKET)

    redis_options = Redis.from_url(url).connection_pool.connection_kwargs
    broker = kombu.utils.url.url_to_parts(paths.broker_url(url))

    assert (redis_options["path"], redis_options["db"]) == (socket, 0)
    assert ("/" + broker.path, broker.query) == (socket, {"virtual_host": "0"})


@pytest.mark.parametrize("directory", DIRECTORIES)
def test_socket_addresses_fit_and_differ_between_data_directories(directory):
    here, there = Path(directory), Path(directory + "2")

    assert len(str(paths.socket_dir(here) / paths.POSTGRES_SOCKET).encode()) <= paths.SOCKET_PATH_MAX_BYTES
    assert paths.socket_dir(here) == paths.socket_dir(here)
    assert paths.socket_dir(here) != paths.socket_dir(there)


def test_broker_url_leaves_network_addresses_alone():
    assert paths.broker_url("redis://:secret@queue:6379/2") == "redis://:secret@queue:6379/2"
    assert paths.broker_url("rediss://queue/0") == "rediss://queue/0"
    assert paths.broker_url("unix://:secret@/run/v.sock?db=3") == "redis+socket://:secret@/run/v.sock?virtual_host=3"


def test_relative_data_directories_start_at_the_repository(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert paths.resolve_data_dir(None) == paths.ROOT / ".data"
    assert paths.resolve_data_dir("elsewhere") == paths.ROOT / "elsewhere"
    assert paths.resolve_data_dir("/srv/data") == Path("/srv/data")
