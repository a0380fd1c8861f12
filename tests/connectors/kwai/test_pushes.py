"""Messages that are pushed: encrypted, and not signed."""

from base64 import b64encode
from dataclasses import replace

import pytest

from connectors.port import BadPush, Secret, Shop
from tests.connectors.kwai.asking import KUAISHOU


def pushed(shop, body):
    return KUAISHOU.read_push(shop, method="POST", query={}, headers={}, body=body)


def test_a_message_is_a_hint(fake, shop):
    refund = fake.add()
    hints, answer = pushed(shop, fake.push(fake.messages[0]).body)
    assert [(hint.refund_id, hint.order_number) for hint in hints] == [(refund.id, "2000000000001")]
    assert (answer.body, answer.content_type) == (b'{"result":1}', "application/json")
    assert pushed(shop, fake.push(fake.messages[0]).body)[0] == hints, "a repeated one has the same key"
    fake.act("withdraw", refund.id)
    assert pushed(shop, fake.push(fake.messages[1]).body)[0][0].key != hints[0].key


def test_the_published_way_of_encrypting():
    """AES/CBC/PKCS5, a key in Base64, an IV of zeros: `openssl enc -aes-128-cbc` made this of {"test":true}."""
    body = b"vftmsTE4kncTlrYRCUwCMg=="
    shop = Shop(app_key="ks1", secrets={Secret.MESSAGE_KEY: b64encode(bytes(range(16))).decode()})
    assert pushed(shop, body) == ((), pushed(shop, b'{"test":true}')[1])


def test_tests_and_heartbeats_are_acknowledged(fake, shop):
    for body in (b'{"test":true}', fake.sealed({"test": True}), fake.sealed({"test": True}) + b"\n"):
        hints, answer = pushed(shop, body)
        assert (list(hints), answer.body) == ([], b'{"result":1}')


@pytest.mark.parametrize("wrong", ["key", "app", "garbage"])
def test_what_is_not_theirs_or_not_ours_is_refused(fake, shop, wrong):
    fake.add()
    with pytest.raises(BadPush):
        pushed(shop, fake.push(fake.messages[0], wrong).body)


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b'{"test":true,"refundId":1}', b"AAAA", b'{"appKey":"x"}', b"A" * 10_000]
)
def test_anything_else_is_refused(shop, body):
    with pytest.raises(BadPush):
        pushed(shop, body)


def test_without_a_key_nothing_is_believed(fake, shop):
    fake.add()
    secrets = {Secret.APP_SECRET: "a", Secret.SIGN_SECRET: "b"}
    with pytest.raises(BadPush):
        pushed(replace(shop, secrets=secrets), fake.push(fake.messages[0]).body)


@pytest.mark.parametrize("plain", [[], "text", {"appKey": "ks650000000000000001", "event": "kwaishop_aftersales_x"}])
def test_a_message_of_another_shape(fake, shop, plain):
    body = fake.sealed(plain)
    if isinstance(plain, dict):
        assert pushed(shop, body)[0] == ()
        return
    with pytest.raises(BadPush):
        pushed(shop, body)


def test_it_says_whose_it_is_and_other_events_are_acknowledged_only(fake, shop):
    fake.add()
    body = fake.push(fake.messages[0]).body
    [hint] = pushed(replace(shop, shop_id="another"), body)[0]
    assert hint.shop_id == fake.open_id
    fake.messages[0].content["event"] = "kwaishop_order_addOrder"
    assert pushed(shop, fake.push(fake.messages[0]).body)[0] == ()
