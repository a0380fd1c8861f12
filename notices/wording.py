"""A notice in words, in the reader's language: what happened, about which order and how much; nothing about buyers."""

from typing import NamedTuple

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from common.calendar import clock_face
from common.events import event_type
from common.money import yuan
from notices.kinds import KINDS, TEST
from notices.models import DeskNotice
from refunds.states import RefundKind

# The lists of what has no page of its own to lead to.
PLACES = {
    "connection": "connectors_connection_changelist",
    "endpoint": "webhooks_endpoint_changelist",
    "robot": "notices_robot_changelist",
    "ruling": "automation_storerule_changelist",
    "sentdecision": "connectors_sentdecision_changelist",
    "platformtask": "connectors_platformtask_changelist",
    "delayreport": "orders_delayreport_changelist",
    "owedparcel": "orders_owedparcel_changelist",
    "payment": "payments_payment_changelist",
    "unclaimedparcel": "refunds_unclaimedparcel_changelist",
}


class NoticeWords(NamedTuple):
    """A notice as it is read. `url` leads to the desk, which then leads on to what it is about."""

    title: str
    detail: str
    url: str


def words_of(notice: DeskNotice) -> NoticeWords:
    """What it says to a reader of its store, which must be loaded."""
    parts = [notice.about] if notice.about else []
    if notice.order_number:
        parts.append(_("order %(number)s") % {"number": notice.order_number})
    if notice.refund_kind in RefundKind.values:
        parts.append(str(RefundKind(notice.refund_kind).label))
    if notice.amount is not None:
        parts.append(yuan(notice.amount))
    return NoticeWords(_title(notice), " · ".join(parts), f"{settings.PUBLIC_URL}{opening(notice)}")


def _title(notice: DeskNotice) -> str:
    if notice.kind == TEST:
        return _("A test message of Wanliu: this group will be told of what happens in the store.")
    if notice.due_at is not None:
        return _("To be decided until %(end)s") % {"end": clock_face(notice.due_at, notice.store.time_zone)}
    try:
        return str(event_type(notice.name).title)
    except LookupError:  # an event that another release knows
        return KINDS[notice.kind].title if notice.kind in KINDS else notice.name


def opening(notice: DeskNotice) -> str:
    """The path of the desk at which the notice counts as read."""
    return reverse("admin:notice_open", args=[notice.pk])


def page_about(notice: DeskNotice) -> str:
    """The path of the desk's page that the notice is about."""
    if notice.refund_id:
        return reverse("admin:refunds_refund_change", args=[notice.refund_id])
    if notice.order_id:
        return reverse("admin:orders_order_change", args=[notice.order_id])
    try:
        return reverse(f"admin:{PLACES[notice.subject_type]}")
    except (KeyError, NoReverseMatch):
        return reverse("admin:index")
