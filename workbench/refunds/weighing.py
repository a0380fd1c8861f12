"""What deciding the ticked refunds would bring, refund by refund, read for all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Max
from django.http import HttpRequest

from common.errors import Invalid, Refused
from common.models import Event
from common.money import ZERO
from common.together import together
from refunds.models import Evidence, Refund
from refunds.objections import MarketplaceReasons, reasons_there, why_no_reason
from refunds.states import BulkVerdict, CaseSide
from workbench.refunds.decisions import RefundDecision


@dataclass
class Weighed:
    """A refund with what its decision would bring, or why it is left out (`refused`).

    `as_of` is the newest event that was known when it was weighed, `reasons` the marketplace's own list, if it has one.
    """

    refund: Refund
    as_of: int
    refused: Refused | Invalid | None
    consequences: Sequence[str] = ()
    reasons: MarketplaceReasons | None = None


@dataclass(frozen=True)
class Weighing:
    """The refunds that would be decided and those that are left out, each those due first."""

    possible: list[Weighed]
    left_out: list[Weighed]

    @property
    def amount(self) -> Decimal:
        """What those that would be decided ask for together, in yuan."""
        return sum((each.refund.amount for each in self.possible), ZERO)

    @property
    def named(self) -> str:
        """Those that would be decided, in one field of a form."""
        return ",".join(str(each.refund.pk) for each in self.possible)

    @property
    def known(self) -> str:
        """The newest event that is known of each of them, in one field of a form."""
        return ",".join(f"{each.refund.pk}:{each.as_of}" for each in self.possible)

    def leave_out(self, refused: dict[UUID, Invalid]) -> "Weighing":
        """Without those for which there is a refusal by now, which are left out as well."""
        for each in self.possible:
            each.refused = refused.get(each.refund.pk)
        newly = [each for each in self.possible if each.refused]
        return Weighing([each for each in self.possible if not each.refused], [*newly, *self.left_out])


def weigh(request: HttpRequest, decision: RefundDecision, refunds: Sequence[Refund]) -> Weighing:
    """Ask of each refund whether this user could take the decision now, and what would follow."""
    newest = _newest_events(refunds)  # before anything else: what comes later is news
    orders = {}
    for refund in refunds:
        refund.order = orders.setdefault(refund.order_id, refund.order)
    weighed = []
    with together([*refunds, *orders.values()]):
        for refund in refunds:
            refused = _refusal(request, decision, refund)
            each = Weighed(refund, newest.get(refund.pk, 0), refused)
            if refused is None:
                each.consequences = decision.consequences(refund)
                each.reasons = reasons_there(refund) if decision.code == BulkVerdict.REJECT else None
            weighed.append(each)
    return Weighing([each for each in weighed if not each.refused], [each for each in weighed if each.refused])


def _refusal(request: HttpRequest, decision: RefundDecision, refund: Refund) -> Refused | Invalid | None:
    if not decision.may(request.user, refund):
        return Refused("permission_denied", decision.not_yours)
    return decision.refusal_to(request.user, refund, request.now)


def _newest_events(refunds: Sequence[Refund]) -> dict[UUID, int]:
    stores, ids = {refund.store_id for refund in refunds}, [refund.pk for refund in refunds]
    events = Event.objects.filter(store_id__in=stores, topic_id__in=ids).order_by()
    return dict(events.values("topic_id").annotate(newest=Max("id")).values_list("topic_id", "newest"))


def lacking_evidence(weighing: Weighing, codes: dict[UUID, str]) -> dict[UUID, Invalid]:
    """By refund, why it can't be rejected for the marketplace's reason that was picked for it; others are not in it."""
    asked = [each.refund for each in weighing.possible if codes.get(each.refund.pk)]
    if not asked:
        return {}
    files: dict[UUID, list[str]] = {refund.pk: [] for refund in asked}
    stores = {refund.store_id for refund in asked}
    shown = Evidence.objects.filter(store_id__in=stores, refund__in=asked, side=CaseSide.MERCHANT)
    for evidence_id, refund_id in shown.values_list("pk", "refund"):
        files[refund_id].append(str(evidence_id))
    with together(asked):
        refused = {refund.pk: why_no_reason(refund, codes[refund.pk], files[refund.pk]) for refund in asked}
    return {key: refusal for key, refusal in refused.items() if refusal is not None}
