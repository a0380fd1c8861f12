"""Whoever asks a script what it does is told so, and nothing is installed, started or written."""

import os
import shutil
import subprocess

import pytest

from config.embedded.paths import ROOT
from tests.cases import for_each

SHELL = "#!/bin/sh\n"
SCRIPTS = sorted(path.name for path in (ROOT / "scripts").iterdir() if path.suffix == "" and path.is_file())


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The project as it is fetched: nothing is installed."""
    place = tmp_path_factory.mktemp("fetched")
    for folder in ("scripts", "mutants", "bench"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return place


def held(place):
    return {path for path in place.rglob("*") if "__pycache__" not in path.parts}


@for_each("asked", ["--help", "-h"])
@for_each("name", SCRIPTS)
def test_help_only_prints(bare, name, asked):
    assert (bare / "scripts" / name).read_text().startswith(SHELL)
    before = held(bare)
    environ = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    told = subprocess.run(
        [bare / "scripts" / name, asked], env=environ, cwd="/", capture_output=True, text=True, timeout=60
    )
    assert (told.returncode, told.stderr, held(bare)) == (0, "", before)
    assert len(told.stdout) > len(name)
    if name in ("mutants", "bench"):
        assert "--only" in told.stdout
