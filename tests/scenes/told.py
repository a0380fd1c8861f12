"""Scenes of those who are told or asked: people, groups, endpoints, marketplaces."""

from contextlib import closing
from datetime import timedelta
from uuid import uuid4

from django.db.models.functions import Now
from django.test import override_settings

from common.models import Watermark
from common.tenancy import system_scope
from connectors.connecting import connect_shop
from connectors.fakes.kuaishou import FakeKuaishou
from connectors.models import RefundHint
from connectors.port import Secret
from notices.actions import send_test_message, set_notice_terms
from notices.models import NoticeCopy, NoticeTerms
from stores.models import DeskSession, Device
from stores.people.letters import write_letter
from stores.states import LetterKind
from tests.notices.chats import WeCom
from tests.notices.conftest import robot_of
from tests.scenes.base import SERVERS, Scene
from tests.tenancy.things import (
    make_delivery,
    make_endpoint,
    make_failed_call,
    make_notice,
)
from tests.webhooks.receiver import Receiver
from tests.world import MERCHANT, NOON, Shop, make_user
from webhooks.models import Delivery, Endpoint


def _connected(shop: Shop):
    fake = SERVERS.enter_context(FakeKuaishou())
    fake.add(at=NOON - timedelta(hours=1))
    return connect_shop(
        store=shop.store,
        app_key=fake.app_key,
        secrets={Secret.APP_SECRET: fake.app_secret, Secret.SIGN_SECRET: fake.sign_secret},
        access_token="access-1",
        refresh_token="refresh-1",
        base_url=fake.url,
        actor=MERCHANT,
        now=NOON,
    )


def _owed(shop: Shop) -> None:
    make_endpoint(shop)
    _seen()


def _seen() -> None:
    with system_scope():  # as if somebody had looked once all this was committed
        Watermark.objects.create(xid=0, event_id=2**62, at=NOON)


def _owing(shop: Shop):
    delivery = make_delivery(shop, make_endpoint(shop))
    with shop.scope():
        Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=Now())
    return delivery


def _called(shop: Shop) -> None:
    SERVERS.enter_context(override_settings(WEBHOOKS_ALLOW_LOOPBACK=True))
    receiver = SERVERS.enter_context(closing(Receiver()))
    delivery = _owing(shop)
    with shop.scope():
        Endpoint.objects.filter(pk=delivery.endpoint_id).update(url=receiver.url, next_attempt_at=Now())


def _delivered(shop: Shop) -> None:
    delivery = _owing(shop)
    with shop.scope():
        Delivery.objects.filter(pk=delivery.pk).update(status="delivered", next_attempt_at=None)


def _failed(shop: Shop) -> None:
    assert shop.merchant.get("refunds/nobody/").status_code == 404


def _hinted(shop: Shop) -> None:
    connected = _connected(shop)
    with shop.scope():
        hint = {"connection": connected, "key": "1", "platform_id": "1", "received_at": NOON - timedelta(days=9)}
        RefundHint.objects.create(store=shop.store, **hint)


def written(shop: Shop) -> None:
    with system_scope():
        user = make_user(shop.store.code)
        write_letter(LetterKind.CONFIRM_ADDRESS, to=f"{user.username}@example.com", user=user, now=NOON)


def _used_a_browser(shop: Shop) -> None:
    Device.objects.create(user=make_user(shop.store.code), browser=uuid4(), first_at=NOON, seen_at=NOON)


def _signed_in(shop: Shop) -> None:
    user = make_user(shop.store.code)
    DeskSession.objects.create(session_key=f"{user.pk}", expire_date=NOON - timedelta(days=1), user=user)


def _told(shop: Shop) -> None:
    with shop.scope():
        set_notice_terms(store=shop.store, changes={}, actor=MERCHANT, now=NOON)
    shop.refund()
    _seen()


def _near(shop: Shop) -> None:
    with shop.scope():
        set_notice_terms(store=shop.store, changes={"tells_before": timedelta(hours=72)}, actor=MERCHANT, now=NOON)
    shop.refund()


def _tested(shop: Shop) -> None:
    SERVERS.enter_context(override_settings(WEBHOOKS_ALLOW_LOOPBACK=True))
    robot = robot_of(shop, "wecom", SERVERS.enter_context(closing(WeCom())))
    with shop.scope():
        send_test_message(store_id=shop.store.pk, robot_id=robot.pk, actor=MERCHANT, now=NOON)


def _to_mail(shop: Shop) -> None:
    notice, user = make_notice(shop), make_user(f"{shop.store.code}-told", shop=shop, role="agent")
    user.email = "told@example.com"
    user.save(update_fields=["email"])
    with shop.scope():
        NoticeTerms.objects.update(chosen={"request": {"bell": ["agent"], "email": ["agent"]}})
        NoticeCopy.objects.create(store=shop.store, notice=notice, person=user, due_at=NOON)


SCENES = {
    "notices for people": Scene(_told, "notices_desknotice"),
    "deadlines near": Scene(_near, "notices_desknotice"),
    "robots called": Scene(_tested, "notices_noticecopy", does="UPDATE", done="status = 'sent'"),
    "e-mails of notices": Scene(_to_mail, "notices_noticecopy", does="UPDATE", done="status = 'sent'"),
    "old notices forgotten": Scene(make_notice, "notices_desknotice", does="DELETE", later=timedelta(days=31)),
    "e-mails sent": Scene(written, "stores_letter", does="UPDATE", done="sent_at IS NOT NULL", of="user"),
    "old e-mails forgotten": Scene(written, "stores_letter", does="DELETE", later=timedelta(days=31), of="user"),
    "expired sessions forgotten": Scene(_signed_in, "stores_desksession", does="DELETE", of="user"),
    "unused devices forgotten": Scene(
        _used_a_browser, "stores_device", does="DELETE", later=timedelta(days=401), of="user"
    ),
    "shops followed": Scene(_connected, "connectors_mirroredrefund", marketplace="kuaishou"),
    "hints forgotten": Scene(_hinted, "connectors_refundhint", marketplace="kuaishou", does="DELETE"),
    "events owed to endpoints": Scene(_owed, "webhooks_delivery"),
    "endpoints called": Scene(_called, "webhooks_delivery", does="UPDATE", done="status = 'delivered'"),
    "deliveries forgotten": Scene(_delivered, "webhooks_delivery", does="DELETE", later=timedelta(days=31)),
    "failed calls written down": Scene(_failed, "webhooks_failedcall"),
    "failed calls forgotten": Scene(make_failed_call, "webhooks_failedcall", does="DELETE", later=timedelta(days=8)),
}
