"""Every address of the platform."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from common.api.schema_view import SchemaView
from common.health import healthz, readyz
from connectors.messages import platform_push
from offers.api.insights import CostRatesViewSet, InsightsViewSet
from offers.api.views import CouponViewSet, OfferOptionsViewSet, OfferViewSet
from offers.buyer.views import BuyerPage
from operations.api import TestClockViewSet
from orders.api.bulk import OrderBulkViewSet
from orders.api.delays import DelayReportViewSet, NoticeViewSet
from orders.api.files import OrderFilesViewSet
from orders.api.views import OrderViewSet, ParcelViewSet
from payments.api.views import PaymentViewSet
from payments.api.webhook import gateway_webhook
from privacy.links import hand_out
from refunds.api.appeals import AppealViewSet
from refunds.api.bulk import RefundBulkViewSet
from refunds.api.disputes import DisputeViewSet
from refunds.api.evidence import EvidenceViewSet
from refunds.api.payouts import PayoutViewSet
from refunds.api.quality import QualityViewSet
from refunds.api.views import RefundViewSet
from refunds.returnless.api.public import public_badges
from refunds.returnless.api.views import NegotiationViewSet, ReturnlessViewSet
from stores.api.views import EventTypeViewSet, ProductViewSet, ReturnAddressViewSet, StoreSettingsViewSet
from webhooks.api.events import EventViewSet
from webhooks.api.views import DeliveryViewSet, EndpointViewSet
from workbench.cases.api import DisputePackViewSet
from workbench.connections.link import authorised

api = SimpleRouter()
# Addresses are tried one after the other, so what is asked all day comes first.
api.register("orders", OrderFilesViewSet, basename="order-files")  # before an order that is called “export”
api.register("orders", OrderBulkViewSet, basename="order-bulk")
api.register("orders", OrderViewSet, basename="order")
api.register("refunds", RefundBulkViewSet, basename="refund-bulk")
api.register("refunds", RefundViewSet, basename="refund")
api.register("refunds", OfferOptionsViewSet, basename="refund-offers")
api.register("refunds", EvidenceViewSet, basename="refund-evidence")
api.register("refunds", NegotiationViewSet, basename="refund-negotiation")
api.register("offers", OfferViewSet, basename="offer")
api.register("payments", PaymentViewSet, basename="payment")
api.register("payments", PayoutViewSet, basename="payout")
api.register("stores", StoreSettingsViewSet, basename="store")
api.register("stores", CostRatesViewSet, basename="store-costs")
api.register("test-clock", TestClockViewSet, basename="test-clock")
api.register("products", ProductViewSet, basename="product")
api.register("return-addresses", ReturnAddressViewSet, basename="return-address")
api.register("appeals", AppealViewSet, basename="appeal")
api.register("disputes", DisputeViewSet, basename="dispute")
api.register("disputes", DisputePackViewSet, basename="dispute-pack")
api.register("coupons", CouponViewSet, basename="coupon")
api.register("parcels", ParcelViewSet, basename="parcel")
api.register("quality", QualityViewSet, basename="quality")
api.register("delay-reports", DelayReportViewSet, basename="delay-report")
api.register("buyer-notices", NoticeViewSet, basename="buyer-notice")
api.register("returnless", ReturnlessViewSet, basename="returnless")
api.register("events", EventViewSet, basename="event")
api.register("webhook-endpoints", EndpointViewSet, basename="webhook-endpoint")
api.register("webhook-deliveries", DeliveryViewSet, basename="webhook-delivery")
api.register("event-types", EventTypeViewSet, basename="event-type")
api.register("insights", InsightsViewSet, basename="insights")

handler400 = "common.api.pages.bad_request"
handler404 = "common.api.pages.not_found"
handler500 = "common.api.pages.server_error"

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("healthz", healthz),
    path("readyz", readyz),
    path("api/v1/returnless/", ReturnlessViewSet.as_view({"get": "show", "put": "change"}), name="returnless"),
    path("api/v1/", include(api.urls)),
    path("api/v1/schema/", SchemaView.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("live/<slug:code>/badges.json", public_badges, name="live-badges"),
    path("b/<str:token>/", BuyerPage.as_view(), name="buyer-page"),
    path("buyer-data/<str:token>/", hand_out, name="buyer-data"),
    path("gateways/<slug:name>/webhook/", gateway_webhook, name="gateway-webhook"),
    path("connect/<slug:platform>/callback/", admin.site.asking_view(authorised), name="platform-callback"),
    path("connect/<slug:platform>/<str:token>/", platform_push, name="platform-push"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
