"""Bookings without a payment: yuan that move between a store's own accounts at once."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from common.writes import WriteSet
from payments.models import Transfer, account_id
from payments.states import TransferPhase


def post_transfer(
    writes: WriteSet,
    *,
    store_id: int,
    debit: str,
    credit: str,
    amount: Decimal,
    purpose: str,
    topic_id: UUID,
    now: datetime,
) -> Transfer:
    """Book `amount` (yuan) from the store's account `debit` to `credit` (kinds), posted at once.

    The caller's `writes` write it.
    """
    transfer = Transfer(
        store_id=store_id,
        debit_account_id=account_id(store_id, debit),
        credit_account_id=account_id(store_id, credit),
        amount=amount,
        purpose=purpose,
        topic_id=topic_id,
        phase=TransferPhase.POSTED,
        created_at=now,
        resolved_at=now,
    )
    writes.insert(transfer)
    return transfer
