"""axe-core finds nothing serious on any page of the desk (WCAG 2.2 AA), by day, and no faint text by night."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.messages import DEBUG, DEFAULT_LEVELS, ERROR, INFO, SUCCESS, WARNING
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string

from tests.browser import DESKTOP, PHONE, in_browser, sign_in
from tests.tenancy.furnish import furnish
from tests.world import make_shop, make_user

pytestmark = in_browser

LINKS = "nodes => nodes.map(node => node.href)"
ROWS = "#result_list th a, #result_list td a[href*='/change/']"
# Style sheets are fetched anew for experimental rules only.
BOTH = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
BY_DAY = {**BOTH, "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
BY_NIGHT = {**BOTH, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
# Half of most pages is the menu, which is looked at once for each way in which it is drawn.
MENU = """[...new Set([...document.querySelectorAll("#nav-sidebar *")].map(node => node.cloneNode().outerHTML
    .replace(/ (href|value)="[^"]*"|translate3d[^;]*/g, "")))].sort().join()"""
SERIOUS = """([known, options]) => axe.run(known ? {exclude: [["#nav-sidebar"]]} : document, options)
    .then(found => found.violations
    .filter(each => ["serious", "critical"].includes(each.impact))
    .map(each => `${each.id}: ${each.nodes[0].html}`))"""
PUT_IN = "html => document.querySelector('#content').insertAdjacentHTML('afterbegin', html)"
AS_LOADED = "isDark => document.documentElement.classList.toggle('dark', isDark)"
TONES = ("", "amber", "blue", "green", "red", "violet", "outline")
# What tells somebody what happened, wherever it is shown: a class, and the tag that bears it.
TOLD = ("wl-error", "wl-field-error", "wl-card-note", "wl-station-said is-done", "wl-station-said is-no", "wl-soft")


@pytest.mark.parametrize(("viewport", "locale"), [(DESKTOP, "zh-CN"), (PHONE, "en-GB")], ids=["desk", "phone"])
def test_nothing_serious_on_any_page(browser, live_server, viewport, locale):
    """On a desk: every page that the owner's menu leads to, and the first row of each list. On a phone: the refund."""
    shop = make_shop("taote")
    make_user("agent", shop=shop, role="owner")
    furnish(shop)
    page = browser.new_context(viewport=viewport, locale=locale).new_page()
    sign_in(page, live_server.url)
    menu = page.eval_on_selector_all("#nav-sidebar a, nav a", LINKS)
    paths = {urlsplit(link).path for link in menu if urlsplit(link).path.startswith("/admin/")}
    if viewport == PHONE:
        paths = {"/admin/", "/admin/refunds/refund/", "/admin/station/"} & paths
    found, seen, menus = {}, set(), set()
    for path in sorted(paths - {"/admin/logout/"}):
        if page.goto(live_server.url + path).status != 200:
            continue
        seen.add(path)
        found |= _serious(page, path, menus)
        rows = page.eval_on_selector_all(ROWS, LINKS)
        if rows and page.goto(rows[0]).status == 200:
            seen.add(urlsplit(rows[0]).path)
            found |= _serious(page, f"a row of {path}", menus)
    if viewport == DESKTOP:
        page.goto(f"{live_server.url}/admin/station/")
        page.evaluate(PUT_IN, _all_that_is_told())
        found |= _serious(page, "what is told above pages", menus)
    assert len(seen) > (50 if viewport == DESKTOP else 3)
    assert found == {}


def _all_that_is_told() -> str:
    """Every kind of message, through the template that shows them, and whatever else of ours tells something."""
    said = [Message(level, f"Said at level {level}.") for level in (DEBUG, INFO, SUCCESS, WARNING, ERROR)]
    html = render_to_string(
        "unfold/helpers/messages.html", {"messages": said, "DEFAULT_MESSAGE_LEVELS": DEFAULT_LEVELS}
    )
    html += render_to_string("unfold/helpers/messages/errornote.html", {"errors": {"name": ["wrong"]}})
    html += "".join(f'<p class="{kind}">Told as {kind}.</p>' for kind in TOLD)
    return html + "".join(f'<span class="wl-badge {tone}">A badge {tone}</span>' for tone in TONES)


def _serious(page, where: str, menus: set[str]) -> dict[str, list[str]]:
    """What is serious; `menus` are those that were looked at."""
    told, menu = [], page.evaluate(MENU)
    page.evaluate(Axe().axe_script)
    for scheme, options in (("light", BY_DAY), ("dark", BY_NIGHT)):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(AS_LOADED, scheme == "dark")  # the theme looks at the scheme once, when a page is loaded
        told += [f"{scheme} {each}" for each in page.evaluate(SERIOUS, [menu in menus, options])]
    menus.add(menu)
    return {where: told} if told else {}
