"""A desk that may be broken."""

import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from config.embedded.postgres import Postgres
from tests.concurrency.process import Processes, processes
from tests.durability.desk import open_desk


class Migrated(NamedTuple):
    """What every desk of a run of tests begins with: a cluster's files, and who does jobs that tell no worker."""

    home: Path
    untold: Processes


@contextmanager
def cluster(*, durable: bool = False):
    """The place of a cluster, in a directory that is removed in the end.

    It is `durable` where PostgreSQL itself is killed: elsewhere nothing would be found out by syncing to the disk.
    """
    with tempfile.TemporaryDirectory(prefix="wanliu-d-", ignore_cleanup_errors=True) as path:
        postgres = Postgres(Path(path), durable=durable)
        yield postgres
        postgres.remove()


@contextmanager
def opened(migrated: Migrated, *, durable: bool = False):
    """Services over a copy of the migrated cluster."""
    with cluster(durable=durable) as postgres:
        subprocess.run(["cp", "-a", f"{migrated.home}/.", postgres.home], check=True)
        with open_desk(postgres, migrated.untold) as desk:
            yield desk


@pytest.fixture(scope="session")
def migrated():
    """The files of a cluster that was migrated and stopped."""
    with cluster() as postgres, processes() as untold:
        with open_desk(postgres) as desk:
            if dump := os.environ.get("TEST_DUMP"):  # scripts/test.py has migrated a database already
                desk.restore(dump)
            desk.manage("migrate", "--verbosity", "0")  # and the roles get what is theirs
        yield Migrated(postgres.home, untold)


@pytest.fixture
def desk(migrated):
    """Services, migrated, with nobody at work yet."""
    with opened(migrated) as desk:
        yield desk


@pytest.fixture
def durable_desk(migrated):
    """The same, whose PostgreSQL may be killed."""
    with opened(migrated, durable=True) as desk:
        yield desk
