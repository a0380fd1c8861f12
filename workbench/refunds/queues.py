"""What waits for the merchant among the refunds, and until when (Q3, T10)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from common.tenancy import current_scope
from offers.eligibility import retains
from offers.models import Offer
from offers.retainable import filter_retainable
from payments.models import Payment
from refunds.models import Refund
from refunds.models.goods import have_left
from refunds.numbers import how_far_looked, how_far_noted, on_their_way, with_odd_numbers
from refunds.platform.appeals import filter_appealable
from refunds.states import RefundKind, RefundProgramme, RefundStatus
from refunds.team.assigning import that_nobody_takes
from stores.models import ReturnAddress, Store
from workbench.kit.queue import Queue
from workbench.kit.words import SOON


def _negotiating(rows: QuerySet, now: datetime) -> QuerySet:
    """By the index of what is open: a refund stays with its merchant while an offer is out, and a decision ends it."""
    pending = Offer.objects.in_scope().pending().values("refund")
    return rows.filter(status=RefundStatus.AWAITING_MERCHANT, pk__in=pending)  # (T7, T8)


def _attention(rows: QuerySet, now: datetime) -> QuerySet:
    """Declined or stuck: both halves have an index of their own, an OR would read the store's whole history."""
    declined = Refund.objects.in_scope().filter(needs_attention=True).order_by().values("pk")
    stuck = Payment.objects.in_scope().in_attention().order_by().values("topic_id")
    return rows.filter(pk__in=declined.union(stuck, all=True))


def _to_nowhere(rows: QuerySet, now: datetime) -> QuerySet:
    """Returns without an address: approved by their deadline, or about to be, as the store has none (T10)."""
    back = Refund.objects.in_scope().filter(return_address=None, is_followed=False).order_by()
    back = back.exclude(kind=RefundKind.REFUND_ONLY).values("pk")
    # A question for each half: the first has an index; the second is over at once where the one store has an address.
    somewhere = ReturnAddress.objects.in_scope().usable()
    if len(current_scope().store_ids or ()) != 1:
        somewhere = somewhere.filter(store=OuterRef("store"))
    approved = back.filter(status=RefundStatus.AWAITING_RETURN)
    coming = back.filter(~Exists(somewhere), status=RefundStatus.AWAITING_MERCHANT)
    return rows.filter(pk__in=approved.union(coming, all=True))


def _retainable(rows: QuerySet, now: datetime) -> QuerySet:
    """Retainable now, store by store: each has its own time zone.

    Nothing when every store of the platform is shown (Q3).
    """
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


# An offer is out: the list's `has_pending_offer`. What needs the merchant comes before what needs the buyer.
BUYERS_TURN = "has_pending_offer"
MERCHANTS_TURN = [RefundStatus.AWAITING_MERCHANT, RefundStatus.RETURNING]
# What the warehouse sees to: all that its people find of refunds on the overview.
WAREHOUSES_TURN = [RefundStatus.RETURNING]
WAREHOUSES_QUEUES = ("returns", "odd_numbers", "recalls")


REFUND_QUEUES = [
    Queue(
        "awaiting",
        _("Awaiting me"),
        lambda rows, now: rows.filter(status=RefundStatus.AWAITING_MERCHANT, decision_sent=""),
        (F(BUYERS_TURN).asc(), "due_at", "-id"),
        _("No request waits for you. Well done!"),
        "inbox",
        "amber",
        halves=BUYERS_TURN,
    ),
    Queue(
        "unread",
        _("Unread messages"),
        lambda rows, now: rows.filter(unread_by_merchant__gt=0),
        ("due_at", "-id"),
        _("Every message of a buyer is read."),
        "mark_chat_unread",
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
        is_dear=True,
    ),
    Queue(
        "returnless",
        _("Without return"),
        lambda rows, now: rows.filter(programme=RefundProgramme.RETURNLESS, status=RefundStatus.AWAITING_MERCHANT),
        ("due_at", "-id"),
        _("No refund without return waits for your review."),
        "verified",
        "violet",
        only_returnless=True,
    ),
    Queue(
        "due",
        _("Due in 2 h"),
        lambda rows, now: rows.filter(
            status__in=MERCHANTS_TURN, decision_sent="", due_at__gt=now, due_at__lte=now + SOON
        ),
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
        is_dear=True,
        is_theirs=True,
    ),
    Queue(
        "returns",
        _("Returns to inspect"),
        lambda rows, now: rows.filter(status=RefundStatus.RETURNING, decision_sent=""),
        ("due_at", "-id"),
        _("No return is on its way to you."),
        "package_2",
        "amber",
    ),
    Queue(
        "odd_numbers",
        _("Odd numbers"),
        with_odd_numbers,
        ("due_at", "-id"),
        _("Every return comes under a number of its own."),
        "barcode_scanner",
        "red",
        looked_at=on_their_way,
        partly=how_far_looked,
        partly_note=how_far_noted,
        is_found_once=True,
        todo=_("Open each: under “Parcels” stands what is odd about its number. See to it before money goes out."),
    ),
    Queue(
        "recalls",
        _("Recalls"),
        lambda rows, now: rows.filter(status=RefundStatus.RECALLING),
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
        is_dear=True,
    ),
    Queue(
        "no_address",
        _("No return address"),
        _to_nowhere,
        ("due_at", "-id"),
        _("Every return has an address to go to."),
        "wrong_location",
        "red",
    ),
    Queue(
        "no_taker",
        _("Nobody takes them"),
        lambda rows, now: that_nobody_takes(rows),
        ("due_at", "-id"),
        _("Somebody in the store has the skill for each new refund."),
        "person_off",
        "red",
        only_sharing=True,
        is_dear=True,
        todo=_(
            "They are shared out to nobody, since nobody in the store has the skill: give somebody their kind or "
            "category under Members, or tick them and give them to somebody."
        ),
    ),
    Queue(
        "appealable",
        _("To appeal"),
        filter_appealable,
        ("created_at", "-id"),
        _("No refund at once can be appealed against."),
        "balance",
        "violet",
        only_instant=True,
    ),
    Queue("all", _("All"), lambda rows, now: rows, empty=_("No refunds.")),
]


class ShippedFilter(SimpleListFilter):
    """By type: refund only (shipped), return (shipped), and those no offer can keep once shipped (Q1, Q3)."""

    title = _("shipped or not")
    parameter_name = "shipped"

    def lookups(self, request, model_admin):
        """The two kinds that are retainable after shipping, and what isn't shipped."""
        return [
            (RefundKind.REFUND_ONLY, _("Refund only (shipped)")),
            (RefundKind.RETURN_AND_REFUND, _("Return and refund (shipped)")),
            ("no", _("Not shipped")),
        ]

    def queryset(self, request, queryset):
        """The refunds of that kind whose goods are on their way or there."""
        if self.value() == "no":
            return queryset.exclude(have_left())
        if self.value() in (RefundKind.REFUND_ONLY, RefundKind.RETURN_AND_REFUND):
            return queryset.filter(have_left(), kind=self.value())
        return queryset


class FollowedFilter(SimpleListFilter):
    """Refunds of connected shops, and those about which the marketplace has yet to answer."""

    title = _("from the marketplace")
    parameter_name = "followed"

    def lookups(self, request, model_admin):
        """All that came from there, and what waits; nothing, where none ever came."""
        if not Refund.objects.in_scope().filter(is_followed=True).exists():
            return []
        return [("yes", _("From the marketplace")), ("sent", _("Waits for the marketplace"))]

    def queryset(self, request, queryset):
        """Those that follow, or of which a decision is on its way."""
        if self.value() not in ("yes", "sent"):
            return queryset
        followed = queryset.filter(is_followed=True)
        return followed.exclude(decision_sent="") if self.value() == "sent" else followed


def next_deadlines(
    now: datetime,
    *,
    limit: int = 10,
    within: timedelta = timedelta(days=3),
    states: Sequence[RefundStatus] = MERCHANTS_TURN,
):
    """The merchant's next deadlines: what must be answered or inspected first, of those in these `states`.

    The first of each state by its index, and of these the first: all that is due may be half of what is open.
    """
    due = Refund.objects.in_scope().filter(decision_sent="", due_at__lte=now + within).order_by("due_at", "-id")
    first, *more = (due.filter(status=status).values("pk")[:limit] for status in states)
    rows = Refund.objects.in_scope().filter(pk__in=first.union(*more, all=True) if more else first)
    return rows.select_related("order", "store").order_by("due_at", "-id")[:limit]
