"""Payments, the double-entry ledger under them, and what is known of the gateways.

payment and ledger (accounts, transfers) are the money; limits and budget what may be sent; gateways what they told us.
sandbox is what the sandbox gateway remembers.
"""

from payments.models.budget import Budget
from payments.models.gateways import Difference, GatewayNotice, Reconciliation
from payments.models.ledger import LedgerAccount, Transfer, account_id
from payments.models.limits import DayAllowance, PaymentTerms
from payments.models.payment import Payment
from payments.models.sandbox import SandboxTransfer

__all__ = [
    "Budget",
    "DayAllowance",
    "Difference",
    "GatewayNotice",
    "LedgerAccount",
    "Payment",
    "PaymentTerms",
    "Reconciliation",
    "SandboxTransfer",
    "Transfer",
    "account_id",
]
