"""Payments and the double-entry ledger under them."""

from payments.models.budget import Budget
from payments.models.ledger import AccountKind, LedgerAccount, Phase, Transfer, TransferPurpose, account_id
from payments.models.payment import Payment, PaymentStatus, Purpose
from payments.models.sandbox import SandboxTransfer

__all__ = [
    "AccountKind",
    "Budget",
    "LedgerAccount",
    "Payment",
    "PaymentStatus",
    "Phase",
    "Purpose",
    "SandboxTransfer",
    "Transfer",
    "TransferPurpose",
    "account_id",
]
