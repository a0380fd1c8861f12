"""Orders by the thousand: placed by the marketplace, shipped by the merchant."""

from collections.abc import Sequence

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from common.api.fields import TextField
from common.api.represent import represent
from common.looks import shows_list
from common.texts import TextKind
from orders.api.serializers import OrderSerializer, PlaceOrderSerializer, ShipOrderSerializer
from orders.bulk import ship_orders, upsert_orders
from orders.models import Order, with_lines
from orders.pieces import read_parts
from stores.api.bulk import UNDONE, Answer, BulkViewSet, Outcome, envelope_of, results_of


class ShipOneSerializer(ShipOrderSerializer):
    """An order of the store, and its next parcel."""

    number = TextField(TextKind.NAME, trim_whitespace=False)


PlaceManySerializer = envelope_of(PlaceOrderSerializer, "PlaceOrders")
ShipManySerializer = envelope_of(ShipOneSerializer, "ShipOrders")
OrderResultsSerializer = results_of(OrderSerializer, "Order")


class OrderBulkViewSet(BulkViewSet):
    """Many orders at once."""

    resource = "orders"
    callers = {"place": "M", "ship": "S"}
    dear = frozenset({"place", "ship"})
    answers_with = dict.fromkeys(dear, UNDONE)
    serializer_class = OrderSerializer
    queryset = Order.objects.none()

    @extend_schema(request=PlaceManySerializer, responses=OrderResultsSerializer)
    @action(detail=False, methods=["post"], url_path="bulk")
    def place(self, request):
        """Create at most 1000 orders (201 each), or bring those with these numbers up to date (200).

        Each item is answered as its own call would be, in the order given; each names its `store`, or the body does
        for all. One that fails harms no other; with `atomic` nothing is done unless all of them are.
        """
        return self.answer_all(PlaceOrderSerializer, "number", self._place)

    @extend_schema(request=ShipManySerializer, responses=OrderResultsSerializer)
    @action(detail=False, methods=["post"], url_path="ship/bulk")
    def ship(self, request):
        """Hand at most 1000 orders to their carriers.

        Each item is answered as its own call would be, in the order given. One that fails harms no other; with `atomic`
        nothing is done unless all of them are.
        """
        return self.answer_all(ShipOneSerializer, "number", self._ship)

    def _place(self, wanted: Sequence[dict]) -> list[Outcome]:
        orders = [PlaceOrderSerializer.parts_of(data) for data in wanted]
        outcomes = upsert_orders(store=self.store, wanted=orders, actor=self.actor, now=self.now)
        told = self._bodies([head["number"] for head, _lines in orders])
        return [
            Answer(201 if outcome else 200, told[head["number"]]) if isinstance(outcome, bool) else outcome
            for (head, _lines), outcome in zip(orders, outcomes, strict=True)
        ]

    def _ship(self, parcels: Sequence[dict]) -> list[Outcome]:
        wanted = ("number", "carrier", "tracking_number", "lines")
        named = [{name: parcel[name] for name in wanted if name in parcel} for parcel in parcels]
        outcomes = ship_orders(store_id=self.store.pk, parcels=named, actor=self.actor, now=self.now)
        told = self._bodies([outcome.number for outcome in outcomes if isinstance(outcome, Order)])
        return [Answer(200, told[outcome.number]) if isinstance(outcome, Order) else outcome for outcome in outcomes]

    def _bodies(self, numbers: Sequence[str]) -> dict[str, dict]:
        """What is answered about these orders, as they are now, by number."""
        orders = list(Order.objects.for_store(self.store.pk).filter(number__in=numbers))
        read_parts(with_lines(orders, self.store))
        shows_list(orders)
        return {order.number: represent(OrderSerializer, order) for order in orders}
