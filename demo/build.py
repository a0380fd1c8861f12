"""Plays the scenes: opens stores, places orders, asks for refunds and lets things happen, each at its hour."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from common import clock
from common.actors import Actor
from common.money import CENT
from common.tenancy import tenant_scope
from demo import owners, quality, returnless, saving, small_payments, unclaimed
from demo.catalogue import BUYERS, CARRIERS, COUPONS, PRODUCTS, STORES
from demo.history import taote_history, tmall_history
from demo.people import AGENT, BUYER, COLLEAGUE, OPERATOR
from demo.platform import QUARRELS, PlatformSteps
from demo.return_scenes import EXCHANGES, RETURNS
from demo.return_steps import ReturnSteps, let_time_pass
from demo.ruled import RuledSteps
from demo.scene import Scene
from demo.scenes import COMMON, TAOTE, TMALL
from demo.shipping import count_warehouse, warehouse
from notices.actions import set_notice_terms
from offers import actions as offer_actions
from offers.coupons import create_coupon
from offers.insights.rates import set_cost_rates
from offers.methods import METHODS
from offers.models import Coupon, Offer
from offers.states import BY_HAND
from offers.sweeps import sweep_due_offers
from orders import actions as order_actions
from orders.models import Order
from orders.tracking import ask_carriers
from payments.settlement import settle_batch
from refunds import actions as refund_actions
from refunds import opening, returns
from refunds.messages import post_message
from refunds.models import RefundLine
from refunds.returnless.review import negotiate_refund
from refunds.states import RefundKind
from refunds.sweeps import sweep_due_refunds
from stores import actions as store_actions
from stores.models import Store, User
from stores.permissions import actor_of

PLAIN_ORDERS = 12
# Kind of notice → ways → roles: what the owners of the demo's stores are sent besides.
TOLD_BY_EMAIL = {
    "request": {"bell": ["agent"], "email": ["owner"]},
    "case": {"bell": ["agent", "owner"], "email": ["owner"]},
    "money": {"bell": ["finance", "owner"], "email": ["owner"]},
}
# A store that isn't named has the common ones.
SCENES = {
    "taote-demo": TAOTE + COMMON,
    "tmall-demo": TMALL + COMMON + EXCHANGES,
    "kuaishou-demo": COMMON + saving.SCENES + EXCHANGES,
    "pinduoduo-demo": COMMON + RETURNS + EXCHANGES,
}
# What happens to orders without a refund.
HAPPENINGS = {"kuaishou-demo": saving.HAPPENINGS}
WITH_COUPONS = {"tmall-demo", "kuaishou-demo"}
HISTORY = {"tmall-demo": tmall_history, "taote-demo": taote_history, returnless.STORE: returnless.scenes}
# What one of the demo's stores says its hidden costs are (Q18); the others keep their marketplace's.
RATES = {
    "tmall-demo": {"return_freight": Decimal("12.00"), "handling": Decimal("6.50"), "agent_hourly": Decimal("36.00")}
}


def scenes_of(code: str) -> list[Scene]:
    """A store's scenes; those of the last weeks come after, so that the others keep their numbers."""
    past = HISTORY[code]() if code in HISTORY else quality.SCENES.get(code, ())
    return [*SCENES.get(code, COMMON), *past, *QUARRELS.get(code, ())]


def add_coupons(store: Store, now: datetime) -> None:
    """Coupons on each channel that the store can give from, valid since before the first scene."""
    usable = [coupon for coupon in COUPONS if store.rules.offer_methods or coupon[1] in BY_HAND]
    for name, channel, off, spend in usable:
        create_coupon(
            store=store,
            name=name,
            channel=channel,
            amount_off=Decimal(off),
            min_spend=Decimal(spend),
            valid_from=now - timedelta(days=60),
            valid_until=now + timedelta(days=90),
            quantity=500,
            actor=AGENT,
            now=now - timedelta(days=60),
        )


def open_stores(now: datetime) -> list[Store]:
    """The stores with their products, coupons and return addresses."""
    stores = []
    for code, (marketplace, name, address) in STORES.items():
        done = {"actor": OPERATOR, "now": now - timedelta(days=90)}
        store = store_actions.create_store(code=code, name=name, marketplace=marketplace, is_demo=True, **done)
        store_actions.upsert_products(
            store=store,
            products=[
                {"item_id": item_id, "title": title, "category": category, "price": Decimal(price)}
                for item_id, title, category, price in PRODUCTS[code]
            ],
            **done,
        )
        store_actions.add_return_address(
            store=store, contact="退货组 收", phone="0579-85120000", address=address, **done
        )
        # Told from now on, so that the bell rings with what the scenes do in their last day.
        set_notice_terms(store=store, changes={"chosen": TOLD_BY_EMAIL}, **done)
        if code in WITH_COUPONS:
            add_coupons(store, now)
        if code in RATES:
            set_cost_rates(store=store, changes=RATES[code], actor=AGENT, now=now - timedelta(days=60))
        stores.append(store)
    return stores


def play(store: Store, now: datetime) -> Iterator[str]:
    """Play the store's scenes up to `now`, yielding a word per happening, for a progress bar."""
    play_store = Play(store, now)
    happenings = [
        happening
        for number, scene in enumerate(scenes_of(store.code))
        for happening in play_store.happenings(number, scene)
    ]
    happenings += [*play_store.plain_orders(), *play_store.happenings_of_orders()]
    happenings += quality.history(play_store)
    happenings += warehouse(store, now, play_store.order_number, play_store.place_unshipped)
    happenings += returnless.happenings(store, now)
    happenings += small_payments.happenings(play_store, now)
    happenings += [*owners.happenings(store, now), *unclaimed.happenings(store, now)]
    for at, what in sorted(happenings, key=lambda happening: happening[0]):
        with clock.at(at):
            what()
        yield store.code
    with clock.at(now):
        settle_batch()  # what the last scenes owe goes out now, not in the past of the store that is played next


def count_happenings(store_codes) -> int:
    """How many words `play` will yield for these stores."""
    return count_warehouse(store_codes) + sum(
        PLAIN_ORDERS
        + len(HAPPENINGS.get(code, ()))
        + quality.count_history(code)
        + returnless.count(code)
        + small_payments.count(code)
        + owners.count(code)
        + unclaimed.count(code)
        + sum(2 + len(scene.steps) for scene in scenes_of(code))
        for code in store_codes
    )


def _phone_of(buyer_id: str) -> str:
    """A buyer's phone, the same in each of their orders."""
    return f"138{random.Random(f'phone of {buyer_id}').randrange(10**8):08d}"


class Play(PlatformSteps, saving.SavingSteps, ReturnSteps, RuledSteps):
    """One store's scenes, with the random choices (which buyer, which carrier) made the same way every time."""

    def __init__(self, store: Store, now: datetime):
        self.store, self.now = store, now
        self.random = random.Random(store.code)
        self.refunds: dict[int, object] = {}
        agent = User.objects.filter(username="agent").first()
        self.agents = [actor_of(agent) if agent else AGENT, COLLEAGUE]

    def happenings(self, number: int, scene: Scene):
        """(when, what) of one scene: the order, the request, and its steps."""
        asked = self.now - timedelta(hours=scene.ago)
        paid_at = asked - timedelta(hours=scene.paid)
        yield paid_at, lambda: self.place(f"A{number:03d}", scene.item, paid_at, scene, scene.shipped)
        yield asked, lambda: self.ask(number, scene)
        for ago, what, arguments in scene.steps:
            step = getattr(self, what)
            yield self.now - timedelta(hours=ago), lambda step=step, arguments=arguments: step(number, **arguments)

    def plain_orders(self):
        """(when, what) of orders that nobody complains about: some to ship, some on their way."""
        for number in range(PLAIN_ORDERS):
            at = self.now - timedelta(hours=2 + number * 5)
            yield (
                at,
                lambda number=number, at=at: self.place(f"B{number:03d}", number, at, None, number > 5),
            )

    def happenings_of_orders(self):
        """(when, what) of what happens to those orders."""
        for ago, what, arguments in HAPPENINGS.get(self.store.code, ()):
            step = getattr(self, what)
            yield self.now - timedelta(hours=ago), lambda step=step, arguments=arguments: step(**arguments)

    def place_unshipped(self, number: str, item: int, paid_at: datetime) -> None:
        """An order that waits in the warehouse."""
        self.place(number, item, paid_at, None, shipped=False)

    def place(self, number: str, item: int, paid_at: datetime, scene: Scene | None, shipped: bool = True) -> None:
        """An order, on its way and perhaps delivered before the refund is asked."""
        products = PRODUCTS[self.store.code]
        item_id, _title, _category, price = products[item % len(products)]
        name, address = self.random.choice(BUYERS)
        quantity = (scene and scene.quantity) or self.random.choice([1, 1, 1, 2])
        buyer_id = (scene and scene.buyer_id) or f"buyer-{BUYERS.index((name, address)):02d}"
        score, is_vip = self._credit(buyer_id, scene)
        with tenant_scope(self.store.pk):
            order, _ = order_actions.upsert_order(
                store=self.store,
                data={
                    "number": self.order_number(number),
                    "buyer_id": buyer_id,
                    "buyer_name": name,
                    "buyer_credit_score": score,
                    "buyer_is_vip": is_vip,
                    "paid_at": paid_at,
                    "address": {"name": name, "phone": _phone_of(buyer_id), "detail": address},
                },
                lines=[{"item_id": item_id, "quantity": quantity, "unit_price": Decimal(price)}],
                actor=BUYER,
                now=paid_at,
            )
            if shipped:
                at = paid_at + timedelta(hours=20)
                self.ship_order(order.number, at, scene.course if scene else "")
                if scene is None or scene.delivered:
                    order_actions.deliver_order(
                        store_id=self.store.pk, number=order.number, actor=BUYER, now=at + timedelta(hours=48)
                    )

    def _credit(self, buyer_id: str, scene: Scene | None) -> tuple[int, bool]:
        """A buyer's score, the same in each of their orders, and whether they are a VIP.

        Who is refunded at once, the scene decides (P5).
        """
        score = random.Random(buyer_id).randrange(480, 860)
        is_vip, rules = self.random.random() < 0.2, self.store.rules
        threshold = rules.instant_refund_credit_score
        if scene is None or threshold is None:
            return score, is_vip
        return (max(score, threshold), is_vip) if scene.is_trusted else (min(score, threshold - 1), False)

    def _actor(self, side: str) -> Actor:
        return AGENT if side == "merchant" else BUYER

    def ship_order(self, number: str, at: datetime, course: str = "") -> None:
        """The warehouse hands an order to some carrier."""
        carrier = self.random.choice(CARRIERS)
        with tenant_scope(self.store.pk):
            order_actions.ship_order(
                store_id=self.store.pk,
                number=number,
                carrier=carrier,
                tracking_number=f"{course}{self.random.randrange(10**12, 10**13)}",
                actor=AGENT,
                now=at,
            )

    def order_number(self, number: str) -> str:
        """Numbers that look like a marketplace's and say which scene they belong to."""
        return f"2611{self.store.pk:02d}{number}"

    def ask(self, number: int, scene: Scene) -> None:
        """The buyer's request."""
        with tenant_scope(self.store.pk):
            order = Order.objects.for_store(self.store.pk).get(number=self.order_number(f"A{number:03d}"))
            amount = max(CENT, (order.paid_amount * Decimal(str(scene.share))).quantize(CENT))
            self.refunds[number] = opening.open_refund(
                store=self.store,
                order_number=order.number,
                kind=scene.kind,
                reason=scene.reason,
                amount=None if scene.kind == RefundKind.EXCHANGE else amount,
                description=scene.description,
                actor=BUYER,
                now=clock.now(),
            )

    def _on_refund(self, action, number: int, actor: Actor, **arguments) -> None:
        with tenant_scope(self.store.pk):
            action(
                store_id=self.store.pk,
                refund_id=self.refunds[number].pk,
                actor=actor,
                now=clock.now(),
                **arguments,
            )

    def approve(self, number: int) -> None:
        """The merchant says yes."""
        self._on_refund(refund_actions.approve_refund, number, AGENT)

    def talk(self, number: int, text: str) -> None:
        """The merchant negotiates first."""
        self._on_refund(negotiate_refund, number, AGENT, text=text)

    def reply(self, number: int, text: str) -> None:
        """The buyer writes."""
        self._on_refund(post_message, number, BUYER, text=text)

    def reject(self, number: int, **arguments) -> None:
        """The merchant says no."""
        self._on_refund(refund_actions.reject_refund, number, AGENT, **arguments)

    def withdraw(self, number: int) -> None:
        """The buyer gives up."""
        self._on_refund(refund_actions.withdraw_refund, number, BUYER)

    def ship_return(self, number: int, course: str = "") -> None:
        """The buyer sends the goods."""
        tracking = f"{course}{self.random.randrange(10**12, 10**13)}"
        carrier = self.random.choice(CARRIERS)
        self._on_refund(returns.ship_return, number, BUYER, carrier=carrier, tracking_number=tracking)

    def inspect(self, number: int, **arguments) -> None:
        """The warehouse looks at them."""
        self._on_refund(returns.inspect_return, number, AGENT, **arguments)

    def offer(self, number: int, **arguments) -> None:
        """Keep the goods for a little money."""
        arguments["amount"] = Decimal(arguments["amount"])
        self._on_refund(
            offer_actions.send_offer,
            number,
            self.agents[number % 2],
            method="change_to_refund_only",
            agreed_with_buyer=True,
            **arguments,
        )

    def offer_return(self, number: int, **arguments) -> None:
        """Send the goods back first."""
        with tenant_scope(self.store.pk):
            address = store_actions.default_return_address(self.store.pk)
        self._on_refund(
            offer_actions.send_offer,
            number,
            self.agents[number % 2],
            method="change_to_return",
            return_address_id=address.pk,
            agreed_with_buyer=True,
            **arguments,
        )

    def retain(self, number: int, **arguments) -> None:
        """An offer that keeps the order, by any method."""
        if "amount" in arguments:
            arguments["amount"] = Decimal(arguments["amount"])
        if METHODS[arguments["method"]].gives_coupons:
            with tenant_scope(self.store.pk):
                usable = Coupon.objects.for_store(self.store.pk).usable(clock.now()).as_buyer_sees()
                arguments["coupon_ids"] = list(usable.values_list("pk", flat=True))
        if METHODS[arguments["method"]].begins_with_goods and "item_id" not in arguments:
            with tenant_scope(self.store.pk):
                lines = RefundLine.objects.for_store(self.store.pk).filter(refund=self.refunds[number])
                arguments["item_id"] = lines.values_list("line__item_id", flat=True)[0]
        self._on_refund(offer_actions.send_offer, number, self.agents[number % 2], **arguments)

    def _answer(self, action, number: int) -> None:
        with tenant_scope(self.store.pk):
            offer = Offer.objects.for_store(self.store.pk).pending().get(refund=self.refunds[number])
            action(store_id=self.store.pk, offer_id=offer.pk, actor=BUYER, now=clock.now())

    def accept(self, number: int) -> None:
        """The buyer says yes."""
        self._answer(offer_actions.accept_offer, number)

    def decline(self, number: int) -> None:
        """The buyer says no."""
        self._answer(offer_actions.decline_offer, number)

    def sweep(self, number: int) -> None:
        """Clocks run out and money goes out."""
        let_time_pass()
        sweep_due_refunds()
        ask_carriers()
        sweep_due_offers()
        settle_batch()
