"""The desk's menu: what the user's roles open."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

MENU = [
    (
        "",
        [
            ("index", "", "space_dashboard", lambda: _("Overview")),
            ("refunds_refund_changelist", "refunds.view_refund", "assignment_return", lambda: _("Refunds")),
            ("offers_offer_changelist", "offers.view_offer", "handshake", lambda: _("Offers")),
            ("orders_order_changelist", "orders.view_order", "shopping_bag", lambda: _("Orders")),
            ("payments_payment_changelist", "payments.view_payment", "payments", lambda: _("Payments")),
        ],
    ),
    (
        lambda: _("Store"),
        [
            ("stores_product_changelist", "stores.view_product", "inventory_2", lambda: _("Product warehouse")),
            ("stores_returnaddress_changelist", "stores.view_returnaddress", "home_pin", lambda: _("Return addresses")),
            ("stores_membership_changelist", "stores.view_membership", "group", lambda: _("Members")),
            ("stores_apikey_changelist", "stores.view_apikey", "key", lambda: _("API keys")),
            ("stores_store_changelist", "stores.view_store", "storefront", lambda: _("Stores and settings")),
        ],
    ),
]


def sidebar(request: HttpRequest) -> list[dict]:
    """The menu for the theme's sidebar."""
    groups = []
    for title, entries in MENU:
        items = [_item(request, *entry) for entry in entries if not entry[1] or request.user.has_perm(entry[1])]
        if items:
            groups.append({"title": title() if title else "", "separator": bool(title), "items": items})
    return groups


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


def icon(request: HttpRequest) -> str:
    """The mark of the platform."""
    return static("workbench/icon.svg")
