"""A history played on the real API by threads with connections of their own, held against the model round by round."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import time_machine
from django.db import connection
from django.test import Client

from offers.models import Coupon, Offer
from offers.sweeps import sweep_due_offers
from orders.models import Order, OwedParcel
from payments.gateways import gateway
from payments.inbox import process_due_notices
from payments.models import Budget, Payment
from payments.settlement import settle_batch
from refunds.models import Appeal, Dispute, Refund
from refunds.states import AppealStatus, DisputeStatus
from refunds.sweeps import sweep_due_refunds
from tests.concurrency.invariants import assert_consistent
from tests.model.furnishing import furnish
from tests.model.moves import Answer, Step
from tests.model.serial import Given, explain
from tests.model.world import World
from tests.model.writing import History, Round, begin
from tests.world import NOON, Api, Shop, make_shop, wait

PATIENCE_S = 30
SWEEPS = (sweep_due_offers, sweep_due_refunds, settle_batch)


class Violation(AssertionError):
    """The store did what no serial order of the calls can explain."""


@dataclass
class Told:
    """What has become known of the store's ids: label → id."""

    refunds: dict[str, str] = field(default_factory=dict)
    offers: dict[str, list[str]] = field(default_factory=dict)
    disputes: dict[str, str] = field(default_factory=dict)
    appeals: dict[str, str] = field(default_factory=dict)
    parcels: dict[str, list[str]] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)  # as they were at the last look
    coupon: str = ""


def play(history: History, start: datetime = NOON) -> int:
    """Play it in a new store; returns how many calls were made. `Violation` names the first round that can't be."""
    with time_machine.travel(start, tick=False) as traveller:
        shop = make_shop(history.marketplace)
        coupon = furnish(shop, start)
        crowd = _Crowd(max([1, *(len(turn.calls) + turn.sweepers for turn in history.rounds)]))
        try:
            game = _Game(shop, crowd, traveller, begin(history.marketplace, start))
            game.told.coupon = coupon
            return game.play(history)
        finally:
            crowd.leave()


class _Crowd:
    """So many threads; each call of a round is made by another one, all at the same instant."""

    def __init__(self, size: int) -> None:
        self.size, self.threads = size, ThreadPoolExecutor(size)

    def at_once(self, calls: Sequence[Callable]) -> list:
        """What each of the calls returned."""
        if not calls:
            return []
        barrier = threading.Barrier(len(calls))

        def on_signal(call: Callable):
            barrier.wait(PATIENCE_S)
            return call()

        return [future.result(PATIENCE_S) for future in [self.threads.submit(on_signal, call) for call in calls]]

    def leave(self) -> None:
        """Close every thread's connection."""
        self.at_once([lambda: connection.close()] * self.size)
        self.threads.shutdown()


class _Game:
    def __init__(self, shop: Shop, crowd: _Crowd, traveller, world: World) -> None:
        self.shop, self.crowd, self.traveller, self.world = shop, crowd, traveller, world
        self.told, self.made = Told(), 0
        self.bodies: dict[str, dict] = {}  # a retry sends what was sent before

    def play(self, history: History) -> int:
        for number, turn in enumerate(history.rounds):
            self._play_round(number, turn)
        try:
            assert_consistent()
        except AssertionError as error:
            raise Violation(f"in the end: {error}") from error
        return self.made

    def _play_round(self, number: int, turn: Round) -> None:
        self._move_clock(turn.jump)
        ready = [(step, call) for step in turn.calls if (call := self._call(step))]
        sweepers = [_sweep] * turn.sweepers
        results = self.crowd.at_once([*(call for _step, call in ready), *sweepers])
        given: list[Given] = [(step, answer) for (step, _call), answer in zip(ready, results, strict=False)]
        self.made += len(given)
        for step, answer in given:
            if step["do"] == "ask" and answer.is_yes:
                self.told.refunds[step["refund"]] = answer.made
        if turn.is_swept:
            while _sweep():
                pass
        seen = self._look()
        after, off = explain(self.world, given, seen, is_swept=turn.is_swept, may_sweep=bool(turn.sweepers))
        if after is None:
            raise Violation(self._report(number, turn, given, off))
        self.world = after

    def _move_clock(self, minutes: int) -> None:
        if minutes:
            self.traveller.shift(timedelta(minutes=minutes))
            self.world.now += timedelta(minutes=minutes)
        if minutes > 0:  # workers' pauses go by the database's clock, which never goes back
            wait(minutes=minutes)

    def _call(self, step: Step) -> Callable[[], Answer] | None:
        """What makes this call; None when what it is about hasn't come to be."""
        refund, order = step.get("refund"), step.get("order")
        if step["do"] == "bounce":
            return self._bounce(step)
        if step["do"] == "top_up":
            return self._post(self.shop.merchant_key, "returnless/top-up/", {"amount": yuan(step["amount"])}, step)
        if step["do"] == "place":
            return self._post(self.shop.marketplace_key, "orders/", _order(step, self.world.now), step)
        if order is not None and order not in self.world.orders:
            return None
        if step["do"] == "ask":
            body = {
                "order": order,
                "kind": step["kind"],
                "reason": "changed_mind",
                **({} if step["kind"] == "exchange" else {"amount": yuan(step["amount"])}),
            }
            return self._post(self.shop.marketplace_key, "refunds/", body, step)
        if step["do"] == "pay":
            body = {"order": order, "amount": yuan(step["amount"]), "purpose": "other"}
            return self._post(self.shop.merchant_key, "payments/", body, step)
        if order is not None:
            number = f"orders/{order}/{step['do']}/"
            if step["do"] == "ship":
                return self._post(
                    self.shop.merchant_key, number, {"carrier": "SF", "tracking_number": f"T{order}"}, step
                )
            return self._post(self.shop.marketplace_key, number, {}, step)
        return self._of_refund(step) if refund in self.told.refunds else None

    def _of_refund(self, step: Step) -> Callable[[], Answer] | None:
        label, does = step["refund"], step["do"]
        theirs, ours = self.shop.marketplace_key, self.shop.merchant_key
        refund = self.told.refunds[label]
        path = f"refunds/{refund}/"
        if does in ("accept", "decline"):
            offers = self.told.offers[label]
            if step["place"] >= len(offers) or step["place"] < 0:
                return None
            return self._post(theirs, f"offers/{offers[step['place']]}/{does}/", {}, step)
        if does == "decide":
            if label not in self.told.disputes:
                return None
            body = {"outcome": step["outcome"], "note": "looked at"}
            if step["outcome"] == "split":
                body["amount"] = yuan(step["amount"])
            return self._post(theirs, f"disputes/{self.told.disputes[label]}/decide/", body, step)
        if does in ("retry", "decide_appeal", "send_parcel"):
            return self._after(step, label)
        calls = {
            "approve": (ours, f"{path}approve/", {}),
            "reject": (ours, f"{path}reject/", {"reason": "not so"}),
            "withdraw": (theirs, f"{path}withdraw/", {}),
            "resubmit": (theirs, f"{path}resubmit/", {"amount": yuan(step.get("amount") or 0)}),
            "ship_return": (theirs, f"{path}ship-return/", {"carrier": "SF", "tracking_number": "R1"}),
            "inspect": (ours, f"{path}inspect/", {"result": "passed" if step.get("passed") else "failed"}),
            "receive": (ours, f"{path}inspect/", {"result": "passed", "received": _pieces(step)}),
            "appeal": (ours, "appeals/", {"refund": refund, "claim": "an empty box", "ground": "fake_return"}),
            "dispute": (theirs, "disputes/", {"refund": refund, "claim": "see for yourself"}),
            "offer": (ours, "offers/", self._proposal(refund, step)),
        }
        return self._post(*calls[does], step)

    def _after(self, step: Step, label: str) -> Callable[[], Answer] | None:
        """What is about a payment, an appeal or a parcel of the refund, as they were at the last look."""
        ours, does = self.shop.merchant_key, step["do"]
        if does == "retry":
            mine = self._payments_of(label)
            return self._post(ours, f"payments/{mine[-1].pk}/retry/", {}, step) if mine else None
        if does == "send_parcel":
            parcels = self.told.parcels.get(label, [])
            body = {"carrier": "SF", "tracking_number": f"P{step['place']}{label}"}
            path = f"parcels/{parcels[step['place']]}/ship/" if step["place"] < len(parcels) else ""
            return self._post(ours, path, body, step) if path else None
        if label not in self.told.appeals:
            return None
        body = {"outcome": step["outcome"], "note": "looked at"}
        if step["outcome"] == "split":
            body["amount"] = yuan(step["amount"])
        return self._post(self.shop.marketplace_key, f"appeals/{self.told.appeals[label]}/decide/", body, step)

    def _payments_of(self, label: str) -> list[Payment]:
        refund = self.told.refunds.get(label)
        return [row for row in self.told.payments if str(row.topic_id) == refund and not row.is_small]

    def _bounce(self, step: Step) -> Callable[[], Answer] | None:
        """The bank sends money back that had arrived by the last look; the notice comes and is processed."""
        if "refund" in step:
            mine = self._payments_of(step["refund"])
        else:
            wanted = (step["order"], step["amount"])
            mine = [p for p in self.told.payments if p.is_small and (p.order.number, cents(p.amount)) == wanted]
        paid = [row for row in mine if row.status == "succeeded"]
        if not paid:
            return None
        key = str(min(paid, key=lambda row: row.created_at).pk)

        def call() -> Answer:
            headers, body = gateway("sandbox").send_back(key)
            answer = Client().post("/gateways/sandbox/webhook/", body, content_type="application/json", headers=headers)
            process_due_notices()
            return Answer(answer.status_code)

        return call

    def _proposal(self, refund: str, step: Step) -> dict:
        method = step.get("method")
        body = {"refund": refund, "method": method}
        if step.get("amount") is not None:
            body["amount"] = yuan(step["amount"])
        if method in ("change_to_refund_only", "change_to_return"):
            body["agreed_with_buyer"] = True  # T3
        if method == "change_to_return":
            body["return_address"] = self.shop.address.pk
        if method == "reassurance":
            body["message"] = "您好，马上为您解决"
        if method in ("gift", "reship"):
            body["item_id"] = "8000"
        if method == "coupon":
            body |= {"coupons": [self.told.coupon], "message": "亲"}
        return body

    def _post(self, key: str, path: str, body: dict, step: Step) -> Callable[[], Answer]:
        api = Api(key, self.shop.store.code if key == self.shop.marketplace_key else None)
        headers = {}
        if "key" in step:
            headers["Idempotency-Key"] = f"{self.shop.store.code}-{step['key']}"
            body = self.bodies.setdefault(step["key"], body)

        def call() -> Answer:
            try:
                answer = api.post(path, body, **headers)
            except Exception as error:  # what a client would be told as 500: no rule ever answers so
                return Answer(500, code=f"{type(error).__name__}: {error}"[:200])
            told = answer.json()
            if answer.status_code < 300:
                return Answer(answer.status_code, made=str(told.get("id", "")))
            return Answer(answer.status_code, code=" ".join(error["code"] for error in told["errors"]))

        return call

    def _look(self) -> dict:
        """What the store's rows say, in the model's words; ids of offers and disputes become known by it."""
        mine = self.shop.store.pk
        with self.shop.scope():
            refunds = list(Refund.objects.for_store(mine).select_related("order").order_by("created_at", "id"))
            orders = list(Order.objects.for_store(mine))
            offers = list(Offer.objects.for_store(mine).order_by("created_at", "id"))
            self.told.payments = list(Payment.objects.for_store(mine).select_related("order").order_by("id"))
            parcels = list(OwedParcel.objects.for_store(mine).order_by("created_at", "id"))
            disputes = list(Dispute.objects.for_store(mine).filter(status=DisputeStatus.OPEN))
            appeals = list(Appeal.objects.for_store(mine))
            budget = Budget.objects.for_store(mine).first()
            coupon = Coupon.objects.for_store(mine).first()
        labels = {made: label for label, made in self.told.refunds.items()}
        for row in refunds:
            if row.split_from_id:
                self.told.refunds[f"{labels[str(row.split_from_id)]}-rest"] = str(row.pk)
        labels = {made: label for label, made in self.told.refunds.items()}
        self.told.disputes.update({labels[str(row.refund_id)]: str(row.pk) for row in disputes})
        self.told.appeals.update({labels[str(row.refund_id)]: str(row.pk) for row in appeals})
        for label, made in self.told.refunds.items():
            self.told.offers[label] = [str(row.pk) for row in offers if str(row.refund_id) == made]
            self.told.parcels[label] = [str(row.pk) for row in parcels if str(row.topic_id) == made]
        payments = self.told.payments
        verdicts = {row.refund_id: "open" if row.status == AppealStatus.OPEN else "decided" for row in appeals}
        seen = {labels.get(str(row.pk), str(row.pk)): _refund(row, offers, payments) for row in refunds}
        for row in refunds:
            sent = sorted(each.status for each in parcels if each.topic_id == row.pk)
            seen[labels.get(str(row.pk), str(row.pk))] |= {"appeal": verdicts.get(row.pk, ""), "parcels": sent}
        store = {
            "budget": (cents(budget.balance), cents(budget.reserved)) if budget else (0, 0),
            "coupons": (coupon.reserved, coupon.granted) if coupon else (0, 0),
            "paid back": sum(cents(row.compensation) or 0 for row in appeals),
        }
        return {
            "refunds": seen,
            "orders": {row.number: _order_seen(row, payments) for row in orders},
            "stores": {"store": store},
        }

    def _report(self, number: int, turn: Round, given: Sequence[Given], off: list[str]) -> str:
        lines = [f"round {number} at {self.world.now} ({turn.sweepers} sweepers, swept: {turn.is_swept})"]
        lines += [f"  {step} → {answer.status} {answer.code}" for step, answer in given]
        lines += [f"  before: {thing}" for thing in self._about(turn)]
        return "\n".join(lines + [f"  off: {line}" for line in off])

    def _about(self, turn: Round) -> list[str]:
        """What the model held of the things that the round was about."""
        named = {step.get(name) for step in turn.calls for name in ("refund", "order")}
        refunds = {label: it for label, it in self.world.refunds.items() if {label, it.order} & named}
        orders = {label: self.world.orders.get(label) for label in named | {it.order for it in refunds.values()}}
        return [f"{label} {it}" for label, it in [*refunds.items(), *orders.items()] if it]


def _sweep() -> int:
    return sum(sweep() for sweep in SWEEPS)


def _pieces(step: Step) -> list[dict]:
    """What was in the parcel, as the API wants it."""
    return [{"item_id": "8000", "sku": str(place), "quantity": 1} for place in step.get("arrived", ())]


def yuan(cents: int) -> str:
    """As the API wants it."""
    return f"{Decimal(cents) / 100:.2f}"


def cents(amount: Decimal | None) -> int | None:
    """As the model counts."""
    return None if amount is None else int(amount * 100)


def _order(step: Step, now: datetime) -> dict:
    return {
        "number": step["order"],
        "buyer": {"id": step["buyer"], "name": "Li", "credit_score": step["credit"], "vip": step["vip"]},
        "paid_at": (now - timedelta(minutes=step["paid_ago"])).isoformat(),
        "address": "杭州市",
        "lines": [
            {"item_id": "8000", "sku": str(place), "quantity": 1, "unit_price": yuan(price)}
            for place, price in enumerate(step["prices"])
        ],
    }


def _refund(row: Refund, offers: Sequence[Offer], payments: Sequence[Payment]) -> dict:
    return {
        "kind": row.kind,
        "status": row.status,
        "amount": cents(row.amount),
        "due": row.due_at,
        "offers": [(o.method, cents(o.amount), o.status, o.due_at) for o in offers if o.refund_id == row.pk],
        "payments": sorted((cents(p.amount), p.status) for p in payments if p.topic_id == row.pk),
    }


def _order_seen(row: Order, payments: Sequence[Payment]) -> dict:
    return {
        "claimed": cents(row.claimed_amount),
        "shipped": row.shipped_at is not None,
        "delivered": row.delivered_at is not None,
        "kept": row.is_priority,
        "payments": sorted((cents(p.amount), p.status) for p in payments if p.topic_id == row.pk),
    }
