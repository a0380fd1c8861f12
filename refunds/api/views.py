"""Refunds: the marketplace opens them for its buyers, the merchant decides."""

import django_filters
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from common.actors import ActorKind
from common.api.filters import FlagFilter, InstantFilter
from common.api.represent import represent
from common.events import internal_names
from common.looks import shows
from common.models import Event
from common.queries import named_query
from orders.api.serializers import StoreNameSerializer
from refunds import actions, opening, returns
from refunds.api.extras import LIST_FILTERS
from refunds.api.serializers import (
    ApproveSerializer,
    CorrectReturnSerializer,
    EventSerializer,
    InspectSerializer,
    MarketplaceReasonsSerializer,
    MessageSerializer,
    OpenRefundSerializer,
    PostMessageSerializer,
    ProposeSerializer,
    RefundDetailSerializer,
    RefundSerializer,
    RejectSerializer,
    ResubmitSerializer,
    ShipReturnSerializer,
)
from refunds.holds import lines_of
from refunds.messages import post_message
from refunds.models import Message, Refund
from refunds.objections import reasons_there
from refunds.proposing import propose_request
from refunds.states import RefundKind, RefundProgramme, RefundReason, RefundStatus
from stores.api.base import ListMixin, StoreViewSet, found, named_by, parse_id


@named_query
def refund_with_order(store_id, refund_id):
    """A refund as its answers need it."""
    return Refund.objects.for_store(store_id).select_related("order", "store").filter(pk=refund_id)


class RefundFilter(django_filters.FilterSet):
    """Filters of the refund list."""

    status = django_filters.ChoiceFilter(choices=RefundStatus.choices)
    kind = django_filters.ChoiceFilter(choices=RefundKind.choices)
    reason = django_filters.ChoiceFilter(choices=RefundReason.choices)
    programme = django_filters.ChoiceFilter(choices=RefundProgramme.choices)
    due_before = InstantFilter(field_name="due_at", lookup_expr="lt")
    order = django_filters.CharFilter(field_name="order__number")
    retainable = FlagFilter(method="by_extra", label="something may be offered now")
    needs_attention = FlagFilter()
    q = django_filters.CharFilter(
        method="search", label="order number, buyer, receiver, phone or its last four, tracking number, item or SKU"
    )

    class Meta:
        model = Refund
        fields = ["status", "kind", "reason", "programme", "due_before", "order", "needs_attention", "q"]

    def by_extra(self, queryset, name, value):
        """What a higher room knows."""
        return LIST_FILTERS[name](queryset, store=self.request.parser_context["view"].store, wanted=value)

    def search(self, queryset, name, value):
        """By the start of the order's number or the buyer's name, the buyer's id, or a tracking number."""
        return queryset.matching(value)


class RefundViewSet(ListMixin, StoreViewSet):
    """Refunds of a store."""

    resource = "refunds"
    callers = {
        "list": "SM",
        "retrieve": "SM",
        "create": "M",
        "approve": "S",
        "reject": "S",
        "refusal_reasons": "S",
        "withdraw": "M",
        "resubmit": "M",
        "ship_return": "M",
        "correct_return": "SM",
        "return_address": "S",
        "more_time": "S",
        "propose": "S",
        "inspect": "S",
        "timeline": "SM",
        "messages": "SM",
    }
    serializer_class = RefundSerializer
    paged = frozenset({"list", "timeline", "messages"})
    filter_backends = [DjangoFilterBackend]
    filterset_class = RefundFilter
    queryset = Refund.objects.none()

    def get_queryset(self):
        """The store's refunds."""
        return Refund.objects.for_store(self.store.pk).select_related("order")

    def paginate_queryset(self, queryset):
        """Newest first; what is asked for by its deadline comes by its deadline, which is what the index is for."""
        if self.action == "list" and "due_before" in self.request.query_params:
            self.paginator.ordering = ("due_at", "id")
        page = super().paginate_queryset(queryset)
        if self.action == "list":
            lines_of([refund for refund in page if refund.order.is_partly_shipped])
        return page

    def _find(self, pk) -> Refund:
        return found(refund_with_order.one(store_id=self.store.pk, refund_id=parse_id(pk)))

    def _do(self, function, pk, **kwargs) -> Response:
        """Run an action on the refund and answer with its detail."""
        refund = function(store_id=self.store.pk, refund_id=parse_id(pk), actor=self.actor, now=self.now, **kwargs)
        shows(refund)
        return Response(represent(RefundDetailSerializer, refund))

    @extend_schema(responses=RefundDetailSerializer)
    def retrieve(self, request, pk):
        """One refund with its offers and payments."""
        return Response(represent(RefundDetailSerializer, self._find(pk)))

    @extend_schema(request=OpenRefundSerializer, responses={201: RefundDetailSerializer})
    def create(self, request):
        """The buyer asks."""
        data = self.input(OpenRefundSerializer)
        with named_by("order"):
            refund = opening.open_refund(
                store=self.store,
                order_number=data["order"],
                kind=data["kind"],
                reason=data["reason"],
                amount=data.get("amount"),
                description=data["description"],
                lines=data.get("lines"),
                actor=self.actor,
                now=self.now,
            )
        return Response(represent(RefundDetailSerializer, refund), status=201)

    @extend_schema(request=ApproveSerializer, responses=RefundDetailSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request, pk):
        """The merchant says yes."""
        data = self.input(ApproveSerializer)
        return self._do(actions.approve_refund, pk, return_address_id=data["return_address"])

    @extend_schema(request=RejectSerializer, responses=RefundDetailSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request, pk):
        """The merchant says no."""
        return self._do(actions.reject_refund, pk, **self.input(RejectSerializer))

    @extend_schema(responses=MarketplaceReasonsSerializer)
    @action(detail=True, url_path="refusal-reasons", filter_backends=[])
    def refusal_reasons(self, request, pk):
        """The marketplace's own reasons to refuse it, of a connected shop: `reject` and `inspect` take their codes."""
        known = reasons_there(self._find(pk))
        told = {"read_at": known.read_at, "reasons": known.reasons} if known else {"read_at": None, "reasons": ()}
        return Response(MarketplaceReasonsSerializer(told).data)

    @extend_schema(request=StoreNameSerializer, responses=RefundDetailSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """The buyer takes it back."""
        self.input(StoreNameSerializer)
        return self._do(actions.withdraw_refund, pk)

    @extend_schema(request=ResubmitSerializer, responses=RefundDetailSerializer)
    @action(detail=True, methods=["post"])
    def resubmit(self, request, pk):
        """The buyer corrects a rejected request."""
        correction = self.input(ResubmitSerializer)
        correction.pop("store", None)
        return self._do(actions.resubmit_refund, pk, correction=correction)

    @extend_schema(request=ShipReturnSerializer, responses=RefundDetailSerializer)
    @action(detail=True, methods=["post"], url_path="ship-return")
    def ship_return(self, request, pk):
        """The buyer has sent the goods."""
        parcel = self.input(ShipReturnSerializer)
        parcel.pop("store", None)
        return self._do(returns.ship_return, pk, **parcel)

    @extend_schema(request=CorrectReturnSerializer, responses=RefundDetailSerializer)
    @action(detail=True, methods=["post"], url_path="correct-return")
    def correct_return(self, request, pk):
        """The return parcel has another number, and the carrier has no news of it yet."""
        parcel = self.input(CorrectReturnSerializer)
        parcel.pop("store", None)
        return self._do(returns.correct_return, pk, **parcel)

    @extend_schema(request=ApproveSerializer, responses=RefundDetailSerializer)
    @action(detail=True, methods=["post"], url_path="return-address")
    def return_address(self, request, pk):
        """The merchant says where the goods go, when the deadline has approved a return without an address."""
        data = self.input(ApproveSerializer)
        return self._do(returns.name_return_address, pk, return_address_id=data["return_address"])

    @extend_schema(request=StoreNameSerializer, responses=RefundDetailSerializer)
    @action(detail=True, methods=["post"], url_path="more-time")
    def more_time(self, request, pk):
        """Ask a connected shop's marketplace for more time to look at what came back, where that gives any."""
        self.input(StoreNameSerializer)
        return self._do(returns.ask_for_more_time, pk)

    @extend_schema(request=ProposeSerializer, responses=RefundDetailSerializer)
    @action(detail=True, methods=["post"])
    def propose(self, request, pk):
        """Ask the buyer at a connected shop's marketplace for another request, where that takes proposals.

        Nothing moves here by it: the request becomes what the marketplace says once the buyer has answered.
        """
        proposal = self.input(ProposeSerializer)
        proposal.pop("store", None)
        return self._do(propose_request, pk, **proposal)

    @extend_schema(request=InspectSerializer, responses=RefundDetailSerializer)
    @action(detail=True, methods=["post"])
    def inspect(self, request, pk):
        """The merchant has looked at the goods."""
        data = self.input(InspectSerializer)
        return self._do(
            returns.inspect_return,
            pk,
            passed=data["result"] == "passed",
            note=data["note"],
            received=data.get("received"),
            reason_code=data["reason_code"],
            carrier=data["carrier"],
            tracking_number=data["tracking_number"],
        )

    @extend_schema(responses=EventSerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[])
    def timeline(self, request, pk):
        """Every event of the refund, oldest first, in cursor pages.

        A marketplace's key reads none of what the store's people do among themselves.
        """
        refund = self._find(pk)
        events = Event.objects.for_store(self.store.pk).filter(topic_id=refund.pk)
        is_theirs = self.actor.kind == ActorKind.BUYER
        if is_theirs:
            events = events.exclude(name__in=internal_names())
        self.paginator.ordering = "id"
        page = self.paginate_queryset(events)
        told = EventSerializer(page, many=True, context={"told_outside": is_theirs})
        return self.get_paginated_response(told.data)

    @extend_schema(methods=["GET"], responses=MessageSerializer(many=True), filters=False)
    @extend_schema(methods=["POST"], request=PostMessageSerializer, responses={201: MessageSerializer})
    @action(detail=True, methods=["get", "post"], filter_backends=[])
    def messages(self, request, pk):
        """The thread between agent and buyer, oldest first."""
        if request.method == "POST":
            text = self.input(PostMessageSerializer)["text"]
            message = post_message(
                store_id=self.store.pk, refund_id=parse_id(pk), text=text, actor=self.actor, now=self.now
            )
            return Response(MessageSerializer(message).data, status=201)
        refund = self._find(pk)
        self.paginator.ordering = "id"
        page = self.paginate_queryset(Message.objects.for_store(self.store.pk).filter(refund=refund))
        return self.get_paginated_response(MessageSerializer(page, many=True).data)
