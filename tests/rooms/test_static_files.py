"""Static files have names that change with their content; without a collection they have their plain names."""

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import storages

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
