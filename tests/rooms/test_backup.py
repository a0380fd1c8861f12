"""A back-up holds every store's rows, or there is none; a command that can't reach the database says so."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from common.tenancy import Scope
from operations import backup
from tests.world import make_shop

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shops(transactional_db, clock):
    shops = [make_shop("taote") for _ in range(2)]
    for shop in shops:
        shop.refund()
    return shops


def test_a_backup_holds_every_row_and_only_its_owner_reads_it(shops, tmp_path):
    file, printed = tmp_path / "all.dump", io.StringIO()
    call_command("backup", str(file), stdout=printed)
    found = backup._rows_in(file)
    assert (found["stores_store"], found["refunds_refund"]) == (2, 2)
    assert f"{sum(found.values())} rows" in printed.getvalue()
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="exists: choose another name"):
        call_command("backup", str(file))


def test_a_backup_that_lacks_rows_is_none(shops, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "SYSTEM_SCOPE", Scope((shops[0].store.pk,)))
    with pytest.raises(CommandError, match=r"lacks rows of .*refunds_refund \(1 of 2\)"):
        call_command("backup", str(tmp_path / "all.dump"))
    assert list(tmp_path.iterdir()) == []


def test_a_backup_into_no_directory_is_refused_before_anything_is_done(db, tmp_path):
    with pytest.raises(CommandError, match="is no directory"):
        call_command("backup", str(tmp_path / "missing" / "all.dump"))


def test_a_command_that_cannot_reach_the_database_says_so_in_a_sentence():
    environ = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:9/nothing"}
    command = [sys.executable, "manage.py", "sweep"]
    answer = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 1
    assert answer.stderr.startswith("The database doesn't answer: ")
    assert "Traceback" not in answer.stderr
