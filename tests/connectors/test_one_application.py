"""Several shops of one application: each has its own tokens and refunds, whichever of them a message comes to."""

import pytest

from common.errors import Invalid, Refused
from common.tenancy import system_scope
from connectors.connecting import connect_shop
from connectors.fakes.douyin import DouyinFake
from connectors.messages import push_address
from connectors.models import Connection, MirroredRefund
from connectors.port import Secret
from connectors.shops import shop_for
from connectors.waking import wake_shops
from connectors.working import work_on_shops
from tests.world import MERCHANT, NOON, Shop, make_shop, wait

FIRST, SECOND = "1111111", "2222222"


@pytest.fixture
def fake(db, clock, broker_tasks):
    with DouyinFake() as fake:
        fake.open_shop(SECOND)
        yield fake


def connected(fake: DouyinFake, shop: Shop, shop_id: str, **tokens: str) -> Connection:
    return connect_shop(
        store=shop.store,
        app_key=fake.app_key,
        secrets={Secret.APP_SECRET: fake.secret},
        base_url=fake.url,
        shop_id=shop_id,
        actor=MERCHANT,
        now=NOON,
        **tokens,
    )


def refunds_of(shop: Shop) -> list[str]:
    with shop.scope():
        return list(MirroredRefund.objects.for_store(shop.store.pk).values_list("platform_id", flat=True))


def test_each_shop_has_its_tokens_and_hears_of_its_refunds(client, fake):
    shops = [make_shop("douyin"), make_shop("douyin")]
    ours, theirs = (connected(fake, shop, shop_id) for shop, shop_id in zip(shops, (FIRST, SECOND), strict=True))
    assert (ours.shop_id, theirs.shop_id) == (FIRST, SECOND)
    assert [shop_for(each).access_token for each in (ours, theirs)] == [fake.access_token, f"dy-access-of-{SECOND}"]
    refunds = [fake.add(shop_id=shop_id) for shop_id in (FIRST, SECOND)]
    for message in fake.messages:  # the application has one address for messages, of whichever shop they are
        push = fake.push(message)
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in push.headers.items()}
        told = {"content_type": "application/json", **headers}
        assert client.post(push_address(ours), push.body, **told).status_code == 200
    wait(minutes=1)
    with system_scope():
        wake_shops()
    while work_on_shops(ids=[ours.pk, theirs.pk]):
        pass
    assert [refunds_of(shop) for shop in shops] == [[refunds[0].id], [refunds[1].id]]


def test_the_same_shop_twice_and_one_that_nobody_names_are_refused(fake):
    connected(fake, make_shop("douyin"), FIRST)
    with pytest.raises(Refused) as twice:
        connected(fake, make_shop("douyin"), FIRST)
    assert twice.value.code == "shop_connected_twice"
    pasted = {"access_token": fake.access_token, "refresh_token": fake.refresh_token}
    connected(fake, make_shop("douyin"), "", **pasted)
    with pytest.raises(Invalid) as nameless:
        connected(fake, make_shop("douyin"), "", **pasted)
    assert nameless.value.attr == "shop_id"
    with system_scope():
        assert Connection.objects.count() == 2, "nothing is kept of what was refused"


def test_pasted_tokens_that_turn_out_to_be_of_a_connected_shop_stop_and_say_so(fake):
    connected(fake, make_shop("douyin"), FIRST)
    late = connected(fake, make_shop("douyin"), "", access_token=fake.access_token, refresh_token=fake.refresh_token)
    with system_scope():
        Connection.objects.filter(pk=late.pk).update(shop_id="", expires_at=NOON)
    wait(minutes=1)
    work_on_shops(ids=[late.pk])
    with system_scope():
        late.refresh_from_db()
    assert (late.status, late.fault, late.shop_id) == ("needs_setup", "connected_twice", "")
    assert shop_for(late).access_token == fake.access_token, "what was renewed is kept: the old one is spent"
