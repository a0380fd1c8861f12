"""A member whose store asks for a second factor: led to set it up, and in again with a code."""

from base64 import b32decode
from datetime import timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core.cache import cache

from common import clock
from common.tenancy import system_scope
from stores.actions import update_store
from tests.browser import DESKTOP, PHONE, in_browser, sign_in, watch, width_of
from tests.world import OPERATOR, make_shop, make_user

pytestmark = in_browser

BRIGHTNESS = "Math.max(...getComputedStyle(document.querySelector('main')).backgroundColor.match(/\\d+/g).map(Number))"


def test_a_member_sets_it_up_and_signs_in_with_it(browser, live_server):
    cache.clear()
    shop = make_shop("taote")
    make_user("agent", shop=shop, role="agent")
    page = browser.new_page(viewport=DESKTOP, locale="en-GB")
    wrong = sign_in(page, live_server.url)
    with system_scope():
        update_store(store=shop.store, second_factor_required=True, actor=OPERATOR, now=clock.now())
    page.goto(f"{live_server.url}/admin/refunds/refund/")
    page.wait_for_url(f"{live_server.url}/admin/second-factor/")
    assert page.locator("svg.wl-qr").bounding_box()["width"] > 150
    secret = page.inner_text("#totp-secret").replace(" ", "")
    totp = TOTP(b32decode(secret), 6, SHA1(), 30)
    page.fill("[name=code]", totp.generate(int(clock.now().timestamp())).decode())
    page.press("[name=code]", "Enter")
    page.wait_for_selector("#recovery-codes")
    assert len(page.inner_text("#recovery-codes").split()) == 10
    assert wrong == []

    phone = browser.new_page(viewport=PHONE, locale="zh-CN", color_scheme="dark")
    wrong_there = watch(phone)
    phone.goto(f"{live_server.url}/admin/login/")
    phone.fill("[name=username]", "agent")
    phone.fill("[name=password]", "correct horse 9")
    phone.press("[name=password]", "Enter")
    phone.wait_for_url(f"{live_server.url}/admin/second-step/")
    assert phone.evaluate(BRIGHTNESS) < 60  # as dark as the sign-in before it
    assert width_of(phone) <= PHONE["width"]
    later = clock.now() + timedelta(seconds=30)  # the code of this moment may be used up
    phone.fill("[name=code]", totp.generate(int(later.timestamp())).decode())
    phone.press("[name=code]", "Enter")
    phone.wait_for_url(f"{live_server.url}/admin/")
    phone.goto(f"{live_server.url}/admin/second-factor/")
    assert "还剩 10 个恢复码" in phone.inner_text("form.wl-card")
    assert width_of(phone) <= PHONE["width"]
    assert wrong_there == []
