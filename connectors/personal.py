"""What this room's tables keep of a buyer: what marketplaces told of refunds, and what was sent there."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from common.personal import Held, Holding, Whose, marked, under
from connectors.models import Connection, MirroredRefund, PlatformTask, RefundHint, SentDecision
from orders.personal import NUMBER


def erased_copy(copy: dict[str, Any], pseudonym: str) -> dict[str, Any]:
    """A copy (connectors.copies) without its buyer: who asked, what they wrote, and what was read besides."""
    if not copy:
        return copy
    order = {
        **copy["order"],
        "buyer_id": pseudonym if copy["order"]["buyer_id"] else "",
        "buyer_name": marked(copy["order"]["buyer_name"]),
    }
    return {**copy, "order": order, "description": marked(copy["description"]), "raw": {}}


def _copy(value: dict, row: Model, whose: Whose) -> dict:
    return erased_copy(value, whose.pseudonym)


def _mirrored(orders: Sequence[Model], topics: Sequence[UUID]) -> QuerySet:
    """Copies whose refund is about one of them, or that nobody could take over."""
    copies = MirroredRefund.objects.for_store(orders[0].store_id)
    numbers = [order.number for order in orders]
    return copies.filter(Q(refund__order__in=orders) | Q(refund=None, order_number__in=numbers))


HOLDINGS = (
    Holding(
        MirroredRefund,
        rows=_mirrored,
        held={
            "copy": Held("the refund as the marketplace told it: who asked, and what they wrote", _copy),
            "problem": Held("why it could not be taken over"),
        },
        kept={
            "order_number": NUMBER,
            "platform_id": "the marketplace's number, by which a later copy is known",
            "digest": "the print of the copy, by which the same copy is known and not taken again",
        },
        nobody=("stage", "raw_status", "reasons"),
    ),
    Holding(
        SentDecision,
        order="refund__order",
        held={
            "data": Held("what was written to the marketplace", under("text", "evidence")),
            "seen": Held("the copy that was decided on", _copy),
            "told": Held("what the marketplace answered"),
            "last_error": Held("what the marketplace answered before"),
        },
        nobody=("platform_id", "verb", "actor", "code"),
    ),
    Holding(
        PlatformTask,
        order="refund__order",
        held={"text": Held("what a person is to do there")},
        nobody=("verb", "stage"),
    ),
    Holding(
        RefundHint,
        kept={"order_number": NUMBER, "key": "a repeated message is known by it", "platform_id": "as with copies"},
        nobody=("last_error",),
    ),
    Holding(
        Connection,
        nobody=(
            *("last_error", "platform", "app_key", "base_url", "sealed_secrets", "sealed_tokens", "push_token"),
            *("token_mark", "shop_id", "shop_name", "fault", "told", "link_nonce"),
        ),
    ),
)
