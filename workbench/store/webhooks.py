"""Endpoints that are told of a store's events, and the log of what they were told. Owners only."""

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import event_types
from stores.permissions import MANAGE_STORE
from webhooks import actions
from webhooks.addresses import LONGEST_URL
from webhooks.delivering import message_of
from webhooks.models import Delivery, Endpoint
from webhooks.states import DeliveryStatus, EndpointStatus
from webhooks.why_not import why_not_pause_endpoint, why_not_resume_endpoint
from workbench.kit.base import column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.editing import AddingMixin, Saving
from workbench.kit.marks import moment
from workbench.kit.queue import Queue, QueueFilter, QueueMixin
from workbench.store.owners import OwnersAdmin

ENDPOINT_TONES = {EndpointStatus.ACTIVE: "green", EndpointStatus.PAUSED: "red"}
DELIVERY_TONES = {
    DeliveryStatus.WAITING: "blue",
    DeliveryStatus.DELIVERED: "green",
    DeliveryStatus.FAILED: "red",
}
ENDPOINT_QUEUES = [
    Queue(
        "paused",
        gettext_lazy("Webhook endpoints that aren't called"),
        lambda rows, now: rows.filter(status=EndpointStatus.PAUSED, deleted_at=None),
        empty=gettext_lazy("Every endpoint is called."),
        icon="webhook",
        tone="red",
    ),
    Queue("all", gettext_lazy("All"), lambda rows, now: rows, empty=gettext_lazy("No endpoint was added yet.")),
]
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


def status_shown(row: Endpoint | Delivery):
    """Its status, in the colour of how it is to be taken."""
    tone = (ENDPOINT_TONES if isinstance(row, Endpoint) else DELIVERY_TONES)[row.status]
    return format_html('<span class="wl-badge {}">{}</span>', tone, row.get_status_display())


def event_choices() -> list[tuple[str, str]]:
    """Every event by its name, with its title."""
    return [(event.name, f"{event.name} · {event.title}") for event in event_types()]


class EndpointForm(DecisionForm):
    """Where to, and which events."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST_URL,
        help_text=gettext_lazy("An https address on the public internet."),
    )
    description = forms.CharField(label=gettext_lazy("What it is for"), max_length=200, required=False)
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=event_choices,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 12}),
        help_text=gettext_lazy("None chosen: all of them."),
    )


class AddEndpoint(Saving):
    """Tell an address of what happens."""

    label, form, capability = gettext_lazy("Add a webhook endpoint"), EndpointForm, MANAGE_STORE
    answer_template = "workbench/store/webhook_secret.html"

    def run(self, store, data, *, actor, now):
        """The secret, which nobody can read again."""
        endpoint, secret = actions.add_endpoint(store=store, **data, actor=actor, now=now)
        return {"title": endpoint.host, "secret": secret}


class EndpointDecision(Decision):
    """What an owner decides about an endpoint."""

    capability, is_inline = MANAGE_STORE, True

    def concerns(self, endpoint):
        return endpoint.deleted_at is None

    def refusal(self, endpoint, now):
        return None

    def named(self, endpoint, actor, now) -> dict:
        """What every action about it is told."""
        return {"store_id": endpoint.store_id, "endpoint_id": endpoint.pk, "actor": actor, "now": now}


class RotateSecret(EndpointDecision):
    """Sign with a new secret."""

    code, label, icon, tone = "rotate", gettext_lazy("New secret"), "key", ""
    answer_template = "workbench/store/webhook_secret.html"

    def consequence(self, endpoint):
        """Both sign for a day."""
        return _("For 24 hours messages bear a signature of the older secret too.")

    def run(self, endpoint, data, *, actor, now):
        _endpoint, secret = actions.rotate_secret(**self.named(endpoint, actor, now))
        return {"title": endpoint.host, "secret": secret}


class PauseEndpoint(EndpointDecision):
    """Call it no more."""

    code, label, icon, tone = "pause", gettext_lazy("Pause"), "pause", ""

    def concerns(self, endpoint):
        return super().concerns(endpoint) and endpoint.status == EndpointStatus.ACTIVE

    def refusal(self, endpoint, now):
        return why_not_pause_endpoint(endpoint)

    def run(self, endpoint, data, *, actor, now):
        actions.pause_endpoint(**self.named(endpoint, actor, now))


class ResumeEndpoint(EndpointDecision):
    """Call it again."""

    code, label, icon = "resume", gettext_lazy("Call it again"), "play_arrow"

    def concerns(self, endpoint):
        return super().concerns(endpoint) and endpoint.status == EndpointStatus.PAUSED

    def refusal(self, endpoint, now):
        return why_not_resume_endpoint(endpoint)

    def consequence(self, endpoint):
        """What has waited comes first."""
        return _("What has happened meanwhile is sent first.")

    def run(self, endpoint, data, *, actor, now):
        actions.resume_endpoint(**self.named(endpoint, actor, now))


class DeleteEndpoint(EndpointDecision):
    """Tell it nothing more."""

    code, label, icon, tone = "delete", gettext_lazy("Delete"), "delete", "danger"
    leads_to = "changelist"

    def run(self, endpoint, data, *, actor, now):
        actions.delete_endpoint(**self.named(endpoint, actor, now))


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


class EndpointAdmin(QueueMixin, AddingMixin, DecidingMixin, OwnersAdmin):
    """Endpoints, and what is decided about them."""

    queues = ENDPOINT_QUEUES
    on_overview = only_what_waits = True
    adding = AddEndpoint()
    decisions = (RotateSecret(), PauseEndpoint(), ResumeEndpoint(), DeleteEndpoint())
    list_display = ("show_host", "show_status", "show_events", "show_purpose", "failures", "show_failing")
    list_filter = (QueueFilter,)
    show_host = column(gettext_lazy("address"), lambda endpoint: endpoint.host)
    show_status = column(gettext_lazy("status"), status_shown)
    show_events = column(gettext_lazy("events"), lambda endpoint: len(endpoint.events) or _("all"))
    show_purpose = column(gettext_lazy("What it is for"), lambda endpoint: endpoint.description or "–")
    show_failing = column(gettext_lazy("Failing since"), lambda endpoint: moment(endpoint.failing_since))

    def get_queryset(self, request):
        """Those that exist."""
        return super().get_queryset(request).existing()

    def page_queryset(self, request):
        """See get_queryset."""
        return super().page_queryset(request).existing()

    def row_page(self, request, endpoint, bound=None):
        """An endpoint, what it was told last, and what can be decided about it."""
        recent = Delivery.objects.for_store(endpoint.store_id).filter(endpoint=endpoint).order_by("-pk")[:20]
        return self.page(
            request,
            "workbench/store/endpoint.html",
            endpoint.host,
            endpoint=endpoint,
            status=status_shown(endpoint),
            recent=recent,
            decide=self.choices(request, endpoint, bound),
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
        gettext_lazy("answer"), lambda delivery: delivery.response_status or delivery.last_error or "–"
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
            "workbench/store/delivery.html",
            delivery.name,
            delivery=delivery,
            status=status_shown(delivery),
            message=message_of(delivery.endpoint, delivery),
            decide=self.choices(request, delivery, bound),
        )
