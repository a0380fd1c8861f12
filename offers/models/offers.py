"""An offer to the buyer of a refund."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.ids import new_id
from common.money import MoneyField
from common.states import StateField
from common.tenancy import TenantModel, TenantQuerySet
from offers.registry import codes_where, method_choices
from offers.states import OUT, OfferStatus
from refunds.models import Refund
from refunds.states import RefundKind, RefundReason
from stores.models import Product, ReturnAddress


class OfferQuerySet(TenantQuerySet):
    """Offers by whether they count as the merchant's attempts, and whether they wait for an answer."""

    def attempts(self):
        """What the merchant proposed and could keep, without what the platform did (Q8, K1)."""
        return self.exclude(method__in=codes_where(lambda method: method.by_platform)).exclude(has_lapsed=True)

    def pending(self):
        """Offers that the buyer may still answer."""
        return self.filter(status=OfferStatus.PENDING)

    def out(self):
        """Those, and what a buyer said yes to and the marketplace hasn't confirmed."""
        return self.filter(status__in=OUT)


class Offer(TenantModel):
    """A proposal and what became of it. `amount` is in yuan; which fields are set depends on the method.

    `once_as` is the method's word for offers that are possible once a refund, whatever came of them (Q9, T4).

    One of more money than its refund holds `is_in_doubt` when others hold more of the order, until it is looked at.
    One that can't be kept any more has lapsed: it is withdrawn, and counts neither as an attempt nor as that once (Q8).

    Who sent it on which of the store's days, about what request, and what the promised goods were worth stay as they
    were then: figures rest on them (Q18). See `offers.sending`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="+", db_index=False)
    method = models.CharField(_("method"), max_length=30, choices=method_choices)
    status = StateField(_("status"), max_length=20, choices=OfferStatus.choices, default=OfferStatus.PENDING)
    message = models.CharField(_("message to the buyer"), max_length=1000, blank=True)
    amount = MoneyField(verbose_name=_("amount"), null=True)
    return_address = models.ForeignKey(
        ReturnAddress, verbose_name=_("return address"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    product = models.ForeignKey(
        Product, verbose_name=_("product"), on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    agreed_with_buyer = models.BooleanField(_("agreed with the buyer beforehand"), default=False)
    due_at = models.DateTimeField(_("expires"))
    created_at = models.DateTimeField(_("sent"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    once_as = models.CharField(max_length=30, blank=True, default="", db_default="", editable=False)
    is_counted = models.BooleanField(default=False, editable=False)
    sent_by = models.CharField(_("sent by"), max_length=64, editable=False)
    sent_by_kind = models.CharField(max_length=20, editable=False)
    sent_by_label = models.CharField(_("sent by"), max_length=150, blank=True, editable=False)
    sent_on = models.DateField(editable=False)
    reason = models.CharField(_("reason"), max_length=30, choices=RefundReason.choices, editable=False)
    asked_kind = models.CharField(max_length=20, choices=RefundKind.choices, editable=False)
    asked_amount = MoneyField(editable=False)
    product_price = MoneyField(null=True, editable=False)
    has_lapsed = models.BooleanField(_("couldn't be kept"), default=False, db_default=False, editable=False)
    is_in_doubt = models.BooleanField(default=False, db_default=False, editable=False)
    is_rolled = models.BooleanField(default=False, db_default=False, editable=False)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.UniqueConstraint(fields=["refund"], condition=Q(status__in=OUT), name="offer_one_out_per_refund"),
            models.UniqueConstraint(
                fields=["refund", "once_as"], condition=~Q(once_as=""), name="offer_once_per_refund"
            ),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="offer_amount_positive"),
        ]
        indexes = [
            models.Index(fields=["store", "-id"], name="offer_newest"),
            models.Index(fields=["store", "status", "method", "-id"], name="offer_by_status_method"),
            models.Index(fields=["store", "refund"], name="offer_of_refund"),
            models.Index(fields=["due_at"], condition=Q(status__in=OUT), name="offer_to_end"),
            models.Index(fields=["store", "status", "refund"], condition=Q(status__in=OUT), name="offer_out"),
            models.Index(
                fields=["id"], condition=Q(status=OfferStatus.PENDING, is_in_doubt=True), name="offer_in_doubt"
            ),
            models.Index(
                fields=["id"],
                condition=Q(is_counted=False, status__in=["accepted", "declined", "expired"]),
                name="offer_to_count",
            ),
            models.Index(
                fields=["store", "status", "sent_on"],
                include=["method", "reason", "sent_by", "sent_by_label"],
                condition=Q(is_rolled=False),
                name="offer_unrolled",
            ),
            models.Index(fields=["store", "sent_on"], name="offer_by_day"),
            models.Index(fields=["id"], condition=Q(is_rolled=False) & ~Q(status="pending"), name="offer_to_roll"),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} ({self.get_status_display()})"

    def is_pending(self, now) -> bool:
        """Whether the buyer may still answer it at this instant."""
        return self.status == OfferStatus.PENDING and now < self.due_at

    @property
    def public_status(self) -> str:
        """What clients know: whether a yes has come true yet is between the desk and the marketplace."""
        return OfferStatus.ACCEPTED if self.status == OfferStatus.ACCEPTED_WAITING else self.status

    @transition(field=status, source=OfferStatus.PENDING, target=OfferStatus.ACCEPTED)
    def accept(self, *, now):
        """The buyer says yes."""
        self.answered_at = now

    @transition(field=status, source=OfferStatus.PENDING, target=OfferStatus.ACCEPTED_WAITING)
    def accept_there(self, *, due_at, now):
        """The buyer says yes about a refund that is followed: it comes true once the marketplace says so."""
        self.answered_at, self.due_at = now, due_at

    @transition(field=status, source=OfferStatus.ACCEPTED_WAITING, target=OfferStatus.ACCEPTED)
    def come_true(self):
        """The marketplace says what the buyer had agreed to do."""

    @transition(field=status, source=OfferStatus.PENDING, target=OfferStatus.DECLINED)
    def decline(self, *, now):
        """The buyer says no."""
        self.answered_at = now

    @transition(field=status, source=list(OUT), target=OfferStatus.EXPIRED)
    def expire(self):
        """The buyer stayed silent, or didn't do at the marketplace what was agreed."""

    @transition(field=status, source=[*OUT, OfferStatus.ACCEPTED], target=OfferStatus.WITHDRAWN)
    def lapse(self):
        """What was promised can't be kept: the offer is as if it had not been made."""
        self.has_lapsed, self.once_as = True, ""  # the index counts it no longer either

    @transition(field=status, source=list(OUT), target=OfferStatus.WITHDRAWN)
    def withdraw(self):
        """The refund was decided in another way."""
