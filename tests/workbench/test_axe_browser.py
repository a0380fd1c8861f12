"""axe-core finds nothing serious on any page of the desk (WCAG 2.2 AA), by day, and no faint text by night."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import DESKTOP, PHONE, in_browser, sign_in
from tests.tenancy.furnish import furnish
from tests.world import make_shop, make_user

pytestmark = in_browser

LINKS = "nodes => nodes.map(node => node.href)"
ROWS = "#result_list th a, #result_list td a[href*='/change/']"
BY_DAY = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
BY_NIGHT = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
SERIOUS = {"serious", "critical"}


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
    found, seen = {}, set()
    for path in sorted(paths - {"/admin/logout/"}):
        if page.goto(live_server.url + path).status != 200:
            continue
        seen.add(path)
        found |= _serious(page, path)
        rows = page.eval_on_selector_all(ROWS, LINKS)
        if rows and page.goto(rows[0]).status == 200:
            seen.add(urlsplit(rows[0]).path)
            found |= _serious(page, f"a row of {path}")
    assert len(seen) > (50 if viewport == DESKTOP else 3)
    assert found == {}


def _serious(page, where: str) -> dict[str, list[str]]:
    told = []
    for scheme, options in (("light", BY_DAY), ("dark", BY_NIGHT)):
        page.emulate_media(color_scheme=scheme)
        violations = Axe().run(page, options={**options, "resultTypes": ["violations"]}).response["violations"]
        serious = [each for each in violations if each["impact"] in SERIOUS]
        told += [f"{scheme} {each['id']}: {each['nodes'][0]['html']}" for each in serious]
    return {where: told} if told else {}
