"""A shop is connected by keys or by a link; what is wrong is one sentence, and then nothing is stored."""

from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection as database
from django.test import override_settings

from common.errors import Busy, Invalid, Refused
from common.models import Event
from common.sealing import seal, unseal
from common.tenancy import system_scope
from connectors import connecting
from connectors.linking import come_back, keep_authorisation, make_link
from connectors.mending import disconnect_shop
from connectors.models import Connection
from connectors.platforms import PLATFORMS
from connectors.port import Authorisation, Secret, Tokens
from connectors.shops import shop_for
from connectors.states import ConnectionStatus
from tests.connectors.conftest import Connected
from tests.connectors.toy import Toy
from tests.world import MERCHANT, NOON, make_shop

CALLBACK = "https://desk.example/connect/callback/"


def stored() -> int:
    with system_scope():
        return Connection.objects.count()


def test_what_was_typed_is_tried_and_kept(unconnected):
    connection = unconnected.connect()
    assert (connection.status, connection.platform) == (ConnectionStatus.CONNECTED, "toy")
    assert len(unconnected.server.calls("list")) == 1
    shop = shop_for(unconnected.connection)
    assert (shop.access_token, shop.secrets[Secret.APP_SECRET]) == ("token-1", "s3cret")
    with unconnected.shop.scope():
        [event] = Event.objects.filter(name="connection.made")
    assert event.data == {"platform": "toy", "shop": "app"}


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        ({"error": "secret"}, "wrong_secret", "check the secret and enter it again"),
        ({"error": "address"}, "address_not_allowed", "white list"),
        ({"error": "revoked"}, "authorisation_ended", "authorise the shop anew"),
        ({"error": "refused"}, "platform_refused", "isv.bad"),
    ],
)
def test_each_thing_that_is_wrong_has_its_sentence_and_nothing_is_stored(unconnected, fault, code, said):
    unconnected.server.faults["list"] = [fault]
    with pytest.raises(Refused, match=said) as refusal:
        unconnected.connect()
    assert refusal.value.code == code
    assert stored() == 0


def test_what_is_missing_is_named(unconnected):
    with pytest.raises(Invalid) as missing:
        unconnected.connect(app_key=" ")
    assert missing.value.attr == "app_key"
    with pytest.raises(Invalid) as missing:
        unconnected.connect(secrets={})
    assert missing.value.attr == "app_secret"
    with pytest.raises(Invalid) as unknown:
        unconnected.connect(secrets={Secret.APP_SECRET: "s3cret", Secret.AES_KEY: "x"})
    assert unknown.value.attr == "aes_key"
    for address in ("ftp://x", "http://", "http://user:pw@127.0.0.1", "http://127.0.0.1/?a=1", "http://[", "x" * 300):
        with pytest.raises(Invalid) as wrong:
            unconnected.connect(base_url=address)
        assert wrong.value.attr == "base_url"
    assert (stored(), unconnected.server.asked) == (0, [])


def test_a_platform_that_does_not_answer_now_is_kept_and_asked_again(unconnected):
    unconnected.server.faults["list"] = [{"status_code": 500}]
    connection = unconnected.connect()
    assert (connection.status, connection.told) == (ConnectionStatus.CONNECTED, "500")
    unconnected.server.put("R1", NOON)
    unconnected.turn()
    assert (unconnected.connection.told, unconnected.connection.last_error) == ("", "")


def test_whose_words_it_is_that_nobody_answers(unconnected):
    """What we found ourselves is never shown as the marketplace's."""
    unconnected.server.faults["list"] = [{"hang_up": True}]
    connection = unconnected.connect()
    assert (connection.status, connection.told) == (ConnectionStatus.CONNECTED, "")
    assert "broke off" in connection.last_error


def test_an_old_token_is_renewed_at_once(unconnected):
    unconnected.connect(access_token="old")
    assert shop_for(unconnected.connection).access_token == "token-2"
    assert unconnected.connection.shop_name == "Shop-1"


def test_a_shop_is_connected_to_one_store(unconnected):
    unconnected.connect(access_token="")
    other = Connected(make_shop("taote"), unconnected.server)
    with pytest.raises(Refused) as refusal:
        other.connect(access_token="")
    assert refusal.value.code == "shop_connected_twice"
    assert stored() == 1
    with unconnected.shop.scope():
        disconnect_shop(store_id=unconnected.shop.store.pk, actor=MERCHANT, now=NOON)
    assert other.connect(access_token="").status == ConnectionStatus.CONNECTED


def test_a_token_of_another_shop_is_refused_once_something_was_read(unconnected):
    unconnected.connect(access_token="")
    unconnected.server.put("R1", NOON)
    unconnected.server.shop = "shop-2"
    unconnected.turn()
    before = unconnected.connection
    from connectors.taking import take_copy
    from tests.connectors.toy import copy_of

    take_copy(before, copy_of(unconnected.server.refunds["R1"]), read_at=NOON, now=NOON)
    with pytest.raises(Refused, match="another shop") as refusal:
        unconnected.connect(access_token="")
    assert refusal.value.code == "other_shop"
    assert unconnected.connection.sealed_tokens == before.sealed_tokens


def test_nobody_renews_tokens_while_a_worker_may(connected):
    with connected.shop.scope():
        Connection.objects.update(leased_until=NOON.replace(year=2999))
    with pytest.raises(Busy):
        connected.connect()
    assert len(connected.server.calls("list")) == 1


class TestByLink:
    """The merchant follows a link and comes back with a code."""

    @pytest.fixture
    def linked(self, unconnected):
        unconnected.connect(access_token="", refresh_token="")
        return unconnected

    def link(self, linked, user="7") -> str:
        with linked.shop.scope():
            told = make_link(store_id=linked.shop.store.pk, user=user, callback=CALLBACK, actor=MERCHANT, now=NOON)
        return parse_qs(urlsplit(told).query)["state"][0]

    def back(self, state, code="good", user="7", now=NOON):
        return come_back(state=state, code=code, user=user, callback=CALLBACK, actor=MERCHANT, now=now)

    def test_it_waits_until_then(self, linked):
        assert linked.connection.status == ConnectionStatus.AUTHORISING
        assert linked.turn() == {}

    def test_it_is_let_in(self, linked):
        connection = self.back(self.link(linked))
        assert (connection.status, connection.shop_id) == (ConnectionStatus.CONNECTED, "shop-1")
        linked.server.put("R1", NOON)
        with linked.shop.scope():
            [event] = Event.objects.filter(name="connection.authorised")
        assert event.data["until"].startswith("2026-12-20")

    def test_a_link_holds_once_for_an_hour_for_one_user(self, linked):
        state = self.link(linked)
        for wrong in (
            {"state": state + "x"},
            {"state": "nonsense"},
            {"state": state, "user": "8"},
            {"state": state, "now": NOON.replace(hour=6)},
        ):
            with pytest.raises(Refused) as refusal:
                self.back(**wrong)
            assert refusal.value.code == "link_over"
        assert linked.server.calls("redeem") == []
        self.back(state)
        with pytest.raises(Refused, match="used already"):
            self.back(state)
        assert len(linked.server.calls("redeem")) == 1

    def test_of_two_who_come_back_at_once_the_second_keeps_nothing(self, linked):
        self.link(linked)
        before = linked.connection
        with linked.shop.scope(), pytest.raises(Refused) as refusal:
            keep_authorisation(store_id=before.store_id, nonce="", tokens=Tokens("t", None), actor=MERCHANT, now=NOON)
        assert refusal.value.code == "link_over"
        assert linked.connection.sealed_tokens == before.sealed_tokens

    def test_a_newer_link_ends_the_one_before(self, linked):
        first, _second = self.link(linked), self.link(linked)
        with pytest.raises(Refused, match="a newer one was made"):
            self.back(first)

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            ({"error": "revoked"}, "takes each of its codes once"),
            ({"error": "refused"}, "takes each of its codes once"),
            ({"error": "token"}, "takes each of its codes once"),
            ({"error": "fault"}, "doesn't answer now: make a new link in a while"),
            ({"error": "throttled"}, "doesn't answer now: make a new link in a while"),
            ({"hang_up": True}, "doesn't answer now: make a new link in a while"),
            ({"error": "secret"}, "check the secret"),
            ({"error": "address"}, "white list"),
        ],
    )
    def test_a_code_that_brings_no_tokens_says_why_and_leaves_it_waiting(self, linked, answer, words):
        link = self.link(linked)
        linked.server.faults["redeem"] = [answer]
        with pytest.raises(Refused, match=words):
            self.back(link)
        kept = linked.connection
        assert (kept.status, kept.next_attempt_at) == (ConnectionStatus.AUTHORISING, None)
        self.back(link)
        assert linked.connection.status == ConnectionStatus.CONNECTED

    def test_another_shop_may_not_come_back(self, linked):
        self.back(self.link(linked))
        linked.server.shop = "shop-2"
        with pytest.raises(Refused) as refusal:
            self.back(self.link(linked))
        assert refusal.value.code == "other_shop"
        assert linked.connection.shop_id == "shop-1"


def test_an_application_of_the_shops_own_needs_no_link(unconnected, monkeypatch):
    monkeypatch.setattr(Toy, "authorisation", Authorisation.APPLICATION)
    unconnected.server.refresh_token = ""
    connection = unconnected.connect(access_token="", refresh_token="")
    assert (connection.status, connection.is_refreshable) == (ConnectionStatus.CONNECTED, True)
    with unconnected.shop.scope(), pytest.raises(Refused) as refusal:
        make_link(store_id=unconnected.shop.store.pk, user="7", callback=CALLBACK, actor=MERCHANT, now=NOON)
    assert refusal.value.code == "no_link"


def test_a_marketplace_without_a_platform_says_so(unconnected, monkeypatch):
    monkeypatch.setattr(PLATFORMS, "_entries", {})
    with pytest.raises(Refused) as refusal:
        unconnected.connect()
    assert refusal.value.code == "no_platform"


def test_who_is_disconnected_keeps_no_secret_and_what_was_read(connected):
    connected.server.put("R1", NOON.replace(hour=3))
    connected.turn()
    with connected.shop.scope():
        disconnect_shop(store_id=connected.shop.store.pk, actor=MERCHANT, now=NOON)
    assert (connected.connection.sealed_secrets, connected.connection.sealed_tokens) == ("", "")
    assert connected.turn() == {}
    assert connected.mirror() == {"R1": (1, "asked")}


@pytest.mark.parametrize(("left", "days"), [(13, [14]), (6, [14, 7]), (0, [14, 7, 1])])
def test_it_is_said_14_7_and_1_days_before_an_authorisation_ends(unconnected, clock, left, days):
    unconnected.connect(access_token="")  # it ends in 30 days
    for mark in (13, 6, 0)[: len(days)]:
        unconnected.server.token = f"token-{unconnected.server.refreshes + 1}"
        with unconnected.shop.scope():
            Connection.objects.update(
                refresh_expires_at=NOON + connecting.timedelta(days=mark, hours=5), expires_at=NOON.replace(year=2027)
            )
        unconnected.turn(most=1)
        unconnected.turn(most=1)
    with unconnected.shop.scope():
        told = [event.data["days"] for event in Event.objects.filter(name="connection.warned").order_by("id")]
    assert told == [13, 6, 0][: len(days)]


class TestSecrets:
    """Sealed at rest, with keys that can be changed."""

    def test_nothing_readable_is_stored_or_told(self, connected):
        connected.turn()
        with system_scope(), database.cursor() as cursor:
            cursor.execute("SELECT c::text FROM connectors_connection c")
            stored = cursor.fetchone()[0]
            cursor.execute("SELECT coalesce(string_agg(data::text, ' '), '') FROM common_event")
            told = cursor.fetchone()[0]
        for secret in ("s3cret", "push-key", "token-1", "refresh-1"):
            assert secret not in stored
            assert secret not in told
            assert secret not in repr(shop_for(connected.connection))

    def test_keys_are_changed_while_the_old_ones_still_open(self, connected):
        old, new = (Fernet.generate_key().decode() for _ in range(2))
        with override_settings(CONNECTOR_KEYS=[old]):
            connected.connect()
        with override_settings(CONNECTOR_KEYS=[new, old]):
            call_command("rotate_connector_keys")
        with override_settings(CONNECTOR_KEYS=[new]):
            assert shop_for(connected.connection).access_token == "token-1"
        with override_settings(CONNECTOR_KEYS=[old]), pytest.raises(Refused, match="add the old key"):
            shop_for(connected.connection)

    def test_where_people_work_nothing_is_sealed_without_keys_of_its_own(self, unconnected):
        with override_settings(CONNECTOR_KEYS=[], IS_EMBEDDED=False):
            with pytest.raises(Refused) as refusal:
                unconnected.connect()
            assert refusal.value.code == "keys_missing"
            assert "wanliu.W002" in {message.id for message in run_checks(include_deployment_checks=True)}
        assert (stored(), unconnected.server.asked) == (0, [])

    def test_a_key_that_is_none_is_found_by_the_check(self):
        with override_settings(CONNECTOR_KEYS=[Fernet.generate_key().decode(), "short"]):
            [error] = [message for message in run_checks() if message.id == "wanliu.E010"]
        assert "number 2" in error.msg

    def test_sealing_is_reversible_and_never_twice_the_same(self):
        assert unseal(seal({"a": "中"})) == {"a": "中"}
        assert seal({"a": "b"}) != seal({"a": "b"})


def test_a_store_has_one_connection_which_connecting_again_replaces(connected):
    before = connected.connection
    connected.turn()
    again = connected.connect(app_key="app-2")
    assert (again.pk, again.app_key, again.cursor) == (before.pk, "app-2", connected.connection.cursor)
    assert stored() == 1
