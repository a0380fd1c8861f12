"""What integrators read at the desk: the documents of the release, as pages."""

import re
from functools import partial
from pathlib import Path

import pytest
from django.test import override_settings

from tests.cases import for_each
from workbench.integrate import guide

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def read_anew():
    guide.rendered.cache_clear()
    yield
    guide.rendered.cache_clear()


@for_each("name", list(guide.DOCUMENTS))
def test_a_document_is_a_page_whose_contents_lead_to_its_parts(taote, sign_in, name):
    page = sign_in("owner", taote).get(f"integrate/guide/{name}/").content.decode()
    anchors = re.findall(r'<li><a href="#([\w-]+)">', page)
    assert anchors
    assert len(set(anchors)) == len(anchors)
    for anchor in anchors:
        assert f'<h2 id="{anchor}">' in page
    assert "<pre><code" in page or name == "changes"
    assert "```" not in page
    assert f'href="/admin/integrate/guide/{name}/" aria-current="page"' in page


def test_the_guide_says_what_the_tested_file_says_and_leads_to_the_other_pages(taote, sign_in):
    page = sign_in("owner", taote).get("integrate/guide/api/").content.decode()
    assert "&quot;discount&quot;: &quot;12.00&quot;, &quot;shipping_fee&quot;: &quot;6.00&quot;" in page
    assert 'href="/admin/integrate/guide/changes/"' in page
    assert "api-changes.md" not in page


def test_the_frame_is_in_the_readers_language_and_says_that_the_text_is_not(taote, sign_in):
    owner = sign_in("owner", taote)
    assert "written in English" not in owner.get("integrate/guide/api/").content.decode()
    chinese = partial(owner.client.get, headers={"Accept-Language": "zh-hans"})
    page = chinese("/admin/integrate/guide/events/").content.decode()
    for words in ("接入指南", "本页内容", "本文档为英文。"):
        assert words in page
    page = chinese("/admin/integrate/guide/api/").content.decode()
    assert "本文档为英文。" not in page
    assert 'lang="zh-hans"' in page.partition("<article")[2].partition(">")[0]
    anchors = re.findall(r'<li><a href="#([\w-]+)">', page)
    assert [f'<h2 id="{anchor}">' in page for anchor in anchors] == [True] * (len(sections("api.md")) - 1)


def sections(file: str) -> list[tuple[list[str], list[str], list[str]]]:
    """Of each section of a document: its blocks of code as they stand, what is code in its words, and its links."""
    found = []
    for section in re.split(r"^## ", (Path(__file__).parents[2] / "docs" / file).read_text(), flags=re.MULTILINE):
        words = re.sub(r"```.*?```", "", section, flags=re.DOTALL)
        blocks = re.findall(r"```.*?```", section, re.DOTALL)
        found.append((blocks, sorted(re.findall(r"`([^`]+)`", words)), re.findall(r"\]\((\S+)\)", words)))
    return found


@for_each("translated", guide.TRANSLATED)
def test_a_translation_has_the_parts_the_code_and_the_names_of_the_english_one(translated):
    english, other = sections(guide.DOCUMENTS[translated[0]][0]), sections(guide.TRANSLATED[translated])
    assert len(english) == len(other) > 10
    for at, (one, two) in enumerate(zip(english, other, strict=True)):
        assert one == two, at


def test_nothing_that_a_document_holds_runs_in_the_page(taote, sign_in, tmp_path):
    (tmp_path / "docs").mkdir()
    text = "# A\n\n## B\n\n<script>alert(1)</script> [here](javascript:alert(2)) `<b>` [there](https://example.com)\n"
    (tmp_path / "docs" / "api.md").write_text(text)
    owner = sign_in("owner", taote)
    with override_settings(BASE_DIR=tmp_path):
        page = owner.get("integrate/guide/api/").content.decode()
    article = page.partition("<article")[2].partition("</article>")[0]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in article
    assert re.findall(r'href="([^"]*)"', article) == ["https://example.com"]


def test_another_name_is_nothing(taote, sign_in):
    assert sign_in("owner", taote).get("integrate/guide/words/").status_code == 404
