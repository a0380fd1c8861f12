"""A payment to a buyer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.changed import Traced
from common.ids import new_id
from common.money import MoneyField, yuan
from common.obligations import Obligation, ObligationQuerySet
from common.states import StateField
from common.tenancy import TenantModel, TenantQuerySet
from orders.models import Order
from payments.purposes import purpose_choices
from payments.states import SMALL_PURPOSES, PaymentConflict, PaymentStatus


class PaymentQuerySet(ObligationQuerySet, TenantQuerySet):
    """Payments by whether they are small, and whether they wait for a person."""

    def small(self):
        """Small payments: they stand beside refunds and have limits of their own (K8–K11)."""
        return self.filter(allowance_date__isnull=False)

    def not_small(self):
        """Payments that a refund or an offer waits for."""
        return self.filter(allowance_date__isnull=True)

    def in_attention(self):
        """Payments that a person must look at."""
        return self.filter(Q(needs_attention=True) | ~Q(conflict=""))

    def in_conflict(self):
        """Payments about which a gateway contradicts our books, until a person has settled it."""
        return self.exclude(conflict="")


class Payment(Obligation, Traced, TenantModel):
    """Money for the buyer of an order. `topic_id` is the refund that it belongs to, or else the order.

    It is a worker's obligation until it is settled. The id is the gateway's idempotency key: however often it is
    sent, the gateway pays once. `gateway` is chosen when a worker takes it up for the first time. A small payment
    has an `allowance_date`: the store's day on whose allowance it counts (K10). One that was paid and came back is
    failed, with `reversed_at`. A gateway's later word that contradicts our books is a `conflict`: nothing more is
    paid about its topic until a person has settled it (payments.conflicts). Failed money that nobody tries to pay any
    more is `given_up_at`; what the buyer has of it and nobody expects back any more is `written_off_at`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(
        Order, verbose_name=_("order"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    topic_id = models.UUIDField(editable=False)
    purpose = models.CharField(_("purpose"), max_length=30, choices=purpose_choices)
    amount = MoneyField(verbose_name=_("amount"))
    buyer_id = models.CharField(_("buyer id"), max_length=64)
    status = StateField(_("status"), max_length=20, choices=PaymentStatus.choices, default=PaymentStatus.PENDING)
    note = models.CharField(_("note"), max_length=200, blank=True)
    allowance_date = models.DateField(_("counts on"), null=True)
    gateway = models.CharField(_("gateway"), max_length=30, blank=True)
    gateway_reference = models.CharField(_("gateway's reference"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    reversed_at = models.DateTimeField(_("came back"), null=True)
    given_up_at = models.DateTimeField(_("given up"), null=True)
    written_off_at = models.DateTimeField(_("written off"), null=True)
    conflict = models.CharField(
        _("conflict"), max_length=20, choices=PaymentConflict.choices, blank=True, default="", db_default=""
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(purpose__in=SMALL_PURPOSES, allowance_date__isnull=False)
                | ~Q(purpose__in=SMALL_PURPOSES) & Q(allowance_date__isnull=True),
                name="payment_small_has_day",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True) | Q(status="failed"), name="payment_reversed_is_failed"
            ),
            models.CheckConstraint(
                condition=Q(given_up_at__isnull=True) | Q(status="failed"), name="payment_given_up_is_failed"
            ),
            models.CheckConstraint(
                condition=Q(written_off_at__isnull=True) | Q(status="failed"), name="payment_written_off_is_failed"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "updated_at"], name="payment_changed"),
            models.Index(fields=["store", "-id"], name="payment_newest"),
            models.Index(fields=["store", "status", "-id"], name="payment_by_status"),
            models.Index(fields=["store", "purpose", "-id"], name="payment_by_purpose"),
            models.Index(fields=["store", "order"], name="payment_of_order"),
            models.Index(fields=["store", "topic_id"], name="payment_of_topic"),
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="payment_due"),
            models.Index(
                fields=["store", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="payment_due_by_store",
            ),
            models.Index(fields=["store", "-id"], condition=Q(needs_attention=True), name="payment_attention"),
            models.Index(fields=["store", "order"], condition=~Q(conflict=""), name="payment_in_conflict"),
            models.Index(
                fields=["store", "allowance_date", "id"],
                condition=Q(allowance_date__isnull=False),
                name="payment_of_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{yuan(self.amount)} {self.get_status_display()}"

    @transition(field=status, source=[PaymentStatus.PENDING, PaymentStatus.PROCESSING], target=PaymentStatus.PROCESSING)
    def process(self):
        """A worker asks the gateway: from now on it may have been paid."""

    @transition(field=status, source=[PaymentStatus.PENDING, PaymentStatus.PROCESSING], target=PaymentStatus.SUCCEEDED)
    def succeed(self, *, reference: str, now):
        """The gateway has paid."""
        self.gateway_reference, self.settled_at = reference, now
        self.plan(None)

    @transition(field=status, source=[PaymentStatus.PENDING, PaymentStatus.PROCESSING], target=PaymentStatus.FAILED)
    def fail(self, *, error: str, now):
        """The gateway has said no for good."""
        self.settled_at = now
        self.plan(None)
        self.last_error = error[:200]

    @transition(field=status, source=PaymentStatus.SUCCEEDED, target=PaymentStatus.FAILED)
    def come_back(self, *, error: str, now):
        """The gateway gave the money back after it had paid."""
        self.last_error, self.reversed_at = error[:200], now

    @transition(field=status, source=PaymentStatus.FAILED, target=PaymentStatus.SUCCEEDED)
    def book_late(self, *, now):
        """The gateway had paid what had failed here, and a person has found that the gateway is right."""
        self.settled_at, self.conflict, self.last_error = now, "", ""

    def give_up(self, *, now):
        """It has failed, and nobody tries to pay it any more."""
        self.given_up_at = now

    def came_back_unbooked(self, *, error: str, now):
        """The gateway had paid what had failed here, and it came back before anybody had booked it: it stays failed."""
        self.settled_at = self.reversed_at = now
        self.last_error, self.conflict = error[:200], ""

    def write_off(self, *, now):
        """The buyer has it, and nobody expects it back."""
        self.written_off_at, self.conflict = now, ""

    @property
    def is_known_as_paid(self) -> bool:
        """Whether our books say that the gateway paid it, whatever became of the money since."""
        return self.status == PaymentStatus.SUCCEEDED or self.reversed_at is not None or self.written_off_at is not None

    @property
    def is_small(self) -> bool:
        """Whether this is a small payment."""
        return self.allowance_date is not None

    @property
    def is_freed(self) -> bool:
        """Whether it was given up, and holds nothing of its order: another refund may be about the same goods."""
        return self.given_up_at is not None and not self.is_small
