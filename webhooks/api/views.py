"""Endpoints and deliveries."""

import django_filters
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.response import Response

from orders.api.serializers import StoreNameSerializer
from stores.api.base import StoreViewSet, get_or_404, parse_id
from webhooks import actions
from webhooks.api.serializers import (
    AddEndpointSerializer,
    ChangeEndpointSerializer,
    DeliverySerializer,
    EndpointSerializer,
    EndpointWithSecretSerializer,
    ResendSerializer,
    ResentSerializer,
)
from webhooks.models import Delivery, Endpoint
from webhooks.states import DeliveryStatus, EndpointStatus


class EndpointViewSet(mixins.ListModelMixin, StoreViewSet):
    """Addresses that are told of events."""

    resource = "webhooks"
    callers = {
        "list": "S",
        "retrieve": "S",
        "create": "S",
        "partial_update": "S",
        "destroy": "S",
        "rotate_secret": "S",
        "send_test": "S",
        "redeliver": "S",
    }
    serializer_class = EndpointSerializer
    queryset = Endpoint.objects.none()

    def get_queryset(self):
        """The store's endpoints."""
        return Endpoint.objects.for_store(self.store.pk).existing()

    def kept(self, data):
        """A secret is shown once, and kept nowhere but sealed."""
        return {**data, "secret": None} if isinstance(data, dict) and "secret" in data else data

    def retrieve(self, request, pk):
        """One endpoint."""
        return Response(EndpointSerializer(get_or_404(self.get_queryset(), pk=parse_id(pk))).data)

    @extend_schema(request=AddEndpointSerializer, responses={201: EndpointWithSecretSerializer})
    def create(self, request):
        """Tell an address of what happens from now on; its secret is in this answer only."""
        data = self.input(AddEndpointSerializer)
        endpoint, secret = actions.add_endpoint(store=self.store, actor=self.actor, now=self.now, **data)
        return Response({**EndpointSerializer(endpoint).data, "secret": secret}, status=201)

    @extend_schema(request=ChangeEndpointSerializer, responses=EndpointSerializer)
    def partial_update(self, request, pk):
        """Change an endpoint, pause or resume it."""
        changes = self.input(ChangeEndpointSerializer)
        status = changes.pop("status", None)
        who = {"store_id": self.store.pk, "endpoint_id": parse_id(pk), "actor": self.actor, "now": self.now}
        endpoint = actions.change_endpoint(changes=changes, **who)
        if status is not None and status != endpoint.status:
            is_pause = status == EndpointStatus.PAUSED
            endpoint = (actions.pause_endpoint if is_pause else actions.resume_endpoint)(**who)
        return Response(EndpointSerializer(get_or_404(self.get_queryset(), pk=endpoint.pk)).data)

    @extend_schema(responses={204: None})
    def destroy(self, request, pk):
        """Tell it nothing more; what it was told stays on record."""
        self.input(StoreNameSerializer)
        actions.delete_endpoint(store_id=self.store.pk, endpoint_id=parse_id(pk), actor=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(request=StoreNameSerializer, responses=EndpointWithSecretSerializer)
    @action(detail=True, methods=["post"], url_path="rotate-secret")
    def rotate_secret(self, request, pk):
        """Sign with a new secret; for 24 hours messages bear a signature of the older one too."""
        self.input(StoreNameSerializer)
        endpoint, secret = actions.rotate_secret(
            store_id=self.store.pk, endpoint_id=parse_id(pk), actor=self.actor, now=self.now
        )
        return Response({**EndpointSerializer(endpoint).data, "secret": secret})

    @extend_schema(request=StoreNameSerializer, responses=EndpointSerializer)
    @action(detail=True, methods=["post"], url_path="test")
    def send_test(self, request, pk):
        """Have the endpoint sent a test event within seconds, whichever events it wants."""
        self.input(StoreNameSerializer)
        endpoint = actions.send_test_event(
            store_id=self.store.pk, endpoint_id=parse_id(pk), actor=self.actor, now=self.now
        )
        return Response(EndpointSerializer(endpoint).data)

    @extend_schema(request=ResendSerializer, responses=ResentSerializer)
    @action(detail=True, methods=["post"])
    def redeliver(self, request, pk):
        """Send again what was owed in a span of time, in the order of its events."""
        data = self.input(ResendSerializer)
        count = actions.resend(store_id=self.store.pk, endpoint_id=parse_id(pk), actor=self.actor, now=self.now, **data)
        return Response({"deliveries": count})


class DeliveryFilter(django_filters.FilterSet):
    """Filters of the log."""

    endpoint = django_filters.UUIDFilter(field_name="endpoint_id")
    status = django_filters.ChoiceFilter(choices=DeliveryStatus.choices)
    name = django_filters.CharFilter()

    class Meta:
        model = Delivery
        fields = ["endpoint", "status", "name"]


class DeliveryViewSet(mixins.ListModelMixin, StoreViewSet):
    """What endpoints were owed, and what came of it."""

    resource = "webhooks"
    callers = {"list": "S", "retrieve": "S", "redeliver": "S"}
    serializer_class = DeliverySerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = DeliveryFilter
    queryset = Delivery.objects.none()

    def get_queryset(self):
        """The store's deliveries."""
        return Delivery.objects.for_store(self.store.pk)

    def retrieve(self, request, pk):
        """One delivery."""
        return Response(DeliverySerializer(get_or_404(self.get_queryset(), pk=parse_id(pk))).data)

    @extend_schema(request=StoreNameSerializer, responses=DeliverySerializer)
    @action(detail=True, methods=["post"])
    def redeliver(self, request, pk):
        """Send it again, under the same id."""
        self.input(StoreNameSerializer)
        delivery = get_or_404(self.get_queryset(), pk=parse_id(pk))
        actions.resend(
            store_id=self.store.pk,
            endpoint_id=delivery.endpoint_id,
            delivery_ids=[delivery.pk],
            actor=self.actor,
            now=self.now,
        )
        return Response(DeliverySerializer(get_or_404(self.get_queryset(), pk=delivery.pk)).data)
