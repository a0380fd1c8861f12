"""What buyers read stands out from what it stands on, by day and by night (WCAG 2.2, 1.4.3)."""

import pytest
from django.core.cache import cache

from common import clock
from offers.buyer.links import link_for
from tests.browser import PHONE, in_browser
from tests.world import make_shop

pytestmark = in_browser

ENOUGH = 4.5
# Of every element with a text of its own: what it says, and its ratio as the browser reports colours.
RATIOS = """() => {
    const rgba = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
    const over = (top, below) => top.slice(0, 3).map((part, i) => part * top[3] + below[i] * (1 - top[3]));
    const behind = (node) => {
        if (!node) return [255, 255, 255];
        const own = rgba(getComputedStyle(node).backgroundColor);
        return own[3] === 1 ? own.slice(0, 3) : over(own, behind(node.parentElement));
    };
    const light = (rgb) => {
        const [r, g, b] = rgb.map((p) => p / 255).map((p) => p <= 0.04045 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const texts = (node) => [...node.childNodes].filter((child) => child.nodeType === 3);
    const says = (node) => texts(node).map((child) => child.textContent.trim()).join("");
    const seen = [...document.body.querySelectorAll("*")].filter((node) => says(node) && node.checkVisibility());
    return seen.map((node) => {
        const back = behind(node);
        const [a, b] = [light(over(rgba(getComputedStyle(node).color), back)), light(back)].sort((x, y) => y - x);
        return [says(node), (a + 0.05) / (b + 0.05)];
    });
}"""


@pytest.fixture
def links():
    """Buyer's pages with an offer of coupons that waits for an answer, and with one that was accepted."""
    cache.clear()
    shop, found = make_shop("tmall"), []
    terms = {"name": "满减", "channel": "smart_retention", "amount_off": "5.00", "min_spend": "50.00", "quantity": 9}
    days = {"valid_from": "2020-01-01", "valid_until": "2099-01-01"}
    coupon = shop.merchant.post("coupons/", {**terms, **days}).json()["id"]
    for answer in ("", "accept"):
        refund = shop.refund(shop.order(now=clock.now()), reason="minor_flaw", now=clock.now())
        shop.merchant.post(f"refunds/{refund.pk}/messages/", {"text": "您好"})
        sent = {"refund": str(refund.pk), "method": "coupon", "coupons": [coupon], "message": "亲"}
        offer = shop.merchant.post("offers/", sent).json()["id"]
        if answer:
            assert shop.buyer.post(f"offers/{offer}/{answer}/").status_code == 200
        found += [link_for(refund), f"{link_for(refund)}?answer=accept"]
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_every_text_of_the_buyers_page(browser, live_server, links, scheme, locale):
    page = browser.new_page(viewport=PHONE, locale=locale, color_scheme=scheme)
    for link in links:
        page.goto(live_server.url + link)
        ratios = page.evaluate(RATIOS)
        assert len(ratios) > 10
        assert [(text, round(ratio, 2)) for text, ratio in ratios if ratio < ENOUGH] == []
