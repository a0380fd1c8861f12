"""The desk's menu: what the user's roles open."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from stores.permissions import INSPECT_RETURNS, can
from workbench.kit.desk import desk_of
from workbench.kit.owners import manages

MENU = [
    (
        "",
        [
            ("index", "", "space_dashboard", lambda: _("Overview")),
            ("refunds_refund_changelist", "refunds.view_refund", "assignment_return", lambda: _("Refunds")),
            ("offers_offer_changelist", "offers.view_offer", "handshake", lambda: _("Offers")),
            ("refunds_decisionjob_changelist", "refunds.view_decisionjob", "checklist", lambda: _("Bulk decisions")),
            ("offers_bulkjob_changelist", "offers.view_bulkjob", "send_and_archive", lambda: _("Bulk sendings")),
            ("refunds_dispute_changelist", "refunds.view_dispute", "gavel", lambda: _("Disputes")),
            ("refunds_appeal_changelist", "refunds.view_appeal", "balance", lambda: _("Appeals")),
            ("customers", "orders.view_order", "support_agent", lambda: _("Customers")),
        ],
    ),
    (
        lambda: _("Shipping"),
        [
            ("orders_order_changelist", "orders.view_order", "local_shipping", lambda: _("Orders and shipping")),
            ("station", "refunds.view_refund", "barcode_scanner", lambda: _("Returns station")),
            (
                "refunds_unclaimedparcel_changelist",
                "refunds.view_unclaimedparcel",
                "deployed_code_alert",
                lambda: _("Unclaimed parcels"),
            ),
            ("orders_owedparcel_changelist", "orders.view_owedparcel", "redeem", lambda: _("Promises to keep")),
            (
                "orders_shipmentimport_changelist",
                "orders.view_shipmentimport",
                "upload_file",
                lambda: _("Shipment files"),
            ),
            ("orders_delayreport_changelist", "orders.view_delayreport", "schedule", lambda: _("Delay reports")),
            (
                "refunds_carrierclaim_changelist",
                "refunds.view_carrierclaim",
                "request_quote",
                lambda: _("Carrier claims"),
            ),
        ],
    ),
    (
        lambda: _("Money and quality"),
        [
            ("payments_payment_changelist", "payments.view_payment", "payments", lambda: _("Payments")),
            ("insights", "offers.view_dailyretention", "savings", lambda: _("Money kept")),
            (
                "refunds_qualityrefund_changelist",
                "refunds.view_qualityrefund",
                "percent",
                lambda: _("Quality refunds"),
            ),
        ],
    ),
    (
        lambda: _("At the marketplace"),
        [
            (
                "connectors_sentdecision_changelist",
                "connectors.view_sentdecision",
                "outbox",
                lambda: _("Decisions sent"),
            ),
            ("connectors_platformtask_changelist", "connectors.view_platformtask", "back_hand", lambda: _("By hand")),
            (
                "connectors_mirroredrefund_changelist",
                "connectors.view_mirroredrefund",
                "visibility",
                lambda: _("Refunds at the marketplace"),
            ),
            ("connectors_connection_changelist", "connectors.view_connection", "hub", lambda: _("Connections")),
        ],
    ),
    (
        lambda: _("Store"),
        [
            ("stores_product_changelist", "stores.view_product", "inventory_2", lambda: _("Product warehouse")),
            ("refunds_enrolment_changelist", "refunds.view_enrolment", "verified", lambda: _("Refund without return")),
            ("offers_coupon_changelist", "offers.view_coupon", "confirmation_number", lambda: _("Coupons")),
            ("offers_storemethod_changelist", "offers.view_storemethod", "toggle_on", lambda: _("Retention methods")),
            ("automation_storerule_changelist", "automation.view_storerule", "smart_toy", lambda: _("Automatic rules")),
            ("stores_returnaddress_changelist", "stores.view_returnaddress", "home_pin", lambda: _("Return addresses")),
            ("stores_membership_changelist", "stores.view_membership", "group", lambda: _("Members")),
            ("stores_invitation_changelist", "stores.view_invitation", "person_add", lambda: _("Invitations")),
            (
                "notices_noticeterms_changelist",
                "notices.view_noticeterms",
                "notifications_active",
                lambda: _("Who is told of what"),
            ),
            ("notices_robot_changelist", "notices.view_robot", "forum", lambda: _("Group robots")),
            (
                "privacy_buyerrequest_changelist",
                "privacy.view_buyerrequest",
                "shield_person",
                lambda: _("Buyers' data"),
            ),
            ("looks", "privacy.view_buyerrequest", "visibility", lambda: _("Who looked")),
            ("changes", "stores.view_membership", "history", lambda: _("What changed")),
            ("stores_store_changelist", "stores.view_store", "storefront", lambda: _("Stores and settings")),
        ],
    ),
    (
        lambda: _("For programs"),
        [
            ("integrate", "stores.view_apikey", "integration_instructions", lambda: _("Integrate")),
            ("stores_apikey_changelist", "stores.view_apikey", "key", lambda: _("API keys")),
            ("webhooks_endpoint_changelist", "webhooks.view_endpoint", "webhook", lambda: _("Webhook endpoints")),
            ("webhooks_delivery_changelist", "webhooks.view_delivery", "outbox", lambda: _("Webhook deliveries")),
            ("webhooks_failedcall_changelist", "webhooks.view_failedcall", "sms_failed", lambda: _("Failed calls")),
        ],
    ),
    (
        lambda: _("Platform"),
        [
            ("attention", "common.view_setback", "notifications_active", lambda: _("Needs attention")),
            ("stores_user_changelist", "stores.view_user", "manage_accounts", lambda: _("Accounts")),
            (
                "stores_categoryopening_changelist",
                "stores.view_categoryopening",
                "category",
                lambda: _("Opened categories"),
            ),
            (
                "offers_marketplacemethod_changelist",
                "offers.view_marketplacemethod",
                "tune",
                lambda: _("Methods of marketplaces"),
            ),
            (
                "payments_reconciliation_changelist",
                "payments.view_reconciliation",
                "rule",
                lambda: _("Reconciliation"),
            ),
            ("stores_letter_changelist", "stores.view_letter", "mail", lambda: _("E-mails")),
            ("common_setback_changelist", "common.view_setback", "pending_actions", lambda: _("Setbacks")),
            ("retention", "common.view_setback", "auto_delete", lambda: _("What is kept")),
        ],
    ),
]
# What only stores with retention have any use for.
OF_RETENTION = {"offers_bulkjob_changelist", "offers_storemethod_changelist"}
OF_OWNERS = {"changes", "integrate", "looks"}
OF_INSPECTORS = {"station"}
OF_PROMISES = "orders_owedparcel_changelist"
# What only stores of a marketplace with refund without return have any use for.
OF_RETURNLESS = {"refunds_enrolment_changelist"}
# What only stores of a marketplace with an open platform have any use for.
OF_PLATFORMS = {
    "connectors_connection_changelist",
    "connectors_sentdecision_changelist",
    "connectors_platformtask_changelist",
    "connectors_mirroredrefund_changelist",
}


def sidebar(request: HttpRequest) -> list[dict]:
    """The menu for the theme's sidebar."""
    groups = []
    for title, entries in MENU:
        items = [_item(request, *entry) for entry in entries if _opens(request, *entry[:2])]
        if items:
            groups.append({"title": title() if title else "", "separator": bool(title), "items": items})
    return groups


def _opens(request: HttpRequest, view: str, permission: str) -> bool:
    if permission and not request.user.has_perm(permission):
        return False
    desk = desk_of(request)
    if view in OF_OWNERS:
        return manages(desk)
    if view in OF_INSPECTORS:
        return desk.is_operator or any(can(request.user, INSPECT_RETURNS, store.pk) for store in desk.shown)
    if view == OF_PROMISES:
        return desk.promises
    if view in OF_RETENTION:
        return desk.is_operator or bool(desk.retaining)
    if view in OF_PLATFORMS:
        return desk.is_operator or bool(desk.connectable)
    return view not in OF_RETURNLESS or desk.is_operator or bool(desk.returnless)


def _item(request: HttpRequest, view: str, permission: str, icon: str, title) -> dict:
    link = reverse(f"admin:{view}")
    section = link == request.path if view == "index" else request.path.startswith(link)
    return {"title": title(), "icon": icon, "link": link, "active": bool(section)}


def style(request: HttpRequest) -> str:
    """The desk's style sheet."""
    return static("workbench/desk.css")


def script(request: HttpRequest) -> str:
    """The desk's script: countdowns, counters, forms that follow a choice."""
    return static("workbench/desk.js")


def drafts_script(request: HttpRequest) -> str:
    """The script that keeps what was typed over the end of a session."""
    return static("workbench/drafts.js")


def keys_script(request: HttpRequest) -> str:
    """The script of the keyboard."""
    return static("workbench/keys.js")


def icon(request: HttpRequest) -> str:
    """The mark of the platform."""
    return static("workbench/icon.svg")
