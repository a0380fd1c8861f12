"""The log of what endpoints were told, with each message and its answer. Owners only."""

from django.utils.translation import gettext_lazy

from stores.permissions import MANAGE_STORE
from webhooks import actions
from webhooks.delivering import message_of
from webhooks.states import DeliveryStatus
from workbench.integrate.shown import error_shown, status_shown
from workbench.kit.base import column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision
from workbench.kit.marks import moment
from workbench.kit.owners import OwnersAdmin
from workbench.kit.queue import Queue, QueueFilter, QueueMixin

DELIVERY_QUEUES = [
    Queue("all", gettext_lazy("All"), lambda rows, now: rows, empty=gettext_lazy("Nothing was delivered yet.")),
    Queue(
        "waiting",
        gettext_lazy("Waiting"),
        lambda rows, now: rows.filter(status=DeliveryStatus.WAITING),
        empty=gettext_lazy("Nothing waits."),
    ),
    Queue(
        "failed",
        gettext_lazy("Given up"),
        lambda rows, now: rows.filter(status=DeliveryStatus.FAILED),
        empty=gettext_lazy("Nothing was given up."),
    ),
]


class Redeliver(Decision):
    """Send a message again."""

    code, label, icon = "redeliver", gettext_lazy("Send it again"), "replay"
    capability, is_inline = MANAGE_STORE, True

    def refusal(self, delivery, now):
        return None

    def concerns(self, delivery):
        return delivery.endpoint.deleted_at is None

    def run(self, delivery, data, *, actor, now):
        actions.resend(
            store_id=delivery.store_id,
            endpoint_id=delivery.endpoint_id,
            delivery_ids=[delivery.pk],
            actor=actor,
            now=now,
        )


class DeliveryAdmin(QueueMixin, DecidingMixin, OwnersAdmin):
    """The log: each message with its answer."""

    queues = DELIVERY_QUEUES
    decisions = (Redeliver(),)
    list_display = ("name", "show_host", "show_status", "attempts", "show_answer", "show_created")
    list_filter = (QueueFilter,)
    list_select_related = ("endpoint", "store")
    show_host = column(gettext_lazy("endpoint"), lambda delivery: delivery.endpoint.host)
    show_status = column(gettext_lazy("status"), status_shown)
    show_created = column(gettext_lazy("Created"), lambda delivery: moment(delivery.created_at))
    show_answer = column(
        gettext_lazy("answer"), lambda delivery: delivery.response_status or error_shown(delivery) or "–"
    )

    def page_queryset(self, request):
        """With the endpoint that each page names."""
        return super().page_queryset(request).select_related("endpoint__store")

    def has_add_permission(self, request):
        """Nobody."""
        return False

    def row_page(self, request, delivery, bound=None):
        """The message, and what the receiver answered to the last call."""
        return self.page(
            request,
            "workbench/integrate/delivery.html",
            delivery.name,
            delivery=delivery,
            status=status_shown(delivery),
            error=error_shown(delivery),
            message=message_of(delivery.endpoint, delivery),
            decide=self.choices(request, delivery, bound),
        )
