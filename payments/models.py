"""Payments and the double-entry ledger under them."""

from functools import lru_cache
from uuid import UUID, uuid5

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from common.ids import new_id
from common.money import MoneyField
from common.tenancy import TenantModel, TenantQuerySet
from orders.models import Order

ACCOUNT_NAMESPACE = UUID("8c9f2c0e-5d0b-4c39-9a55-6a1d1f0b7a11")


class AccountKind(models.TextChoices):
    """The accounts that every store has."""

    MERCHANT_FUNDS = "merchant_funds", _("Merchant's funds")
    BUYER_PAYOUTS = "buyer_payouts", _("Paid to buyers")


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


class PaymentStatus(models.TextChoices):
    """Where a payment is."""

    PENDING = "pending", _("Pending")
    PROCESSING = "processing", _("Processing")
    SUCCEEDED = "succeeded", _("Paid")
    FAILED = "failed", _("Failed")


class Purpose(models.TextChoices):
    """What a payment is for."""

    REFUND = "refund", _("Refund")
    PARTIAL_REFUND = "partial_refund", _("Partial refund")
    RED_PACKET = "red_packet", _("Red packet")


class PaymentQuerySet(TenantQuerySet):
    """Named reads."""

    def due(self, now):
        """Payments that a worker should take up."""
        return self.filter(next_attempt_at__lte=now)

    def in_attention(self):
        """Payments that a person must look at."""
        return self.filter(needs_attention=True)


class Payment(TenantModel):
    """Money for the buyer of an order. `topic_id` is the refund that it belongs to.

    `next_attempt_at` is when a worker takes it up (again); empty when it is settled or waits for a person. The id is the
    gateway's idempotency key: however often it is sent, the gateway pays once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(
        Order, verbose_name=_("order"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    topic_id = models.UUIDField(editable=False)
    purpose = models.CharField(_("purpose"), max_length=30, choices=Purpose.choices)
    amount = MoneyField(verbose_name=_("amount"))
    buyer_id = models.CharField(_("buyer id"), max_length=64)
    status = FSMField(
        _("status"), max_length=20, choices=PaymentStatus.choices, default=PaymentStatus.PENDING, protected=True
    )
    gateway = models.CharField(_("gateway"), max_length=30)
    gateway_reference = models.CharField(_("gateway's reference"), max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)
    needs_attention = models.BooleanField(_("needs attention"), default=False)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"))
    settled_at = models.DateTimeField(_("settled"), null=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive")]
        indexes = [
            models.Index(fields=["store", "-id"], name="payment_newest"),
            models.Index(fields=["store", "status", "-id"], name="payment_by_status"),
            models.Index(fields=["store", "order"], name="payment_of_order"),
            models.Index(fields=["store", "topic_id"], name="payment_of_topic"),
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="payment_due"),
            models.Index(fields=["store", "-id"], condition=Q(needs_attention=True), name="payment_attention"),
        ]

    def __str__(self) -> str:
        return f"¥{self.amount} {self.get_status_display()}"

    @transition(field=status, source=[PaymentStatus.PENDING, PaymentStatus.PROCESSING], target=PaymentStatus.PROCESSING)
    def begin_attempt(self, *, until):
        """A worker asks the gateway; if it dies, another may take over after `until`."""
        self.attempts += 1
        self.next_attempt_at = until

    @transition(field=status, source=[PaymentStatus.PENDING, PaymentStatus.PROCESSING], target=PaymentStatus.SUCCEEDED)
    def succeed(self, *, reference: str, now):
        """The gateway has paid."""
        self.gateway_reference, self.settled_at, self.next_attempt_at = reference, now, None
        self.needs_attention, self.last_error = False, ""

    @transition(field=status, source=[PaymentStatus.PENDING, PaymentStatus.PROCESSING], target=PaymentStatus.FAILED)
    def fail(self, *, error: str, now):
        """The gateway has said no for good."""
        self.last_error, self.settled_at, self.next_attempt_at = error[:200], now, None
        self.needs_attention = False


class Phase(models.TextChoices):
    """Two phases: what is reserved is later posted or voided."""

    PENDING = "pending", _("Reserved")
    POSTED = "posted", _("Posted")
    VOIDED = "voided", _("Voided")


class Transfer(TenantModel):
    """Yuan from one account to another: one row has both sides, so the books always balance.

    A transfer leaves the pending phase once and changes in no other way; a correction is a new transfer.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="transfers")
    debit_account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    credit_account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = MoneyField(verbose_name=_("amount"))
    phase = models.CharField(_("phase"), max_length=10, choices=Phase.choices, default=Phase.PENDING)
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
            models.UniqueConstraint(
                fields=["payment"], condition=~Q(phase="voided"), name="transfer_one_live_per_payment"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="resolve_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.phase <> 'pending' OR (OLD.id, OLD.store_id, OLD.payment_id, OLD.debit_account_id, "
                    "OLD.credit_account_id, OLD.amount, OLD.created_at) IS DISTINCT FROM (NEW.id, NEW.store_id, "
                    "NEW.payment_id, NEW.debit_account_id, NEW.credit_account_id, NEW.amount, NEW.created_at)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"¥{self.amount} {self.get_phase_display()}"


class SandboxTransfer(models.Model):
    """What the sandbox gateway, an outside party, remembers: one row per key, whatever is sent twice."""

    key = models.CharField(primary_key=True, max_length=64)
    buyer_id = models.CharField(max_length=64)
    amount = MoneyField()
    outcome = models.CharField(max_length=20)
    calls = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.key} {self.outcome}"
