"""An owner tries one of the usual rules on the past, publishes it, and reads what it kept."""

from datetime import timedelta

from automation.models import Ruling
from automation.sweeps import run_rules
from common import clock
from tests.browser import DESKTOP, PHONE, arrive, in_browser, sign_in, width_of
from tests.workbench.test_rules import kept
from tests.world import make_shop, make_user

pytestmark = in_browser


def test_an_owner_publishes_a_rule_after_a_dry_run_and_reads_its_proof(browser, live_server):
    now = clock.now()
    shop = make_shop("tmall")
    make_user("owner", shop=shop)
    before = now - timedelta(days=9)
    past = [shop.refund(shop.order(buyer_id=f"p{n}", now=before), reason="minor_flaw", now=before) for n in range(3)]
    assert shop.merchant.post(f"refunds/{past[0].pk}/approve/").status_code == 200
    page = browser.new_page(viewport=DESKTOP, locale="en-GB")
    wrong = sign_in(page, live_server.url, "owner")

    page.goto(f"{live_server.url}/admin/automation/storerule/")
    page.click("a[href*='template=flaw']")
    arrive(page, "form.wl-rule")
    page.fill("[name=most_a_day]", "40")
    page.fill("[name=held_out]", "50")
    page.click("form.wl-rule .wl-button.primary")
    arrive(page, "text=Drafted. Look at what it would have done")
    page.click("#result_list a")
    arrive(page, "a[href$='/publish/']")
    assert "It wasn't published yet." in page.inner_text("body")
    page.click("a[href$='/publish/']")
    arrive(page, "#confirm")
    assert page.locator(".wl-figures dd").first.inner_text() in {"0", "1", "2", "3"}
    assert page.locator(".wl-figure-rows tbody tr").count() == 3
    assert "Held against 3 refunds of the last 90 days." in page.inner_text("body")
    page.click("#confirm")
    arrive(page, "text=Published: it acts")
    assert "It wasn't published yet." not in page.inner_text("body")
    with shop.scope():
        assert not Ruling.objects.exists()  # what was asked for before it was on is a person's

    for number in range(8):
        shop.refund(shop.order(buyer_id=f"n{number}", now=clock.now()), reason="minor_flaw", now=clock.now())
    run_rules()
    with shop.scope():
        rulings = list(Ruling.objects.select_related("rule", "refund"))
    outcomes = [ruling.outcome for ruling in rulings]
    assert {"acted", "held_out"} <= set(outcomes)
    assert len(outcomes) == 8
    acted = next(ruling for ruling in rulings if ruling.outcome == "acted")
    page.goto(f"{live_server.url}/admin/refunds/refund/{acted.refund_id}/change/")
    assert f"rule:{acted.rule.name} v1" in page.inner_text("body")
    page.goto(f"{live_server.url}/admin/insights/")
    proof = page.locator("#rules tbody tr")
    assert "too few refunds have ended, at least 30 are needed" in proof.inner_text()
    for outcome, asked in (("acted", "90.00"), ("held_out", "20.00")):
        kept(shop, acted.rule, outcome, asked, 30, at=clock.now())
    page.reload()
    assert "¥70.00 Proved: acting keeps more." in proof.inner_text()
    assert "Not proved" not in proof.inner_text()

    page.set_viewport_size(PHONE)
    for path in ("insights/", "automation/storerule/", f"automation/storerule/{acted.rule_id}/change/", "changes/"):
        page.goto(f"{live_server.url}/admin/{path}")
        assert width_of(page) <= PHONE["width"]
    assert "Automatic rule published" in page.inner_text("body")
    assert wrong == []
