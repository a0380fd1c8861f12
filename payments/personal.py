"""What this room's tables keep of a buyer: whom money was paid to. The ledger knows accounts, never people."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Model, QuerySet

from common.personal import Held, Holding, Whose, buyer
from payments.models import (
    Budget,
    DayAllowance,
    GatewayNotice,
    LedgerAccount,
    Payment,
    PaymentTerms,
    SandboxTransfer,
    Transfer,
)

REFERENCE = "the bank's number of the transfer, which the books are compared by"


def _keys(orders: Sequence[Model]) -> list[str]:
    payments = Payment.objects.for_store(orders[0].store_id).filter(order__in=orders)
    return [str(key) for key in payments.values_list("pk", flat=True)]


def _notices(orders: Sequence[Model], topics: Sequence[UUID]) -> QuerySet:
    return GatewayNotice.objects.filter(key__in=_keys(orders))


def _tried(orders: Sequence[Model], topics: Sequence[UUID]) -> QuerySet:
    return SandboxTransfer.objects.filter(key__in=_keys(orders))


def _nothing(value: object, row: Model, whose: Whose) -> bytes:
    return b""


HOLDINGS = (
    Holding(
        Payment,
        order="order",
        held={
            "buyer_id": Held("whom the gateway paid", buyer),
            "note": Held("what the buyer was told with the money"),
            "last_error": Held("what the gateway said"),
        },
        kept={"gateway_reference": REFERENCE},
        nobody=("gateway",),
    ),
    Holding(
        GatewayNotice,
        rows=_notices,
        held={"body": Held("the gateway's message, which may name whom it paid", _nothing)},
        kept={"reference": REFERENCE},
        nobody=("last_error", "gateway", "event_id", "key", "outcome", "error"),
    ),
    Holding(
        SandboxTransfer,
        rows=_tried,
        held={"buyer_id": Held("whom the sandbox's gateway paid", buyer)},
        nobody=("key", "outcome"),
    ),
    Holding(Budget),
    Holding(LedgerAccount),
    Holding(Transfer),
    Holding(DayAllowance),
    Holding(PaymentTerms, nobody=("gateway",)),
)
