"""The programme's page: the budget and where its yuan went, what is covered, from which sessions on (R3–R6, R10)."""

from dataclasses import dataclass

from django.urls import reverse

from payments.models import Transfer, account_id
from payments.states import AccountKind, TransferPhase, TransferPurpose
from refunds.models import CoveredProduct, Enrolment, LiveSession, Refund
from refunds.states import RefundProgramme, RefundStatus
from stores.models import Store
from stores.states import ProductSource
from workbench.kit.timeline import timeline

MOST_MOVEMENTS = 12
MOST_SESSIONS = 8
MOST_PRODUCTS = 100


@dataclass(frozen=True)
class Movement:
    """Yuan into the budget or out of it. `refund` is what they were paid for."""

    transfer: Transfer
    is_in: bool
    refund: Refund | None

    @property
    def tone(self) -> str:
        """A badge's colour."""
        return {TransferPhase.PENDING: "amber", TransferPhase.VOIDED: ""}.get(self.transfer.phase, "green")


def movements(store: Store, enrolment: Enrolment) -> list[Movement]:
    """The newest movements of the budget; those of payouts that came back included."""
    own = account_id(store.pk, AccountKind.SERVICE_BUDGET)
    transfers = Transfer.objects.for_store(store.pk)
    filled = transfers.filter(topic_id=enrolment.topic_id).order_by("-id")[:MOST_MOVEMENTS]
    refunds = {
        refund.pk: refund
        for refund in Refund.objects.for_store(store.pk)
        .filter(programme=RefundProgramme.RETURNLESS)
        .exclude(status=RefundStatus.AWAITING_MERCHANT)
        .select_related("order")
        .order_by("-id")[:MOST_MOVEMENTS]
    }
    drawn = transfers.filter(topic_id__in=refunds, debit_account_id=own, purpose=TransferPurpose.PAYOUT)
    found = [
        Movement(transfer, transfer.credit_account_id == own, refunds.get(transfer.topic_id))
        for transfer in [*filled, *drawn]
    ]
    return sorted(found, key=lambda movement: movement.transfer.created_at, reverse=True)[:MOST_MOVEMENTS]


def covered_products(store: Store) -> list[CoveredProduct]:
    """What is on the list, each with whether it is still the store's own product (R4)."""
    rows = CoveredProduct.objects.for_store(store.pk).select_related("product").order_by("item_id")[:MOST_PRODUCTS]
    found = list(rows)
    for row in found:
        row.is_own = row.product.source == ProductSource.OWN
    return found


def build_returnless_page(store: Store, enrolment: Enrolment) -> dict:
    """The context of the page."""
    budget = enrolment.budget
    return {
        "budget": budget,
        "movements": movements(store, enrolment),
        "products": covered_products(store),
        "sessions": list(LiveSession.objects.for_store(store.pk).order_by("-started_at")[:MOST_SESSIONS]),
        "entries": timeline(store.pk, enrolment.topic_id),
        "waiting": Refund.objects.for_store(store.pk)
        .filter(programme=RefundProgramme.RETURNLESS, status=RefundStatus.AWAITING_MERCHANT)[:100]
        .count(),
        "badges_url": reverse("live-badges", args=[store.code]),
    }
