"""The demo's small payments: each purpose and each way that one can end, and a day's allowance that is partly used."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from common import clock
from common.actors import Actor, ActorKind
from common.tenancy import system_scope, tenant_scope
from demo.scenes import Scene
from payments.gateways import gateway
from payments.inbox import process_due_notices, receive_notice
from payments.models import Payment
from payments.settlement import settle_batch
from payments.small import send_small_payment

FINANCE = Actor(ActorKind.MERCHANT, "demo", "财务小林")


@dataclass(frozen=True)
class SmallPayment:
    """One small payment, `ago` hours before now, on an order of its own or about the refund of a scene."""

    ago: float
    purpose: str
    amount: str
    note: str = ""
    buyer_id: str | None = None
    scene: int | None = None
    comes_back: bool = False


SMALL_PAYMENTS = {
    "kuaishou-demo": (
        SmallPayment(75, "return_freight", "12.00", "退货运费按快递单补给买家", scene=5),
        SmallPayment(52, "goods_compensation", "18.80", "开线，买家自行缝补，补偿一次"),
        SmallPayment(30, "price_difference", "20.00", "拍下次日降价，补差价", comes_back=True),
        SmallPayment(26, "other", "5.00", buyer_id="sandbox-decline"),
        SmallPayment(1.9, "goods_compensation", "1000.00", "整箱破损，先行赔付"),
        SmallPayment(1.6, "goods_compensation", "860.00", "批量漏发配件"),
        SmallPayment(1.2, "price_difference", "999.00", "直播间价格承诺差价"),
        SmallPayment(0.9, "return_freight", "35.00", "大件退货运费"),
        SmallPayment(0.6, "other", "6.66", "好评晒图致谢"),
        SmallPayment(0.4, "return_freight", "10.00", buyer_id="sandbox-timeout"),
        SmallPayment(0.2, "price_difference", "15.00", "会员价补差", scene=10),
    ),
}


def happenings(play, now: datetime) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """(when, what) of the store's small payments: the order, then the payment and what becomes of it."""
    for number, payment in enumerate(SMALL_PAYMENTS.get(play.store.code, ())):
        at = now - timedelta(hours=payment.ago)
        if payment.scene is None:
            scene = Scene(payment.ago, "refund_only", "other", buyer_id=payment.buyer_id)
            paid_at = at - timedelta(hours=scene.paid)
            yield (
                paid_at,
                lambda number=number, paid_at=paid_at, scene=scene: play.place(
                    f"C{number:03d}", number, paid_at, scene
                ),
            )
        yield at, lambda number=number, payment=payment: _send(play, number, payment)


def count(store_code: str) -> int:
    """How many happenings there are."""
    return sum(2 - (payment.scene is not None) for payment in SMALL_PAYMENTS.get(store_code, ()))


def _send(play, number: int, wanted: SmallPayment) -> None:
    refund = play.refunds[wanted.scene] if wanted.scene is not None else None
    order = f"A{wanted.scene:03d}" if refund else f"C{number:03d}"
    with tenant_scope(play.store.pk):
        payment = send_small_payment(
            store=play.store,
            order_number=play.order_number(order),
            amount=Decimal(wanted.amount),
            purpose=wanted.purpose,
            note=wanted.note,
            refund_id=refund and refund.pk,
            actor=FINANCE,
            now=clock.now(),
        )
    settle_batch()
    if wanted.comes_back:
        _come_back(payment)


def _come_back(payment: Payment) -> None:
    """The gateway's notice, as it would arrive by HTTP."""
    headers, body = gateway("sandbox").send_back(str(payment.pk))
    with system_scope():
        receive_notice(name="sandbox", headers=headers, body=body, now=clock.now())
    process_due_notices()
