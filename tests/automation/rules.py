"""Rules to test with."""

from uuid import uuid4

from automation.actions import draft_rule, publish_rule
from automation.models import RuleVersion, Ruling
from common.tenancy import system_scope
from tests.world import MERCHANT, NOON, Shop

OFFER = {"act": "offer", "method": "red_packet", "amount": "5.00", "text": "请收下红包"}
REFUSE = {"act": "refuse", "text": "已超过售后期"}


def drafted(shop: Shop, name: str = "", **says):
    """A rule of the store that only its form says anything of; nobody is held out unless it says so."""
    definition = {"act": "approve", "held_out": 0, **says}
    with shop.scope():
        return draft_rule(
            store=shop.store, name=name or uuid4().hex[:8], definition=definition, actor=MERCHANT, now=NOON
        )


def live(shop: Shop, name: str = "", *, now=NOON, **says) -> RuleVersion:
    """A published rule of the store."""
    rule = drafted(shop, name, **says)
    with shop.scope():
        return publish_rule(store_id=shop.store.pk, rule_id=rule.pk, actor=MERCHANT, now=now)


def ruling_of(refund) -> Ruling | None:
    """What came of the rules for a refund."""
    with system_scope():
        return Ruling.objects.filter(refund=refund).first()
