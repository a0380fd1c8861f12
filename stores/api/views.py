"""Stores, products and return addresses."""

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from common.events import event_types
from stores import actions
from stores.api.base import ListMixin, StoreViewSet, get_or_404
from stores.api.serializers import (
    EventTypesSerializer,
    ProductChangeSerializer,
    ProductSerializer,
    ReturnAddressSerializer,
    StoreChangeSerializer,
    StoreSerializer,
)
from stores.models import Product, ReturnAddress, Store

MAX_PRODUCTS_AT_ONCE = 1000
ONE_OR_MANY_PRODUCTS = PolymorphicProxySerializer(
    component_name="ProductOrProducts",
    serializers=[ProductSerializer, ProductSerializer(many=True)],
    resource_type_field_name=None,
    many=False,
)


class StoreSettingsViewSet(ListMixin, StoreViewSet):
    """The store that the key belongs to."""

    resource = None
    resource_of = {"partial_update": "catalog"}
    callers = {"list": "S", "retrieve": "S", "partial_update": "S"}
    serializer_class = StoreSerializer
    lookup_field = "code"
    queryset = Store.objects.none()

    def get_queryset(self):
        """One store."""
        return Store.objects.filter(pk=self.store.pk)

    def retrieve(self, request, code):
        """The store's settings."""
        return Response(StoreSerializer(get_or_404(self.get_queryset(), code=code)).data)

    @extend_schema(request=StoreChangeSerializer, responses=StoreSerializer)
    def partial_update(self, request, code):
        """Change the store's settings."""
        store = get_or_404(self.get_queryset(), code=code)
        changed = actions.update_store(store=store, actor=self.actor, now=self.now, **self.input(StoreChangeSerializer))
        return Response(StoreSerializer(changed).data)


class ProductViewSet(ListMixin, StoreViewSet):
    """The product warehouse."""

    resource = "catalog"
    callers = {"list": "S", "retrieve": "S", "create": "S", "partial_update": "S"}
    serializer_class = ProductSerializer
    lookup_field = "item_id"
    queryset = Product.objects.none()

    def get_queryset(self):
        """The store's products."""
        return Product.objects.for_store(self.store.pk)

    def retrieve(self, request, item_id):
        """One product."""
        return Response(ProductSerializer(get_or_404(self.get_queryset(), item_id=item_id)).data)

    @extend_schema(request=ONE_OR_MANY_PRODUCTS, responses={201: ONE_OR_MANY_PRODUCTS})
    def create(self, request):
        """Create or overwrite one product or a list of at most 1000; the answer has the same shape."""
        many = isinstance(request.data, list)
        if many and len(request.data) > MAX_PRODUCTS_AT_ONCE:
            raise ValidationError({"non_field_errors": [f"Send at most {MAX_PRODUCTS_AT_ONCE} products at once."]})
        data = self.input(ProductSerializer, many=many)
        products = actions.upsert_products(
            store=self.store, products=data if many else [data], actor=self.actor, now=self.now
        )
        answer = ProductSerializer(products if many else products[0], many=many)
        return Response(answer.data, status=201)

    @extend_schema(request=ProductChangeSerializer, responses=ProductSerializer)
    def partial_update(self, request, item_id):
        """Change some fields of a product."""
        product = get_or_404(self.get_queryset(), item_id=item_id)
        changes = self.input(ProductChangeSerializer, partial=True)
        if changes:
            actions.update_product(product=product, changes=changes, actor=self.actor, now=self.now)
        return Response(ProductSerializer(product).data)


class ReturnAddressViewSet(ListMixin, StoreViewSet):
    """Return addresses."""

    resource = "catalog"
    callers = {"list": "S", "create": "S"}
    serializer_class = ReturnAddressSerializer
    queryset = ReturnAddress.objects.none()

    def get_queryset(self):
        """The store's return addresses that can be named."""
        return ReturnAddress.objects.for_store(self.store.pk).usable()

    def create(self, request):
        """Add an address."""
        address = actions.add_return_address(store=self.store, actor=self.actor, now=self.now, **self.input())
        return Response(ReturnAddressSerializer(address).data, status=201)


class EventTypeViewSet(StoreViewSet):
    """What can happen, as timelines and statistics name it."""

    resource = None
    callers = {"list": "SM"}
    serializer_class = EventTypesSerializer
    pagination_class = None

    def list(self, request):
        """Every type of event: its name, its title, how it is to be taken, and the data that it may carry."""
        return Response(EventTypesSerializer({"results": event_types()}).data)
