"""What needs a person at the marketplace: decisions that were sent, tasks by hand, copies that need a look."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Refused
from connectors.answering import give_code, resume_decision, why_not_give_code, why_not_resume_decision
from connectors.by_hand import close_task
from connectors.hinting import read_again
from connectors.platforms import platform_of
from connectors.states import NOT_DONE, UNDER_WAY, SendingStatus
from stores.permissions import DECIDE_REFUNDS
from workbench.connections.card import how_it_stands, problem_of, sending_badge, verb_words, words_about
from workbench.kit.base import DeskAdmin, column
from workbench.kit.deciding import DecidingMixin
from workbench.kit.decisions import Decision, DecisionForm
from workbench.kit.desk import desk_of
from workbench.kit.marks import moment
from workbench.kit.queue import Queue, QueueFilter, QueueMixin
from workbench.kit.search import OrderSearch

SENDING_QUEUES = [
    Queue(
        "under_way",
        gettext_lazy("On their way"),
        lambda rows, now: rows.filter(status__in=UNDER_WAY),
        empty=gettext_lazy("No decision is on its way."),
        on_overview=False,
    ),
    Queue(
        "code",
        gettext_lazy("Codes to enter"),
        lambda rows, now: rows.filter(status=SendingStatus.CODE_WANTED),
        empty=gettext_lazy("The marketplace asks for no code."),
        icon="sms",
        tone="amber",
    ),
    Queue(
        "stuck",
        gettext_lazy("Decisions that got stuck"),
        lambda rows, now: rows.filter(needs_attention=True),
        empty=gettext_lazy("No decision got stuck."),
        icon="sync_problem",
        tone="red",
    ),
    Queue(
        "refused",
        gettext_lazy("Refused or too late"),
        lambda rows, now: rows.filter(status__in=NOT_DONE),
        empty=gettext_lazy("The marketplace has refused nothing."),
        on_overview=False,
    ),
    Queue("all", gettext_lazy("All"), lambda rows, now: rows, empty=gettext_lazy("Nothing was sent yet.")),
]
TASK_QUEUES = [
    Queue(
        "open",
        gettext_lazy("To do by hand there"),
        lambda rows, now: rows.filter(closed_at=None),
        empty=gettext_lazy("Nothing is to be done by hand."),
        icon="back_hand",
        tone="amber",
    ),
    Queue("all", gettext_lazy("All"), lambda rows, now: rows, empty=gettext_lazy("Nothing is to be done by hand.")),
]
MIRROR_QUEUES = [
    Queue(
        "look",
        gettext_lazy("Need a look"),
        lambda rows, now: rows.filter(needs_look=True),
        empty=gettext_lazy("Every refund of the marketplace is understood."),
        icon="visibility",
        tone="red",
    ),
    Queue(
        "all",
        gettext_lazy("All"),
        lambda rows, now: rows,
        empty=gettext_lazy("No refund was read at the marketplace yet."),
    ),
]


class MarketplaceAdmin(QueueMixin, DecidingMixin, DeskAdmin):
    """A list of what is at the marketplace; its rows' pages link to the refund and to the back office."""

    on_overview = only_what_waits = True
    list_filter = (QueueFilter,)

    class Media:
        css = {"all": ["workbench/work.css"]}

    def tiles(self, request, now):
        """Nothing where no store can be connected."""
        return super().tiles(request, now) if desk_of(request).connectable else []

    def get_queryset(self, request):
        """With the refund and the order that each row names."""
        return super().get_queryset(request).select_related("refund__order")

    def page_queryset(self, request):
        """See get_queryset."""
        return super().page_queryset(request).select_related("refund__order")

    def shown(self, request, row, template: str, title: str, **context):
        """A row's page."""
        platform = platform_of(row.store.marketplace)
        back_office = platform.back_office if platform else ""
        return self.page(
            request,
            f"workbench/connections/{template}.html",
            title,
            row=row,
            back_office=back_office,
            choices=list(self.choices(request, row, context.pop("bound", None)).values()),
            **context,
        )


class CodeForm(DecisionForm):
    """The code from the seller's phone."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=gettext_lazy("The marketplace has sent it to the phone of the shop's account."),
    )


class SendingDecision(Decision):
    """What a person does about a decision on its way."""

    capability, is_merchants = DECIDE_REFUNDS, True


class GiveCode(SendingDecision):
    """Type the code: the decision is sent again with it."""

    code, label, icon, form = "code", gettext_lazy("Enter the code"), "sms", CodeForm
    done = gettext_lazy("The decision is sent again with the code.")

    def concerns(self, decision):
        """Where one is wanted."""
        return why_not_give_code(decision) is None

    def refusal(self, decision, now):
        return why_not_give_code(decision)

    def consequence(self, decision):
        """It goes on."""
        return _("The decision is sent once more, with the code; the code isn't kept.")

    def run(self, decision, data, *, actor, now):
        give_code(store_id=decision.store_id, decision_id=decision.pk, code=data["code"], actor=actor, now=now)


class ResumeDecision(SendingDecision):
    """Look again, and send it where nothing became of it."""

    code, label, icon, is_inline = "resume", gettext_lazy("Look again and send"), "replay", True
    done = gettext_lazy("The marketplace is asked again.")

    def concerns(self, decision):
        """Where it waits for a person."""
        return why_not_resume_decision(decision) is None

    def refusal(self, decision, now):
        return why_not_resume_decision(decision)

    def consequence(self, decision):
        """It can't happen twice."""
        return _("The refund is read first: what the marketplace did already isn't sent again.")

    def run(self, decision, data, *, actor, now):
        resume_decision(store_id=decision.store_id, decision_id=decision.pk, actor=actor, now=now)


class SentDecisionAdmin(OrderSearch, MarketplaceAdmin):
    """Decisions on their way to the marketplace, and what became of them."""

    order_path, search_fields = "refund__order", ("refund__order__number",)
    queues, decisions = SENDING_QUEUES, (GiveCode(), ResumeDecision())
    list_display = ("show_order", "show_verb", "show_status", "show_told", "show_decided")
    show_order = column(gettext_lazy("order"), lambda row: row.refund.order.number)
    show_verb = column(gettext_lazy("decision"), verb_words)
    show_status = column(gettext_lazy("status"), sending_badge)
    show_told = column(gettext_lazy("why"), lambda row: words_about(row) or "–")
    show_decided = column(gettext_lazy("sent"), lambda row: moment(row.decided_at))

    def row_page(self, request, decision, bound=None):
        """How far it is."""
        told = {"status": sending_badge(decision), "stands": how_it_stands(decision), "why": words_about(decision)}
        return self.shown(request, decision, "sending", verb_words(decision), bound=bound, **told)


class CloseTask(Decision):
    """It is done there."""

    code, label, icon, is_inline, tone = "close", gettext_lazy("Done"), "check", True, "plain"
    capability, is_merchants = DECIDE_REFUNDS, True
    done = gettext_lazy("The task is closed.")

    def concerns(self, task):
        """While it is open."""
        return task.closed_at is None

    def refusal(self, task, now):
        """Closing once more changes nothing."""
        return None

    def consequence(self, task):
        """It would close by itself."""
        return _("It also closes by itself once the marketplace says that the refund has moved on.")

    def run(self, task, data, *, actor, now):
        close_task(store_id=task.store_id, task_id=task.pk, actor=actor, now=now)


class PlatformTaskAdmin(OrderSearch, MarketplaceAdmin):
    """What there is no call for: to be done in the marketplace's back office."""

    order_path, search_fields = "refund__order", ("refund__order__number",)
    queues, decisions = TASK_QUEUES, (CloseTask(),)
    list_display = ("show_order", "show_verb", "show_text", "show_since", "show_done")
    show_order = column(gettext_lazy("order"), lambda row: row.refund.order.number)
    show_verb = column(gettext_lazy("to do"), verb_words)
    show_text = column(gettext_lazy("note"), lambda row: row.text or "–")
    show_since = column(gettext_lazy("since"), lambda row: moment(row.created_at))
    show_done = column(gettext_lazy("done"), lambda row: moment(row.closed_at))

    def row_page(self, request, task, bound=None):
        """What is to be done, and where."""
        return self.shown(request, task, "task", verb_words(task), bound=bound)


class ReadAgain(Decision):
    """Read the refund once more."""

    code, label, icon, is_inline = "read-again", gettext_lazy("Read it again"), "refresh", True
    capability, done = DECIDE_REFUNDS, gettext_lazy("It is read again.")

    def refusal(self, row, now):
        if row.needs_look:
            return None
        return Refused("invalid_transition", _("It is understood: nothing has to be looked at."))

    def consequence(self, row):
        """What a person does meanwhile."""
        return _("Until it is understood, decide about it in the marketplace's back office.")

    def run(self, row, data, *, actor, now):
        read_again(row, now=now)


class MirroredRefundAdmin(MarketplaceAdmin):
    """Refunds as the marketplace has them; those with a status that nobody knows, or that nobody could take over."""

    queues, decisions = MIRROR_QUEUES, (ReadAgain(),)
    list_display = ("show_number", "show_order", "show_status", "show_problem", "show_read")
    show_number = column(gettext_lazy("number at the marketplace"), str)
    show_order = column(gettext_lazy("order"), lambda row: row.order_number or "–")
    show_status = column(gettext_lazy("status there"), lambda row: row.raw_status or "–")
    show_problem = column(gettext_lazy("problem"), lambda row: problem_of(row) or "–")
    show_read = column(gettext_lazy("read"), lambda row: moment(row.read_at))

    def row_page(self, request, row, bound=None):
        """What the marketplace says, and why nobody understands it."""
        return self.shown(request, row, "mirrored", str(row), problem=problem_of(row), bound=bound)
