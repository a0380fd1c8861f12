"""Payments, the double-entry ledger under them, and what is known of the gateways."""

from payments.models.budget import Budget
from payments.models.gateways import Difference, DifferenceKind, GatewayNotice, NoticeResult, Reconciliation
from payments.models.ledger import AccountKind, LedgerAccount, Phase, Transfer, TransferPurpose, account_id
from payments.models.limits import DayAllowance, PaymentTerms
from payments.models.payment import SMALL_PURPOSES, Payment, PaymentStatus, Purpose
from payments.models.sandbox import SandboxTransfer

__all__ = [
    "SMALL_PURPOSES",
    "AccountKind",
    "Budget",
    "DayAllowance",
    "Difference",
    "DifferenceKind",
    "GatewayNotice",
    "LedgerAccount",
    "NoticeResult",
    "Payment",
    "PaymentStatus",
    "PaymentTerms",
    "Phase",
    "Purpose",
    "Reconciliation",
    "SandboxTransfer",
    "Transfer",
    "TransferPurpose",
    "account_id",
]
