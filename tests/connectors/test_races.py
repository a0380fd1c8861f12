"""Workers, agents, owners and messages at the same connected shop at once, each on a connection of their own."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from cryptography.fernet import Fernet
from django.db import connection as database
from django.db.models.functions import Now

from common.sealing import reseal_all, unseal
from common.tenancy import system_scope
from connectors.connecting import keep_connection
from connectors.hinting import keep_hints
from connectors.mending import disconnect_shop
from connectors.models import Connection, MirroredRefund, RefundHint, SentDecision
from connectors.platforms import PLATFORMS
from connectors.port import Hint, Secret, Shop, Tokens
from connectors.shops import shop_for, with_tokens
from connectors.states import ConnectionStatus, SendingStatus
from connectors.taking import take_copy
from connectors.talking import LeaseLost, keep_tokens
from connectors.working import work_on_shops
from refunds.actions import approve_refund
from refunds.models import Refund
from tests.concurrency.harness import overtaken, together
from tests.connectors.test_deciding import Followed, verify
from tests.connectors.toy import Toy, copy_of
from tests.world import MERCHANT, NOON, make_shop

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def followed(connected):
    """A refund of a connected shop that has been pulled."""
    return Followed(connected)


def in_scope(shop, call):
    """The call in a transaction of its own."""

    def inner():
        with shop.scope():
            return call()

    return inner


def approval(followed):
    """An agent says yes."""
    told = {"store_id": followed.refund.store_id, "refund_id": followed.refund.pk}
    return partial(approve_refund, **told, actor=MERCHANT, now=NOON)


def disconnection(followed):
    """The owner takes the shop off."""
    return partial(disconnect_shop, store_id=followed.refund.store_id, actor=MERCHANT, now=NOON)


def elsewhere(call):
    """As a fault of the toy server: somebody else does this while a worker waits for the answer."""

    def fault(_body):
        try:
            call()
        finally:
            database.close()

    return fault


class TestSending:
    """One decision, two who could send it, and what happens while one of them does."""

    def test_a_second_worker_leaves_alone_what_the_first_is_sending(self, followed):
        counts: Counter[str] = Counter()
        connection_id = followed.connected.connection.pk

        def overtake():
            with system_scope():
                Connection.objects.update(leased_until=Now(), next_attempt_at=Now())  # the first was too slow
            work_on_shops(ids=[connection_id], counts=counts)

        followed.server.faults["decide"] = [elsewhere(overtake)]
        followed.decide()
        followed.turn(most=1)
        assert counts["sent"] == 0
        assert len(followed.server.decided) == 1
        followed.turn()
        assert followed.decision.status == SendingStatus.CONFIRMED

    def test_two_workers_at_once_send_it_once(self, followed):
        followed.decide()
        work = partial(work_on_shops, ids=[followed.connected.connection.pk])
        assert sorted(each.value for each in together(work, work, work)) == [0, 0, 1]
        assert len(followed.server.decided) == 1

    def test_what_is_disconnected_while_it_is_sent_stays_dropped(self, followed):
        leave = in_scope(followed.connected.shop, disconnection(followed))
        followed.server.faults["decide"] = [elsewhere(leave)]
        followed.decide()
        followed.turn(most=1)
        assert followed.decision.status == SendingStatus.DROPPED
        assert followed.connected.connection.sealed_tokens == ""
        assert (followed.refund.decision_sent, followed.refund.needs_attention) == ("", True)
        assert verify() == {}

    def test_an_answer_that_comes_when_the_shop_is_another_workers_is_kept_all_the_same(self, followed):
        """The decision's own lease counts, not the shop's."""

        def take_over():
            with system_scope():
                Connection.objects.update(leased_by=followed.refund.pk)

        followed.server.faults["decide"] = [elsewhere(take_over)]
        followed.decide()
        followed.turn(most=1)
        assert followed.decision.status == SendingStatus.SENT


class TestDeciding:
    """An agent decides while something else happens to the refund or to the shop."""

    def test_before_a_newer_copy_it_is_told_as_too_late(self, followed):
        gone = copy_of(followed.server.put("R1", NOON, status="withdrawn"))
        take = partial(take_copy, followed.connected.connection, gone, read_at=NOON, now=NOON)
        race = overtaken(approval(followed), take, scope=followed.connected.shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        assert followed.decision.status == SendingStatus.MOVED_ON
        assert (followed.refund.status, followed.refund.decision_sent) == ("withdrawn", "")
        assert "refund.decision_refused" in followed.events()

    def test_after_a_newer_copy_it_is_refused(self, followed):
        gone = copy_of(followed.server.put("R1", NOON, status="withdrawn"))
        take = partial(take_copy, followed.connected.connection, gone, read_at=NOON, now=NOON)
        shop = followed.connected.shop
        race = overtaken(take, in_scope(shop, approval(followed)), scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "invalid_transition"), True)
        with system_scope():
            assert not SentDecision.objects.exists()

    @pytest.mark.parametrize("agent_first", [True, False])
    def test_beside_a_disconnection_nothing_stays_under_way(self, followed, agent_first):
        shop, agent, owner = followed.connected.shop, approval(followed), disconnection(followed)
        first, second = (agent, owner) if agent_first else (owner, agent)
        race = overtaken(first, in_scope(shop, second), scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok" if agent_first else "not_connected"), True)
        assert followed.connected.connection.status == ConnectionStatus.DISCONNECTED
        assert followed.refund.decision_sent == ""
        with system_scope():
            assert not SentDecision.objects.under_way().exists()
        assert verify() == {}

    def test_two_agents_at_once_decide_once(self, followed):
        decide = in_scope(followed.connected.shop, approval(followed))
        codes = Counter(each.code for each in together(decide, decide, decide))
        assert codes == {"ok": 1, "decision_under_way": 2}


class TestConnecting:
    """Keys and tokens that two write at once."""

    @pytest.mark.parametrize("rotation_first", [True, False])
    def test_tokens_that_are_renewed_while_keys_are_rotated_are_kept(self, connected, settings, rotation_first):
        settings.CONNECTOR_KEYS = [Fernet.generate_key().decode()]
        connected.connect()
        settings.CONNECTOR_KEYS = [Fernet.generate_key().decode(), *settings.CONNECTOR_KEYS]
        mine = connected.connection
        tokens = Tokens("token-9", None, "refresh-9")
        told = {"connection": mine, "platform": Toy(), "shop": with_tokens(shop_for(mine), tokens), "tokens": tokens}
        first, second = (reseal_all, partial(keep_tokens, **told))
        first, second = (first, second) if rotation_first else (second, first)
        race = overtaken(first, in_scope(connected.shop, second), scope=connected.shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        settings.CONNECTOR_KEYS = settings.CONNECTOR_KEYS[:1]
        kept = connected.connection
        assert unseal(kept.sealed_tokens) == {"access_token": "token-9", "refresh_token": "refresh-9"}
        assert unseal(kept.sealed_secrets)["app_secret"] == "s3cret"

    def test_who_loses_the_lease_meanwhile_keeps_no_tokens(self, connected):
        mine, tokens = connected.connection, Tokens("token-9", None, "refresh-9")
        told = {"connection": mine, "platform": Toy(), "shop": with_tokens(shop_for(mine), tokens), "tokens": tokens}
        take_over = partial(Connection.objects.update, leased_by=connected.shop.address.pk)
        keep = in_scope(connected.shop, partial(keep_tokens, **told))
        race = overtaken(take_over, keep, scope=connected.shop.scope())
        assert (type(race.second.error), race.waited) == (LeaseLost, True)
        assert unseal(connected.connection.sealed_tokens)["access_token"] == "token-1"

    def test_the_same_shop_at_two_stores_is_connected_to_one(self, unconnected):
        stores = [unconnected.shop, make_shop("taote")]
        codes = Counter(each.code for each in together(*(keeping(store) for store in stores)))
        assert codes == {"ok": 1, "shop_connected_twice": 1}

    def test_a_store_that_two_connect_at_once_is_connected_once(self, unconnected):
        shop = unconnected.shop
        race = overtaken(keeping(shop, scoped=False), keeping(shop), scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "busy"), True)


def keeping(shop, *, scoped=True):
    """What was tried is kept."""
    there = Shop("app", {Secret.APP_SECRET: "s3cret"}, "http://127.0.0.1:1", "token-1", "refresh-1", "shop-1")
    told = {"tokens": None, "silence": "", "actor": MERCHANT, "now": NOON}
    call = partial(keep_connection, store=shop.store, platform=PLATFORMS["toy"](), shop=there, **told)
    return in_scope(shop, call) if scoped else call


class TestReading:
    """Messages and lists tell of the same refund at once."""

    def test_a_message_that_comes_while_its_refund_is_read_has_it_read_once_more(self, followed):
        connection, later = followed.connected.connection, NOON + timedelta(seconds=1)
        hint = in_scope(
            followed.connected.shop,
            partial(keep_hints, connection=connection, hints=[Hint("m2", "R1")], now=later),
        )
        followed.server.messages = [{"id": "m1", "refund": "R1"}]
        followed.server.faults["read"] = [elsewhere(hint)]
        before = len(followed.server.calls("read"))
        followed.turn()
        assert len(followed.server.calls("read")) == before + 2
        with system_scope():
            assert not RefundHint.objects.exclude(next_attempt_at=None).exists()

    def test_the_same_message_twice_at_once_is_one_hint(self, followed):
        told = {"connection": followed.connected.connection, "hints": [Hint("m1", "R1")], "now": NOON}
        keep = in_scope(followed.connected.shop, partial(keep_hints, **told))
        assert sorted(each.value for each in together(keep, keep, keep)) == [0, 0, 1]

    def test_a_new_refund_that_two_read_at_once_is_one(self, connected):
        copy = copy_of(connected.server.put("R1"))
        take = partial(take_copy, connected.connection, copy, read_at=NOON, now=NOON)
        together(take, take, take)
        with system_scope():
            [mirrored], [refund] = MirroredRefund.objects.all(), Refund.objects.all()
            assert (mirrored.refund_id, mirrored.problem) == (refund.pk, "")
        assert verify() == {}
