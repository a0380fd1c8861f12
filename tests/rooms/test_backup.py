"""A back-up holds every store's rows, or there is none; a command that can't reach the database says so.

Restoring is tried in tests/durability/test_backup.py, with the roles that people work with.
"""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from common.tenancy import Scope
from operations.backup import database, files
from tests.world import make_shop

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def media(settings, tmp_path_factory):
    """A storage with nothing of another test."""
    storage = settings.STORAGES["default"]
    place = tmp_path_factory.mktemp("media")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**storage, "OPTIONS": {**storage["OPTIONS"], "location": place}},
    }
    return place


@pytest.fixture
def shops(transactional_db, clock):
    shops = [make_shop("taote") for _ in range(2)]
    for shop in shops:
        shop.refund()
    return shops


def test_a_backup_holds_every_row_and_file_and_only_its_owner_reads_it(shops, tmp_path):
    default_storage.save("evidence/1/shown.png", ContentFile(b"shown"))
    place, printed = tmp_path / "night", io.StringIO()
    call_command("backup", str(place), stdout=printed)
    found = database.rows_in(place / "database.dump")
    assert (found["stores_store"], found["refunds_refund"]) == (2, 2)
    assert f"{sum(found.values())} rows" in printed.getvalue()
    assert (place / "media" / "evidence" / "1" / "shown.png").read_bytes() == b"shown"
    assert {path.stat().st_mode & 0o077 for path in [place, *place.rglob("*")]} == {0}
    with pytest.raises(CommandError, match="exists: choose another name"):
        call_command("backup", str(place))


def test_a_backup_that_lacks_rows_is_none(shops, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "SYSTEM_SCOPE", Scope((shops[0].store.pk,)))
    with pytest.raises(CommandError, match=r"lacks rows of .*refunds_refund \(1 of 2\)"):
        call_command("backup", str(tmp_path / "night"))
    assert list(tmp_path.iterdir()) == []


def test_a_backup_whose_disk_is_full_is_none(shops, tmp_path, monkeypatch):
    def fail(*args):
        raise OSError(28, "No space left on device", "night")

    monkeypatch.setattr(files, "copy_all", fail)
    with pytest.raises(CommandError, match="night: No space left on device"):
        call_command("backup", str(tmp_path / "night"))
    assert list(tmp_path.iterdir()) == []


def test_what_has_changed_in_a_backup_is_seen_before_anything_is_restored(shops, tmp_path):
    place = tmp_path / "night"
    call_command("backup", str(place), stdout=io.StringIO())
    (place / "database.dump").write_bytes(b"other")
    with pytest.raises(CommandError, match=r"isn't what was written; these files have changed: database\.dump\."):
        call_command("restore", str(place))
    (place / "database.dump").unlink()
    with pytest.raises(CommandError, match=r"database\.dump can't be read: No such file"):
        call_command("restore", str(place))
    with pytest.raises(CommandError, match=r"is no back-up: it has no manifest\.json"):
        call_command("restore", str(tmp_path))


def test_nothing_is_restored_with_other_keys_or_over_what_is_there(shops, tmp_path, settings, media):
    place = tmp_path / "night"
    call_command("backup", str(place), stdout=io.StringIO())
    right = settings.SECRET_KEY
    settings.SECRET_KEY = "another key " * 5
    with pytest.raises(CommandError, match=r"made with another SECRET_KEY: set those of .*keys\.env"):
        call_command("restore", str(place))
    settings.SECRET_KEY = right
    with pytest.raises(
        CommandError, match=r"The database test_.* holds tables: a back-up is restored into an empty one"
    ):
        call_command("restore", str(place))
    assert list(media.iterdir()) == []
    default_storage.save("evidence/1/there.png", ContentFile(b"there"))
    with pytest.raises(CommandError, match="holds files: a back-up is restored into an empty place"):
        call_command("restore", str(place))


def test_a_backup_into_no_directory_is_refused_before_anything_is_done(db, tmp_path):
    with pytest.raises(CommandError, match="is no directory"):
        call_command("backup", str(tmp_path / "missing" / "night"))


def test_a_command_that_cannot_reach_the_database_says_so_in_a_sentence():
    environ = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:9/nothing"}
    command = [sys.executable, "manage.py", "sweep"]
    answer = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 1
    assert answer.stderr.startswith("The database doesn't answer: ")
    assert "Traceback" not in answer.stderr
