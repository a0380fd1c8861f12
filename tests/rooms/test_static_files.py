"""Static files have names that change with their content; without a collection they have their plain names."""

import json
import os
import time

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import HttpResponse
from django.test import RequestFactory

from common.web.pages import PageFiles
from common.web.static_files import HashedStaticFiles
from config.static_files import UNUSED_DAYS, collect_static, forget_unused

NAME = "workbench/desk.js"


def test_a_collected_file_is_addressed_by_its_content(tmp_path):
    with open(finders.find(NAME), "rb") as file:
        content = file.read()
    urls = []
    for text in (content, content, content + b"\n// newer"):
        folder = HashedStaticFiles(location=tmp_path, base_url="/static/")
        folder.delete(NAME)
        folder.save(NAME, ContentFile(text))
        assert [each for each in folder.post_process({NAME: (folder, NAME)}) if isinstance(each[2], Exception)] == []
        urls.append(HashedStaticFiles(location=tmp_path, base_url="/static/").url(NAME))
    assert urls[0] == urls[1] != urls[2]
    assert all(url.startswith("/static/workbench/desk.") and url != f"/static/{NAME}" for url in urls)
    compressed = tmp_path / f"{urls[2].removeprefix('/static/')}.gz"
    assert 0 < compressed.stat().st_size < len(content) / 2


def test_what_is_not_collected_has_its_plain_name(tmp_path):
    assert HashedStaticFiles(location=tmp_path, base_url="/static/").url(NAME) == f"/static/{NAME}"
    assert isinstance(storages["staticfiles"], HashedStaticFiles)


@pytest.fixture
def collected(tmp_path, settings):
    """A server of what was collected in a folder of its own; with the address of our script."""
    folder = HashedStaticFiles(location=tmp_path, base_url="/static/")
    folder.save(NAME, ContentFile(b"work();" * 400))
    assert list(folder.post_process({NAME: (folder, NAME)}))
    settings.STATIC_ROOT = str(tmp_path)
    return PageFiles(lambda request: HttpResponse(status=404)), folder.url(NAME)


def test_what_is_named_by_its_content_is_asked_for_once_and_comes_compressed(collected):
    server, url = collected
    answer = server(RequestFactory().get(url, headers={"Accept-Encoding": "gzip"}))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "max-age=315360000, public, immutable")
    assert (answer["Content-Encoding"], answer["Vary"]) == ("gzip", "Accept-Encoding")
    assert server(RequestFactory().get(f"/static/{NAME}"))["Cache-Control"] == "max-age=60, public"


def test_files_of_older_releases_go_a_while_after_no_release_names_them(tmp_path):
    long_ago = time.time() - UNUSED_DAYS * 86400 - 60
    names = [
        "desk.js",
        "desk.new.js",
        "desk.new.js.gz",
        "desk.before.js",
        "desk.before.js.gz",
        "desk.old.js",
        "gone.js",
    ]
    for name in names:
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (long_ago, long_ago))
    for paths in ({"desk.js": "desk.before.js", "gone.js": "desk.old.js"}, {"desk.js": "desk.new.js"}):
        (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": paths}))
        os.utime(tmp_path / "desk.old.js", (long_ago, long_ago))
        os.utime(tmp_path / "desk.new.js", None)
        os.utime(tmp_path / "desk.new.js.gz", None)
        forget_unused(tmp_path)
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {
        "staticfiles.json",
        "desk.js",
        "desk.new.js",
        "desk.new.js.gz",
        "desk.before.js",
        "desk.before.js.gz",
    }
    assert (tmp_path / "desk.js").stat().st_mtime == long_ago, "whether it is copied again goes by it"


def test_files_of_the_release_before_stay_however_long_it_ran(tmp_path, settings):
    """Its pages are open and its processes still answer when the next one collects."""
    static, long_ago = tmp_path / "static", time.time() - UNUSED_DAYS * 86400 - 60
    settings.STATIC_ROOT = str(static)
    assert collect_static(tmp_path)
    before = json.loads((static / "staticfiles.json").read_text())["paths"]["workbench/desk.js"]
    ours = {before, f"{before}.gz"}
    (static / "workbench" / "desk.older.js").write_text("older")
    for path in static.rglob("*.*"):
        os.utime(path, (long_ago, long_ago))
    (static / "staticfiles.json").write_text(json.dumps({"paths": {"workbench/desk.js": "workbench/desk.last.js"}}))
    (static / "workbench" / "desk.last.js").write_text("last")
    os.utime(static / "workbench" / "desk.last.js", (long_ago, long_ago))
    (tmp_path / "static.stamp").unlink()
    assert (collect_static(tmp_path), collect_static(tmp_path)) == (True, False)
    there = {str(path.relative_to(static)) for path in static.rglob("desk.*js*")}
    assert there >= {"workbench/desk.js", "workbench/desk.last.js", *ours}
    assert "workbench/desk.older.js" not in there
