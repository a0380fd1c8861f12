"""The store's enrolment, the marketplace's live sessions, and badges."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response

from common.api.represent import represent
from common.looks import shows
from refunds.api.serializers import RefundDetailSerializer
from refunds.models import Enrolment, Refund
from refunds.returnless import enrolment, programme
from refunds.returnless.api.serializers import (
    MOST_PRODUCTS,
    BadgesSerializer,
    EnrolmentSerializer,
    EnrolSerializer,
    LiveSessionSerializer,
    NegotiateSerializer,
    SettingsSerializer,
    StartSessionSerializer,
    TopUpSerializer,
    represent_enrolment,
)
from refunds.returnless.promises import covered_items, enrolment_in_force
from refunds.returnless.review import negotiate_refund
from stores.api.base import StoreViewSet, parse_id


class ReturnlessViewSet(StoreViewSet):
    """Refund without return 退款不退货 of one store."""

    resource = "payments"
    queries = {"badges": frozenset({"item_id", "live_session"})}
    repeatable = frozenset({"item_id"})
    callers = {
        "show": "S",
        "change": "S",
        "enrol": "S",
        "top_up": "S",
        "live_sessions": "M",
        "badges": "SM",
    }
    serializer_class = EnrolmentSerializer
    queryset = Enrolment.objects.none()
    pagination_class = None

    def get_object(self):
        """The one thing of this resource; OPTIONS asks for it."""
        return enrolment.enrolment_of(self.store.pk)

    def _answer(self, status: int = 200) -> Response:
        found = enrolment.enrolment_of(self.store.pk)
        return Response(represent_enrolment(self.store, found), status=status)

    @extend_schema(responses=EnrolmentSerializer)
    def show(self, request):
        """How far the store is, its budget, its products."""
        return self._answer()

    @extend_schema(request=SettingsSerializer, responses=EnrolmentSerializer)
    def change(self, request):
        """Do steps, or change what they set."""
        settings = self.input(SettingsSerializer)
        enrolment.change_settings(store=self.store, settings=settings, actor=self.actor, now=self.now)
        return self._answer()

    @extend_schema(request=EnrolSerializer, responses=EnrolmentSerializer)
    @action(detail=False, methods=["post"])
    def enrol(self, request):
        """Confirm once all steps are done, or switch from 2.0."""
        do = enrolment.confirm_enrolment
        if self.input(EnrolSerializer)["upgrade"]:
            do = programme.upgrade_enrolment
        do(store=self.store, actor=self.actor, now=self.now)
        return self._answer()

    @extend_schema(request=TopUpSerializer, responses=EnrolmentSerializer)
    @action(detail=False, methods=["post"], url_path="top-up")
    def top_up(self, request):
        """Add to the budget."""
        amount = self.input(TopUpSerializer)["amount"]
        enrolment.top_up_budget(store=self.store, amount=amount, actor=self.actor, now=self.now)
        return self._answer()

    @extend_schema(request=StartSessionSerializer, responses={200: LiveSessionSerializer, 201: LiveSessionSerializer})
    @action(detail=False, methods=["post"], url_path="live-sessions")
    def live_sessions(self, request):
        """A live session has started (201), or had been told of before (200)."""
        data = self.input(StartSessionSerializer)
        session, is_new = programme.start_live_session(
            store=self.store,
            session=data["live_session"],
            started_at=data["started_at"],
            actor=self.platform,
            now=self.now,
        )
        return Response(LiveSessionSerializer(session).data, status=201 if is_new else 200)

    @extend_schema(
        parameters=[
            OpenApiParameter("item_id", str, many=True, description="repeat it for several; all covered ones without"),
            OpenApiParameter("live_session", str),
        ],
        responses=BadgesSerializer,
    )
    @action(detail=False)
    def badges(self, request):
        """Which items carry the badge now, or in a live session."""
        asked = list(dict.fromkeys(request.query_params.getlist("item_id")))
        if len(asked) > MOST_PRODUCTS or not all(item_id.isascii() and item_id.isdigit() for item_id in asked):
            detail = ErrorDetail(
                _("Name at most %(most)d items, each by its digits.") % {"most": MOST_PRODUCTS}, "invalid"
            )
            raise ValidationError({"item_id": [detail]})
        found = enrolment_in_force(self.store.pk)
        live_session = request.query_params.get("live_session", "")
        covered = covered_items(found, at=self.now, live_session=live_session, item_ids=asked or None)
        items = [{"item_id": item_id, "badge": item_id in covered} for item_id in asked or covered]
        return Response({"certified": found is not None, "items": items})


class NegotiationViewSet(StoreViewSet):
    """Talking first about a refund without return."""

    resource = "refunds"
    callers = {"negotiate": "S"}
    serializer_class = RefundDetailSerializer
    queryset = Refund.objects.none()

    @extend_schema(request=NegotiateSerializer, responses=RefundDetailSerializer)
    @action(detail=True, methods=["post"])
    def negotiate(self, request, pk):
        """Write to the buyer and mark the refund as being negotiated; the clock goes on."""
        text = self.input(NegotiateSerializer)["text"]
        refund = negotiate_refund(
            store_id=self.store.pk, refund_id=parse_id(pk), text=text, actor=self.actor, now=self.now
        )
        shows(refund)
        return Response(represent(RefundDetailSerializer, refund))
