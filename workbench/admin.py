"""The desk's tables, and none of the packages' own."""

from django.contrib import admin
from django.contrib.auth.models import Group
from rest_framework_api_key.models import APIKey

from automation.models import StoreRule
from common.models import Setback
from connectors.models import Connection, MirroredRefund, PlatformTask, SentDecision
from notices.models import NoticeTerms, Robot
from offers.models import BulkJob, Coupon, MarketplaceMethod, Offer, StoreMethod
from orders.models import DelayReport, Order, OwedParcel, ShipmentImport
from payments.models import Payment, Reconciliation
from privacy.models import BuyerRequest
from refunds.models import (
    Appeal,
    CarrierClaim,
    DecisionJob,
    Dispute,
    Enrolment,
    QualityRefund,
    Refund,
    UnclaimedParcel,
)
from stores.models import ApiKey, CategoryOpening, Invitation, Letter, Membership, Product, ReturnAddress, Store, User
from webhooks.models import Delivery, Endpoint, FailedCall
from workbench.automation.rules import RuleAdmin
from workbench.cases.appeals import AppealAdmin
from workbench.cases.disputes import DisputeAdmin
from workbench.connections.connection import ConnectionAdmin
from workbench.connections.waiting import MirroredRefundAdmin, PlatformTaskAdmin, SentDecisionAdmin
from workbench.integrate.deliveries import DeliveryAdmin
from workbench.integrate.endpoints import EndpointAdmin
from workbench.integrate.failed_calls import FailedCallAdmin
from workbench.integrate.keys import ApiKeyAdmin
from workbench.money.payments import PaymentAdmin
from workbench.notices.robots import RobotAdmin
from workbench.notices.terms import NoticeTermsAdmin
from workbench.platform.accounts import AccountAdmin
from workbench.platform.letters import LetterAdmin
from workbench.platform.reconciliations import ReconciliationAdmin
from workbench.platform.setbacks import SetbackAdmin
from workbench.platform.switches import CategoryAdmin, MarketplaceMethodAdmin
from workbench.quality.admin import QualityAdmin
from workbench.refunds.admin import RefundAdmin
from workbench.refunds.bulk import BulkJobAdmin
from workbench.refunds.deciding import DecisionJobAdmin
from workbench.refunds.offers import OfferAdmin
from workbench.returnless.admin import EnrolmentAdmin
from workbench.shipping.carrier_claims import CarrierClaimAdmin
from workbench.shipping.importing import ShipmentImportAdmin
from workbench.shipping.orders import OrderAdmin
from workbench.shipping.promises import PromiseAdmin
from workbench.shipping.reports import DelayReportAdmin
from workbench.station.parcels import UnclaimedParcelAdmin
from workbench.store.buyers_data import BuyerRequestAdmin
from workbench.store.coupons import CouponAdmin
from workbench.store.invitations import InvitationAdmin
from workbench.store.members import MembershipAdmin
from workbench.store.stores import ProductAdmin, ReturnAddressAdmin, StoreAdmin
from workbench.store.switches import StoreMethodAdmin

admin.site.unregister([Group, APIKey])
admin.site.register(Refund, RefundAdmin)
admin.site.register(DecisionJob, DecisionJobAdmin)
admin.site.register(Dispute, DisputeAdmin)
admin.site.register(Appeal, AppealAdmin)
admin.site.register(CarrierClaim, CarrierClaimAdmin)
admin.site.register(UnclaimedParcel, UnclaimedParcelAdmin)
admin.site.register(QualityRefund, QualityAdmin)
admin.site.register(Enrolment, EnrolmentAdmin)
admin.site.register(Offer, OfferAdmin)
admin.site.register(BulkJob, BulkJobAdmin)
admin.site.register(Coupon, CouponAdmin)
admin.site.register(StoreMethod, StoreMethodAdmin)
admin.site.register(Order, OrderAdmin)
admin.site.register(DelayReport, DelayReportAdmin)
admin.site.register(ShipmentImport, ShipmentImportAdmin)
admin.site.register(OwedParcel, PromiseAdmin)
admin.site.register(Payment, PaymentAdmin)
admin.site.register(Reconciliation, ReconciliationAdmin)
admin.site.register(Setback, SetbackAdmin)
admin.site.register(SentDecision, SentDecisionAdmin)
admin.site.register(PlatformTask, PlatformTaskAdmin)
admin.site.register(MirroredRefund, MirroredRefundAdmin)
admin.site.register(Connection, ConnectionAdmin)
admin.site.register(Product, ProductAdmin)
admin.site.register(ReturnAddress, ReturnAddressAdmin)
admin.site.register(Store, StoreAdmin)
admin.site.register(Membership, MembershipAdmin)
admin.site.register(Invitation, InvitationAdmin)
admin.site.register(ApiKey, ApiKeyAdmin)
admin.site.register(BuyerRequest, BuyerRequestAdmin)
admin.site.register(User, AccountAdmin)
admin.site.register(Letter, LetterAdmin)
admin.site.register(CategoryOpening, CategoryAdmin)
admin.site.register(MarketplaceMethod, MarketplaceMethodAdmin)
admin.site.register(StoreRule, RuleAdmin)
admin.site.register(NoticeTerms, NoticeTermsAdmin)
admin.site.register(Robot, RobotAdmin)
admin.site.register(Endpoint, EndpointAdmin)
admin.site.register(Delivery, DeliveryAdmin)
admin.site.register(FailedCall, FailedCallAdmin)
