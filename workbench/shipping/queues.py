"""What waits for the warehouse (K4, P3, P8, Q16).

Orders to ship, promises to keep, delays that were reported, carrier claims.
"""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from orders.models import COMES_FIRST
from orders.states import ParcelStatus
from refunds.states import CarrierClaimStatus
from stores import marketplaces
from workbench.kit.queue import Queue


def _soon_late(rows: QuerySet, now: datetime) -> QuerySet:
    """Each marketplace says how soon is soon (P8)."""
    rules = marketplaces.newest().values()
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
        "partly",
        _("Partly shipped"),
        lambda rows, now: rows.partly_shipped(),
        ("ship_by", "-id"),
        _("No order waits for a second parcel."),
        "call_split",
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

CARRIER_CLAIM_QUEUES = [
    Queue(
        "open",
        _("To settle with the carrier"),
        lambda rows, now: rows.filter(status=CarrierClaimStatus.OPEN),
        ("opened_at", "-id"),
        _("No carrier owes you anything."),
    ),
    Queue("all", _("All"), lambda rows, now: rows, empty=_("No carrier has lost anything.")),
]
