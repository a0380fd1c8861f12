"""Approving and rejecting many refunds of the queue: preview, job, results, and stopping it (docs/adr/0077)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from automation.sweeps import run_rules
from common.models import Event
from common.tenancy import system_scope
from refunds.actions import reject_refund
from refunds.deciding import HELD_FOR, MOST_DECIDED_AT_ONCE, decide_waiting_rows
from refunds.messages import post_message
from refunds.models import DecisionJob, DecisionRow
from stores.actions import remove_member, update_store
from stores.models import Membership
from tests.automation.rules import live
from tests.cases import for_each
from tests.world import BUYER, MERCHANT, NOON, OPERATOR, make_shop, wait

pytestmark = pytest.mark.django_db
QUEUE = "refunds/refund/"
APPROVE, REJECT = "refunds/decisionjob/approve/", "refunds/decisionjob/reject/"


@pytest.fixture(autouse=True)
def _no_broker(broker_tasks):
    """Jobs are run by hand here."""


def fields(page) -> dict[str, str]:
    """What the preview's form sends on, as the browser would."""
    hidden = re.findall(
        r'<input type="hidden" name="(refund|known|reason)" (?:value="([^"]*)")?', page.content.decode()
    )
    return dict(hidden)


def run_held() -> None:
    wait(seconds=HELD_FOR.total_seconds())
    while decide_waiting_rows():
        pass


def results(shop) -> dict:
    with shop.scope():
        return {row.refund_id: (row.status, row.reason) for row in DecisionRow.objects.all()}


@pytest.mark.rule("T8", "P1")
def test_many_are_approved_from_the_queue_and_those_left_out_are_named(taote, sign_in, clock):
    """Preview, ceiling, out of date, results, events: the whole way of an agent."""
    money, back = taote.refund(kind="refund_only"), taote.refund()
    dear = taote.refund(taote.order(quantity=9), amount="531.00")
    gone, changed = taote.refund(kind="refund_only"), taote.refund(kind="refund_only")
    taote.buyer.post(f"refunds/{gone.pk}/withdraw/")
    with taote.scope():
        update_store(store=taote.store, agent_approval_ceiling=100, actor=OPERATOR, now=NOON)
    desk, chosen = sign_in("agent", taote), [money.pk, back.pk, dear.pk, gone.pk, changed.pk]
    bar = desk.get(QUEUE).content.decode()
    assert 'id="approve-ticked" data-key="a"' in bar

    page = desk.post(APPROVE, refund=chosen, next="/admin/refunds/refund/?queue=waiting")
    shown = page.content.decode()
    assert {each.refund.pk for each in page.context["weighing"].possible} == {money.pk, back.pk, changed.pk}
    left_out = {each.refund.pk: str(each.refused) for each in page.context["weighing"].left_out}
    assert left_out[dear.pk].startswith("This gives away ¥531.00; your role in this store may give at most ¥100.00")
    assert "the refund is “Withdrawn”" in left_out[gone.pk]
    assert "Approve 3 refunds · ¥177.00" in shown
    assert "¥59.00 goes out to the buyer at once; nothing is left to do." in shown
    assert "The buyer may send the goods back within" in shown
    assert "you pay ¥59.00 after your inspection" in shown
    assert 'href="/admin/refunds/refund/?queue=waiting"' in shown
    with taote.scope():
        assert DecisionJob.objects.count() == 0
    assert {taote.reload(each).status for each in (money, back, changed)} == {"awaiting_merchant"}

    with taote.scope():
        post_message(store_id=taote.store.pk, refund_id=changed.pk, text="我不退了", actor=BUYER, now=NOON)
    live(taote, act="tell", text="look")
    assert run_rules() == 4, "which is no news of any of them"
    form = {**fields(page), "step": "send", **addresses(page)}
    started = desk.client.post(f"/admin/{APPROVE}", form)
    with taote.scope():
        job = DecisionJob.objects.get()
        assert (job.total, f"{job.amount:.2f}", job.verdict) == (3, "177.00", "approve")
        told = Event.objects.get(name="decisions.started")
        assert told.data == {"verdict": "approve", "refunds": 3, "amount": "177.00"}
    page_of = f"refunds/decisionjob/{job.pk}/"
    assert started.headers["Location"] == f"/admin/{page_of}change/"
    assert "Held for a moment" in desk.get(f"{page_of}change/").content.decode()
    assert decide_waiting_rows() == 0, "nothing is decided before the moment is over"

    run_held()
    rows = results(taote)
    assert {key: status for key, (status, _why) in rows.items()} == {
        money.pk: "done",
        back.pk: "done",
        changed.pk: "left_out",
    }
    assert rows[changed.pk][1] == "It changed after the preview, so it was left out: Message (buyer)."
    shown = [row.status for row in desk.get(f"{page_of}change/").context["rows"]]
    assert shown == ["left_out", "done", "done"], "what somebody has to look at comes first"
    statuses = [taote.reload(each).status for each in (money, back, changed, dear)]
    assert statuses == ["refunding", "awaiting_return", "awaiting_merchant", "awaiting_merchant"]
    with taote.scope():
        by = Event.objects.get(name="refund.approved", topic_id=money.pk)
        assert (by.actor_id, by.rule) == (f"user:{desk.user.pk}", "T8")
    state = desk.get(f"{page_of}progress/").json()
    assert (state["sent"], state["refused"], state["finished"]) == (2, 1, True)
    shown = desk.get(f"{page_of}change/").content.decode()
    assert f"/admin/refunds/refund/{changed.pk}/change/" in shown
    assert "data-progress" not in shown
    assert [job.done for job in desk.rows("refunds/decisionjob/")] == [2]
    desk.client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/admin/"})
    assert "预览之后情况有变" in desk.get(f"{page_of}change/").content.decode()


def addresses(page) -> dict[str, str]:
    """The addresses that the preview proposes."""
    form = page.context["form"]
    return {name: field.initial for name, field in form.fields.items() if name.startswith("address_")}


@pytest.mark.rule("T8")
def test_many_are_rejected_with_one_reason(taote, sign_in, clock):
    pair = [taote.refund(kind="refund_only") for _ in range(2)]
    pressing = taote.refund(kind="refund_only")
    with taote.scope():
        type(pressing).objects.filter(pk=pressing.pk).update(due_at=NOON + timedelta(seconds=30))
    desk = sign_in("agent", taote)
    ids = [each.pk for each in (*pair, pressing)]
    asked = desk.post(REJECT, refund=ids)
    assert not asked.context["is_look"]
    assert "This field is required" in desk.post(REJECT, **fields(asked), step="look").content.decode()
    look = desk.post(REJECT, **fields(asked), step="look", reason="已过七天")
    assert look.context["is_look"]
    assert "Reject 3 refunds · ¥177.00" in look.content.decode()
    assert "已过七天" in look.content.decode()
    assert "corrections left" in look.content.decode()
    desk.post(REJECT, **{**fields(look), "reason": "已过七天"}, step="send")
    assert decide_waiting_rows() == 1, "what is due within a minute isn't held"
    assert taote.reload(pressing).status == "rejected"
    run_held()
    assert [taote.reload(each).rejection_reason for each in pair] == ["已过七天"] * 2


def test_it_can_be_stopped_until_it_is_decided(taote, sign_in, clock):
    refunds, desk = [taote.refund(kind="refund_only") for _ in range(3)], sign_in("agent", taote)
    page = desk.post(APPROVE, refund=[each.pk for each in refunds])
    desk.post(APPROVE, **fields(page), step="send")
    with taote.scope():
        job = DecisionJob.objects.get()
    viewer = sign_in("viewer", taote)
    assert viewer.post(f"refunds/decisionjob/{job.pk}/stop/").status_code == 403
    desk.post(f"refunds/decisionjob/{job.pk}/stop/")
    run_held()
    assert {status for status, _why in results(taote).values()} == {"stopped"}
    assert {taote.reload(each).status for each in refunds} == {"awaiting_merchant"}
    assert taote.reload(job).finished_at == NOON
    with taote.scope():
        assert Event.objects.get(name="decisions.stopped").data == {"refunds": 3}
    again = desk.client.post(f"/admin/refunds/decisionjob/{job.pk}/stop/", follow=True)
    assert "Nothing waits any more" in again.content.decode()
    with taote.scope():
        assert Event.objects.filter(name="decisions.stopped").count() == 1


def test_whoever_may_not_decide_any_more_decides_nothing(taote, sign_in, clock):
    refund, desk = taote.refund(kind="refund_only"), sign_in("agent", taote)
    desk.post(APPROVE, **fields(desk.post(APPROVE, refund=[refund.pk])), step="send")
    with taote.scope():
        member = Membership.objects.get(user=desk.user)
        remove_member(store_id=taote.store.pk, member_id=member.pk, actor=OPERATOR, now=NOON)
    run_held()
    [(status, why)] = results(taote).values()
    assert (status, "doesn't decide refunds of this store any more" in why) == ("left_out", True)
    assert taote.reload(refund).status == "awaiting_merchant"


def test_what_happened_between_preview_and_button_is_told_in_the_results(taote, sign_in, clock):
    """Also what nobody can decide any more when the button is pressed; and a forged page knows of nothing."""
    kept, rejected = [taote.refund(kind="refund_only") for _ in range(2)]
    desk = sign_in("agent", taote)
    page = desk.post(APPROVE, refund=[kept.pk, rejected.pk])
    with taote.scope():
        reject_refund(store_id=taote.store.pk, refund_id=rejected.pk, reason="no", actor=MERCHANT, now=NOON)
    desk.post(APPROVE, **{**fields(page), "known": "nonsense,x:y"}, step="send")
    run_held()
    rows = results(taote)
    assert "the refund is “Rejected”" in rows[rejected.pk][1]
    assert rows[kept.pk] == ("left_out", rows[kept.pk][1])
    assert "It changed after the preview" in rows[kept.pk][1]


@for_each("address", [APPROVE, REJECT])
def test_nothing_too_much_foreign_and_forbidden(taote, sign_in, address):
    desk, mine, theirs = sign_in("agent", taote), taote.refund(), make_shop("taote").refund()
    assert desk.get(address).status_code == 405
    assert desk.post(address, refund=[mine.pk, theirs.pk]).status_code == 404
    assert desk.post(address, refund="nonsense").status_code == 404
    assert sign_in("finance", taote).post(address, refund=[mine.pk]).status_code == 403
    many = ",".join(str(mine.pk)[:-4] + f"{number:04x}" for number in range(MOST_DECIDED_AT_ONCE + 1))
    told = desk.client.post(f"/admin/{address}", {"refund": many}, follow=True).content.decode()
    assert f"Decide at most {MOST_DECIDED_AT_ONCE} refunds at once." in told
    nothing = desk.client.post(f"/admin/{address}", {"next": "/admin/refunds/refund/"}, follow=True)
    assert "Tick the refunds first." in nothing.content.decode()
    with system_scope():
        assert DecisionJob.objects.count() == 0


def test_statements_do_not_grow_with_the_rows(taote, sign_in, clock):
    desk = sign_in("agent", taote)

    def measure(count):
        ids = [taote.refund(kind=kind).pk for kind in ("refund_only", "return_and_refund") for _ in range(count)]
        taken = []
        for path, more in ((APPROVE, {}), (REJECT, {"step": "look", "reason": "x"})):
            with CaptureQueriesContext(connection) as captured:
                assert desk.post(path, refund=ids, **more).status_code == 200
            taken.append(len(captured))
        return taken

    few = measure(1)
    assert measure(5) == few
    assert max(few) <= 30
