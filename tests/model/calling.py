"""A step of a history as the call that a client makes: over the API, or what the warehouse and the desk do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models.functions import Now
from django.test import Client

from common.errors import Refused
from common.models import Event
from payments.gateways import gateway
from payments.inbox import process_due_notices
from payments.models import Payment
from refunds.deciding import Chosen, decide_together
from refunds.models import DecisionRow
from refunds.states import BulkVerdict
from refunds.unclaimed.ending import end_parcel
from refunds.unclaimed.matching import assign_parcel
from refunds.unclaimed.recording import put_parcel_aside
from tests.model.moves import Answer, Step
from tests.world import MERCHANT, Api, Shop

Call = Callable[[], Answer]


@dataclass
class Told:
    """What has become known of the store's ids: label → id."""

    refunds: dict[str, str] = field(default_factory=dict)
    offers: dict[str, list[str]] = field(default_factory=dict)
    disputes: dict[str, str] = field(default_factory=dict)
    appeals: dict[str, str] = field(default_factory=dict)
    parcels: dict[str, list[str]] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)  # parcels of orders, by tracking number
    strays: dict[str, list[str]] = field(default_factory=dict)  # by tracking number
    orders: set[str] = field(default_factory=set)
    payments: list[Payment] = field(default_factory=list)  # as they were at the last look
    coupons: dict[str, str] = field(default_factory=dict)  # by the method that offers them


class Caller:
    """Makes calls of steps, with the keys of a shop and the ids that are known."""

    def __init__(self, shop: Shop, told: Told) -> None:
        self.shop, self.told = shop, told
        self.ours, self.theirs = shop.merchant_key, shop.marketplace_key
        self.bodies: dict[str, dict] = {}  # a retry sends what was sent before
        self.sent_back: set[UUID] = set()  # payments that a bank has sent back

    def call(self, step: Step, now: datetime) -> Call | None:
        """What makes this call; None when what it is about hasn't come to be."""
        does = step["do"]
        special = getattr(self, f"_{does}", None)
        if special is not None:
            return special(step, now)
        if does in ("place", "ask", "ship", "deliver", "pay"):
            return self._of_order(step, now)
        return self._of_refund(step) if step["refund"] in self.told.refunds else None

    def _of_order(self, step: Step, now: datetime) -> Call | None:
        does, label = step["do"], step["order"]
        if does == "place":
            return self._post(self.theirs, "orders/", _order(step, now), step)
        if label not in self.told.orders:
            return None
        if does == "ask":
            return self._post(self.theirs, "refunds/", _request(step), step)
        if does == "pay":
            body = {"order": label, "amount": yuan(step["amount"]), "purpose": "other"}
            return self._post(self.ours, "payments/", body, step)
        if does == "ship":
            return self._post(self.ours, f"orders/{label}/ship/", _parcel(step), step)
        if "number" in step and step["number"] not in self.told.sent:
            return None
        part = {"parcel": self.told.sent[step["number"]]} if "number" in step else {}
        return self._post(self.theirs, f"orders/{label}/deliver/", part, step)

    def _of_refund(self, step: Step) -> Call | None:
        label, does = step["refund"], step["do"]
        refund = self.told.refunds[label]
        path = f"refunds/{refund}/"
        if does in ("accept", "decline"):
            offers = self.told.offers.get(label, [])
            known = 0 <= step["place"] < len(offers)
            return self._post(self.theirs, f"offers/{offers[step['place']]}/{does}/", {}, step) if known else None
        calls = {
            "approve": (self.ours, f"{path}approve/", {}),
            "reject": (self.ours, f"{path}reject/", {"reason": "not so"}),
            "withdraw": (self.theirs, f"{path}withdraw/", {}),
            "resubmit": (self.theirs, f"{path}resubmit/", {"amount": yuan(step.get("amount") or 0)}),
            "ship_return": (
                self.theirs,
                f"{path}ship-return/",
                {"carrier": "SF", "tracking_number": step.get("number")},
            ),
            "inspect": (self.ours, f"{path}inspect/", {"result": "passed" if step.get("passed") else "failed"}),
            "receive": (self.ours, f"{path}inspect/", {"result": "passed", "received": _lines(step.get("arrived"))}),
            "appeal": (self.ours, "appeals/", {"refund": refund, "claim": "an empty box", "ground": "fake_return"}),
            "dispute": (self.theirs, "disputes/", {"refund": refund, "claim": "see for yourself"}),
            "offer": (self.ours, "offers/", self._proposal(refund, step)),
        }
        return self._post(*calls[does], step)

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
        if method in self.told.coupons:
            body |= {"method": "coupon", "coupons": [self.told.coupons[method]], "message": "亲"}
        return body

    def _decide(self, step: Step, now: datetime) -> Call | None:
        return self._verdict("disputes", self.told.disputes.get(step["refund"]), step)

    def _decide_appeal(self, step: Step, now: datetime) -> Call | None:
        return self._verdict("appeals", self.told.appeals.get(step["refund"]), step)

    def _verdict(self, cases: str, case: str | None, step: Step) -> Call | None:
        body = {"outcome": step["outcome"], "note": "looked at"}
        if step["outcome"] == "split":
            body["amount"] = yuan(step["amount"])
        return self._post(self.theirs, f"{cases}/{case}/decide/", body, step) if case else None

    def _retry(self, step: Step, now: datetime) -> Call | None:
        mine = self._payments_of(step["refund"])
        return self._post(self.ours, f"payments/{mine[-1].pk}/retry/", {}, step) if mine else None

    def _send_parcel(self, step: Step, now: datetime) -> Call | None:
        parcels, place = self.told.parcels.get(step["refund"], []), step["place"]
        body = {"carrier": "SF", "tracking_number": f"P{place}{step['refund']}"}
        return self._post(self.ours, f"parcels/{parcels[place]}/ship/", body, step) if place < len(parcels) else None

    def _payments_of(self, label: str) -> list[Payment]:
        refund = self.told.refunds.get(label)
        return [row for row in self.told.payments if str(row.topic_id) == refund and not row.is_small]

    def _bounce(self, step: Step, now: datetime) -> Call | None:
        """The bank sends money back that had arrived by the last look; the notice comes and is processed."""
        if "refund" in step:
            mine = self._payments_of(step["refund"])
        else:
            wanted = (step["order"], step["amount"])
            mine = [p for p in self.told.payments if p.is_small and (p.order.number, cents(p.amount)) == wanted]
        paid = [row for row in mine if row.status == "succeeded"]
        if not paid:
            return None
        # Two at once are about two payments, where there are two alike: neither client knows of the other.
        fresh = [row for row in paid if row.pk not in self.sent_back] or paid
        chosen = min(fresh, key=lambda row: row.created_at).pk
        self.sent_back.add(chosen)
        key = str(chosen)

        def call() -> Answer:
            headers, body = gateway("sandbox").send_back(key)
            answer = Client().post("/gateways/sandbox/webhook/", body, content_type="application/json", headers=headers)
            process_due_notices()
            return Answer(answer.status_code)

        return call

    def _top_up(self, step: Step, now: datetime) -> Call:
        return self._post(self.ours, "returnless/top-up/", {"amount": yuan(step["amount"])}, step)

    def _set_top_up(self, step: Step, now: datetime) -> Call:
        body = {"auto_top_up": {"on": step["on"], "threshold": "40.00", "amount": "60.00"}}

        def call() -> Answer:
            return Answer(Api(self.ours).put("returnless/", body).status_code)

        return call

    def _bulk(self, step: Step, now: datetime) -> Call:
        """One call with all items, of which each is answered."""
        does = step["items"][0]["do"]
        path = {"place": "orders/bulk/", "ask": "refunds/bulk/", "ship": "orders/ship/bulk/"}[does]
        key = self.ours if does == "ship" else self.theirs
        make = {"place": lambda item: _order(item, now), "ask": _request, "ship": _numbered}[does]
        body = {"items": [make(item) for item in step["items"]], "atomic": step["atomic"]}
        return self._post(key, path, body, step)

    def _put_aside(self, step: Step, now: datetime) -> Call:
        about = {"store": self.shop.store, "tracking_number": step["number"], "carrier": "SF"}
        return self._act(lambda: put_parcel_aside(**about, actor=MERCHANT, now=now))

    def _assign(self, step: Step, now: datetime) -> Call | None:
        strays, refund = self.told.strays.get(step["number"], []), self.told.refunds.get(step["refund"])
        if step["nth"] >= len(strays) or refund is None:
            return None
        about = {"store_id": self.shop.store.pk, "parcel_id": strays[step["nth"]], "refund_id": refund, "carrier": "SF"}
        return self._act(lambda: assign_parcel(**about, actor=MERCHANT, now=now))

    def _end_stray(self, step: Step, now: datetime) -> Call | None:
        strays = self.told.strays.get(step["number"], [])
        if step["nth"] >= len(strays):
            return None
        about = {"store_id": self.shop.store.pk, "parcel_id": strays[step["nth"]], "is_sent_back": True}
        return self._act(lambda: end_parcel(**about, reason="nobody's", actor=MERCHANT, now=now))

    def _decide_many(self, step: Step, now: datetime) -> Call | None:
        """What a merchant decides in a list; the moment for which it is held passes at once."""
        known = [self.told.refunds[label] for label in step["refunds"] if label in self.told.refunds]
        if len(known) < len(step["refunds"]):
            return None
        said = {"reason": "not so"} if step["verdict"] == "reject" else {}

        def decide() -> None:
            events = Event.objects.for_store(self.shop.store.pk).filter(topic_id__in=known)
            newest = dict(events.order_by("id").values_list("topic_id", "id"))
            chosen = [Chosen(UUID(refund), newest[UUID(refund)], said) for refund in known]
            verdict = BulkVerdict(step["verdict"])
            job = decide_together(store=self.shop.store, verdict=verdict, chosen=chosen, actor=MERCHANT, now=now)
            DecisionRow.objects.filter(job=job, next_attempt_at__isnull=False).update(next_attempt_at=Now())

        return self._act(decide)

    def _act(self, act: Callable[[], object]) -> Call:
        """Something of the desk, in a transaction of its own."""

        def call() -> Answer:
            try:
                with self.shop.scope():
                    act()
            except Refused as refusal:
                return Answer(409, refusal.code)
            except Exception as error:  # no rule ever answers so
                return Answer(500, f"{type(error).__name__}: {error}"[:200])
            return Answer(201)

        return call

    def _post(self, key: str, path: str, body: dict, step: Step) -> Call:
        api = Api(key, self.shop.store.code if key == self.theirs else None)
        headers = {}
        if "key" in step:
            headers["Idempotency-Key"] = f"{self.shop.store.code}-{step['key']}"
            body = self.bodies.setdefault(step["key"], body)

        def call() -> Answer:
            try:
                answer = api.post(path, body, **headers)
            except Exception as error:  # what a client would be told as 500: no rule ever answers so
                return Answer(500, code=f"{type(error).__name__}: {error}"[:200])
            return _answer(answer.status_code, answer.json())

        return call


def _answer(status: int, told: dict) -> Answer:
    if status >= 300:
        return Answer(status, code=" ".join(error["code"] for error in told["errors"]))
    each = tuple(_answer(one["status"], one["body"]) for one in told.get("results", ()))
    return Answer(status, made=str(told.get("id", "")), each=each)


def _lines(pieces: dict[int, int] | None) -> list[dict]:
    return [{"item_id": "8000", "sku": str(place), "quantity": count} for place, count in (pieces or {}).items()]


def _request(step: Step) -> dict:
    body = {"order": step["order"], "kind": step["kind"], "reason": step["reason"]}
    if step["kind"] != "exchange":
        body["amount"] = yuan(step["amount"])
    return {**body, "lines": _lines(step["lines"])} if "lines" in step else body


def _parcel(step: Step) -> dict:
    body = {"carrier": "SF", "tracking_number": step["number"]}
    return {**body, "lines": _lines(step["lines"])} if "lines" in step else body


def _numbered(step: Step) -> dict:
    return {"number": step["order"], **_parcel(step)}


def _order(step: Step, now: datetime) -> dict:
    return {
        "number": step["order"],
        "buyer": {"id": step["buyer"], "name": "Li", "credit_score": step["credit"], "vip": step["vip"]},
        "paid_at": (now - timedelta(minutes=step["paid_ago"])).isoformat(),
        "address": "杭州市",
        "lines": [
            {"item_id": "8000", "sku": str(place), "quantity": pieces, "unit_price": yuan(price)}
            for place, (price, pieces) in enumerate(step["lines"])
        ],
    }


def yuan(cents: int) -> str:
    """As the API wants it."""
    return f"{Decimal(cents) / 100:.2f}"


def cents(amount: Decimal | None) -> int | None:
    """As the model counts."""
    return None if amount is None else int(amount * 100)
