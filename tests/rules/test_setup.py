"""The set-up installs with the uv of this release, and takes another only where that can't be had."""

import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from config.embedded.paths import ROOT
from scripts import pythons


@pytest.fixture
def setup(tmp_path, monkeypatch):
    """scripts/setup.py over a folder of its own, without any uv on the PATH; `installs` says what pip brings."""
    spec = importlib.util.spec_from_file_location("setup_script", ROOT / "scripts" / "setup.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.TOOLS, script.LOG = tmp_path / "tools", tmp_path / "setup.log"
    script.LOG.touch()
    script.installs, script.asked = "", []

    def logged(command, extra=None):
        script.asked.append([str(part) for part in command])
        if script.installs:
            say(script.TOOLS / "bin" / "uv", script.installs)
        return subprocess.CompletedProcess(command, 0 if script.installs else 1)

    monkeypatch.setattr(script, "_logged", logged)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return script


def say(path: Path, version: str) -> None:
    """A uv that only says its version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho 'uv {version} (x86_64-unknown-linux-gnu)'\n")
    path.chmod(0o755)


def test_one_that_is_the_releases_own_is_kept(setup):
    say(setup.TOOLS / "bin" / "uv", setup.UV)
    assert (setup.find_uv(), setup.asked) == (setup.TOOLS / "bin" / "uv", [])


@pytest.mark.parametrize("there", ["0.4.0", "0.13.8", "9.0.0"])
def test_any_other_that_an_earlier_set_up_left_is_replaced(setup, there):
    say(setup.TOOLS / "bin" / "uv", there)
    setup.installs = setup.UV
    assert setup.version_of(setup.find_uv()) == setup.number(setup.UV)
    assert setup.asked[-1][-1] == f"uv=={setup.UV}"


def test_what_pip_brings_is_wanted_before_what_is_installed_here(setup, tmp_path, monkeypatch):
    say(tmp_path / "here" / "uv", "0.12.0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'here'}:/usr/bin:/bin")
    setup.installs = setup.UV
    assert setup.version_of(setup.find_uv()) == setup.number(setup.UV)


@pytest.mark.parametrize(("version", "will_do"), [("0.4.30", False), ("0.5.0", True), ("0.13.9", True)])
def test_without_pypi_one_on_the_path_will_do_within_bounds(setup, tmp_path, monkeypatch, version, will_do):
    say(tmp_path / "here" / "uv", version)
    monkeypatch.setenv("PATH", f"{tmp_path / 'here'}:/usr/bin:/bin")
    if will_do:
        assert setup.version_of(setup.find_uv()) == setup.number(version)
    else:
        with pytest.raises(OSError, match=f"a uv from {setup.OLDEST_UV} to {setup.UV} on the PATH"):
            setup.find_uv()


def test_without_pypi_a_newer_one_is_not_tried_out(setup, tmp_path, monkeypatch):
    say(tmp_path / "here" / "uv", "1.0.0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'here'}:/usr/bin:/bin")
    with pytest.raises(OSError, match="cannot be installed"):
        setup.find_uv()


FROM_VERSION = ("python_version", "python_full_version")


def test_the_locks_are_for_each_python_that_the_project_says_it_works_with():
    """Each dependency is pinned for each Python, with the hash of every file; the index itself scripts/pythons asks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    said = [name.rpartition(" ")[2] for name in project["project"]["classifiers"]]
    assert said == list(pythons.VERSIONS)
    assert project["project"]["requires-python"] == f">={said[0]}"
    assert project["tool"]["ruff"]["target-version"] == f"py{said[0].replace('.', '')}"
    wanted = {Requirement(each).name for each in project["project"]["dependencies"]}
    dev = {Requirement(each).name for each in project["project"]["optional-dependencies"]["dev"]}
    for lock, names in zip(pythons.LOCKS, (wanted, wanted | dev), strict=True):
        blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text().strip())
        pinned = [Requirement(block.partition(" \\")[0]) for block in blocks]
        assert [block[:40] for block in blocks if "--hash=sha256:" not in block] == []
        for version in said:
            held = {
                each.name
                for each in pinned
                if each.marker is None or each.marker.evaluate(dict.fromkeys(FROM_VERSION, version))
            }
            assert names - held == set(), f"{lock} lacks these on Python {version}"


def test_each_python_that_is_here_is_found_and_none_else(tmp_path, monkeypatch):
    monkeypatch.setattr(pythons.Path, "home", lambda: tmp_path)
    monkeypatch.setattr(pythons.shutil, "which", lambda name, path: "/usr/bin/python3.11" if "3.11" in name else None)
    for version in ("3.10.1", "3.13.0", "3.13.2"):
        say(tmp_path / ".pyenv" / "versions" / version / "bin" / "python", version)
    assert {version: python.parts[-3] for version, python in pythons.interpreters().items()} == {
        "3.11": "usr",
        "3.13": "3.13.2",
    }
