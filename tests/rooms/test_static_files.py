"""Static files have names that change with their content; without a collection they have their plain names."""

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import HttpResponse
from django.test import RequestFactory

from common.web.pages import PageFiles
from common.web.static_files import HashedStaticFiles

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
