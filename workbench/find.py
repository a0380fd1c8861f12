"""Finding anything from everywhere: orders, refunds, buyers and pages by what is typed (Ctrl+K)."""

from dataclasses import dataclass

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.looks import shows_list
from common.money import yuan
from common.search import folded
from orders.models import Order, OwedParcel
from refunds.models import Refund
from workbench.kit.changelist import LONGEST_SEARCH
from workbench.navigation import sidebar
from workbench.refunds.customers import address_of, buyers_of

MOST_OF_A_KIND = 6
SHORTEST = 2


@dataclass(frozen=True)
class Found:
    """Something found: what it is called, where it is, and a word to tell it from its like."""

    title: str
    link: str
    icon: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """What was found of one kind."""

    title: str
    found: list[Found]


@require_safe
def find_view(request: HttpRequest) -> TemplateResponse:
    """What fits `s`, as a page or, for the dialog that asks with `part`, as the list alone.

    Nothing below two characters: a single one fits half the store.
    """
    term = request.GET.get("s", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    is_short = len(folded(term)) < SHORTEST
    groups = [] if is_short else [group for group in _find(request, term) if group.found]
    context = {"groups": groups, "is_short": is_short, "term": term}
    if "part" in request.GET:
        return TemplateResponse(request, "workbench/find_results.html", context)
    context |= {**admin.site.each_context(request), "title": _("Find"), "is_fullwidth": "1"}
    return TemplateResponse(request, "workbench/find.html", context)


def _find(request: HttpRequest, term: str) -> list[Group]:
    groups = [Group(_("Pages"), _pages(request, term))]
    if request.user.has_perm("orders.view_order"):
        orders = buyers_of(term)
        groups.append(Group(_("Orders"), [_order(order) for order in orders.newest[:MOST_OF_A_KIND]]))
        groups.append(Group(_("Buyers"), [_buyer(order) for order in orders.by_buyer[:MOST_OF_A_KIND]]))
    if request.user.has_perm("refunds.view_refund"):
        refunds = Refund.objects.in_scope().matching(term).select_related("order").order_by("-id")[:MOST_OF_A_KIND]
        shows_list(refunds)
        groups.append(Group(_("Refunds"), [_refund(refund) for refund in refunds]))
    if request.user.has_perm("orders.view_owedparcel"):
        parcels = OwedParcel.objects.in_scope().sent_under(term).select_related("order").order_by("-id")
        groups.append(Group(_("Promises to keep"), [_promise(parcel) for parcel in parcels[:MOST_OF_A_KIND]]))
    return groups


def _pages(request: HttpRequest, term: str) -> list[Found]:
    items = [item for group in sidebar(request) for item in group["items"]]
    return [
        Found(item["title"], item["link"], item["icon"]) for item in items if folded(term) in folded(item["title"])
    ][:MOST_OF_A_KIND]


def _order(order: Order) -> Found:
    link = reverse("admin:orders_order_change", args=[order.pk])
    return Found(order.number, link, "local_shipping", f"{order.buyer_name} · {order.get_status_display()}")


def _buyer(order: Order) -> Found:
    return Found(order.buyer_name, address_of(order.store, order.buyer_id), "support_agent", order.buyer_id)


def _promise(parcel: OwedParcel) -> Found:
    link = reverse("admin:orders_owedparcel_change", args=[parcel.pk])
    return Found(parcel.order.number, link, "redeem", f"{parcel} · {parcel.get_status_display()}")


def _refund(refund: Refund) -> Found:
    link = reverse("admin:refunds_refund_change", args=[refund.pk])
    note = f"{refund.order.buyer_name} · {yuan(refund.amount)} · {refund.get_status_display()}"
    return Found(refund.order.number, link, "assignment_return", note)
