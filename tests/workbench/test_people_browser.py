"""An owner invites; the invited joins, sets up the second factor that the store wants, and signs in with it."""

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


def test_an_invited_colleague_signs_in_with_a_second_factor(browser, live_server, settings):
    cache.clear()
    settings.PUBLIC_URL = live_server.url
    shop = make_shop("taote")
    make_user("owner", shop=shop)
    owner = browser.new_page(viewport=DESKTOP, locale="en-GB")
    wrong = sign_in(owner, live_server.url, "owner")
    owner.goto(f"{live_server.url}/admin/stores/invitation/add/")
    owner.check("input[name=role][value=agent]")
    owner.click("form.wl-card button")
    link = owner.inner_text("#invitation-link")
    with system_scope():
        update_store(store=shop.store, second_factor_required=True, actor=OPERATOR, now=clock.now())

    phone = browser.new_page(viewport=PHONE, locale="zh-CN")
    wrong_there = watch(phone)
    phone.goto(link)
    assert width_of(phone) <= PHONE["width"]
    phone.fill("[name=username]", "xiaowang")
    phone.fill("[name=full_name]", "王芳")
    for field in ("password1", "password2"):
        phone.fill(f"[name={field}]", "battery staple 7")
    phone.press("[name=password2]", "Enter")
    phone.wait_for_url(f"{live_server.url}/admin/second-factor/")
    secret = phone.inner_text("#totp-secret").replace(" ", "")
    totp = TOTP(b32decode(secret), 6, SHA1(), 30)
    phone.fill("[name=code]", totp.generate(int(clock.now().timestamp())).decode())
    phone.press("[name=code]", "Enter")
    phone.wait_for_selector("#recovery-codes")
    phone.goto(f"{live_server.url}/admin/")
    assert shop.store.name in phone.inner_text("body")

    laptop = browser.new_page(viewport=DESKTOP, locale="zh-CN")
    laptop.goto(f"{live_server.url}/admin/login/")
    laptop.fill("[name=username]", "xiaowang")
    laptop.fill("[name=password]", "battery staple 7")
    laptop.press("[name=password]", "Enter")
    laptop.wait_for_url(f"{live_server.url}/admin/second-step/")
    later = clock.now() + timedelta(seconds=30)  # the code of this moment may be used up
    laptop.fill("[name=code]", totp.generate(int(later.timestamp())).decode())
    laptop.press("[name=code]", "Enter")
    laptop.wait_for_url(f"{live_server.url}/admin/")

    phone.reload()
    phone.click(".wl-strip a")
    assert phone.locator("#sessions li").count() == 2
    assert width_of(phone) <= PHONE["width"]
    phone.click("#sessions button")
    phone.wait_for_selector("#sessions li:only-child")
    laptop.goto(f"{live_server.url}/admin/")
    assert "/admin/login/" in laptop.url
    assert (wrong, wrong_there) == ([], [])
