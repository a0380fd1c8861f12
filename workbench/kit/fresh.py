"""Whether what a page showed of a refund still holds when somebody decides on it, or on a row beside it."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from common.errors import Refused
from common.events import internal_names
from common.models import Event
from common.words import joined
from orders.events import SHIPMENT_MOVED
from orders.states import ShipmentStatus
from payments.models import Payment
from refunds.actions import lock_refund
from refunds.models import Appeal, Dispute, Refund
from refunds.platform.events import EVIDENCE_ADDED
from refunds.states import RefundStatus
from stores.permissions import actor_of
from workbench.kit.marks import moment
from workbench.kit.timeline import entry, side_or_name

AS_OF = "as_of"  # in every form about a refund: the newest event that its page knew of
MOST_TOLD = 3
# What a carrier tells of goods that somebody holds in their hands.
ON_ITS_WAY = [SHIPMENT_MOVED[status].name for status in (ShipmentStatus.IN_TRANSIT, ShipmentStatus.DELIVERED)]


def newest_event(refund: Refund) -> int:
    """The id of the last thing that happened to the refund; 0 for nothing."""
    events = Event.objects.for_store(refund.store_id).filter(topic_id=refund.pk)
    return events.order_by("-id").values_list("id", flat=True).first() or 0


def refund_of(row: object) -> Refund | None:
    """The refund that the row is, is a case about or, as a payment, belongs to, with its order; None for none."""
    if isinstance(row, Refund):
        return row
    if isinstance(row, Payment) and not hasattr(row, "refund"):  # read once
        found = Refund.objects.for_store(row.store_id).filter(pk=row.topic_id)
        row.refund = found.select_related("order").first()
    return row.refund if isinstance(row, Payment | Appeal | Dispute) else None


def lock_as_shown(request: HttpRequest, row: object) -> Refused | None:
    """Lock the refund that a page asks about and say why it isn't any more what the page showed; None where it is.

    So it is for what stands beside the refund. Rows that have none, and posts that come from no page, are as they are.
    """
    if AS_OF not in request.POST or (refund := refund_of(row)) is None:
        return None
    lock_refund(store_id=refund.store_id, refund_id=refund.pk)
    return why_out_of_date(request, row)


def why_out_of_date(request: HttpRequest, row: object) -> Refused | None:
    """The refusal of a decision where something happened to its refund since the page was shown; None for nothing."""
    refund = refund_of(row) if AS_OF in request.POST else None
    news = news_since(request, refund) if refund is not None else ""
    if not news:
        return None
    request.is_out_of_date = True
    return Refused(
        "page_out_of_date",
        _("Your page was out of date, so nothing was decided. Since it was shown: %(news)s. Look again, then decide.")
        % {"news": news},
    )


def news_since(request: HttpRequest, refund: Refund) -> str:
    """Who did what since the posting page was shown, newest last; empty for nothing.

    What is internal is none, nor what whoever posts has shown meanwhile: pages take evidence without being left.
    Nor is that a return is on its way or has arrived, which a carrier tells long after it was scanned. A buyer is told
    of without a name: pages ask for this again and again, which is no look at anybody's data.
    """
    as_of = request.POST.get(AS_OF, "")
    known = int(as_of) if as_of.isascii() and as_of.isdigit() and len(as_of) < 19 else 0
    events = Event.objects.for_store(refund.store_id).select_related("store").filter(topic_id=refund.pk, id__gt=known)
    own = {"name": EVIDENCE_ADDED.name, "actor_id": actor_of(request.user).id}
    unheard = [*internal_names(), *(ON_ITS_WAY if refund.status == RefundStatus.RETURNING else ())]
    news = events.exclude(name__in=unheard).exclude(**own).order_by("-id")[:MOST_TOLD]
    return joined(
        _("%(who)s: %(what)s (%(at)s)") % {"who": side_or_name(each), "what": entry(each).title, "at": moment(each.at)}
        for each in reversed(list(news))
    )


def as_of(request: HttpRequest, refund: Refund) -> int | str:
    """What the forms of a page about the refund carry on: what the first page knew, unless that was out of date."""
    if AS_OF in request.POST and not hasattr(request, "is_out_of_date"):
        return request.POST[AS_OF]
    return newest_event(refund)
