"""Sending the recommended offer to a selection: preview, job, results; and the queue of what is retainable now."""

import re
from uuid import uuid4

import pytest
from django.utils import translation

from common.tenancy import system_scope
from offers.bulk import MOST_AT_ONCE, propose, send_waiting_rows
from offers.choosing.ladder import PERCENTS, band_of
from offers.models import AmountAcceptance, BulkJob, BulkRow, Offer
from offers.switches import set_store_method
from refunds.models import Refund
from refunds.states import RefundStatus
from stores.models import Membership
from stores.permissions import actor_of
from tests.cases import for_each
from tests.world import MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db
QUEUE = "refunds/refund/"
PREVIEW = "offers/bulkjob/preview/"
START = "offers/bulkjob/start/"


@pytest.fixture
def tmall(clock):
    """A Tmall store."""
    return make_shop("tmall")


@pytest.fixture(autouse=True)
def _no_broker(broker_tasks):
    """Jobs are run by hand here."""


def count(model):
    with system_scope():
        return model.objects.count()


def only_job():
    with system_scope():
        return BulkJob.objects.get()


def numbers(desk, **params):
    return sorted(refund.order.number for refund in desk.get(QUEUE, **params).context["cl"].result_list)


@pytest.mark.rule("Q3")
def test_the_queue_of_what_is_retainable_now(tmall, taote, sign_in):
    good, second = tmall.refund(), make_shop("tmall")
    tmall.refund(tmall.order(shipped=False), kind="refund_only")
    tmall.refund(tmall.order(category="777"))
    theirs, mine = second.refund(), taote.refund()
    desk = sign_in("agent", tmall)
    assert numbers(desk, queue="retainable") == [good.order.number]
    tiles = desk.tiles()
    assert tiles["Retainable now"] == "1"
    with system_scope():
        for shop in (second, taote):
            Membership.objects.create(store=shop.store, user=desk.user, role="agent")
    assert numbers(desk, queue="retainable") == sorted([good.order.number, theirs.order.number])
    assert mine.order.number in numbers(desk)
    plain = sign_in("agent", taote)
    assert "queue=retainable" not in plain.get(QUEUE).content.decode()
    assert numbers(plain, queue="retainable") == []


@pytest.mark.rule("Q3")
def test_filters_by_type_and_shipped(tmall, sign_in):
    desk = sign_in("viewer", tmall)
    refund_only, back = tmall.refund(kind="refund_only"), tmall.refund()
    waits = tmall.refund(tmall.order(shipped=False), kind="refund_only")
    assert numbers(desk, shipped="refund_only") == [refund_only.order.number]
    assert numbers(desk, shipped="return_and_refund") == [back.order.number]
    assert numbers(desk, shipped="no") == [waits.order.number]
    assert desk.get(QUEUE, shipped="nonsense").headers["Location"] == f"/admin/{QUEUE}", "and that is said"


def test_preview_job_and_results(tmall, sign_in, clock):
    slow, lost = tmall.refund(reason="slow_logistics"), tmall.refund(reason="missing_parts")
    early = tmall.refund(tmall.order(shipped=False), kind="refund_only")
    desk, chosen = sign_in("agent", tmall), [slow.pk, lost.pk, early.pk]

    page = desk.post(PREVIEW, refund=chosen)
    assert {row.refund.pk for row in page.context["possible"]} == {slow.pk, lost.pk}
    assert [row.refund.pk for row in page.context["refused"]] == [early.pk]
    assert "have not been shipped" in page.content.decode()
    previewed = {row.refund.pk: (row.method, row.message) for row in page.context["possible"]}
    assert (count(BulkJob), count(Offer)) == (0, 0)

    answer = desk.post(START, refund=[slow.pk, lost.pk])
    job = only_job()
    assert answer.headers["Location"] == f"/admin/offers/bulkjob/{job.pk}/change/"
    tmall.buyer.post(f"refunds/{lost.pk}/withdraw/")
    assert desk.get(f"offers/bulkjob/{job.pk}/progress/").json() == {
        "total": 2,
        "sent": 0,
        "refused": 0,
        "finished": False,
        "rows": [],
    }
    assert 'data-progress="' in desk.get(f"offers/bulkjob/{job.pk}/change/").content.decode()

    send_waiting_rows(job_ids=[job.pk])

    state = desk.get(f"offers/bulkjob/{job.pk}/progress/").json()
    assert (state["sent"], state["refused"], state["finished"]) == (1, 1, True)
    assert {row["status"]: bool(row["detail"]) for row in state["rows"]} == {"sent": False, "refused": True}
    page = desk.get(f"offers/bulkjob/{job.pk}/change/")
    results = page.content.decode()
    assert [row.status for row in page.context["rows"]] == ["refused", "sent"], (
        "what somebody has to look at comes first"
    )
    assert 'data-progress="' not in results
    assert f"/admin/refunds/refund/{slow.pk}/change/" in results
    assert "Offers are possible only while the refund awaits the merchant." in results
    shown = desk.get("offers/bulkjob/").context["cl"].result_list[0]
    assert (shown.sent, shown.refused) == (1, 1)
    with tmall.scope():
        sent = Offer.objects.get()
    assert (sent.get_method_display(), sent.message) == previewed[slow.pk]


def test_what_was_learnt_since_the_preview_sends_nothing_that_was_not_shown(tmall, sign_in):
    """Another amount is recommended by the time somebody confirms: that refund is left out, and says so."""
    refunds, desk = [tmall.refund(reason="minor_flaw") for _ in range(2)], sign_in("agent", tmall)
    page = desk.post(PREVIEW, refund=[refund.pk for refund in refunds])
    shown = page.context["shown"]
    assert f'name="shown" value="{shown}"' in page.content.decode()
    with tmall.scope():
        proposed = propose(tmall.reload(refunds[0]), NOON, actor_of(desk.user))
        band = band_of(refunds[0].amount)
        for percent in PERCENTS:
            taught = {"reason": "minor_flaw", "method": "partial_refund", "band": band, "percent": percent}
            AmountAcceptance.objects.create(store=tmall.store, **taught, ended=900, accepted=890 * (percent >= 30))
        now = propose(tmall.reload(refunds[0]), NOON, actor_of(desk.user))
        assert (now.method, now.terms["amount"]) != (proposed.method, proposed.terms.get("amount"))
    desk.post(START, refund=[refund.pk for refund in refunds], shown=shown)
    with tmall.scope():
        assert set(BulkRow.objects.values_list("status", flat=True)) == {"refused"}
        assert "look at it again" in BulkRow.objects.first().reason
    again = desk.post(PREVIEW, refund=[refunds[0].pk]).context["shown"]
    desk.post(START, refund=[refunds[0].pk], shown=again)
    with tmall.scope():
        assert BulkRow.objects.latest("id").amount == now.terms["amount"]
    assert desk.post(START, refund=[refunds[0].pk], shown="nonsense:1").status_code == 404


def test_buyers_get_the_words_of_the_preview(tmall, sign_in, monkeypatch):
    monkeypatch.setattr("offers.bulk.scripts_for", lambda reason, method: [translation.get_language()])
    refund, desk = tmall.refund(reason="slow_logistics"), sign_in("agent", tmall)
    desk.client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/admin/"})
    previewed = desk.post(PREVIEW, refund=[refund.pk]).context["possible"][0].message
    desk.post(START, refund=[refund.pk])
    with translation.override("en"):
        send_waiting_rows(job_ids=[only_job().pk])
    with tmall.scope():
        assert Offer.objects.get().message == previewed == "zh-hans"


@for_each("role", ["viewer", "finance", "warehouse"])
def test_sending_is_for_agents_and_owners(tmall, sign_in, role):
    refund, desk = tmall.refund(reason="slow_logistics"), sign_in(role, tmall)
    assert 'form="bulk"' not in desk.get(QUEUE).content.decode()
    for path in (PREVIEW, START):
        assert desk.post(path, refund=[refund.pk]).status_code == 403
        assert desk.post(path, everything="1").status_code == 403
    assert (count(BulkJob), count(BulkRow)) == (0, 0)
    agent = sign_in("agent", tmall)
    assert 'form="bulk"' in agent.get(QUEUE).content.decode()
    assert agent.post(START, refund=[refund.pk]).status_code == 302
    assert count(BulkRow) == 1


def test_the_role_counts_in_each_store(tmall, sign_in):
    second, desk = make_shop("tmall"), sign_in("agent", tmall)
    with system_scope():
        Membership.objects.create(store=second.store, user=desk.user, role="viewer")
    both = [tmall.refund(reason="slow_logistics").pk, second.refund(reason="slow_logistics").pk]
    assert desk.post(START, refund=both).status_code == 403
    assert count(BulkJob) == 0
    page = desk.get(QUEUE).content.decode()
    assert [f'value="{pk}" form="bulk"' in page for pk in both] == [True, False]


def test_one_job_per_store(tmall, sign_in):
    second, desk = make_shop("tmall"), sign_in("agent", tmall)
    with system_scope():
        Membership.objects.create(store=second.store, user=desk.user, role="owner")
    both = [tmall.refund(reason="slow_logistics").pk, second.refund(reason="slow_logistics").pk]
    assert desk.post(START, refund=both).headers["Location"] == "/admin/offers/bulkjob/"
    with system_scope():
        assert set(BulkJob.objects.values_list("store", "total")) == {(tmall.store.pk, 1), (second.store.pk, 1)}


def test_foreign_refunds_and_jobs_are_missing(tmall, sign_in):
    other, desk = make_shop("tmall"), sign_in("owner", tmall)
    mine, theirs = tmall.refund(reason="slow_logistics"), other.refund(reason="slow_logistics")
    missing = str(mine.pk)[:-4] + "0000"
    for path in (PREVIEW, START):
        for foreign in (theirs.pk, missing, "nonsense"):
            assert desk.post(path, refund=[mine.pk, foreign]).status_code == 404
    assert count(BulkJob) == 0
    sign_in("agent", other).post(START, refund=[theirs.pk])
    job = only_job()
    for page in ("change/", "progress/"):
        assert desk.get(f"offers/bulkjob/{job.pk}/{page}").status_code == 404
    assert desk.get("offers/bulkjob/").context["cl"].result_list == []


def test_a_get_sends_nothing(tmall, sign_in):
    refund, desk = tmall.refund(reason="slow_logistics"), sign_in("owner", tmall)
    for path in (PREVIEW, START):
        assert desk.get(path, refund=[refund.pk]).status_code == 405
    assert (count(BulkJob), count(Offer)) == (0, 0)


def test_all_of_the_list_that_was_shown(tmall, sign_in, monkeypatch):
    good = [tmall.refund(reason="slow_logistics").pk for _ in range(3)]
    early = tmall.refund(tmall.order(shipped=False), kind="refund_only")
    desk = sign_in("agent", tmall)
    page = desk.post(f"{PREVIEW}?queue=retainable", everything="1")
    assert sorted(row.refund.pk for row in page.context["possible"]) == sorted(good)
    assert page.context["refused"] == []
    page = desk.post(PREVIEW, everything="1")
    assert [row.refund.pk for row in page.context["refused"]] == [early.pk]
    page = desk.post(f"{PREVIEW}?kind__exact=refund_only", everything="1")
    assert (len(page.context["possible"]), len(page.context["refused"])) == (0, 1)
    assert desk.post(f"{PREVIEW}?address__regex=x", everything="1").status_code == 404

    monkeypatch.setattr("workbench.refunds.selection.MOST_AT_ONCE", 2)
    page = desk.post(f"{PREVIEW}?queue=retainable", everything="1")
    assert len(page.context["possible"]) == 2
    assert "These are the first 2 of 3 refunds of the list." in page.content.decode()


def test_the_button_says_how_many_of_the_list_it_takes(tmall, sign_in, monkeypatch):
    for _ in range(3):
        tmall.refund(reason="slow_logistics")
    desk = sign_in("agent", tmall)
    assert "For all 3 of this list" in desk.get(QUEUE, queue="retainable").content.decode()
    monkeypatch.setattr("workbench.refunds.admin.RefundAdmin.list_per_page", 2)
    assert "For all 3 of this list" in desk.get(QUEUE, queue="retainable", p=2).content.decode()
    assert "of this list" not in sign_in("operator").get(QUEUE, queue="all").content.decode()
    with tmall.scope():
        Refund.objects.update(status=RefundStatus.CLOSED, due_at=None, due_action="")
    assert "of this list" not in desk.get(QUEUE, queue="all").content.decode()


def test_what_nothing_can_be_sent_for_is_named_in_the_results(tmall, sign_in):
    second, desk = make_shop("tmall"), sign_in("agent", tmall)
    with system_scope():
        Membership.objects.create(store=second.store, user=desk.user, role="agent")
    slow, gone = tmall.refund(reason="slow_logistics"), tmall.refund(reason="slow_logistics")
    early = second.refund(second.order(shipped=False), kind="refund_only")
    assert len(desk.post(PREVIEW, refund=[slow.pk, gone.pk]).context["possible"]) == 2
    tmall.buyer.post(f"refunds/{gone.pk}/withdraw/")
    desk.post(START, refund=[slow.pk, gone.pk, early.pk])
    send_waiting_rows()
    with system_scope():
        rows = {row.refund_id: row for row in BulkRow.objects.select_related("job")}
    assert {pk: row.status for pk, row in rows.items()} == {slow.pk: "sent", gone.pk: "refused", early.pk: "refused"}
    assert rows[gone.pk].reason == "Offers are possible only while the refund awaits the merchant."
    assert "have not been shipped" in rows[early.pk].reason
    assert all(row.job.finished_at for row in rows.values())
    results = desk.get(f"offers/bulkjob/{rows[early.pk].job_id}/change/").content.decode()
    assert early.order.number in results
    assert "have not been shipped" in results
    desk.client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/admin/"})
    assert "商品尚未发货" in desk.get(f"offers/bulkjob/{rows[early.pk].job_id}/change/").content.decode()


def test_nothing_and_too_much_are_refused(tmall, sign_in, monkeypatch):
    desk, pair = sign_in("agent", tmall), [tmall.refund(reason="slow_logistics").pk for _ in range(2)]
    assert desk.post(PREVIEW).headers["Location"].endswith("queue=retainable")
    monkeypatch.setattr("offers.bulk.MOST_AT_ONCE", 1)
    for path in (PREVIEW, START):
        answer = desk.client.post(f"/admin/{path}", {"refund": pair}, follow=True)
        assert "Choose at most 1 refunds at once." in answer.content.decode()
    assert desk.post(START).headers["Location"].endswith("queue=retainable")
    assert count(BulkJob) == 0


def test_sending_the_same_selection_twice_sends_each_offer_once(tmall, sign_in):
    refund, desk = tmall.refund(reason="slow_logistics"), sign_in("agent", tmall)
    for _ in range(2):
        desk.post(START, refund=[refund.pk])
    with system_scope():
        jobs = list(BulkJob.objects.values_list("pk", flat=True))
    for pk in jobs:
        send_waiting_rows(job_ids=[pk])
    assert (len(jobs), count(Offer)) == (2, 1)


@pytest.mark.rule("K12", "Q13")
def test_an_offer_that_costs_more_than_the_order_is_sent_only_with_its_own_tick(tmall, sign_in):
    with tmall.scope():
        for code in ("reassurance", "red_packet"):
            set_store_method(
                store=tmall.store, method=code, is_on=False, available_from=NOON.date(), actor=MERCHANT, now=NOON
            )
    valid = {"valid_from": "2026-11-01T00:00:00Z", "valid_until": "2026-12-31T00:00:00Z", "quantity": 9}
    coupon = {"name": "大", "channel": "smart_retention", "amount_off": "70.00", "min_spend": "0.00", **valid}
    assert tmall.merchant.post("coupons/", coupon).status_code == 201
    cheap, dear, sure = (tmall.refund(tmall.order(quantity=n), reason="slow_logistics").pk for n in (2, 1, 1))
    desk = sign_in("agent", tmall)
    page = desk.post(PREVIEW, refund=[cheap, dear, sure])
    assert [row.refund.pk for row in page.context["possible"]] == [cheap]
    assert {row.refund.pk: row.cautions[0] for row in page.context["dear"]} == dict.fromkeys(
        (dear, sure), "This costs ¥70.00. The whole order was paid with ¥59.00."
    )
    shown = page.content.decode()
    assert shown.count('name="sure"') == 2
    [named] = re.findall('name="refund" value="([^"]*)"', shown)
    assert set(named.split(",")) == {str(cheap), str(dear), str(sure)}

    desk.post(START, refund=named, sure=[sure])
    with tmall.scope():
        rows = dict(BulkRow.objects.values_list("refund", "status"))
        assert rows == {cheap: "waiting", dear: "refused", sure: "waiting"}
        assert "The whole order was paid with" in BulkRow.objects.get(refund=dear).reason


@pytest.mark.rule("Q13")
def test_the_last_coupon_is_promised_to_one_of_three(tmall, sign_in):
    with tmall.scope():
        for code in ("reassurance", "red_packet"):
            set_store_method(
                store=tmall.store, method=code, is_on=False, available_from=NOON.date(), actor=MERCHANT, now=NOON
            )
    valid = {"valid_from": "2026-11-01T00:00:00Z", "valid_until": "2026-12-31T00:00:00Z", "quantity": 1}
    coupon = {"name": "一张", "channel": "smart_retention", "amount_off": "5.00", "min_spend": "0.00", **valid}
    assert tmall.merchant.post("coupons/", coupon).status_code == 201
    desk = sign_in("agent", tmall)
    desk.post(START, refund=[tmall.refund(reason="slow_logistics").pk for _ in range(3)])
    while send_waiting_rows(job_ids=[only_job().pk]):
        pass
    with tmall.scope():
        assert sorted(Offer.objects.values_list("method", flat=True)) == ["coupon"]
        assert sorted(BulkRow.objects.values_list("status", flat=True)) == ["refused", "refused", "sent"]


def test_the_most_refunds_at_once_with_all_ticks_are_understood(tmall, sign_in):
    """More than a thousand fields would be an error before anybody looks at them."""
    ids = [str(uuid4()) for _ in range(MOST_AT_ONCE)]
    started = sign_in("agent", tmall).post(START, refund=",".join(ids), sure=ids)
    assert started.status_code == 404, "there are no such refunds"


def test_statements_do_not_grow_with_jobs_and_rows(tmall, sign_in):
    desk = sign_in("agent", tmall)

    def measure():
        desk.post(START, refund=[tmall.refund(reason="slow_logistics").pk for _ in range(2)])
        with system_scope():
            newest = BulkJob.objects.order_by("-id").first().pk
        job = f"offers/bulkjob/{newest}/"
        paths = ("offers/bulkjob/", f"{job}change/", f"{job}progress/", f"{QUEUE}?queue=retainable")
        return [len(desk.statements(path)) for path in paths]

    few = measure()
    measure()
    assert measure() == few
