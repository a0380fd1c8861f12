"""Endpoints that are told of a store's events: added, changed, tried, sent things again. Owners only."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.events import event_types
from stores.permissions import MANAGE_STORE
from webhooks import actions
from webhooks.addresses import LONGEST_URL
from webhooks.models import Delivery
from webhooks.states import EndpointStatus
from webhooks.why_not import why_not_pause_endpoint, why_not_resume_endpoint, why_not_test_endpoint
from workbench.integrate.shown import status_shown
from workbench.kit.base import column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.editing import AddingMixin, Saving
from workbench.kit.marks import moment
from workbench.kit.owners import OwnersAdmin
from workbench.kit.queue import Queue, QueueFilter, QueueMixin

A_DAY = timedelta(days=1)
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


def event_choices() -> list[tuple[str, str]]:
    """Every event by its name, with its title."""
    named = sorted((event.name, str(event.title)) for event in event_types())
    return [(name, f"{name} · {title}") for name, title in named]


class EventsWidget(forms.CheckboxSelectMultiple):
    """All events, in a box of their own that scrolls."""

    template_name = "workbench/integrate/events.html"


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
        widget=EventsWidget,
        help_text=gettext_lazy("None chosen: all of them."),
    )


class AddEndpoint(Saving):
    """Tell an address of what happens."""

    label, form, capability = gettext_lazy("Add a webhook endpoint"), EndpointForm, MANAGE_STORE
    answer_template = "workbench/integrate/webhook_secret.html"

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
    answer_template = "workbench/integrate/webhook_secret.html"

    def consequence(self, endpoint):
        """Both sign for a day."""
        return _("For 24 hours messages bear a signature of the older secret too.")

    def run(self, endpoint, data, *, actor, now):
        _endpoint, secret = actions.rotate_secret(**self.named(endpoint, actor, now))
        return {"title": endpoint.host, "secret": secret}


class ChangeEndpoint(EndpointDecision):
    """Have it be told elsewhere, or of other events."""

    code, label, icon, tone, is_inline = "edit", gettext_lazy("Change"), "edit", "", False
    form, done = EndpointForm, gettext_lazy("Saved.")

    def initial(self, endpoint):
        return {"url": endpoint.url, "description": endpoint.description, "events": endpoint.events}

    def consequence(self, endpoint):
        """Nothing of it is lost on the way."""
        return _("The secret stays, and what waits is sent to the new address.")

    def run(self, endpoint, data, *, actor, now):
        actions.change_endpoint(**self.named(endpoint, actor, now), changes=data)


class SendTestEvent(EndpointDecision):
    """See whether it takes messages."""

    code, label, icon, tone = "test", gettext_lazy("Send a test event"), "send", ""
    done = gettext_lazy("A test event is on its way. The endpoint's answer appears here within seconds.")

    def refusal(self, endpoint, now):
        return why_not_test_endpoint(endpoint)

    def consequence(self, endpoint):
        """It is an event as every other."""
        return _("It gets one test event, before all that waits and whichever events it wants.")

    def run(self, endpoint, data, *, actor, now):
        actions.send_test_event(**self.named(endpoint, actor, now))


def instant_field(**kwargs) -> forms.DateTimeField:
    """A day and a minute on the store's clock."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, **kwargs)


class ResendForm(DecisionForm):
    """Which of the messages are sent again."""

    since = instant_field(label=gettext_lazy("Made from"))
    until = instant_field(
        label=gettext_lazy("Made before"), required=False, help_text=gettext_lazy("Empty: all that came after.")
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=event_choices,
        required=False,
        widget=EventsWidget,
        help_text=gettext_lazy("None chosen: all of them."),
    )
    failed_only = forms.BooleanField(label=gettext_lazy("Only those that were given up"), required=False)

    def clean(self):
        """A span has a length."""
        data = super().clean()
        if data.get("since") and data.get("until") and data["until"] <= data["since"]:
            self.add_error("until", _("Write an instant after the first one."))
        return data


class Resend(EndpointDecision):
    """Send again what was owed in a span of time; how much that is is shown before."""

    code, label, icon, tone, is_inline = "resend", gettext_lazy("Send a range again"), "replay", "", False
    form = ResendForm
    preview, preview_title = "workbench/integrate/resend.html", gettext_lazy("Look at what is sent again")

    def make_form(self, endpoint, now, *posted):
        """Proposes the last day. By everybody's clock, as messages are made, also in a sandbox."""
        form = super().make_form(endpoint, now, *posted)
        form.fields["since"].initial = clock.wall() - A_DAY
        return form

    def consequence(self, endpoint):
        """A receiver knows what it has had."""
        return _("Each message keeps its webhook-id, by which the receiver knows what it has had.")

    def run(self, endpoint, data, *, actor, now):
        return actions.resend(**self.named(endpoint, actor, now), **data)

    def foresee(self, endpoint, data, count):
        return {"count": count, "data": data}

    def told(self, endpoint, data):
        return _("They are sent again, in the order of their events.")


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


class EndpointAdmin(QueueMixin, AddingMixin, DecidingMixin, OwnersAdmin):
    """Endpoints, and what is decided about them."""

    queues = ENDPOINT_QUEUES
    on_overview = only_what_waits = True
    adding = AddEndpoint()
    decisions = (
        ChangeEndpoint(),
        SendTestEvent(),
        Resend(),
        RotateSecret(),
        PauseEndpoint(),
        ResumeEndpoint(),
        DeleteEndpoint(),
    )
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
            "workbench/integrate/endpoint.html",
            endpoint.host,
            endpoint=endpoint,
            status=status_shown(endpoint),
            recent=recent,
            decide=self.choices(request, endpoint, bound),
        )
