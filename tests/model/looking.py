"""What the store's rows and figures say, in the model's words; ids become known by it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef
from psycopg import RawCursor

from common.events import internal_names
from common.models import Event
from common.queries import Given, NamedQuery
from offers.models import Coupon, Offer
from orders.models import Order, OrderLine, OwedParcel, Shipment
from orders.states import ShipmentDirection
from payments.models import Budget, Payment
from refunds.models import Appeal, DecisionRow, Dispute, Refund, RefundLine, UnclaimedParcel
from refunds.states import AppealStatus, DisputeStatus
from tests.model.calling import Told, cents
from tests.model.things import row_seen
from tests.world import Shop

NEWS = Event.objects.exclude(name__in=internal_names())
LOOKED_AT = [
    NamedQuery(build)
    for build in (
        lambda store: Refund.objects.for_store(store).order_by("id"),
        lambda store: RefundLine.objects.for_store(store).select_related("line").order_by("id"),
        lambda store: Order.objects.for_store(store),
        lambda store: OrderLine.objects.for_store(store),
        lambda store: Offer.objects.for_store(store).order_by("created_at", "id"),
        lambda store: Payment.objects.for_store(store).select_related("order").order_by("id"),
        lambda store: OwedParcel.objects.for_store(store).order_by("created_at", "id"),
        lambda store: Shipment.objects.for_store(store).filter(direction=ShipmentDirection.OUTBOUND),
        lambda store: Dispute.objects.for_store(store).filter(status=DisputeStatus.OPEN),
        lambda store: Appeal.objects.for_store(store),
        lambda store: UnclaimedParcel.objects.for_store(store).order_by("id"),
        lambda store: DecisionRow.objects.for_store(store).annotate(
            is_overtaken=Exists(NEWS.filter(store_id=store, topic_id=OuterRef("refund_id"), id__gt=OuterRef("as_of")))
        ),
        lambda store: Budget.objects.for_store(store),
        lambda store: Coupon.objects.for_store(store),
    )
]


def read_together(queries: Sequence[NamedQuery], store: int) -> list[list]:
    """What each query answers about a store: compiled once, and all of them asked in one round trip."""
    there = connection.connection
    with there.pipeline():
        asked = []
        for query in queries:
            _model, sql, parameters, _read, _locks = query.compiled
            given = [store if isinstance(each, Given) else each for each in parameters]
            asked.append(RawCursor(there).execute(sql, given, prepare=True))
    return [query.compiled.read(cursor.fetchall()) for query, cursor in zip(queries, asked, strict=True)]


class Look:
    """The rows of a store, read at one moment."""

    def __init__(self, shop: Shop, told: Told) -> None:
        mine, self.told = shop.store.pk, told
        with shop.scope():
            rows = read_together(LOOKED_AT, mine)
        self.refunds, self.shares, self.orders, self.lines, self.offers, told.payments, self.parcels = rows[:7]
        self.sent, self.disputes, self.appeals, self.strays, self.rows, budgets, coupons = rows[7:]
        self.budget = next(iter(budgets), None)
        self.coupon = next((row for row in coupons if str(row.pk) == told.coupons.get("coupon")), None)
        self._name()

    def _name(self) -> None:
        """Tell what has become known, by the model's labels."""
        told = self.told
        labels = {made: label for label, made in told.refunds.items()}
        for row in self.refunds:
            if row.split_from_id:
                labels[str(row.pk)] = f"{labels[str(row.split_from_id)]}-rest"
        self.labels = {row.pk: labels.get(str(row.pk), str(row.pk)) for row in self.refunds}
        told.refunds = {label: made for made, label in labels.items()}
        told.disputes.update({self.labels[row.refund_id]: str(row.pk) for row in self.disputes})
        told.appeals.update({self.labels[row.refund_id]: str(row.pk) for row in self.appeals})
        for label, made in told.refunds.items():
            told.offers[label] = [str(row.pk) for row in self.offers if str(row.refund_id) == made]
            told.parcels[label] = [str(row.pk) for row in self.parcels if str(row.topic_id) == made]
        orders = {row.pk for row in self.orders}
        told.sent = {row.tracking_number: str(row.pk) for row in self.sent if row.topic_id in orders}
        self.numbers = {row.pk: row.number for row in self.orders}
        told.orders = set(self.numbers.values())
        told.strays = {}
        for row in self.strays:
            told.strays.setdefault(row.tracking_number, []).append(str(row.pk))

    @property
    def ranks(self) -> dict[str, int]:
        """In which order refunds were made."""
        return {label: rank for rank, label in enumerate(self.labels.values())}

    def seen(self) -> dict:
        """Refunds, orders and the store."""
        budget, coupon = self.budget, self.coupon
        store = {
            "budget": (cents(budget.balance), cents(budget.reserved)) if budget else (0, 0),
            "coupons": (coupon.reserved, coupon.granted) if coupon else (0, 0),
            "paid back": sum(cents(row.compensation) or 0 for row in self.appeals),
            "strays": sorted(
                (row.tracking_number, row.status, self.labels.get(row.refund_id, "")) for row in self.strays
            ),
        }
        return {
            "refunds": {self.labels[row.pk]: self._refund(row) for row in self.refunds},
            "orders": {row.number: self._order(row) for row in self.orders},
            "stores": {"store": store},
        }

    def _refund(self, row: Refund) -> dict:
        shares = [share for share in self.shares if share.refund_id == row.pk]
        offers = [offer for offer in self.offers if offer.refund_id == row.pk]
        verdicts = [
            "open" if case.status == AppealStatus.OPEN else "decided"
            for case in self.appeals
            if case.refund_id == row.pk
        ]
        return {
            "order": self.numbers[row.order_id],
            "rows": sorted(row_seen(each.status, each.is_overtaken) for each in self.rows if each.refund_id == row.pk),
            "kind": row.kind,
            "status": row.status,
            "amount": cents(row.amount),
            "due": row.due_at,
            "lines": {int(share.line.sku): (share.quantity, cents(share.amount)) for share in shares},
            "offers": [(o.method, cents(o.amount), o.status, o.due_at) for o in offers],
            "payments": sorted((cents(p.amount), p.status) for p in self.told.payments if p.topic_id == row.pk),
            "appeal": (verdicts or [""])[0],
            "number": row.return_tracking_number,
            "parcels": sorted(each.status for each in self.parcels if each.topic_id == row.pk),
        }

    def _order(self, row: Order) -> dict:
        lines = {line.goods: line for line in self.lines if line.order_id == row.pk}
        whole = {goods: line.quantity_to_ship for goods, line in lines.items() if line.quantity_to_ship}
        sent = [parcel for parcel in self.sent if parcel.topic_id == row.pk]
        return {
            "claimed": cents(row.claimed_amount),
            "shipped": row.has_left,
            "delivered": row.delivered_at is not None,
            "kept": row.is_priority,
            "stopped": {int(line.sku): line.cancelled_quantity for line in lines.values() if line.cancelled_quantity},
            "sent": {
                parcel.tracking_number: (
                    {int(lines[goods].sku): n for goods, n in (parcel.pieces or whole).items()},
                    self.labels.get(parcel.recalled_for, ""),
                )
                for parcel in sent
            },
            "payments": sorted((cents(p.amount), p.status) for p in self.told.payments if p.topic_id == row.pk),
        }


def read_figures(shop: Shop, now: datetime) -> dict:
    """What the API says of quality and of money kept and lost, of all days that a history may have."""
    quality = shop.merchant.get("quality/").json()
    days = {
        "from": (now - timedelta(days=100)).date().isoformat(),
        "to": (now + timedelta(days=200)).date().isoformat(),
    }
    kept = shop.merchant.get("insights/retention/", **days).json()
    return {
        "quality": {name: quality[name] for name in ("orders", "quality_refunds", "rate")},
        "kept": _kept(kept["totals"]),
        "methods": {
            group["method"]: _kept(group) for group in sorted(kept["by_method"], key=lambda one: one["method"])
        },
        "lost": {"refunds": kept["lost"]["refunds"], "sale": _cents(kept["lost"]["sale"])},
    }


def _kept(group: Mapping) -> dict:
    counts = ("offers", "answered", "expired", "accepted")
    sums = ("sales_kept", "taken_back", "hidden_costs_avoided", "offer_costs")
    return {**{name: group[name] for name in counts}, **{name: _cents(group[name]) for name in sums}}


def _cents(text: str) -> int:
    return int(text.replace(".", ""))
