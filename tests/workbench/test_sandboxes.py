"""A sandbox at the desk: opened by the operator, marked on every page, and shown by its own clock (docs/adr/0048)."""

from datetime import timedelta

import pytest

from common.models import Event
from common.tenancy import system_scope
from stores.models import Store
from tests.api.test_test_clock import advance
from tests.browser import PHONE, in_browser, width_of
from tests.browser import sign_in as open_desk
from tests.world import NOON, make_shop, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock", "broker_tasks")]


def test_the_desk_marks_it_and_shows_its_time(sign_in):
    sandbox = make_shop("kuaishou", is_sandbox=True)
    desk = sign_in("agent", sandbox)
    assert "sandbox-badge" in desk.get("").content.decode()
    advance(sandbox, by="1d")
    assert "2026-11-21 12:00" in desk.get("").content.decode()
    refund = sandbox.refund(kind="refund_only", now=NOON + timedelta(days=1))
    assert desk.post(f"refunds/refund/{refund.pk}/decide/approve/", step="send").status_code == 302
    with sandbox.scope():
        assert Event.objects.get(topic_id=refund.pk, name="refund.approved").at == NOON + timedelta(days=1)


def test_a_live_stores_desk_has_no_mark_and_everybodys_time(sign_in):
    shop = make_shop("kuaishou")
    assert "sandbox-badge" not in sign_in("agent", shop).get("").content.decode()


def test_the_operator_opens_one(sign_in):
    told = {"code": "try-1", "name": "Try", "marketplace": "tmall", "time_zone": "Asia/Shanghai", "is_sandbox": "on"}
    assert sign_in("operator").post("stores/store/add/", **told).status_code == 302
    with system_scope():
        assert Store.objects.get(code="try-1").is_sandbox


class TestOnAPhone:
    """The mark has room beside the operator's."""

    pytestmark = in_browser

    def test_nothing_overflows(self, browser, live_server):
        sandbox = make_shop("kuaishou", code="try-a-longer-name", is_sandbox=True)
        advance(sandbox, by="5d")
        make_user("boss", operator=True)
        page = browser.new_page(viewport=PHONE, locale="en-GB")
        wrong = open_desk(page, live_server.url, "boss")
        page.click("#store-switcher summary")
        page.click("#store-switcher button:has-text('try-a-longer-name')")
        page.wait_for_selector("#sandbox-badge")
        assert width_of(page) <= PHONE["width"]
        assert wrong == []
