"""From the merchant's yes to tokens, and to newer ones."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from common import clock
from connectors.fakes.base import Mischief
from connectors.http import send
from connectors.port import ReauthorisationNeeded, Refusal, Shop, TokenExpired, Unreachable
from tests.connectors.taobao.asking import TAOBAO, listed, read


def test_from_the_link_to_the_tokens(fake, shop):
    now = clock.now()
    link = TAOBAO.authorise_link(shop, state="s 1", callback="http://here/back")
    answer = send("GET", link)
    assert answer.status == 302
    tokens = TAOBAO.redeem(shop, code="code-2", callback="http://here/back", now=now)
    assert read(replace(shop, access_token=tokens.access_token), fake.add()).id
    assert (tokens.shop_id, tokens.shop_name) == (fake.seller_id, "挽留旗舰店")
    assert tokens.expires_at == now + timedelta(days=1)
    assert tokens.refresh_expires_at == now + timedelta(days=30)
    assert tokens.write_expires_at == now + timedelta(minutes=30)
    with pytest.raises(Refusal):
        TAOBAO.redeem(shop, code="code-2", callback="http://here/back", now=now)


def test_the_documented_page():
    shop = Shop(app_key="1", secrets={})
    link = urlsplit(TAOBAO.authorise_link(shop, state="s", callback="http://h/"))
    assert f"{link.scheme}://{link.netloc}{link.path}" == "https://oauth.taobao.com/authorize"
    assert dict(parse_qsl(link.query))["client_id"] == "1"


def test_a_refresh_token_is_used_once(fake, shop):
    tokens = TAOBAO.refresh(shop, now=clock.now())
    assert read(replace(shop, access_token=tokens.access_token), fake.add()).id
    with pytest.raises(ReauthorisationNeeded):
        TAOBAO.refresh(shop, now=clock.now())
    assert TAOBAO.refresh(replace(shop, refresh_token=tokens.refresh_token), now=clock.now()).refresh_token


def test_a_merchants_own_application_cannot_refresh(fake, shop):
    fake.can_refresh = False
    with pytest.raises(ReauthorisationNeeded):
        TAOBAO.refresh(shop, now=clock.now())
    tokens = TAOBAO.redeem(shop, code="code-1", callback="http://here/", now=clock.now())
    assert (tokens.refresh_token, tokens.refresh_expires_at) == ("", None)
    before = len(fake.calls())
    with pytest.raises(ReauthorisationNeeded):
        TAOBAO.refresh(replace(shop, refresh_token=""), now=clock.now())
    assert len(fake.calls()) == before


def test_a_session_ends(fake, shop):
    fake.sessions["session-1"] = clock.now() - timedelta(seconds=1)
    with pytest.raises(TokenExpired):
        listed(shop)


@pytest.mark.parametrize("kind", [Mischief.HALF, Mischief.CLOSED])
def test_a_lost_answer_to_a_refresh_is_no_revocation(fake, shop, kind):
    fake.misbehave(kind, "taobao.top.auth.token.refresh", done=True)
    with pytest.raises(Unreachable):
        TAOBAO.refresh(shop, now=clock.now())
