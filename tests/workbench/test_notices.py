"""Notices at the desk: everybody's bell, and the owners' say in who is told of what."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.models import Event
from common.tenancy import system_scope
from notices.models import DeskNotice, NoticeCopy, NoticeTerms, Robot
from stores.models import Membership
from tests.tenancy.calls import PUBLIC
from tests.world import NOON, make_shop

pytestmark = pytest.mark.django_db


def told(shop, roles=("agent",), **facts) -> DeskNotice:
    """A notice, without a robot."""
    with shop.scope():
        return DeskNotice.objects.create(
            store=shop.store, kind="request", name="refund.requested", roles=[*roles], at=NOON, created_at=NOON, **facts
        )


def bell(desk) -> str:
    """What stands at the bell."""
    return desk.get("notices/count/").json()["unread"]


def test_the_bell_counts_what_concerns_its_reader_until_it_is_read(taote, other, sign_in):
    agent, refund = sign_in("agent", taote), taote.refund()
    facts = {"refund_id": refund.pk, "refund_kind": "refund_only", "amount": "59.00", "order_number": "G<b>1"}
    first, second, third = (told(taote, **facts) for _ in range(3))
    told(taote, roles=["owner"])
    told(taote, by=f"user:{agent.user.pk}")
    mine, foreign = told(taote, roles=[], person=agent.user), told(other)
    assert bell(agent) == "4"
    page = agent.get("notices/").content.decode()
    assert [page.count(part) for part in ("is-unread", "G&lt;b&gt;1", "¥59.00")] == [4, 3, 3]
    went = agent.get(f"notices/{third.pk}/")
    assert (went.status_code, went.url) == (302, f"/admin/refunds/refund/{refund.pk}/change/")
    assert agent.client.get(went.url).status_code == 200
    assert bell(agent) == "3"
    assert agent.post("notices/read/", up_to=second.pk).status_code == 302
    assert bell(agent) == "1"
    assert [row["notice"] for row in agent.get("notices/", unread=1).context["rows"]] == [mine]
    assert agent.get(f"notices/{foreign.pk}/").status_code == 404
    assert agent.client.get("/admin/notices/read/").status_code == 405
    for bad in ("x", "", "9" * 30, "-1"):
        assert agent.post("notices/read/", up_to=bad).status_code == 302
        assert agent.get("notices/", before=bad).status_code == 200
    assert bell(agent) == "1"
    assert [row["notice"].pk for row in agent.get("notices/", before=second.pk).context["rows"]] == [first.pk]
    viewer = sign_in("viewer", taote)
    assert bell(viewer) == ""
    assert "Nothing yet" in viewer.get("notices/").content.decode()
    assert bell(sign_in("operator")) == ""


def test_a_link_leads_into_the_store_that_it_is_about(taote, sign_in):
    second = make_shop("taote")
    agent, refund = sign_in("agent", taote), second.refund()
    with system_scope():
        Membership.objects.create(store=second.store, user=agent.user, role="agent")
    notice = told(second, refund_id=refund.pk)
    agent.post("switch-store/", store=taote.store.pk)
    assert bell(agent) == ""
    assert agent.get(agent.get(f"notices/{notice.pk}/").url.removeprefix("/admin/")).status_code == 200
    agent.post("switch-store/", store="")
    assert bell(agent) == ""


def test_the_bell_costs_the_same_however_much_there_is(taote, sign_in):
    agent = sign_in("agent", taote)
    counts = []
    for more in (1, 130):
        for _ in range(more):
            told(taote)
        counts.append([len(agent.statements(path)) for path in ("notices/", "notices/count/")])
    assert counts[0] == counts[1]
    assert counts[1][0] <= 12
    assert counts[1][1] <= 8
    assert bell(agent) == "99+"
    with CaptureQueriesContext(connection) as captured:  # a page of the desk asks for none of it
        agent.get("refunds/refund/")
    assert not [query for query in captured if "desknotice" in query["sql"]]


def test_an_owner_says_who_is_told_of_what_and_when(taote, sign_in):
    owner = sign_in("owner", taote)
    page = owner.get("notices/noticeterms/")
    form = page.context["form"]
    sent = {name: value for name in form.fields if (value := form[name].value())}
    assert (sent["bell_request"], "email_request" in sent, sent["hours_before"]) == (["agent"], False, 4)
    wrong = owner.post("notices/noticeterms/", **{**sent, "quiet_from": "22:00"})
    assert "quiet_until" in wrong.context["form"].errors
    wrong = owner.post("notices/noticeterms/", **{**sent, "bell_shop": ["agent"], "hours_before": 73})
    assert set(wrong.context["form"].errors) == {"bell_shop", "hours_before"}
    wanted = {"email_request": ["agent", "owner"], "quiet_from": "22:00", "quiet_until": "08:00", "hours_before": ""}
    assert owner.post("notices/noticeterms/", **{**sent, **wanted}).status_code == 302
    with taote.scope():
        terms = NoticeTerms.objects.get()
        event = Event.objects.get(name="notice_terms.set")
    assert terms.chosen == {"request": {"bell": ["agent"], "email": ["agent", "owner"]}}
    assert terms.tells_before is None
    assert event.data["quiet_from"] == ["", "22:00"]
    assert event.data["hours_before"] == [4, 0]
    assert "Quiet from: – → 22:00" in owner.get("changes/").content.decode()
    for role in ("agent", "viewer"):
        assert sign_in(role, taote).get("notices/noticeterms/").status_code in (403, 404)


def test_an_owner_adds_a_robot_tries_it_and_reads_what_to_do(taote, sign_in):
    owner, secret = sign_in("owner", taote), "SECabcdefgh"
    place = {
        "name": "客服群",
        "url": f"{PUBLIC}?access_token=t0ken",
        "secret": secret,
        "keyword": "",
        "kinds": ["request"],
    }
    refused = owner.post("notices/robot/add/", platform="dingtalk", **{**place, "url": "https://127.0.0.1/"})
    assert "url" in refused.context["form"].errors
    assert secret not in refused.content.decode()
    assert owner.post("notices/robot/add/", platform="dingtalk", **place).status_code == 302
    with taote.scope():
        robot = Robot.objects.get()
    page = f"notices/robot/{robot.pk}/"
    assert owner.post(f"{page}test/").status_code == 302
    with taote.scope():
        assert NoticeCopy.objects.get().notice.kind == "test"
        Robot.objects.update(status="paused", paused_for="keyword", said="<b>keywords not in content</b>")
    shown = owner.get(f"{page}change/").content.decode()
    assert "write that keyword here, too" in shown
    assert "&lt;b&gt;keywords not in content" in shown
    assert owner.tiles()["Group robots that aren't called"] == "1"
    assert owner.post(f"{page}edit/", name="客服群", url="", secret="", keyword="退款", kinds=[]).status_code == 302
    now = taote.reload(robot)
    assert (now.status, now.keyword, now.kinds) == ("active", "退款", [])  # what was wrong may be right: called again
    for path in (f"{page}change/", f"{page}edit/", "changes/"):
        text = owner.get(path).content.decode()
        assert not any(part in text for part in (secret, "t0ken")), path
    for role in ("agent", "viewer"):
        desk = sign_in(role, taote)
        assert desk.get(f"{page}change/").status_code in (403, 404)
        assert desk.post(f"{page}delete/").status_code in (403, 404)
    for decision, status in (("pause", "paused"), ("resume", "active"), ("delete", "active")):
        assert owner.post(f"{page}{decision}/").status_code == 302
        assert taote.reload(robot).status == status
    assert owner.rows("notices/robot/", queue="all") == []
    assert len(owner.statements("notices/robot/")) <= 14


def test_a_tenth_robot_is_the_last(taote, sign_in):
    owner = sign_in("owner", taote)
    for number in range(11):
        answer = owner.post("notices/robot/add/", platform="wecom", name=f"G{number}", url=f"{PUBLIC}?key=1", kinds=[])
    assert answer.context["form"].non_field_errors() == ["A store has at most 10 group robots: delete one first."]
    with taote.scope():
        assert Robot.objects.count() == 10
