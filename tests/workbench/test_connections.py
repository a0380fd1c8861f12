"""The page of a store's connection, the way back from the platform, and what waits for a person there."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from common.tenancy import system_scope
from connectors.models import Connection, MirroredRefund, PlatformTask, SentDecision
from connectors.port import Limit, LimitScope
from connectors.shops import shop_for
from connectors.states import ConnectionStatus, SendingStatus
from stores.models import Membership
from tests.connectors.conftest import Connected, connected, server, unconnected  # noqa: F401
from tests.connectors.toy import Toy
from tests.marketplace import followed
from tests.world import NOON, make_shop

pytestmark = pytest.mark.django_db
CONNECTIONS = "connectors/connection/"
SECRET, MESSAGE_KEY = "s3cret", "push-key-9x"
KEYS = {"app_key": "app", "app_secret": SECRET, "message_key": MESSAGE_KEY}


@pytest.fixture
def shop(unconnected, monkeypatch):  # noqa: F811
    """The tests' platform stands where its documented address would."""
    monkeypatch.setattr(Toy, "base_url", unconnected.server.url)
    return unconnected.shop


@pytest.fixture
def owner(sign_in, shop):
    return sign_in("owner", shop)


def text_of(answer) -> str:
    return answer.content.decode()


def change(shop, **fields) -> Connection:
    """The shop's connection with these fields."""
    with system_scope():
        Connection.objects.filter(store=shop.store).update(**fields)
        return Connection.objects.get(store=shop.store)


def page_of(desk, connection, part: str = "change/") -> str:
    answer = desk.get(f"{CONNECTIONS}{connection.pk}/{part}")
    assert answer.status_code == 200
    return text_of(answer)


class TestConnecting:
    def test_keys_are_tried_kept_and_never_shown(self, owner, shop, unconnected, caplog):  # noqa: F811
        form = text_of(owner.get(f"{CONNECTIONS}add/"))
        assert 'name="app_secret"' in form
        assert "http://testserver/connect/toy/callback/" in form, "what the console wants to know"
        assert "Only for messages that the marketplace pushes." in form
        tokens = {"access_token": unconnected.server.token, "refresh_token": unconnected.server.refresh_token}
        answer = owner.client.post(f"/admin/{CONNECTIONS}add/", {**KEYS, **tokens}, follow=True)
        kept = unconnected.connection
        assert (kept.status, kept.store_id) == (ConnectionStatus.CONNECTED, shop.store.pk)
        assert shop_for(kept).secrets == {"app_secret": SECRET, "message_key": MESSAGE_KEY}
        pages = [answer, owner.get(f"{CONNECTIONS}{kept.pk}/connect/"), owner.get(CONNECTIONS), owner.get("changes/")]
        for secret in (SECRET, MESSAGE_KEY, *tokens.values()):
            assert all(secret not in text_of(page) for page in pages)
            assert secret not in caplog.text
        assert kept.sealed_secrets not in "".join(map(text_of, pages))

    def test_what_is_wrong_is_said_and_nothing_is_kept(self, owner, unconnected):  # noqa: F811
        answer = owner.post(f"{CONNECTIONS}add/", **{**KEYS, "app_secret": "another", "access_token": "t"})
        assert "check the secret and enter it again" in text_of(answer)
        assert "another" not in text_of(answer), "a form comes back without the secrets"
        assert "This field is required." in text_of(owner.post(f"{CONNECTIONS}add/", app_key="app"))
        with system_scope():
            assert not Connection.objects.exists()

    @pytest.mark.parametrize("role", ["agent", "finance", "warehouse", "viewer"])
    def test_only_owners_see_it(self, sign_in, shop, connected, role):  # noqa: F811
        desk, kept = sign_in(role, shop), connected.connection
        for part in ("", "add/", f"{kept.pk}/connect/", f"{kept.pk}/disconnect/", f"{kept.pk}/authorise/"):
            for send in (desk.get, desk.post):
                answer = send(CONNECTIONS + part)
                assert answer.status_code in (403, 404) or kept.app_key not in text_of(answer)
        assert connected.connection.status == ConnectionStatus.CONNECTED
        assert f"/admin/{CONNECTIONS}" not in text_of(desk.get(""))

    def test_another_stores_connection_is_as_if_missing(self, sign_in, connected):  # noqa: F811
        stranger = sign_in("owner", make_shop("taote"))
        kept = connected.connection
        for part in ("change/", "connect/", "disconnect/", "authorise/", "fetch-past/", "resume/"):
            assert stranger.get(f"{CONNECTIONS}{kept.pk}/{part}").status_code == 404
            assert stranger.post(f"{CONNECTIONS}{kept.pk}/{part}", **KEYS).status_code == 404
        assert stranger.rows(CONNECTIONS) == []


class TestState:
    def test_before_it_is_authorised_nothing_is_promised(self, owner, shop):
        assert "press + and enter the keys" in text_of(owner.get(CONNECTIONS))
        owner.post(f"{CONNECTIONS}add/", **KEYS)
        text = page_of(owner, change(shop))
        assert "The keys are kept. Authorise the shop now" in text
        assert "without an end that is known" not in text
        assert "behind" not in text
        assert text.index("decide-authorise") < text.index("Enter the keys anew")

    @pytest.mark.parametrize("status", ["needs_authorisation", "disconnected"])
    def test_of_one_that_ended_no_end_is_told(self, owner, connected, status):  # noqa: F811
        ends = NOON + timedelta(days=99)
        kept = change(connected.shop, refresh_expires_at=ends)
        shown = f"{ends:%Y-%m-%d}"
        assert shown in page_of(owner, kept)
        assert shown in text_of(owner.get(CONNECTIONS))
        kept = change(connected.shop, status=status, sealed_secrets="", sealed_tokens="")
        assert shown not in page_of(owner, kept)
        assert shown not in text_of(owner.get(CONNECTIONS))

    @pytest.mark.parametrize(
        ("left", "words", "tone"),
        [
            (timedelta(days=14, hours=1), "", ""),
            (timedelta(days=13, hours=1), "ends in 13 days", "amber"),
            (timedelta(days=6, hours=1), "ends in 6 days", "red"),
            (timedelta(days=1, hours=1), "ends in 1 day:", "red"),
            (timedelta(hours=23), "ends within a day", "red"),
        ],
    )
    def test_the_end_of_an_authorisation_is_announced(self, owner, connected, left, words, tone):  # noqa: F811
        kept = change(connected.shop, refresh_expires_at=NOON + left)
        text = page_of(owner, kept)
        assert (words in text and f'wl-badge {tone}">To do' in text) if words else "The authorisation ends" not in text
        assert ("Connections to mend" in owner.tiles()) == bool(words)

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"status": "needs_authorisation", "told": "27 revoked"}, "authorise the shop anew"),
            ({"status": "needs_setup", "fault": "address_not_allowed", "told": "403 ip"}, "white list"),
            ({"status": "authorising"}, "Authorise the shop now"),
            ({"write_expires_at": NOON}, "reading goes on: authorise the shop anew"),
            ({"needs_attention": True, "last_error": "KeyError"}, "broke off again and again, and has stopped"),
            ({"status": "needs_authorisation", "last_error": "No token is left."}, "Last error: No token is left."),
        ],
    )
    def test_what_a_person_has_to_do_is_said(self, owner, connected, fields, words):  # noqa: F811
        kept = change(connected.shop, **fields)
        text = page_of(owner, kept)
        assert words in text
        assert (
            f"The marketplace said: {fields['told']}" in text
            if "told" in fields
            else "The marketplace said" not in text
        )
        assert ("I have set it right" in text) is (fields.get("status") == "needs_setup" or "needs_attention" in fields)
        assert "asked again by itself" not in text
        assert owner.tiles()["Connections to mend"] == "1"

    def test_how_far_it_is_and_how_many_calls_are_left(self, owner, connected, monkeypatch):  # noqa: F811
        monkeypatch.setattr(Toy, "limits", (Limit(LimitScope.SHOP, 40, timedelta(seconds=10), "list"),))
        kept = change(
            connected.shop,
            cursor=NOON - timedelta(minutes=75),
            pulled_at=NOON,
            look_back="back_fill",
            looked_from=NOON - timedelta(days=10),
            looked_at=NOON - timedelta(days=6),
            look_until=NOON,
        )
        text = page_of(owner, kept)
        assert "1 h 15 min behind" in text
        newest = change(connected.shop, cursor=NOON - timedelta(seconds=40))
        assert "less than a minute behind" in page_of(owner, newest)
        assert "40%" in text
        assert "list · 40 in 10 s" in text
        assert "<dd>40 " in text, "nothing was asked yet"

    def test_what_was_set_right_goes_on(self, owner, connected):  # noqa: F811
        kept = change(connected.shop, status="needs_setup", fault="address_not_allowed", next_attempt_at=None)
        owner.post(f"{CONNECTIONS}{kept.pk}/resume/")
        assert connected.connection.status == ConnectionStatus.CONNECTED
        assert connected.connection.next_attempt_at is not None
        assert "I have set it right" not in page_of(owner, kept)

    def test_the_past_and_the_end(self, owner, connected):  # noqa: F811
        kept = connected.connection
        owner.post(f"{CONNECTIONS}{kept.pk}/fetch-past/", since="2026-01-01")
        assert connected.connection.look_back == "back_fill"
        assert "decisions on their way are given up" in page_of(owner, kept, "disconnect/")
        owner.post(f"{CONNECTIONS}{kept.pk}/disconnect/")
        kept = connected.connection
        assert (kept.status, kept.sealed_secrets, kept.sealed_tokens) == (ConnectionStatus.DISCONNECTED, "", "")
        assert "connect it to go on" in page_of(owner, kept)


class TestLink:
    @pytest.fixture
    def linked(self, owner, connected):  # noqa: F811
        """The state of a link that the owner has made."""
        change(connected.shop, status="needs_authorisation")
        answer = owner.post(f"{CONNECTIONS}{connected.connection.pk}/authorise/")
        query = parse_qs(urlsplit(answer.context["link"]).query)
        assert query["callback"] == ["http://testserver/connect/toy/callback/"]
        return query["state"][0]

    @staticmethod
    def come_back(desk, **query) -> str:
        """What the page says that the merchant is led to."""
        answer = desk.client.get("/connect/toy/callback/", query, follow=True)
        return text_of(answer)

    def test_a_code_is_redeemed_once(self, owner, connected, linked):  # noqa: F811
        assert "The shop is authorised" in self.come_back(owner, state=linked, code="good")
        assert connected.connection.status == ConnectionStatus.CONNECTED
        assert "This link was used already" in self.come_back(owner, state=linked, code="good")
        assert len(connected.server.calls("redeem")) == 1

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ({"state": "made-up", "code": "good"}, "isn&#x27;t one of our links"),
            ({"code": "good"}, "isn&#x27;t one of our links"),
            ({"error": "access_denied"}, "The shop wasn&#x27;t authorised. The marketplace said: access_denied"),
            ({}, "isn&#x27;t one of our links"),
            ({"code": ""}, "sent no code"),
            ({"code": "bad"}, "takes each of its codes once, within minutes, and not this one: make a new link"),
        ],
    )
    def test_each_failure_is_a_sentence(self, owner, connected, linked, query, words):  # noqa: F811
        if query and "state" not in query and query != {"code": "good"}:
            query = {"state": linked, **query}
        text = self.come_back(owner, **query)
        assert words in text
        is_ours = query.get("state") == linked
        assert ('id="decide-authorise"' in text) is is_ours, "where another link is made, if it is known which shop's"
        assert connected.connection.status == ConnectionStatus.NEEDS_AUTHORISATION

    def test_an_old_link_and_that_of_somebody_else(self, sign_in, connected, linked, owner, clock):  # noqa: F811
        other = sign_in("owner", make_shop("taote"))
        assert "was made for somebody else" in self.come_back(other, state=linked, code="good")
        clock.move(hours=1, minutes=1)
        assert "older than an hour" in self.come_back(owner, state=linked, code="good")
        assert connected.server.calls("redeem") == []

    def test_who_owns_the_store_no_more_authorises_nothing(self, connected, linked, owner):  # noqa: F811
        with system_scope():
            Membership.objects.filter(user=owner.user).update(role="agent")
        assert "own this store any more" in self.come_back(owner, state=linked, code="good")
        assert connected.server.calls("redeem") == []
        assert connected.connection.status == ConnectionStatus.NEEDS_AUTHORISATION

    def test_strangers_sign_in_first(self, connected, linked):  # noqa: F811
        answer = Client().get("/connect/toy/callback/", {"state": linked, "code": "good"})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/?next=/connect/toy/callback/")
        assert connected.server.calls("redeem") == []


class TestWhatWaits:
    @pytest.fixture
    def decision(self, connected):  # noqa: F811
        refund = followed(connected.shop, "asked", kind="refund_only")
        with connected.shop.scope():
            return SentDecision.objects.create(
                store=connected.shop.store,
                connection=connected.connection,
                refund=refund,
                platform_id="R1",
                verb="agree_refund",
                status=SendingStatus.CODE_WANTED,
                decided_at=NOON,
            )

    @staticmethod
    def again(row):
        with system_scope():
            return type(row).objects.get(pk=row.pk)

    def test_a_code_is_entered_by_who_decides(self, sign_in, connected, decision):  # noqa: F811
        address = f"connectors/sentdecision/{decision.pk}/"
        viewer = sign_in("viewer", connected.shop)
        assert viewer.post(f"{address}code/", code="123456").status_code == 403
        agent = sign_in("agent", connected.shop)
        assert agent.tiles()["Codes to enter"] == "1"
        assert "Enter the code" in text_of(agent.get(f"{address}change/"))
        assert "as it stands in the message" in text_of(agent.post(f"{address}code/", code="12 34"))
        agent.post(f"{address}code/", code="123456")
        kept = self.again(decision)
        assert (kept.status, kept.data["code"]) == (SendingStatus.WAITING, "123456")
        assert "123456" not in text_of(agent.get(f"{address}change/"))
        assert "Codes to enter" not in agent.tiles()

    def test_what_got_stuck_is_sent_on(self, sign_in, connected, decision):  # noqa: F811
        with system_scope():
            SentDecision.objects.filter(pk=decision.pk).update(status="sent", needs_attention=True, last_error="500")
        agent = sign_in("agent", connected.shop)
        assert [row.pk for row in agent.rows("connectors/sentdecision/", queue="stuck")] == [decision.pk]
        assert "Last error: 500" in text_of(agent.get(f"connectors/sentdecision/{decision.pk}/change/"))
        agent.post(f"connectors/sentdecision/{decision.pk}/resume/")
        assert self.again(decision).needs_attention is False

    def test_what_could_not_be_sent_was_not_refused_by_the_marketplace(self, sign_in, connected, decision):  # noqa: F811
        with system_scope():
            SentDecision.objects.filter(pk=decision.pk).update(
                status="refused", last_error="No address.", closed_at=NOON
            )
        agent = sign_in("agent", connected.shop)
        for page in (f"connectors/sentdecision/{decision.pk}/change/", f"refunds/refund/{decision.refund_id}/change/"):
            text = text_of(agent.get(page))
            assert ("Not sent" in text, "No address." in text, "couldn&#x27;t be sent" in text) == (True,) * 3
            assert ("Refused by the marketplace" in text, "The marketplace said" in text) == (False, False)

    def test_what_was_refused_is_listed_with_the_words(self, sign_in, connected, decision):  # noqa: F811
        with system_scope():
            SentDecision.objects.filter(pk=decision.pk).update(status="refused", told="40 isv.bad", closed_at=NOON)
        answer = sign_in("viewer", connected.shop).get("connectors/sentdecision/", queue="refused")
        assert "40 isv.bad" in text_of(answer)

    def test_a_task_leads_to_the_back_office_and_is_closed(self, sign_in, connected, decision):  # noqa: F811
        with connected.shop.scope():
            task = PlatformTask.objects.create(
                store=connected.shop.store, refund=decision.refund, verb="refuse", text="not ours", created_at=NOON
            )
        agent, address = sign_in("agent", connected.shop), f"connectors/platformtask/{task.pk}/"
        assert agent.tiles()["To do by hand there"] == "1"
        text = text_of(agent.get(f"{address}change/"))
        assert 'href="https://back.office.example/"' in text
        assert "not ours" in text
        agent.post(f"{address}close/")
        assert self.again(task).closed_at == NOON
        assert "To do by hand there" not in agent.tiles()

    def test_a_copy_that_nobody_understands_is_read_again(self, sign_in, connected):  # noqa: F811
        connected.server.put("R9", NOON - timedelta(minutes=20), status="SOMETHING_NEW")
        connected.turn()
        agent, row = sign_in("agent", connected.shop), connected.row("R9")
        assert agent.tiles()["Need a look"] == "1"
        text = text_of(agent.get(f"connectors/mirroredrefund/{row.pk}/change/"))
        assert "SOMETHING_NEW" in text
        assert "it is shown as it came" in text
        connected.server.put("R9", NOON - timedelta(minutes=10), status="asked")
        agent.post(f"connectors/mirroredrefund/{row.pk}/read-again/")
        connected.turn(seconds=1)
        with system_scope():
            assert MirroredRefund.objects.get(pk=row.pk).needs_look is False
        assert agent.post(f"connectors/mirroredrefund/{row.pk}/read-again/").status_code == 302

    def test_another_stores_are_as_if_missing(self, sign_in, decision):
        stranger = sign_in("owner", make_shop("taote"))
        assert stranger.get(f"connectors/sentdecision/{decision.pk}/change/").status_code == 404
        assert stranger.rows("connectors/sentdecision/", queue="all") == []
