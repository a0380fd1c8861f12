"""Contains all the data models used in inputs/outputs"""

from .accept_request import AcceptRequest
from .accept_request_address_type_1 import AcceptRequestAddressType1
from .add_endpoint_request import AddEndpointRequest
from .add_evidence_request import AddEvidenceRequest
from .address_request import AddressRequest
from .address_request_address_type_1 import AddressRequestAddressType1
from .advance_request import AdvanceRequest
from .agent_figures import AgentFigures
from .agreement import Agreement
from .allowance import Allowance
from .answer_request import AnswerRequest
from .appeal import Appeal
from .appeal_ground_enum import AppealGroundEnum
from .appeal_status_enum import AppealStatusEnum
from .appeals_list_ground import AppealsListGround
from .appeals_list_ordering import AppealsListOrdering
from .appeals_list_status import AppealsListStatus
from .approve_request import ApproveRequest
from .arrival_request import ArrivalRequest
from .auto_top_up import AutoTopUp
from .auto_top_up_request import AutoTopUpRequest
from .badge import Badge
from .badges import Badges
from .blank_enum import BlankEnum
from .budget import Budget
from .buyer import Buyer
from .buyer_notices_list_ordering import BuyerNoticesListOrdering
from .buyer_request import BuyerRequest
from .carrier_claim import CarrierClaim
from .carrier_claim_status_enum import CarrierClaimStatusEnum
from .channel_enum import ChannelEnum
from .clock import Clock
from .code_enum import CodeEnum
from .conflict_enum import ConflictEnum
from .correct_part_request import CorrectPartRequest
from .correct_return_request import CorrectReturnRequest
from .correct_shipment_request import CorrectShipmentRequest
from .cost_rates import CostRates
from .coupon import Coupon
from .coupon_grant import CouponGrant
from .coupon_request import CouponRequest
from .coupons_list_ordering import CouponsListOrdering
from .covered_product import CoveredProduct
from .day import Day
from .day_figures import DayFigures
from .decision_request import DecisionRequest
from .delay_report_status_enum import DelayReportStatusEnum
from .delay_reports_list_ordering import DelayReportsListOrdering
from .delay_reports_list_status import DelayReportsListStatus
from .deliver_request import DeliverRequest
from .delivery import Delivery
from .delivery_status_enum import DeliveryStatusEnum
from .dispute import Dispute
from .dispute_status_enum import DisputeStatusEnum
from .disputes_list_opened_by import DisputesListOpenedBy
from .disputes_list_ordering import DisputesListOrdering
from .disputes_list_status import DisputesListStatus
from .due_action_enum import DueActionEnum
from .endpoint import Endpoint
from .endpoint_status_enum import EndpointStatusEnum
from .endpoint_with_secret import EndpointWithSecret
from .enrol_request import EnrolRequest
from .enrolment import Enrolment
from .enrolment_status_enum import EnrolmentStatusEnum
from .error import Error
from .errors import Errors
from .event import Event
from .event_type import EventType
from .event_type_data import EventTypeData
from .event_types import EventTypes
from .evidence import Evidence
from .evidence_pack import EvidencePack
from .evidence_pack_status_enum import EvidencePackStatusEnum
from .feed_event import FeedEvent
from .figures import Figures
from .file import File
from .file_status_enum import FileStatusEnum
from .goods_enum import GoodsEnum
from .grant_coupon_request import GrantCouponRequest
from .ground import Ground
from .how_enum import HowEnum
from .insights_retention_retrieve_format import InsightsRetentionRetrieveFormat
from .insights_retention_retrieve_group_by import InsightsRetentionRetrieveGroupBy
from .inspect_request import InspectRequest
from .kept_coupon import KeptCoupon
from .line_request_request import LineRequestRequest
from .live_session import LiveSession
from .loss import Loss
from .lost import Lost
from .marketplace_reason import MarketplaceReason
from .marketplace_reasons import MarketplaceReasons
from .message import Message
from .method_figures import MethodFigures
from .negotiate_request import NegotiateRequest
from .new_report_request import NewReportRequest
from .notice import Notice
from .number_warning import NumberWarning
from .offer import Offer
from .offer_options import OfferOptions
from .offer_status_enum import OfferStatusEnum
from .open_appeal_request import OpenAppealRequest
from .open_dispute_request import OpenDisputeRequest
from .open_refund_request import OpenRefundRequest
from .open_refunds_request import OpenRefundsRequest
from .option import Option
from .option_limits import OptionLimits
from .order import Order
from .order_address_type_1 import OrderAddressType1
from .order_line import OrderLine
from .order_line_request import OrderLineRequest
from .order_places import OrderPlaces
from .order_result import OrderResult
from .order_results import OrderResults
from .order_status_enum import OrderStatusEnum
from .order_tag_enum import OrderTagEnum
from .orders_export_retrieve_format import OrdersExportRetrieveFormat
from .orders_export_retrieve_status import OrdersExportRetrieveStatus
from .orders_export_retrieve_tag import OrdersExportRetrieveTag
from .orders_import_shipments_create_prefer import OrdersImportShipmentsCreatePrefer
from .orders_list_ordering import OrdersListOrdering
from .orders_list_status import OrdersListStatus
from .orders_list_tag import OrdersListTag
from .outcome import Outcome
from .outcome_enum import OutcomeEnum
from .paginated_appeal_list import PaginatedAppealList
from .paginated_coupon_list import PaginatedCouponList
from .paginated_delivery_list import PaginatedDeliveryList
from .paginated_dispute_list import PaginatedDisputeList
from .paginated_endpoint_list import PaginatedEndpointList
from .paginated_event_list import PaginatedEventList
from .paginated_evidence_list import PaginatedEvidenceList
from .paginated_feed_event_list import PaginatedFeedEventList
from .paginated_message_list import PaginatedMessageList
from .paginated_notice_list import PaginatedNoticeList
from .paginated_order_list import PaginatedOrderList
from .paginated_parcel_list import PaginatedParcelList
from .paginated_payment_list import PaginatedPaymentList
from .paginated_product_list import PaginatedProductList
from .paginated_refund_list import PaginatedRefundList
from .paginated_report_list import PaginatedReportList
from .paginated_return_address_list import PaginatedReturnAddressList
from .paginated_store_list import PaginatedStoreList
from .parcel import Parcel
from .parcel_kind_enum import ParcelKindEnum
from .parcel_status_enum import ParcelStatusEnum
from .parcels_list_kind import ParcelsListKind
from .parcels_list_ordering import ParcelsListOrdering
from .parcels_list_status import ParcelsListStatus
from .part import Part
from .patched_change_endpoint_request import PatchedChangeEndpointRequest
from .patched_cost_rates_request import PatchedCostRatesRequest
from .patched_product_change_request import PatchedProductChangeRequest
from .patched_store_change_request import PatchedStoreChangeRequest
from .paused_for_enum import PausedForEnum
from .payment import Payment
from .payment_of_refund import PaymentOfRefund
from .payment_status_enum import PaymentStatusEnum
from .payments_list_ordering import PaymentsListOrdering
from .payments_list_status import PaymentsListStatus
from .pieces import Pieces
from .pieces_request import PiecesRequest
from .place_order_request import PlaceOrderRequest
from .place_order_request_address_type_1 import PlaceOrderRequestAddressType1
from .place_orders_request import PlaceOrdersRequest
from .policy_enum import PolicyEnum
from .post_message_request import PostMessageRequest
from .product import Product
from .product_request import ProductRequest
from .products_list_ordering import ProductsListOrdering
from .programme_enum import ProgrammeEnum
from .promised_product import PromisedProduct
from .propose_request import ProposeRequest
from .quality import Quality
from .quality_day import QualityDay
from .quality_restriction import QualityRestriction
from .quality_threshold import QualityThreshold
from .reason_enum import ReasonEnum
from .reason_figures import ReasonFigures
from .recall import Recall
from .recall_status_enum import RecallStatusEnum
from .refund import Refund
from .refund_detail import RefundDetail
from .refund_detail_retainable import RefundDetailRetainable
from .refund_kind_enum import RefundKindEnum
from .refund_line import RefundLine
from .refund_result import RefundResult
from .refund_results import RefundResults
from .refund_status_enum import RefundStatusEnum
from .refunds_list_kind import RefundsListKind
from .refunds_list_ordering import RefundsListOrdering
from .refunds_list_programme import RefundsListProgramme
from .refunds_list_reason import RefundsListReason
from .refunds_list_status import RefundsListStatus
from .reject_request import RejectRequest
from .report import Report
from .report_detail import ReportDetail
from .resend_request import ResendRequest
from .resent import Resent
from .resubmit_request import ResubmitRequest
from .result_enum import ResultEnum
from .retainable import Retainable
from .retention_report import RetentionReport
from .return_address import ReturnAddress
from .return_address_request import ReturnAddressRequest
from .return_addresses_list_ordering import ReturnAddressesListOrdering
from .row_error import RowError
from .send_offer_request import SendOfferRequest
from .settings_request import SettingsRequest
from .settle_conflict_request import SettleConflictRequest
from .ship_one_request import ShipOneRequest
from .ship_order_request import ShipOrderRequest
from .ship_orders_request import ShipOrdersRequest
from .ship_request import ShipRequest
from .ship_return_request import ShipReturnRequest
from .shipment import Shipment
from .shipment_status_enum import ShipmentStatusEnum
from .side_enum import SideEnum
from .small_payment_purpose_enum import SmallPaymentPurposeEnum
from .small_payment_request import SmallPaymentRequest
from .source_enum import SourceEnum
from .start_session_request import StartSessionRequest
from .step import Step
from .step_enum import StepEnum
from .store import Store
from .store_name_request import StoreNameRequest
from .stores_list_ordering import StoresListOrdering
from .subject import Subject
from .suggestion import Suggestion
from .tone_enum import ToneEnum
from .top_up_request import TopUpRequest
from .tracking import Tracking
from .type_enum import TypeEnum
from .unreadable import Unreadable
from .upload_request import UploadRequest
from .warned_offer import WarnedOffer
from .warned_payment import WarnedPayment
from .warning import Warning_
from .webhook_deliveries_list_ordering import WebhookDeliveriesListOrdering
from .webhook_deliveries_list_status import WebhookDeliveriesListStatus
from .webhook_endpoints_list_ordering import WebhookEndpointsListOrdering

__all__ = (
    "AcceptRequest",
    "AcceptRequestAddressType1",
    "AddEndpointRequest",
    "AddEvidenceRequest",
    "AddressRequest",
    "AddressRequestAddressType1",
    "AdvanceRequest",
    "AgentFigures",
    "Agreement",
    "Allowance",
    "AnswerRequest",
    "Appeal",
    "AppealGroundEnum",
    "AppealStatusEnum",
    "AppealsListGround",
    "AppealsListOrdering",
    "AppealsListStatus",
    "ApproveRequest",
    "ArrivalRequest",
    "AutoTopUp",
    "AutoTopUpRequest",
    "Badge",
    "Badges",
    "BlankEnum",
    "Budget",
    "Buyer",
    "BuyerNoticesListOrdering",
    "BuyerRequest",
    "CarrierClaim",
    "CarrierClaimStatusEnum",
    "ChannelEnum",
    "Clock",
    "CodeEnum",
    "ConflictEnum",
    "CorrectPartRequest",
    "CorrectReturnRequest",
    "CorrectShipmentRequest",
    "CostRates",
    "Coupon",
    "CouponGrant",
    "CouponRequest",
    "CouponsListOrdering",
    "CoveredProduct",
    "Day",
    "DayFigures",
    "DecisionRequest",
    "DelayReportStatusEnum",
    "DelayReportsListOrdering",
    "DelayReportsListStatus",
    "DeliverRequest",
    "Delivery",
    "DeliveryStatusEnum",
    "Dispute",
    "DisputeStatusEnum",
    "DisputesListOpenedBy",
    "DisputesListOrdering",
    "DisputesListStatus",
    "DueActionEnum",
    "Endpoint",
    "EndpointStatusEnum",
    "EndpointWithSecret",
    "EnrolRequest",
    "Enrolment",
    "EnrolmentStatusEnum",
    "Error",
    "Errors",
    "Event",
    "EventType",
    "EventTypeData",
    "EventTypes",
    "Evidence",
    "EvidencePack",
    "EvidencePackStatusEnum",
    "FeedEvent",
    "Figures",
    "File",
    "FileStatusEnum",
    "GoodsEnum",
    "GrantCouponRequest",
    "Ground",
    "HowEnum",
    "InsightsRetentionRetrieveFormat",
    "InsightsRetentionRetrieveGroupBy",
    "InspectRequest",
    "KeptCoupon",
    "LineRequestRequest",
    "LiveSession",
    "Loss",
    "Lost",
    "MarketplaceReason",
    "MarketplaceReasons",
    "Message",
    "MethodFigures",
    "NegotiateRequest",
    "NewReportRequest",
    "Notice",
    "NumberWarning",
    "Offer",
    "OfferOptions",
    "OfferStatusEnum",
    "OpenAppealRequest",
    "OpenDisputeRequest",
    "OpenRefundRequest",
    "OpenRefundsRequest",
    "Option",
    "OptionLimits",
    "Order",
    "OrderAddressType1",
    "OrderLine",
    "OrderLineRequest",
    "OrderPlaces",
    "OrderResult",
    "OrderResults",
    "OrderStatusEnum",
    "OrderTagEnum",
    "OrdersExportRetrieveFormat",
    "OrdersExportRetrieveStatus",
    "OrdersExportRetrieveTag",
    "OrdersImportShipmentsCreatePrefer",
    "OrdersListOrdering",
    "OrdersListStatus",
    "OrdersListTag",
    "Outcome",
    "OutcomeEnum",
    "PaginatedAppealList",
    "PaginatedCouponList",
    "PaginatedDeliveryList",
    "PaginatedDisputeList",
    "PaginatedEndpointList",
    "PaginatedEventList",
    "PaginatedEvidenceList",
    "PaginatedFeedEventList",
    "PaginatedMessageList",
    "PaginatedNoticeList",
    "PaginatedOrderList",
    "PaginatedParcelList",
    "PaginatedPaymentList",
    "PaginatedProductList",
    "PaginatedRefundList",
    "PaginatedReportList",
    "PaginatedReturnAddressList",
    "PaginatedStoreList",
    "Parcel",
    "ParcelKindEnum",
    "ParcelStatusEnum",
    "ParcelsListKind",
    "ParcelsListOrdering",
    "ParcelsListStatus",
    "Part",
    "PatchedChangeEndpointRequest",
    "PatchedCostRatesRequest",
    "PatchedProductChangeRequest",
    "PatchedStoreChangeRequest",
    "PausedForEnum",
    "Payment",
    "PaymentOfRefund",
    "PaymentStatusEnum",
    "PaymentsListOrdering",
    "PaymentsListStatus",
    "Pieces",
    "PiecesRequest",
    "PlaceOrderRequest",
    "PlaceOrderRequestAddressType1",
    "PlaceOrdersRequest",
    "PolicyEnum",
    "PostMessageRequest",
    "Product",
    "ProductRequest",
    "ProductsListOrdering",
    "ProgrammeEnum",
    "PromisedProduct",
    "ProposeRequest",
    "Quality",
    "QualityDay",
    "QualityRestriction",
    "QualityThreshold",
    "ReasonEnum",
    "ReasonFigures",
    "Recall",
    "RecallStatusEnum",
    "Refund",
    "RefundDetail",
    "RefundDetailRetainable",
    "RefundKindEnum",
    "RefundLine",
    "RefundResult",
    "RefundResults",
    "RefundStatusEnum",
    "RefundsListKind",
    "RefundsListOrdering",
    "RefundsListProgramme",
    "RefundsListReason",
    "RefundsListStatus",
    "RejectRequest",
    "Report",
    "ReportDetail",
    "ResendRequest",
    "Resent",
    "ResubmitRequest",
    "ResultEnum",
    "Retainable",
    "RetentionReport",
    "ReturnAddress",
    "ReturnAddressRequest",
    "ReturnAddressesListOrdering",
    "RowError",
    "SendOfferRequest",
    "SettingsRequest",
    "SettleConflictRequest",
    "ShipOneRequest",
    "ShipOrderRequest",
    "ShipOrdersRequest",
    "ShipRequest",
    "ShipReturnRequest",
    "Shipment",
    "ShipmentStatusEnum",
    "SideEnum",
    "SmallPaymentPurposeEnum",
    "SmallPaymentRequest",
    "SourceEnum",
    "StartSessionRequest",
    "Step",
    "StepEnum",
    "Store",
    "StoreNameRequest",
    "StoresListOrdering",
    "Subject",
    "Suggestion",
    "ToneEnum",
    "TopUpRequest",
    "Tracking",
    "TypeEnum",
    "Unreadable",
    "UploadRequest",
    "WarnedOffer",
    "WarnedPayment",
    "Warning_",
    "WebhookDeliveriesListOrdering",
    "WebhookDeliveriesListStatus",
    "WebhookEndpointsListOrdering",
)
