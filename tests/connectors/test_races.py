"""Workers, agents, owners and messages at the same connected shop at once, each on a connection of their own."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from cryptography.fernet import Fernet
from django.db import connection as database
from django.db.models.functions import Now

from common.models import Event
from common.sealing import reseal_all, unseal
from common.tenancy import system_scope
from connectors.connecting import keep_connection
from connectors.deciding import _due
from connectors.hinting import keep_hints
from connectors.mending import disconnect_shop
from connectors.models import Connection, MirroredRefund, RefundHint, SentDecision
from connectors.platforms import PLATFORMS
from connectors.port import Hint, Secret, Shop, Tokens
from connectors.pulling import _Mark
from connectors.shops import shop_for, with_tokens
from connectors.states import ConnectionStatus, SendingStatus
from connectors.taking import ReadCopy, take_copies, take_copy
from connectors.talking import LeaseLost, keep_tokens
from connectors.working import work_on_shops
from orders.models import Order
from refunds.actions import approve_refund
from refunds.models import Refund
from tests.concurrency.harness import Contender, overtaken, together
from tests.connectors.deciding import Followed, verify
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

    def test_what_is_decided_after_the_look_makes_the_shop_due_at_once(self, followed, monkeypatch):
        """The look locks nothing; the end of the turn does, and finds what came meanwhile."""
        look, deciding = _due, Contender(followed.decide)
        find, looks = look.all, []

        def then_decided(**given):
            looks.append(find(**given))
            if len(looks) == 1:
                deciding.start()
                assert deciding.finish().code == "ok"
            return looks[-1]

        monkeypatch.setattr(look, "all", then_decided)
        with system_scope():
            Connection.objects.update(next_attempt_at=Now())
        ids = [followed.connected.connection.pk]
        assert (work_on_shops(ids=ids), looks, followed.server.decided) == (1, [[]], [])
        assert (work_on_shops(ids=ids), len(followed.server.decided)) == (1, 1)

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

    def test_of_two_who_connect_it_anew_at_once_the_second_replaces_what_the_first_has_kept(self, connected):
        shop = connected.shop
        race = overtaken(keeping(shop, "app-2", scoped=False), keeping(shop, "app-3"), scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        with shop.scope():
            made = Event.objects.filter(name="connection.made").order_by("id")
            changed = [event.data.get("app_key") for event in made]
        assert changed == [None, ["app", "app-2"], ["app-2", "app-3"]]


def keeping(shop, application="app", *, scoped=True):
    """What was tried is kept."""
    there = Shop(application, {Secret.APP_SECRET: "s3cret"}, "http://127.0.0.1:1", "token-1", "refresh-1", "shop-1")
    told = {"tokens": None, "silence": None, "actor": MERCHANT, "now": NOON}
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


class TestPages:
    """Pages are taken while somebody else reads, writes or locks some of the same."""

    @pytest.fixture
    def page(self, connected):
        """Copies of refunds that aren't here yet, of three orders."""
        puts = [connected.server.put(f"R{number}", order=f"O{number % 3}") for number in range(9)]
        return [ReadCopy(copy_of(put), NOON) for put in puts]

    @staticmethod
    def each_is_one(count: int = 9) -> None:
        """Every refund is here once, without a problem."""
        with system_scope():
            rows = MirroredRefund.objects.all()
            assert [row.problem for row in rows] == [""] * count
            assert len({row.refund_id for row in rows}) == Refund.objects.count() == count
        assert verify() == {}

    def test_two_pullers_at_once_take_each_refund_once(self, connected, page):
        take = partial(take_copies, connected.connection, page, now=NOON)
        again = partial(take_copies, connected.connection, page[::-1], now=NOON)
        assert sum(each.value for each in together(take, again, take)) == 9
        self.each_is_one()

    @pytest.mark.parametrize("page_first", [True, False])
    def test_a_message_has_one_of_them_read_meanwhile(self, connected, page, page_first):
        pull = partial(take_copies, connected.connection, page, now=NOON)
        read = partial(take_copy, connected.connection, page[4].copy, read_at=NOON, now=NOON)
        first, second = (pull, read) if page_first else (read, pull)
        race = overtaken(first, second, scope=connected.shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        assert race.first.value + race.second.value == 9
        self.each_is_one()

    def test_of_a_message_and_a_page_the_newer_copy_counts(self, connected, page):
        newer = copy_of(connected.server.put("R4", NOON + timedelta(seconds=1), order="O1", status="agreed"))
        read = partial(take_copy, connected.connection, newer, read_at=NOON, now=NOON)
        pull = partial(take_copies, connected.connection, page, now=NOON)
        race = overtaken(read, pull, scope=connected.shop.scope())
        assert (race.codes, race.first.value, race.second.value) == (("ok", "ok"), True, 8)
        assert connected.mirror()["R4"] == (2, "agreed")
        self.each_is_one()

    def test_one_that_could_not_be_opened_and_is_here_meanwhile_is_followed(self, connected, page):
        bad = replace(page[4].copy, amount=Decimal(0))
        assert take_copy(connected.connection, bad, read_at=NOON, now=NOON)
        assert connected.row("R4").problem
        mended = copy_of(connected.server.put("R4", NOON + timedelta(seconds=1), order="O1"))
        agreed = copy_of(connected.server.put("R4", NOON + timedelta(seconds=2), order="O1", status="agreed"))
        page[4] = ReadCopy(agreed, NOON)
        read = partial(take_copy, connected.connection, mended, read_at=NOON, now=NOON)
        pull = partial(take_copies, connected.connection, page, now=NOON)
        race = overtaken(read, pull, scope=connected.shop.scope())
        assert (race.codes, race.waited, race.second.value) == (("ok", "ok"), True, 9)
        assert connected.mirror()["R4"] == (3, "agreed")
        self.each_is_one()

    def test_an_order_that_is_posted_meanwhile_is_found(self, connected, page):
        post = partial(connected.shop.order, number="O1", shipped=False)
        race = overtaken(
            post, partial(take_copies, connected.connection, page[:3], now=NOON), scope=connected.shop.scope()
        )
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        self.each_is_one(3)
        with system_scope():
            assert Order.objects.filter(number="O1").values_list("is_masked", flat=True).get() is False

    @pytest.mark.parametrize("many", [True, False])
    def test_what_a_refund_holds_of_an_order_meanwhile_is_counted(self, connected, many):
        """The buyer asks here for a part of an order of which the marketplace tells another part."""
        shop = connected.shop
        orders = [shop.order() for _ in range(2 if many else 1)]
        told = [copy_of(connected.server.put(f"R{order.number}", order=order.number)) for order in orders]
        ask = partial(shop.refund, orders[0], kind="refund_only", amount="30.00")
        take = partial(take_copies, connected.connection, [ReadCopy(copy, NOON) for copy in told], now=NOON)
        race = overtaken(ask, take, scope=shop.scope())
        assert (race.codes, race.waited) == (("ok", "ok"), True)
        assert shop.reload(orders[0]).claimed_amount == Decimal(50)
        assert verify() == {}

    def test_who_has_the_connection_is_not_waited_for_while_refunds_are_locked(self, followed, page):
        """An owner who disconnects the shop holds it, and wants the refunds next."""
        lease = partial(Connection.objects.update, leased_by=followed.refund.pk)
        with system_scope():
            lease()
        connection, moved = followed.connected.connection, []
        mark = _Mark(connection, moved.append)
        take = partial(take_copies, connection, page[2:], now=NOON, at_end=mark.in_passing)
        race = overtaken(disconnection(followed), take, scope=followed.connected.shop.scope())
        assert (race.codes, race.waited, moved) == (("ok", "ok"), False, [])
        with pytest.raises(LeaseLost):
            mark.at_last()
        with system_scope():
            lease()
        mark.at_last()
        assert len(moved) == 1
