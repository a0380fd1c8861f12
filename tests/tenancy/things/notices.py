"""What people and groups are told, and what a rule has done by itself."""

from automation.models import Ruling
from automation.running import rule_on
from common.actors import SYSTEM
from notices.actions import add_robot
from notices.models import DeskNotice, NoticeCopy, NoticeMark, NoticeRead, NoticeTerms, Robot
from tests.automation.rules import live
from tests.world import MERCHANT, NOON, Shop


def make_robot(shop: Shop) -> Robot:
    """A robot of a group chat somewhere on the internet."""
    place = {"platform": "wecom", "name": "G", "url": "https://93.184.215.14/send?key=1"}
    with shop.scope():
        return add_robot(store=shop.store, **place, actor=MERCHANT, now=NOON)


def make_notice(shop: Shop, user=None, **facts) -> DeskNotice:
    """Something that agents are told of, and a group; `user` has read it and all before it."""
    facts = {"kind": "request", "roles": ["agent"], "event": 1, "name": "refund.requested", **facts}
    robot = make_robot(shop)
    with shop.scope():
        NoticeTerms.objects.get_or_create(store=shop.store, defaults={"cursor": 0})
        notice = DeskNotice.objects.create(store=shop.store, at=NOON, created_at=NOON, **facts)
        NoticeCopy.objects.create(store=shop.store, notice=notice, robot=robot, due_at=NOON)
        if user is not None:
            NoticeRead.objects.create(store=shop.store, notice=notice, user=user, at=NOON)
            NoticeMark.objects.create(store=shop.store, user=user, read_up_to=notice.pk)
    return notice


def make_ruling(shop: Shop) -> Ruling:
    """What a published rule did about a refund of the store."""
    live(shop, act="ask_evidence", text="请拍一张照片")
    refund = shop.refund(shop.order(buyer_id="buyer-of-a-rule"))
    with shop.scope():
        return rule_on(store_id=shop.store.pk, refund_id=refund.pk, actor=SYSTEM, now=NOON)
