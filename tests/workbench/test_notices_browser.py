"""The bell of an open page, in a real browser: it rings without a reload, and is silent once all is read."""

import re

from tests.browser import in_browser, sign_in
from tests.workbench.test_notices import told
from tests.world import make_shop, make_user

pytestmark = in_browser


def test_the_bell_rings_on_an_open_page_and_ends_when_all_is_read(browser, live_server):
    shop, page = make_shop("taote"), browser.new_context().new_page()
    make_user("agent", shop=shop, role="agent")
    wrong = sign_in(page, live_server.url)
    bell = page.get_by_role("link", name=re.compile("^Notices"))
    bell.get_by_text("1").wait_for(state="hidden")
    told(shop), told(shop)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as whoever comes back to the tab
    page.get_by_role("link", name="Notices: 2 unread").click()
    page.get_by_role("button", name="All read").click()
    page.get_by_role("link", name="Notices: 0 unread").wait_for()
    assert page.locator("[data-unread]").is_hidden()
    assert wrong == []
