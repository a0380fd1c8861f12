"""The addresses at which people of stores, operators and programs read; which of them show nothing of any buyer.

Whoever adds an address need do nothing: what isn't named here counts as showing buyers' data.
tests/tenancy/test_looks_everywhere.py walks them all with marked data.
"""

import re

# Names of searches in addresses of the desk: a list's own, the one of Ctrl+K, the station's.
SEARCHES = ("q", "s", "number", "buyer")

# Of the API, by the beginning of a route's name.
_CALLS_OF_NOBODY = (
    *("store-", "test-clock-", "product-", "return-address-", "event-type-", "webhook-endpoint-", "insights-"),
    *("quality-", "returnless", "coupon-list", "coupon-detail", "refund-refusal-reasons", "schema", "docs"),
)
# Of the desk, by the table that a page is about.
_TABLES_OF_NOBODY = (
    *("stores_store", "stores_product", "stores_returnaddress", "stores_membership", "stores_invitation"),
    *("stores_apikey", "stores_user", "stores_letter", "stores_categoryopening", "offers_storemethod"),
    *("offers_marketplacemethod", "automation_storerule", "notices_noticeterms", "notices_robot"),
    *("webhooks_endpoint", "webhooks_failedcall", "connectors_connection", "payments_reconciliation"),
    *("common_setback", "refunds_enrolment"),
)
# Of the desk, pages of their own and beacons.
_PAGES_OF_NOBODY = {
    *("switch_store", "second_step", "own_account", "confirm_address", "join", "second_factor", "password_link"),
    *("admin_password_reset", "password_reset_done", "password_change", "password_change_done", "login", "logout"),
    *("page_size", "save_view", "change_view", "insights", "insights_rates", "attention", "retention", "integrate"),
    *("integrate_guide", "jsi18n", "notices_count", "notices_read_all", "looks", "refunds_refund_looking"),
    *("refunds_decisionjob_progress", "offers_bulkjob_progress", "orders_shipmentimport_progress"),
    *("refunds_dispute_pack_progress", "offers_coupon_changelist", "offers_coupon_add"),
}
_DESK = "admin:"
# What isn't asked by people of a store, operators or their programs.
_OF_OTHERS = {
    *("healthz", "readyz", "live-badges", "buyer-page", "buyer-data", "gateway-webhook", "set_language"),
    *("platform-callback", "platform-push", ""),
}


def is_of_people(place: str) -> bool:
    """Whether the address of this name may show buyers' data to somebody who isn't the buyer."""
    if not place.startswith(_DESK):
        return place not in _OF_OTHERS and not place.startswith(_CALLS_OF_NOBODY)
    page = place.removeprefix(_DESK)
    return page not in _PAGES_OF_NOBODY and table_of(page) not in _TABLES_OF_NOBODY


def table_of(page: str) -> str:
    """`refunds_refund` of `refunds_refund_change`; empty for a page that is of no table."""
    match = re.match(r"([a-z]+_[a-z]+)_", page)
    return match[1] if match else ""
