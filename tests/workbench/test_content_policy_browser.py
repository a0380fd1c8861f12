"""The content policy in a browser: what is ours runs, and what was smuggled in doesn't."""

from tests.browser import in_browser, watch

pytestmark = in_browser

SMUGGLED = "document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\" onerror=\"window.ran = 1\">')"


def test_our_scripts_run_and_smuggled_ones_do_not(browser, live_server):
    page = browser.new_page()
    wrong = watch(page)
    page.goto(f"{live_server.url}/api/v1/docs/")
    page.wait_for_selector(".opblock")
    page.goto(f"{live_server.url}/admin/login/")
    assert wrong == []
    with page.expect_console_message(lambda message: "script-src" in message.text):
        page.evaluate(SMUGGLED)
    assert page.evaluate("window.ran") is None
