"""What the pages of coupons, promises and bulk sendings ask about a row."""

from datetime import datetime, timedelta

from django import template
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.calendar import clock_face, end_face
from common.money import ZERO
from offers import eligibility
from offers.coupons import why_not_grant
from offers.eligibility import retains
from offers.models import Coupon
from offers.states import BulkRowStatus
from orders.models import OwedParcel
from refunds.platform.appeals import appeal_until
from refunds.states import DecisionRowStatus, RefundStatus
from refunds.team.assigning import why_not_assign
from stores.permissions import DECIDE_REFUNDS, SEND_OFFERS, can, name_of
from workbench.kit.queue import MOST_DEAR, capped
from workbench.kit.words import time_left, yuan
from workbench.refunds.selection import tickable
from workbench.shipping.selection import delayable, stores_to_ship_for

register = template.Library()

SOME = "some"  # instead of a number that is too dear to count

ROW_TONES = {
    BulkRowStatus.SENT: "green",
    BulkRowStatus.REFUSED: "red",
    DecisionRowStatus.DONE: "green",
    DecisionRowStatus.LEFT_OUT: "red",
}


@register.filter
def is_late(parcel: OwedParcel, now: datetime) -> bool:
    """Whether a promise was not kept in time, even if the sweep has yet to flag it (Q16)."""
    return parcel.is_late(now)


@register.filter
def may_bulk(desk) -> bool:
    """Whether somebody at this desk may send offers in bulk somewhere."""
    return desk.is_operator or any(can(desk.user, SEND_OFFERS, store.pk) for store in desk.retaining)


@register.filter
def may_pick(refund, user) -> bool:
    """Whether an offer in bulk makes sense for this row of the queue; `has_pending_offer` comes from the queue."""
    waits = refund.status == RefundStatus.AWAITING_MERCHANT and not refund.has_pending_offer
    return waits and retains(refund.store) and can(user, SEND_OFFERS, refund.store_id)


@register.filter
def may_tick_rows(desk) -> bool:
    """Whether somebody at this desk may do something with many refunds at once."""
    return may_bulk(desk) or may_decide(desk)


@register.filter
def may_decide(desk) -> bool:
    """Whether somebody at this desk may decide refunds somewhere."""
    return any(can(desk.user, DECIDE_REFUNDS, store.pk) for store in desk.shown)


@register.filter
def may_be_ticked(refund, user) -> bool:
    """Whether there is something to do with this row of the queue together with others."""
    return may_pick(refund, user) or (why_not_assign(refund) is None and can(user, DECIDE_REFUNDS, refund.store_id))


@register.filter
def of_key(names: dict, key: object) -> object:
    """What a dict holds under the key; empty for none."""
    return names.get(key, "")


register.filter("name_of", name_of)


@register.simple_tag(takes_context=True)
def may_tick(context, changelist) -> str:
    """How many refunds of the list may be ticked, as it is shown; empty for none. Counted only beyond one page."""
    if context["queue"].is_theirs:
        return ""
    if changelist.paginator.has_next or changelist.page_num > 1:
        by_due = tickable(changelist.queryset, context["desk"]).order_by("due_at", "-id")  # in the order of an index
        return _beyond_a_page(context, changelist, by_due)
    count = sum(may_pick(refund, context["request"].user) for refund in changelist.result_list)
    return capped(count) if count else ""


def _beyond_a_page(context, changelist, rows: QuerySet) -> str:
    """How many rows a list of several pages has, as it is shown; empty for none, and SOME for what was searched for.

    To count what a search finds, each open row is looked up in other tables: the first one found is enough. Of the
    others each row costs a look-up as well, and so they are counted to MOST_DEAR.
    """
    if changelist.query:
        return SOME if list(rows.values_list("pk")[:1]) else ""
    most = min(MOST_DEAR, context["queue"].most_counted)
    count = rows.values("pk")[: most + 1].count()
    return capped(count, most) if count else ""


@register.simple_tag(takes_context=True)
def delayable_beyond(context, changelist) -> str:
    """How many orders of a list of more than one page may be delayed, as it is shown; empty for none."""
    if not changelist.paginator.has_next and changelist.page_num == 1:
        return ""
    rows = delayable(changelist.queryset, stores_to_ship_for(context["request"])).order_by()
    return _beyond_a_page(context, changelist, rows)


@register.simple_tag(takes_context=True)
def appeal_left(context, refund) -> str:
    """How long the merchant can still appeal against a refund of the queue (P5); empty when that is impossible."""
    if not refund.is_instant or refund.has_appeal:
        return ""
    left = appeal_until(refund) - context["request"].now
    return time_left(left) if left >= timedelta(0) else ""


@register.filter
def row_tone(status: str) -> str:
    """The colour of a bulk row's result."""
    return ROW_TONES.get(status, "grey")


@register.filter
def chosen_label(field) -> str:
    """What was filled into a form's field, as people read it: of a choice its label."""
    labels = dict(getattr(field.field, "choices", ()))
    return labels.get(field.value(), field.value())


@register.filter
def why_not_in_offers(coupon: Coupon, now: datetime) -> str:
    """Why agents can't offer this coupon now; empty when they can (Q13)."""
    return str(eligibility.why_not_in_offers(coupon, now) or "")


@register.filter
def why_not_by_hand(coupon: Coupon, now: datetime) -> str:
    """Why this coupon can't be given to the buyer of an order now; empty when it can (K7)."""
    return str(why_not_grant(coupon, now, was_granted=False) or "")


@register.filter
def validity(coupon: Coupon) -> str:
    """From when until when it holds, by its store's clock: `2026-11-01 00:00 – 2026-11-30 24:00`."""
    zone = coupon.store.time_zone
    return f"{clock_face(coupon.valid_from, zone)} – {end_face(coupon.valid_until, zone)}"


@register.filter
def discount(coupon: Coupon) -> str:
    """`¥5.00 off from ¥50.00`."""
    if coupon.min_spend == ZERO:
        return _("%(off)s off") % {"off": yuan(coupon.amount_off)}
    return _("%(off)s off from %(spend)s") % {"off": yuan(coupon.amount_off), "spend": yuan(coupon.min_spend)}
