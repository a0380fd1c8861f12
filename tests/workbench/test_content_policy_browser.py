"""The content policy in a browser: what is ours runs, and what was smuggled in doesn't."""

from tests.browser import in_browser, sign_in, watch
from tests.world import make_shop, make_user

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


def test_a_call_is_tried_out_in_the_page_of_the_schema(browser, live_server):
    shop = make_shop("taote")
    order = shop.order()
    page = browser.new_page()
    wrong = watch(page)
    page.goto(f"{live_server.url}/api/v1/docs/")
    page.locator("button.authorize").first.click()
    page.fill(".auth-container input", shop.merchant_key)
    page.click(".auth-btn-wrapper button.authorize")
    page.click(".auth-btn-wrapper button.btn-done")
    operation = page.locator("#operations-orders-orders_list")
    operation.locator(".opblock-summary-control").click()
    operation.locator(".try-out__btn").click()
    operation.locator("button.execute").click()
    answer = operation.locator(".live-responses-table tbody")
    assert answer.locator(".response-col_status").inner_text() == "200"
    assert f'"number": "{order.number}"' in answer.inner_text()
    assert wrong == []


def test_a_new_keys_secret_is_copied_by_its_button(browser, live_server):
    make_user("agent", shop=make_shop("taote"), role="owner")
    page = browser.new_page(locale="en-GB")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    wrong = sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/admin/stores/apikey/add/")
    page.fill("[name=name]", "ERP")
    page.check("[name=scopes] >> nth=0")
    page.click("main button[type=submit], .wl-form button.primary")
    page.click("[data-copy]")
    page.wait_for_selector("[data-copy]:has-text('Copied')")
    secret = page.inner_text(".wl-secret")
    assert "." in secret
    assert page.evaluate("navigator.clipboard.readText()") == secret
    assert wrong == []
