"""The customer-service page: everything of one buyer of a store on one page, with the way to pay (K11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.looks import shows, shows_list
from orders.models import Order
from payments.models import Payment
from refunds.models import Message, Refund
from stores.models import Store, User
from workbench.kit.search import orders_found
from workbench.money.small_payments import PayCard, pay_card

MOST_ROWS = 30
SEARCHED = 300


@dataclass(frozen=True)
class Customer:
    """A buyer as their newest order shows them; `card` is about the small payments of that order."""

    newest: Order
    orders: Sequence[Order]
    refunds: Sequence[Refund]
    payments: Sequence[Payment]
    messages: Sequence[Message]
    card: PayCard


@dataclass(frozen=True)
class FoundOrders:
    """Orders found by what was typed, and the newest of each buyer."""

    newest: Sequence[Order]
    by_buyer: Sequence[Order]


def address_of(store: Store, buyer_id: str) -> str:
    """Where the buyer's page is."""
    return f"{reverse('admin:customers')}?{urlencode({'store': store.code, 'buyer': buyer_id})}"


@require_safe
def customers_view(request: HttpRequest):
    """The page of one buyer (`store` and `buyer`), or a search for one (`q`: order number, buyer's name or id)."""
    if not request.user.has_perm("orders.view_order"):
        raise PermissionDenied
    buyer_id, code = request.GET.get("buyer", ""), request.GET.get("store", "")
    if buyer_id:
        return _page(request, _find_store(code), buyer_id.replace("\0", ""))
    term = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = buyers_of(term).by_buyer if term else []
    if len(found) == 1:
        return HttpResponseRedirect(address_of(found[0].store, found[0].buyer_id))
    return _render(request, "workbench/refunds/customers/search.html", _("Customers"), found=found, term=term)


def _find_store(code: str) -> Store:
    """The store of the open scope with this code; Http404 for a foreign one as for none."""
    store = Store.objects.filter(code=code.replace("\0", "")).first()
    if store is None:
        raise Http404
    return store


def buyers_of(term: str) -> FoundOrders:
    """The newest orders that the term fits, and whose they are."""
    by_buyer: dict[tuple[int, str], Order] = {}
    orders = orders_found(term).select_related("store").order_by("-id")
    newest = list(orders[:SEARCHED])
    shows_list(newest)
    for order in newest:
        by_buyer.setdefault((order.store_id, order.buyer_id), order)
    return FoundOrders(newest, list(by_buyer.values())[:MOST_ROWS])


def _page(request: HttpRequest, store: Store, buyer_id: str):
    with timezone.override(store.time_zone):
        customer = gather(store, buyer_id, request.user, request.now)
        for order in customer.orders:
            shows(order)
        answer = _render(
            request, "workbench/refunds/customers/page.html", customer.newest.buyer_name, store=store, customer=customer
        )
        return answer.render()


def gather(store: Store, buyer_id: str, user: User, now: datetime) -> Customer:
    """Everything of the buyer, newest first, in a fixed number of statements. Http404 for one without orders here."""
    orders = list(Order.objects.for_store(store.pk).filter(buyer_id=buyer_id).order_by("-id")[:MOST_ROWS])
    if not orders:
        raise Http404
    ids = [order.pk for order in orders]
    refunds = list(
        Refund.objects.for_store(store.pk).filter(order__in=ids).select_related("order").order_by("-id")[:MOST_ROWS]
    )
    payments = Payment.objects.for_store(store.pk).filter(order__in=ids).select_related("order").order_by("-id")
    messages = Message.objects.for_store(store.pk).filter(refund__in=[refund.pk for refund in refunds])
    by_refund = {refund.pk: refund for refund in refunds}
    shown = list(messages.order_by("-id")[:MOST_ROWS])
    for message in shown:
        message.refund = by_refund[message.refund_id]
    for order in orders:
        order.store = store
    return Customer(
        newest=orders[0],
        orders=orders,
        refunds=refunds,
        payments=list(payments[:MOST_ROWS]),
        messages=shown,
        card=pay_card(orders[0], store, user, now),
    )


def _render(request: HttpRequest, template: str, title: str, **context) -> TemplateResponse:
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), "title": title, "is_fullwidth": "1", **context}
    )
