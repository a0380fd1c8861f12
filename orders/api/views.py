"""Orders: the marketplace places and delivers them, the merchant ships them."""

import django_filters
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from common.api.filters import FlagFilter
from common.api.represent import represent
from common.looks import shows
from common.queries import named_query
from orders import actions, saving
from orders.api.filters import OrderFilter
from orders.api.serializers import (
    AddressSerializer,
    CorrectPartSerializer,
    CorrectShipmentSerializer,
    DeliverSerializer,
    OrderSerializer,
    ParcelSerializer,
    PlaceOrderSerializer,
    ShipOrderSerializer,
    ShipSerializer,
    StoreNameSerializer,
)
from orders.corrections import correct_order, correct_parcel
from orders.models import Order, OwedParcel, with_lines
from orders.parcels import ship_parcel
from orders.pieces import read_parts
from orders.receiving import receive_parcel
from orders.states import ParcelKind, ParcelStatus
from stores.api.base import ListMixin, StoreViewSet, found, parse_id


@named_query
def order_of_number(store_id, number):
    """An order without its lines."""
    return Order.objects.for_store(store_id).filter(number=number)


class OrderViewSet(ListMixin, StoreViewSet):
    """Orders of a store, addressed by their marketplace number."""

    resource = "orders"
    callers = {
        "list": "SM",
        "retrieve": "SM",
        "create": "M",
        "ship": "S",
        "correct_shipment": "S",
        "deliver": "M",
        "urge": "M",
        "change_address": "SM",
    }
    serializer_class = OrderSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = OrderFilter
    lookup_field = "number"
    queryset = Order.objects.none()

    def get_queryset(self):
        """The store's orders."""
        return Order.objects.for_store(self.store.pk)

    def paginate_queryset(self, queryset):
        """One page, with all of its lines and parcels."""
        orders = with_lines(super().paginate_queryset(queryset), self.store)
        read_parts(orders)
        return orders

    def _answer(self, order: Order, status: int = 200) -> Response:
        orders = with_lines([order], self.store)
        read_parts(orders)
        shows(order)
        return Response(represent(OrderSerializer, *orders), status=status)

    def retrieve(self, request, number):
        """One order."""
        return self._answer(found(order_of_number.one(store_id=self.store.pk, number=number)))

    @extend_schema(request=PlaceOrderSerializer, responses={200: OrderSerializer, 201: OrderSerializer})
    def create(self, request):
        """Create the order (201), or bring the one with this number up to date (200)."""
        head, lines = PlaceOrderSerializer.parts_of(self.input(PlaceOrderSerializer))
        order, is_new = actions.upsert_order(store=self.store, data=head, lines=lines, actor=self.actor, now=self.now)
        return self._answer(order, 201 if is_new else 200)

    @extend_schema(request=ShipOrderSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def ship(self, request, number):
        """Hand it to the carrier, all that is left of it or these lines; it has shipped once nothing is left."""
        order = actions.ship_order(
            store_id=self.store.pk, number=number, actor=self.actor, now=self.now, **self.input(ShipOrderSerializer)
        )
        return self._answer(order)

    @extend_schema(request=CorrectPartSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"], url_path="correct-shipment")
    def correct_shipment(self, request, number):
        """Its parcel has another number, and the carrier hasn't picked it up yet."""
        right = self.input(CorrectPartSerializer)
        right["parcel_id"] = right.pop("parcel")
        order = correct_order(store_id=self.store.pk, number=number, actor=self.actor, now=self.now, **right)
        return self._answer(order)

    @extend_schema(request=DeliverSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def deliver(self, request, number):
        """The buyer has received it, or one of its parcels; with the last one it is delivered."""
        parcel = self.input(DeliverSerializer)["parcel"]
        call = {"store_id": self.store.pk, "number": number, "actor": self.actor, "now": self.now}
        order = receive_parcel(**call, parcel_id=parcel) if parcel else actions.deliver_order(**call)
        return self._answer(order)

    @extend_schema(request=StoreNameSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def urge(self, request, number):
        """The buyer asks for haste."""
        self.input(StoreNameSerializer)
        order = saving.urge_order(store=self.store, number=number, actor=self.actor, now=self.now)
        return self._answer(order)

    @extend_schema(request=AddressSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"], url_path="change-address")
    def change_address(self, request, number):
        """Send it somewhere else, as long as it hasn't shipped."""
        address = self.input(AddressSerializer)["address"]
        order = saving.change_address(
            store_id=self.store.pk, number=number, address=address, actor=self.actor, now=self.now
        )
        return self._answer(order)


class ParcelFilter(django_filters.FilterSet):
    """Filters of the list of promises."""

    status = django_filters.ChoiceFilter(choices=ParcelStatus.choices)
    kind = django_filters.ChoiceFilter(choices=ParcelKind.choices)
    late = FlagFilter(field_name="late_at", lookup_expr="isnull", exclude=True)
    order = django_filters.CharFilter(field_name="order__number")

    class Meta:
        model = OwedParcel
        fields = ["status", "kind", "late", "order"]


class ParcelViewSet(ListMixin, StoreViewSet):
    """Promised replacement parcels."""

    resource = "orders"
    callers = {"list": "S", "ship": "S", "correct_shipment": "S"}
    serializer_class = ParcelSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = ParcelFilter
    queryset = OwedParcel.objects.none()

    def get_queryset(self):
        """The store's promises."""
        return OwedParcel.objects.for_store(self.store.pk).select_related("order", "shipment")

    @extend_schema(request=ShipSerializer, responses=ParcelSerializer)
    @action(detail=True, methods=["post"])
    def ship(self, request, pk):
        """The promise is kept."""
        parcel = ship_parcel(
            store_id=self.store.pk,
            parcel_id=parse_id(pk),
            actor=self.actor,
            now=self.now,
            **self.input(ShipSerializer),
        )
        shows(parcel)
        return Response(ParcelSerializer(parcel).data)

    @extend_schema(request=CorrectShipmentSerializer, responses=ParcelSerializer)
    @action(detail=True, methods=["post"], url_path="correct-shipment")
    def correct_shipment(self, request, pk):
        """It has another number, and the carrier hasn't picked it up yet."""
        parcel = correct_parcel(
            store_id=self.store.pk,
            parcel_id=parse_id(pk),
            actor=self.actor,
            now=self.now,
            **self.input(CorrectShipmentSerializer),
        )
        shows(parcel)
        return Response(ParcelSerializer(parcel).data)
