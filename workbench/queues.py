"""The questions a merchant asks of the lists, as named filters: shared by lists and dashboard."""

from datetime import datetime, timedelta

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common import clock
from common.tenancy import current_scope
from offers.eligibility import RETAINABLE_KINDS
from offers.models import Offer
from offers.retainable import filter_retainable
from orders.models import COMES_FIRST, DelayReport, Order, OrderStatus, OwedParcel, ParcelStatus
from payments.models import Payment
from refunds.models import Appeal, Dispute, Refund
from refunds.states import Kind, Programme, Status
from stores.marketplaces import CHOICES, current_rules
from stores.models import Store
from workbench.desk import Desk, desk_of, retains
from workbench.platform.queues import CASE_QUEUES
from workbench.queue import Queue
from workbench.words import SOON


def _negotiating(rows: QuerySet, now: datetime) -> QuerySet:
    return rows.filter(pk__in=Offer.objects.in_scope().pending().values("refund"))


def _attention(rows: QuerySet, now: datetime) -> QuerySet:
    """Declined or stuck: both halves have an index of their own, an OR would read the store's whole history."""
    declined = Refund.objects.in_scope().filter(needs_attention=True).order_by().values("pk")
    stuck = Payment.objects.in_scope().in_attention().order_by().values("topic_id")
    return rows.filter(pk__in=declined.union(stuck, all=True))


def _retainable(rows: QuerySet, now: datetime) -> QuerySet:
    """Retainable now, store by store: each has its own time zone. Nothing when every store of the platform is shown (Q3)."""
    store_ids = current_scope().store_ids or ()
    stores = [store for store in Store.objects.filter(pk__in=store_ids).order_by("pk") if retains(store)]
    if len(store_ids) == 1 and stores:
        return filter_retainable(rows, store=stores[0], now=now)
    found = [
        filter_retainable(Refund.objects.for_store(store.pk), store=store, now=now).order_by().values("pk")
        for store in stores
    ]
    if not found:
        return rows.none()
    return rows.filter(pk__in=found[0].union(*found[1:], all=True) if len(found) > 1 else found[0])


MERCHANTS_TURN = [Status.AWAITING_MERCHANT, Status.RETURNING]

REFUND_QUEUES = [
    Queue(
        "awaiting",
        _("Awaiting me"),
        lambda rows, now: rows.filter(status=Status.AWAITING_MERCHANT),
        ("due_at", "-id"),
        _("No request waits for you. Well done!"),
        "inbox",
        "amber",
    ),
    Queue(
        "retainable",
        _("Retainable now"),
        _retainable,
        ("due_at", "-id"),
        _("No refund can be retained right now."),
        "volunteer_activism",
        "green",
        only_retaining=True,
    ),
    Queue(
        "returnless",
        _("Without return"),
        lambda rows, now: rows.filter(programme=Programme.RETURNLESS, status=Status.AWAITING_MERCHANT),
        ("due_at", "-id"),
        _("No refund without return waits for your review."),
        "verified",
        "violet",
        only_returnless=True,
    ),
    Queue(
        "due",
        _("Due in 2 h"),
        lambda rows, now: rows.filter(status__in=MERCHANTS_TURN, due_at__gt=now, due_at__lte=now + SOON),
        ("due_at", "-id"),
        _("Nothing is due within two hours."),
        "timer",
        "red",
    ),
    Queue(
        "overdue",
        _("Overdue"),
        lambda rows, now: rows.due(now),
        ("due_at", "-id"),
        _("No deadline has passed."),
        "alarm",
        "red",
    ),
    Queue(
        "negotiating",
        _("Negotiating"),
        _negotiating,
        ("due_at", "-id"),
        _("No offer waits for a buyer's answer."),
        "handshake",
        "blue",
    ),
    Queue(
        "returns",
        _("Returns to inspect"),
        lambda rows, now: rows.filter(status=Status.RETURNING),
        ("due_at", "-id"),
        _("No return is on its way to you."),
        "package_2",
        "amber",
    ),
    Queue(
        "recalls",
        _("Recalls"),
        lambda rows, now: rows.filter(status=Status.RECALLING),
        ("due_at", "-id"),
        _("No parcel is being called back."),
        "u_turn_left",
        "blue",
    ),
    Queue(
        "attention",
        _("Needs attention"),
        _attention,
        empty=_("Every payment goes its way."),
        icon="priority_high",
        tone="red",
    ),
    Queue("all", _("All"), lambda rows, now: rows, empty=_("No refunds.")),
]


def _soon_late(rows: QuerySet, now: datetime) -> QuerySet:
    """Each marketplace says how soon is soon (P8)."""
    rules = [current_rules(name) for name, _label in CHOICES]
    soon = Q(pk__in=[])
    for each in rules:
        soon |= Q(store__marketplace=each.name, ship_by__lte=now + each.ships_soon_within)
    return rows.soon_late(now, max(each.ships_soon_within for each in rules)).filter(soon)


ORDER_QUEUES = [
    Queue(
        "to_ship",
        _("To ship"),
        lambda rows, now: rows.to_ship(),
        (COMES_FIRST.desc(), "ship_by", "id"),
        _("Everything is shipped."),
        "local_shipping",
        "amber",
    ),
    Queue(
        "late",
        _("Late to ship"),
        lambda rows, now: rows.late(now),
        ("ship_by", "-id"),
        _("No parcel is late."),
        "running_with_errors",
        "red",
    ),
    Queue(
        "soon",
        _("Late soon"),
        _soon_late,
        ("ship_by", "-id"),
        _("No parcel is late soon."),
        "timer",
        "amber",
    ),
    Queue(
        "urged",
        _("Urged"),
        lambda rows, now: rows.urged(),
        ("ship_by", "-id"),
        _("No buyer urges you."),
        "notification_important",
        "red",
    ),
    Queue(
        "priority",
        _("Priority shipping"),
        lambda rows, now: rows.priority(),
        ("ship_by", "-id"),
        _("No order is to go first."),
        "low_priority",
        "blue",
        on_overview=False,
    ),
    Queue(
        "delayed",
        _("Delay reported"),
        lambda rows, now: rows.delayed(),
        ("ship_by", "-id"),
        _("No delay is reported."),
        "schedule",
        "blue",
        on_overview=False,
    ),
    Queue("all", _("All"), lambda rows, now: rows, empty=_("No orders yet.")),
]

DELAY_QUEUES = [
    Queue(
        "open",
        _("Open"),
        lambda rows, now: rows.open(),
        ("expected_at", "-id"),
        _("No delay is reported."),
    ),
    Queue(
        "overdue",
        _("Overdue"),
        lambda rows, now: rows.overdue(),
        ("expected_at", "-id"),
        _("No reported date has passed."),
    ),
    Queue("all", _("All"), lambda rows, now: rows, empty=_("No delay was ever reported.")),
]

PAYMENT_QUEUES = [
    Queue("all", _("All"), lambda rows, now: rows, empty=_("No payments yet.")),
    Queue(
        "attention",
        _("Needs attention"),
        lambda rows, now: rows.in_attention(),
        empty=_("Every payment goes its way."),
    ),
]

# What is late comes first: empty moments sort last.
PROMISES_FIRST = ("late_at", "due_at", "-id")

PARCEL_QUEUES = [
    Queue(
        "to_send",
        _("To send"),
        lambda rows, now: rows.filter(status=ParcelStatus.OWED),
        PROMISES_FIRST,
        _("Every promise is kept. Well done!"),
        "redeem",
        "amber",
    ),
    Queue(
        "late",
        _("Late"),
        lambda rows, now: rows.filter(status=ParcelStatus.OWED).filter(Q(late_at__isnull=False) | Q(due_at__lte=now)),
        PROMISES_FIRST,
        _("No promise is late."),
        "running_with_errors",
        "red",
    ),
    Queue(
        "escalated",
        _("Escalated"),
        lambda rows, now: rows.filter(status=ParcelStatus.OWED, escalated_at__isnull=False),
        ("escalated_at", "-id"),
        _("The platform has nothing to complain about."),
        "gavel",
        "red",
    ),
    Queue(
        "awaiting_return",
        _("Awaiting the buyer's return"),
        lambda rows, now: rows.filter(status=ParcelStatus.AWAITING_RETURN),
        empty=_("No exchange waits for the buyer's parcel."),
        icon="hourglass_top",
    ),
    Queue(
        "sent",
        _("Sent"),
        lambda rows, now: rows.filter(status=ParcelStatus.SHIPPED),
        empty=_("Nothing sent yet."),
        icon="check_circle",
    ),
    Queue("all", _("All"), lambda rows, now: rows, empty=_("No promises yet.")),
]

QUEUES: dict[type, list[Queue]] = {
    Dispute: CASE_QUEUES,
    Appeal: CASE_QUEUES,
    Refund: REFUND_QUEUES,
    Order: ORDER_QUEUES,
    Payment: PAYMENT_QUEUES,
    OwedParcel: PARCEL_QUEUES,
    DelayReport: DELAY_QUEUES,
}


def queues_for(desk: Desk, model: type) -> list[Queue]:
    """The model's queues that make sense at this desk."""
    return [
        queue
        for queue in QUEUES[model]
        if (not queue.only_retaining or desk.retaining) and (not queue.only_returnless or desk.returnless)
    ]


def queue_asked_for(request, model: type) -> Queue:
    """The queue in the address, else the model's first; a search looks through all of them."""
    queues = {queue.code: queue for queue in QUEUES[model]}
    if request.GET.get("q"):
        return queues["all"]
    return queues.get(request.GET.get("queue", ""), QUEUES[model][0])


class QueueFilter(SimpleListFilter):
    """Narrows a list to the queue asked for. Shown as tabs, not as a filter."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request, model_admin):
        """The queues of the model."""
        return [(queue.code, queue.label) for queue in QUEUES[model_admin.model]]

    def queryset(self, request, queryset):
        """The queue's rows."""
        return queue_asked_for(request, queryset.model).rows(queryset, clock.now())


class ShippedFilter(SimpleListFilter):
    """Tmall's type filters: refund only (shipped), return (shipped), and what no offer can hold back (Q1, Q3)."""

    title = _("shipped or not")
    parameter_name = "shipped"

    def lookups(self, request, model_admin):
        """The two kinds that are retainable after shipping, and what isn't shipped."""
        return [
            (Kind.REFUND_ONLY, _("Refund only (shipped)")),
            (Kind.RETURN_AND_REFUND, _("Return and refund (shipped)")),
            ("no", _("Not shipped")),
        ]

    def queryset(self, request, queryset):
        """The refunds of that kind whose goods are on their way or there."""
        if self.value() == "no":
            return queryset.filter(order__status__in=[OrderStatus.UNSHIPPED, OrderStatus.CANCELLED])
        if self.value() in RETAINABLE_KINDS:
            return queryset.filter(kind=self.value()).exclude(order__status=OrderStatus.UNSHIPPED)
        return queryset


class QueueMixin:
    """A list with queues as tabs."""

    change_list_template = "workbench/list.html"

    def get_ordering(self, request):
        """The queue's order: deadlines first where they matter."""
        return queue_asked_for(request, self.model).order

    def changelist_view(self, request, extra_context=None):
        """The list with its tabs."""
        chosen = queue_asked_for(request, self.model)
        context = {"queues": queues_for(desk_of(request), self.model), "queue": chosen}
        return super().changelist_view(request, {**context, **(extra_context or {})})


def next_deadlines(now: datetime, *, limit: int = 10, within: timedelta = timedelta(days=3)):
    """The merchant's next deadlines: what must be answered or inspected first."""
    return (
        Refund.objects.in_scope()
        .filter(status__in=MERCHANTS_TURN, due_at__lte=now + within)
        .select_related("order", "store")
        .order_by("due_at", "-id")[:limit]
    )
