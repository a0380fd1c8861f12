"""What integrators read, as pages of the desk: the documents of this release, made from their Markdown."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

DOCUMENTS = {
    "api": ("api.md", _("Guide")),
    "events": ("events.md", _("Events")),
    "changes": ("api-changes.md", _("Changes of the API")),
}
# A document that is there in the reader's language, too; tests/workbench/test_guide.py holds it to the English one.
TRANSLATED = {("api", "zh-hans"): "api.zh.md"}
_NAMES = {file: name for name, (file, _title) in DOCUMENTS.items()}


class Heading(NamedTuple):
    """A heading below the document's own: what it says, and the anchor that leads to it."""

    anchor: str
    text: str


class Rendered(NamedTuple):
    """A document as a page shows it."""

    html: SafeString
    headings: list[Heading]
    language: str


def guide_view(request: HttpRequest, name: str) -> TemplateResponse:
    """A document for integrators, as it is in the release. 404 for any other name."""
    if name not in DOCUMENTS:
        raise Http404
    _file, title = DOCUMENTS[name]
    context = {
        "title": title,
        "is_fullwidth": "1",
        "documents": [(each, label, each == name) for each, (_file, label) in DOCUMENTS.items()],
        "document": rendered(name, get_language() or "en"),
    }
    return TemplateResponse(request, "workbench/integrate/guide.html", {**admin.site.each_context(request), **context})


@cache
def rendered(name: str, language: str = "en") -> Rendered:
    """The document's Markdown as HTML, in English where it isn't there in this language.

    No HTML of its own gets through, and no address but web addresses and ours.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    file = TRANSLATED.get((name, language), DOCUMENTS[name][0])
    tokens = markdown.parse((Path(settings.BASE_DIR) / "docs" / file).read_text())
    headings = [_anchored(tokens[at], tokens[at + 1]) for at in range(len(tokens)) if _is_section(tokens[at])]
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _address(str(child.attrGet("href"))))
    body = tokens[3:] if tokens[0].tag == "h1" else tokens  # the page has the title already
    html = markdown.renderer.render(body, markdown.options, {})
    html = html.replace("<table>", '<div class="wl-scroll"><table>').replace("</table>", "</table></div>")
    return Rendered(mark_safe(html), headings, language if (name, language) in TRANSLATED else "en")


def _is_section(token: Token) -> bool:
    return token.type == "heading_open" and token.tag == "h2"


def _anchored(heading: Token, words: Token) -> Heading:
    text = "".join(child.content for child in words.children or ())
    anchor = slugify(text, allow_unicode=True)
    heading.attrSet("id", anchor)
    return Heading(anchor, text)


def _address(href: str) -> str:
    """Where a link leads at the desk: the documents name each other by their files."""
    return reverse("admin:integrate_guide", args=[_NAMES[href]]) if href in _NAMES else href
