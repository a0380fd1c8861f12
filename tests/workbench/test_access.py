"""Who gets in, what they see, and in which language."""

import pytest
from django.contrib.admin import site
from django.test import Client

from common.tenancy import system_scope
from stores.models import Membership
from tests.cases import for_each
from tests.world import make_shop, make_user

pytestmark = pytest.mark.django_db


def test_signing_in_leads_to_the_overview(taote):
    make_user("anna", shop=taote, role="agent")
    client = Client()
    assert client.get("/admin/").status_code == 302
    answer = client.post("/admin/login/", {"username": "anna", "password": "correct horse 9"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


@for_each(("language", "text"), [("en", "Wait 15 minutes"), ("zh-hans", "请等待 15 分钟")])
def test_five_wrong_passwords_lock_the_sign_in_and_say_for_how_long(taote, language, text):
    make_user("anna", shop=taote, role="agent")
    client = Client()
    client.post("/i18n/setlang/", {"language": language, "next": "/admin/login/"})
    for _ in range(5):
        answer = client.post("/admin/login/", {"username": "anna", "password": "wrong"})
    assert answer.status_code == 429
    assert text in answer.content.decode()
    right = client.post("/admin/login/", {"username": "anna", "password": "correct horse 9"})
    assert right.status_code == 429
    assert client.get("/admin/").status_code == 302


def test_the_language_is_chosen_before_and_after_signing_in(taote, sign_in):
    client = Client()
    assert "欢迎回到" not in client.get("/admin/login/").content.decode()
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/admin/login/"})
    assert "欢迎回到" in client.get("/admin/login/").content.decode()
    taote.order()
    desk = sign_in("agent", taote)
    assert "Awaiting me" in desk.get("").content.decode()
    desk.client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/admin/"})
    assert "待我处理" in desk.get("").content.decode()


def test_a_foreign_refund_is_like_a_missing_one(taote, other, clock, sign_in):
    desk, foreign = sign_in("owner", taote), other.refund()
    own = taote.refund()
    missing = str(own.pk)[:-4] + "0000"
    for page in ("change/", "negotiate/", "decide/approve/", "decide/reject/"):
        assert desk.get(f"refunds/refund/{own.pk}/{page}").status_code == 200
        answers = [desk.get(f"refunds/refund/{pk}/{page}") for pk in (foreign.pk, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        posted = [desk.post(f"refunds/refund/{pk}/{page}") for pk in (foreign.pk, missing)]
        assert [answer.status_code for answer in posted] == [404, 404]
    assert other.reload(foreign).status == "awaiting_merchant"


def test_other_peoples_rows_are_in_no_list(taote, other, clock, sign_in):
    desk = sign_in("owner", taote)
    own, foreign = taote.refund(), other.refund()
    for path in ("refunds/refund/?queue=all", "orders/order/?queue=all", ""):
        page = desk.get(path).content.decode()
        assert own.order.number in page or path.startswith("orders")
        assert foreign.order.number not in page
        assert other.store.name not in page
    found = desk.get("refunds/refund/", q=foreign.order.number).content.decode()
    assert "Nothing matches." in found


def test_the_switcher_narrows_the_scope_and_only_to_own_stores(taote, other, clock, sign_in):
    desk = sign_in("owner", taote)
    second = make_shop("taote")
    with system_scope():
        Membership.objects.create(store=second.store, user=desk.user, role="owner")
    mine, mine_too = taote.refund(), second.refund()
    page = desk.get("refunds/refund/").content.decode()
    assert mine.order.number in page
    assert mine_too.order.number in page

    assert desk.post("switch-store/", store=second.store.pk).status_code == 302

    page = desk.get("refunds/refund/").content.decode()
    assert mine.order.number not in page
    assert mine_too.order.number in page
    assert desk.get(f"refunds/refund/{mine.pk}/change/").status_code == 404
    assert desk.post("switch-store/", store=other.store.pk).status_code == 404
    assert desk.get("switch-store/").status_code == 405
    desk.post("switch-store/", store="")
    assert mine.order.number in desk.get("refunds/refund/").content.decode()


def test_a_store_that_was_picked_is_gone_with_the_membership(taote, other, clock, sign_in):
    desk, refund = sign_in("owner", taote), taote.refund()
    desk.post("switch-store/", store=taote.store.pk)
    assert refund.order.number in desk.get("").content.decode()
    with system_scope():
        Membership.objects.filter(user=desk.user).delete()

    page = desk.get("")

    assert page.status_code == 200
    assert refund.order.number not in page.content.decode()
    assert "You don&#x27;t work in any store yet." in page.content.decode().replace("’", "&#x27;").replace(
        "'", "&#x27;"
    )
    assert desk.get("refunds/refund/").status_code == 403


def test_the_operator_sees_every_store_and_is_told_so(taote, other, clock, sign_in):
    refunds = [taote.refund(), other.refund()]
    desk = sign_in("operator")
    page = desk.get("refunds/refund/").content.decode()
    assert all(refund.order.number in page for refund in refunds)
    assert 'id="operator-badge"' in page
    desk.post("switch-store/", store=other.store.pk)
    page = desk.get("refunds/refund/").content.decode()
    assert refunds[0].order.number not in page
    assert refunds[1].order.number in page
    assert 'id="operator-badge"' not in sign_in("owner", taote).get("").content.decode()


def test_times_are_shown_in_the_stores_zone(taote, clock, sign_in):
    page = sign_in("agent", taote).get(f"refunds/refund/{taote.refund().pk}/change/").content.decode()
    assert "2026-11-20 12:00" in page
    assert "2026-11-21 24:00" in page


@for_each("key", ["x", "9" * 30, "-1", "%00"])
def test_an_address_that_names_no_row_is_not_found(sign_in, key):
    desk = sign_in("operator")
    for model in site._registry:
        path = f"{model._meta.label_lower.replace('.', '/')}/{key}/change/"
        assert desk.get(path).status_code == 404, path


def test_a_filter_that_fits_nothing_does_not_say_that_all_is_done(taote, clock, sign_in):
    taote.refund(reason="minor_flaw")
    desk = sign_in("owner", taote)
    narrowed = desk.get("refunds/refund/?queue=awaiting&reason__exact=quality").content.decode()
    assert "Nothing matches." in narrowed
    assert "task_alt" not in narrowed
    assert 'name="followed"' not in narrowed, "no shop of theirs is connected: there is nothing to tell apart"
    settled = desk.get("refunds/refund/?queue=overdue").content.decode()
    assert "task_alt" in settled
