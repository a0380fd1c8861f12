"""From the merchant's yes to tokens, and to newer ones."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from common import clock
from connectors.fakes.base import Mischief
from connectors.http import send
from connectors.port import ReauthorisationNeeded, Refusal, Secret, Shop, Unreachable, WrongSetup
from tests.connectors.kwai.asking import KUAISHOU, read


def test_from_the_link_to_the_tokens(fake, shop):
    now = clock.now()
    assert send("GET", KUAISHOU.authorise_link(shop, state="s 1", callback="http://here/back")).status == 302
    tokens = KUAISHOU.redeem(shop, code="code-2", callback="http://here/back", now=now)
    assert read(replace(shop, access_token=tokens.access_token), fake.add()).id
    assert tokens.expires_at == now + timedelta(hours=48)
    assert tokens.refresh_expires_at == now + timedelta(days=180)
    assert tokens.shop_id == fake.open_id
    with pytest.raises(Refusal):
        KUAISHOU.redeem(shop, code="code-2", callback="http://here/back", now=now)


def test_the_documented_page():
    link = urlsplit(KUAISHOU.authorise_link(Shop(app_key="ks1", secrets={}), state="s", callback="http://h/"))
    assert f"{link.netloc}{link.path}" == "open.kwaixiaodian.com/oauth/authorize"
    asked = dict(parse_qsl(link.query))
    assert (asked["app_id"], asked["response_type"]) == ("ks1", "code")
    assert "merchant_refund" in asked["scope"].split(",")


def test_a_new_refresh_token_ends_when_the_old_one_would_have(fake, shop):
    fake.refresh_tokens["refresh-1"] = fake.now() + timedelta(days=30, seconds=1)
    now = clock.now()
    tokens = KUAISHOU.refresh(shop, now=now)
    assert timedelta(0) <= now + timedelta(days=30, seconds=1) - tokens.refresh_expires_at < timedelta(seconds=3)
    assert read(replace(shop, access_token=tokens.access_token), fake.add()).id
    assert read(shop, fake.add()).id, "the old access token lives beside it"


def test_a_refresh_token_is_used_once(shop):
    KUAISHOU.refresh(shop, now=clock.now())
    with pytest.raises(ReauthorisationNeeded) as raised:
        KUAISHOU.refresh(shop, now=clock.now())
    assert "refreshToken.discarded" in raised.value.text


@pytest.mark.parametrize("token", ["", "unheard of"])
def test_without_a_token_that_holds_a_person_is_needed(shop, token):
    with pytest.raises(ReauthorisationNeeded):
        KUAISHOU.refresh(replace(shop, refresh_token=token), now=clock.now())


def test_the_secret_for_signing_is_not_the_one_for_authorising(shop):
    secrets = {Secret.APP_SECRET: "sign-secret", Secret.SIGN_SECRET: "sign-secret"}
    with pytest.raises(WrongSetup):
        KUAISHOU.refresh(replace(shop, secrets=secrets), now=clock.now())


@pytest.mark.parametrize("kind", [Mischief.HALF, Mischief.CLOSED, Mischief.FAULT])
def test_a_lost_answer_to_a_refresh_is_no_revocation(fake, shop, kind):
    fake.misbehave(kind, "oauth2.refresh_token", done=True)
    with pytest.raises(Unreachable):
        KUAISHOU.refresh(shop, now=clock.now())
