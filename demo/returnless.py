"""The demo's refunds without return.

A Kuaishou store that has joined, its requests to review, and one store still on version 2.0 of the programme.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from common import clock
from common.actors import Actor, ActorKind
from common.tenancy import tenant_scope
from demo.people import OPERATOR
from demo.scenes import Scene
from refunds.returnless import enrolment, programme
from refunds.returnless.agreements import CURRENT
from stores import actions as store_actions
from stores.models import Store

OWNER = Actor(ActorKind.MERCHANT, "demo", "阿柔")
LIVE_ROOM = Actor(ActorKind.PLATFORM, "demo", "快手直播")
STORE = "kuaishou-demo"
COVERED = ["830036", "830037"]
ADDED_LATER = "830038"
EARLIER_STORE = ("kuaishou-earlier", "老铁零食铺", "2.0")
EARLIER_PRODUCTS = [("850051", "手撕面包 整箱", "29.90"), ("850052", "每日坚果 30 包", "69.00")]


def _paid(ago: float, reason: str, item: int, description: str, **kwargs) -> Scene:
    """A request that was approved and paid from the budget."""
    steps = ((ago - 2, "approve", {}), (ago - 3, "sweep", {}))
    return Scene(ago, "refund_only", reason, steps, item=item, description=description, **kwargs)


RETURNLESS = [
    _paid(330, "quality", 5, "有两包漏气了"),
    _paid(250, "packaging_damaged", 6, "碎了一只碗"),
    Scene(
        140,
        "refund_only",
        "not_as_described",
        (
            (139, "talk", {"text": "亲，非常抱歉，给您补发一份可以吗？"}),
            (138, "reply", {"text": "不用了，想退款"}),
            (130, "approve", {}),
            (129, "sweep", {}),
        ),
        item=5,
        description="味道和直播说的不一样",
    ),
    _paid(64, "quality", 6, "釉面有黑点", buyer_id="sandbox-decline"),
    Scene(46.7, "refund_only", "packaging_damaged", item=6, description="到货时盒子破了，碗裂了一只"),
    Scene(
        26,
        "refund_only",
        "missing_parts",
        (
            (21, "talk", {"text": "亲，少的那份今天就给您补上，好吗？"}),
            (18, "reply", {"text": "已经不需要了，麻烦退款吧"}),
        ),
        item=5,
        share=0.5,
        description="20 包只收到 18 包",
    ),
    Scene(9, "refund_only", "quality", item=5, description="有一包生虫了"),
    Scene(2.5, "refund_only", "minor_flaw", item=6, delivered=False, share=0.4, description="颜色有点深"),
]


def scenes() -> list[Scene]:
    """Requests under the programme, in several states."""
    return RETURNLESS


def count(store_code: str) -> int:
    """How many happenings there are beside the scenes."""
    return 5 if store_code == STORE else 0


def happenings(store: Store, now: datetime) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """(when, what): the store joins, goes live, and chooses one more product for its next session."""
    if store.code != STORE:
        return
    settings = {
        "agreement_version": CURRENT,
        "budget": Decimal("600.00"),
        "auto_top_up": {"on": True, "threshold": Decimal("200.00"), "amount": Decimal("300.00")},
        "products": COVERED,
    }
    more = {"products": [*COVERED, ADDED_LATER]}

    def in_scope(action, actor: Actor, **arguments):
        with tenant_scope(store.pk):
            action(store=store, actor=actor, now=clock.now(), **arguments)

    def at(hours: float, action, actor: Actor = OWNER, **arguments):
        return now - timedelta(hours=hours), lambda: in_scope(action, actor, **arguments)

    yield at(520, enrolment.change_settings, settings=settings)
    yield at(519, enrolment.confirm_enrolment)
    yield at(500, programme.start_live_session, LIVE_ROOM, session="阿柔直播 11 月上新")
    yield at(170, programme.start_live_session, LIVE_ROOM, session="阿柔直播 周末返场")
    yield at(30, enrolment.change_settings, settings=more)


def open_earlier_store(now: datetime) -> Store:
    """A store that the operator has brought in on 2.0: it can be switched to 3.0."""
    code, name, version = EARLIER_STORE
    done = {"actor": OPERATOR, "now": now - timedelta(days=40)}
    store = store_actions.create_store(code=code, name=name, marketplace="kuaishou", is_demo=True, **done)
    products = [{"item_id": item, "title": title, "price": Decimal(price)} for item, title, price in EARLIER_PRODUCTS]
    store_actions.upsert_products(store=store, products=products, **done)
    programme.register_earlier(
        store=store,
        version=version,
        budget=Decimal("260.00"),
        item_ids=[item for item, _title, _price in EARLIER_PRODUCTS],
        **done,
    )
    return store
