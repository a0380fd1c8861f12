"""Endpoints, deliveries and failed calls in a word, the same in lists and on pages."""

from django.utils.html import format_html

from webhooks.models import Delivery, Endpoint, FailedCall
from webhooks.states import CallError, DeliveryStatus, EndpointStatus

ENDPOINT_TONES = {EndpointStatus.ACTIVE: "green", EndpointStatus.PAUSED: "red"}
DELIVERY_TONES = {
    DeliveryStatus.WAITING: "blue",
    DeliveryStatus.DELIVERED: "green",
    DeliveryStatus.FAILED: "red",
}


def status_shown(row: Endpoint | Delivery):
    """Its status, in the colour of how it is to be taken."""
    tone = (ENDPOINT_TONES if isinstance(row, Endpoint) else DELIVERY_TONES)[row.status]
    return format_html('<span class="wl-badge {}">{}</span>', tone, row.get_status_display())


def error_shown(delivery: Delivery) -> str:
    """Why the last call came to nothing, in words."""
    return str(dict(CallError.choices).get(delivery.last_error, delivery.last_error))


def answer_shown(call: FailedCall):
    """The status of its answer: amber for what the program can mend, red for what only we can."""
    if not call.route:
        return "–"
    return format_html('<span class="wl-badge {}">{}</span>', "red" if call.status >= 500 else "amber", call.status)
