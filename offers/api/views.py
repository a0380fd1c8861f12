"""Offers: the merchant proposes, the buyer answers through the marketplace."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from common.api.represent import represent
from common.looks import shows
from offers import actions
from offers.api.serializers import (
    AcceptSerializer,
    CouponGrantSerializer,
    CouponSerializer,
    GrantCouponSerializer,
    OfferOptionsSerializer,
    SendOfferSerializer,
    WarnedOfferSerializer,
)
from offers.buyer.links import link_for
from offers.coupons import create_coupon, grant_coupon
from offers.eligibility import attempts_left, methods_for, why_not_offer, why_not_retain
from offers.models import Coupon, Offer
from offers.recommendation import recommend
from offers.situation import Situation
from orders.api.serializers import StoreNameSerializer
from refunds.api.views import refund_with_order
from refunds.models import Refund
from stores.api.auth import MARKETPLACE
from stores.api.base import ListMixin, StoreViewSet, found, get_or_404, named_by, parse_id


class OfferViewSet(StoreViewSet):
    """Offers of a store."""

    resource = "offers"
    callers = {"retrieve": "SM", "create": "S", "accept": "M", "decline": "M"}
    serializer_class = WarnedOfferSerializer
    queryset = Offer.objects.none()

    def get_queryset(self):
        """The store's offers."""
        return Offer.objects.for_store(self.store.pk).select_related("refund__order", "product")

    def retrieve(self, request, pk):
        """One offer."""
        return self._shown(get_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=SendOfferSerializer, responses={201: WarnedOfferSerializer})
    def create(self, request):
        """Propose something for a refund."""
        data = self.input(SendOfferSerializer)
        with named_by("refund"):
            offer = actions.send_offer(
                store_id=self.store.pk,
                refund_id=data["refund"],
                method=data["method"],
                message=data["message"],
                amount=data["amount"],
                return_address_id=data["return_address"],
                agreed_with_buyer=data["agreed_with_buyer"],
                item_id=data["item_id"],
                coupon_ids=data["coupons"],
                actor=self.actor,
                now=self.now,
            )
        return self._shown(offer, status=201)

    def _shown(self, offer: Offer, status: int = 200) -> Response:
        answer = represent(WarnedOfferSerializer, offer)
        if self.request.user.kind == MARKETPLACE:
            answer["buyer_page"] = link_for(offer.refund)
        return Response(answer, status=status)

    def _answer(self, function, pk, **terms) -> Response:
        offer = function(store_id=self.store.pk, offer_id=parse_id(pk), actor=self.actor, now=self.now, **terms)
        return self._shown(offer)

    @extend_schema(request=AcceptSerializer, responses=WarnedOfferSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request, pk):
        """The buyer says yes."""
        return self._answer(actions.accept_offer, pk, address=self.input(AcceptSerializer)["address"])

    @extend_schema(request=StoreNameSerializer, responses=WarnedOfferSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request, pk):
        """The buyer says no."""
        self.input(StoreNameSerializer)
        return self._answer(actions.decline_offer, pk)


class OfferOptionsViewSet(StoreViewSet):
    """What may be offered for a refund now."""

    resource = "offers"
    callers = {"offer_options": "S"}
    serializer_class = OfferOptionsSerializer
    queryset = Refund.objects.none()

    @extend_schema(responses=OfferOptionsSerializer)
    @action(detail=True, url_path="offer-options")
    def offer_options(self, request, pk):
        """The methods that are possible now, with their limits and the reason to choose them."""
        refund = found(refund_with_order.one(store_id=self.store.pk, refund_id=parse_id(pk)))
        situation = Situation(refund, self.now, self.actor)
        refused = why_not_retain(situation)
        possible = (
            [] if refused else [method for method in methods_for(refund) if why_not_offer(method, situation) is None]
        )
        options = [
            {
                "method": option.method.code,
                "recommended": option.recommended,
                "score": round(option.score, 4),
                "why": option.why,
                "limits": option.method.limits(situation),
                "amount": None if option.amount is None else f"{option.amount:.2f}",
                "amount_why": option.amount_why,
                "expected": f"{option.expected:.2f}",
            }
            for option in recommend(situation, possible)
        ]
        answer = {
            "retainable": {"ok": refused is None, "code": refused and refused.code},
            "attempts_left": attempts_left(situation),
            "options": options,
        }
        return Response(represent(OfferOptionsSerializer, answer))


class CouponViewSet(ListMixin, StoreViewSet):
    """Coupons of a store."""

    resource = "offers"
    callers = {"list": "S", "create": "S", "grant": "S"}
    serializer_class = CouponSerializer
    queryset = Coupon.objects.none()

    def get_queryset(self):
        """The store's coupons."""
        return Coupon.objects.for_store(self.store.pk)

    def create(self, request):
        """Make a coupon."""
        coupon = create_coupon(store=self.store, actor=self.actor, now=self.now, **self.input(CouponSerializer))
        return Response(CouponSerializer(coupon).data, status=201)

    @extend_schema(request=GrantCouponSerializer, responses={201: CouponGrantSerializer})
    @action(detail=True, methods=["post"])
    def grant(self, request, pk):
        """Give it to the buyer of an order."""
        number = self.input(GrantCouponSerializer)["order"]
        coupon = get_or_404(self.get_queryset(), pk=parse_id(pk))
        with named_by("order"):
            grant = grant_coupon(
                store_id=self.store.pk, coupon_id=coupon.pk, order_number=number, actor=self.actor, now=self.now
            )
        shows(grant)
        return Response(CouponGrantSerializer(grant).data, status=201)
