"""The thread between agent and buyer on the refund's page and in the queue (Q16, Q17)."""

import pytest

from refunds import why_not
from refunds.models import Message
from tests.cases import for_each
from tests.world import make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def refund(db, clock):
    """A refund of a Tmall store, which comes with `shop`."""
    shop = make_shop("tmall")
    refund = shop.refund(reason="minor_flaw")
    refund.shop = shop
    return refund


def path(refund, page="thread/"):
    return f"refunds/refund/{refund.pk}/{page}"


def thread(refund):
    with refund.shop.scope():
        return list(Message.objects.filter(refund=refund).order_by("id").values_list("sender", "text"))


def write(refund, text):
    assert refund.shop.buyer.post(f"refunds/{refund.pk}/messages/", {"text": text}).status_code == 201


@pytest.mark.rule("Q16", "Q17")
def test_the_agent_reads_and_answers(refund, sign_in):
    desk = sign_in("agent", refund.shop)
    write(refund, "有划痕 <b>")
    page = desk.get(path(refund, "change/")).content.decode()
    assert "有划痕 &lt;b&gt;" in page
    assert "1 unread" in page
    assert "1 unread" in desk.get("refunds/refund/").content.decode()

    assert desk.post(path(refund), text="抱歉，马上处理").status_code == 302

    assert thread(refund) == [("buyer", "有划痕 <b>"), ("merchant", "抱歉，马上处理")]
    page = desk.get(path(refund, "change/")).content.decode()
    assert "1 unread" not in page
    assert page.count("抱歉，马上处理") == 2  # in the thread, and as evidence in the timeline


def test_looking_changes_nothing_and_reading_is_said(refund, sign_in):
    desk = sign_in("agent", refund.shop)
    write(refund, "在吗")
    desk.get(path(refund, "change/"))
    assert refund.shop.reload(refund).unread_by_merchant == 1
    assert desk.get(path(refund)).status_code == 200
    assert desk.post(path(refund, "mark-read/")).status_code == 302
    assert refund.shop.reload(refund).unread_by_merchant == 0
    assert len(thread(refund)) == 1


@for_each("page", ["mark-read/", "thread/"])
def test_what_the_buyer_writes_while_the_page_is_read_stays_unread(refund, sign_in, page):
    desk = sign_in("agent", refund.shop)
    write(refund, "在吗")
    write(refund, "还在吗")
    decide = desk.get(path(refund, "change/")).context["decide"]
    shown = decide["mark_read" if page == "mark-read/" else "thread"].form["seen"].value()
    write(refund, "算了")
    assert desk.post(path(refund, page), seen=shown, text="在的").status_code == 302
    assert refund.shop.reload(refund).unread_by_merchant == 1
    assert desk.post(path(refund, page), seen=shown, text="在的").status_code == 302
    assert refund.shop.reload(refund).unread_by_merchant == 1, "twice changes nothing"


def test_what_is_written_first_after_an_empty_page_stays_unread(refund, sign_in):
    desk = sign_in("agent", refund.shop)
    shown = desk.get(path(refund, "change/")).context["decide"]["thread"].form["seen"].value()
    write(refund, "在吗")
    desk.post(path(refund), seen=shown, text="亲，您好")
    assert refund.shop.reload(refund).unread_by_merchant == 1


@pytest.mark.rule("Q17")
def test_a_full_thread_says_so_before_anybody_writes(refund, sign_in, monkeypatch):
    monkeypatch.setattr(why_not, "MOST_MESSAGES", 1)
    desk = sign_in("agent", refund.shop)
    write(refund, "在吗")
    assert not desk.get(path(refund, "change/")).context["decide"]["thread"].refusal, "the buyer's aren't ours"
    assert desk.post(path(refund), text="在的").status_code == 302
    assert "at most 1 messages" in desk.get(path(refund, "change/")).context["decide"]["thread"].refusal


@for_each("text", ["", "  ", "长" * 1001, "a\0b"])
def test_bad_words_are_told_and_not_sent(refund, sign_in, text):
    desk = sign_in("agent", refund.shop)
    answer = desk.client.post(f"/admin/{path(refund)}", {"text": text}, follow=True)
    assert "error" in answer.content.decode()
    assert thread(refund) == []


def test_only_agents_write_and_only_in_their_store(refund, other, sign_in):
    write(refund, "在吗")
    for role in ("viewer", "finance", "warehouse"):
        desk = sign_in(role, refund.shop)
        assert "decide-thread" not in desk.get(path(refund, "change/")).content.decode()
        assert desk.post(path(refund), text="hi").status_code == 403
        assert desk.post(path(refund, "mark-read/")).status_code == 403
    assert sign_in("agent", other).post(path(refund), text="hi").status_code == 404
    assert sign_in("owner", refund.shop, enforce_csrf_checks=True).post(path(refund), text="hi").status_code == 403
    assert len(thread(refund)) == 1
    assert refund.shop.reload(refund).unread_by_merchant == 1


def test_a_long_thread_shows_its_newest_hundred(refund, sign_in, monkeypatch):
    monkeypatch.setattr("workbench.refunds.thread.MOST_SHOWN", 3)
    for number in range(5):
        write(refund, f"第 {number} 条")
    shown = sign_in("agent", refund.shop).get(path(refund, "change/")).context["thread"]
    assert [message.text for message in shown.messages] == ["第 2 条", "第 3 条", "第 4 条"]
    assert shown.more
