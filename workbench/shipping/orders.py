"""Orders: the list, the page, and handing a parcel to the carrier."""

from django.urls import path
from django.utils.translation import gettext_lazy

from orders.models import OwedParcel
from orders.pieces import named_pieces, read_parts
from orders.states import OrderStatus
from payments.models import Payment
from refunds.models import Refund
from workbench.insights.loss import loss_of_order
from workbench.kit.base import DeskAdmin, column, timed_column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.marks import badge, countdown, moment
from workbench.kit.order_card import ChangeAddress
from workbench.kit.queue import QueueFilter, QueueMixin
from workbench.kit.search import found_by_order
from workbench.kit.timeline import timeline
from workbench.kit.words import yuan
from workbench.money.small_payments import PayingMixin, pay_card
from workbench.shipping.filters import TagFilter
from workbench.shipping.queues import ORDER_QUEUES
from workbench.shipping.saving import GrantCoupon, hidden_events, saving_of
from workbench.shipping.sending import AskAgainOfOrder, CorrectOrder, ShipOrder, ShipPart
from workbench.shipping.worklist import ShippingMixin


class OrderAdmin(ShippingMixin, QueueMixin, DecidingMixin, PayingMixin, DeskAdmin):
    """What was bought; the warehouse ships from here."""

    list_display = ("number", "show_buyer", "show_status", "show_ship_by", "show_paid", "show_held", "show_paid_at")
    queues = ORDER_QUEUES
    decisions = (ShipOrder(), ShipPart(), CorrectOrder(), AskAgainOfOrder(), ChangeAddress(), GrantCoupon())
    on_overview = True
    list_filter = (QueueFilter, TagFilter)
    search_fields = ("number",)
    search_help_text = gettext_lazy("Order, buyer, phone’s last four, tracking number, item or SKU")

    show_buyer = column(gettext_lazy("buyer"), lambda order: order.buyer_name)
    show_status = column(gettext_lazy("status"), badge)
    show_ship_by = timed_column(
        gettext_lazy("ship by"),
        lambda order, now: countdown(order.ship_by, now) if order.status == OrderStatus.UNSHIPPED else "–",
    )
    show_paid = column(gettext_lazy("paid"), lambda order: yuan(order.paid_amount))
    show_held = column(gettext_lazy("held for refunds"), lambda order: yuan(order.claimed_amount or None))
    show_paid_at = column(gettext_lazy("paid at"), lambda order: moment(order.paid_at))

    def get_search_results(self, request, queryset, search_term):
        """By number, buyer or a parcel's number in either direction."""
        if not search_term.strip():
            return queryset, False
        return found_by_order(queryset, search_term), False

    def get_urls(self):
        """The payment's address, before the admin's catch-all."""
        pay = self.admin_site.admin_view(self.pay_view)
        return [path("<uuid:object_id>/pay/", pay, name="orders_order_pay"), *super().get_urls()]

    def row_page(self, request, order, bound=None):
        read_parts([order])
        choices = self.choices(request, order, bound)
        refunds = list(Refund.objects.for_store(order.store_id).filter(order=order).order_by("-id"))
        promises = OwedParcel.objects.for_store(order.store_id).filter(order=order)
        payments = Payment.objects.for_store(order.store_id).filter(order=order).order_by("-id")
        return self.page(
            request,
            "workbench/shipping/orders/page.html",
            order.number,
            order=order,
            lines=order.own_lines,
            parts=[(parcel, named_pieces(order, parcel.pieces)) for parcel in order.parts],
            refunds=refunds,
            loss=loss_of_order(order, refunds),
            payments=list(payments),
            parcels=list(promises.select_related("shipment").order_by("-id")),
            pay_card=pay_card(order, order.store, request.user, request.now),
            entries=timeline(order.store_id, order.pk, hidden=hidden_events(order)),
            decide=choices,
            readdress=choices["address"],
            late=order.status == OrderStatus.UNSHIPPED and order.ship_by < request.now,
            **saving_of(order, request.now),
        )
