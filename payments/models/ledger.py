"""The double-entry ledger: accounts, and transfers between them."""

from functools import lru_cache
from uuid import UUID, uuid5

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import new_id
from common.money import MoneyField, yuan
from common.tenancy import TenantModel
from payments.models.payment import Payment
from payments.states import OF_PAYMENT, AccountKind, TransferPhase, TransferPurpose

ACCOUNT_NAMESPACE = UUID("8c9f2c0e-5d0b-4c39-9a55-6a1d1f0b7a11")


class LedgerAccount(TenantModel):
    """One side of a transfer. Its id follows from store and kind, so that booking needs no look-up."""

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(_("kind"), max_length=30, choices=AccountKind.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "kind"], name="ledger_account_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


@lru_cache(maxsize=10_000)
def account_id(store_id: int, kind: str) -> UUID:
    """The id of a store's account."""
    return uuid5(ACCOUNT_NAMESPACE, f"{store_id}:{kind}")


class Transfer(TenantModel):
    """Yuan from one account to another: one row has both sides, so the books always balance.

    `topic_id` is what it is about: the refund, else the order, else the store's enrolment or the like. A transfer
    leaves the pending phase once and changes in no other way; a correction is a new transfer.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="transfers", null=True)
    purpose = models.CharField(_("purpose"), max_length=30, choices=TransferPurpose.choices)
    topic_id = models.UUIDField(editable=False)
    debit_account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    credit_account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = MoneyField(verbose_name=_("amount"))
    phase = models.CharField(_("phase"), max_length=10, choices=TransferPhase.choices, default=TransferPhase.PENDING)
    created_at = models.DateTimeField(_("created"))
    resolved_at = models.DateTimeField(_("resolved"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(condition=~Q(debit_account=F("credit_account")), name="transfer_two_accounts"),
            models.CheckConstraint(
                condition=Q(phase="pending", resolved_at__isnull=True)
                | Q(phase__in=["posted", "voided"], resolved_at__isnull=False),
                name="transfer_resolved_with_phase",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=OF_PAYMENT, payment__isnull=False)
                | ~Q(purpose__in=OF_PAYMENT) & Q(payment__isnull=True),
                name="transfer_payout_has_payment",
            ),
            models.UniqueConstraint(
                fields=["payment", "purpose"], condition=~Q(phase="voided"), name="transfer_one_live_per_payment"
            ),
        ]
        indexes = [models.Index(fields=["store", "topic_id"], name="transfer_of_topic")]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="resolve_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.phase <> 'pending' OR (OLD.id, OLD.store_id, OLD.payment_id, OLD.debit_account_id, "
                    "OLD.credit_account_id, OLD.amount, OLD.created_at, OLD.purpose, OLD.topic_id) IS DISTINCT FROM "
                    "(NEW.id, NEW.store_id, NEW.payment_id, NEW.debit_account_id, NEW.credit_account_id, NEW.amount, "
                    "NEW.created_at, NEW.purpose, NEW.topic_id)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{yuan(self.amount)} {self.get_phase_display()}"
