"""Parcels at the warehouse that no refund announced, with the photographs of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common import uploads
from common.ids import new_id
from common.search import folded_column, starts_of
from common.states import StateField
from common.tenancy import TenantModel, TenantQuerySet
from refunds.models.file import KeptFile
from refunds.models.refund import Refund
from refunds.states import UnclaimedStatus

LONGEST_GOODS, LONGEST_REASON = 64, 200


class UnclaimedQuerySet(TenantQuerySet):
    """Unclaimed parcels by what still has to be done about them."""

    def waiting(self):
        """Those that nobody has matched, sent back or written off."""
        return self.filter(status=UnclaimedStatus.WAITING)

    def overdue(self):
        """Those of them whose deadline has passed, as a sweep has noted."""
        return self.waiting().filter(overdue_at__isnull=False)


class UnclaimedParcel(TenantModel):
    """A parcel that was scanned at the station and announced by nobody (P1).

    `phone_end` are the last four digits of the sender's phone, `goods` an item id or SKU, as far as somebody could read
    them. Where `has_number` is False, nobody could read one: `tracking_number` is the store's own, which was written on
    the parcel. Somebody has to find out whose it is until `due_at`; `overdue_at` is when a sweep noted that nobody had.
    `refund` is the one that it turned out to belong to.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tracking_number = models.CharField(_("tracking number"), max_length=64)
    tracking_folded = folded_column("tracking_number")
    has_number = models.BooleanField(default=True, db_default=True, editable=False)
    carrier = models.CharField(_("carrier"), max_length=50, blank=True)
    phone_end = models.CharField(_("last four of the sender's phone"), max_length=4, blank=True)
    goods = models.CharField(_("item or SKU"), max_length=LONGEST_GOODS, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    status = StateField(_("status"), max_length=20, choices=UnclaimedStatus.choices, default=UnclaimedStatus.WAITING)
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON, blank=True)
    recorded_by = models.CharField(_("recorded by"), max_length=150)
    recorded_at = models.DateTimeField(_("recorded"))
    due_at = models.DateTimeField(_("deadline"))
    overdue_at = models.DateTimeField(_("overdue since"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = UnclaimedQuerySet.as_manager()

    class Meta:
        verbose_name = _("unclaimed parcel")
        verbose_name_plural = _("unclaimed parcels")
        constraints = [
            models.UniqueConstraint(
                fields=["store", "tracking_folded"], condition=Q(status="waiting"), name="unclaimed_parcel_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(status="matched", refund__isnull=False) | ~Q(status="matched") & Q(refund__isnull=True),
                name="unclaimed_parcel_matched_with_refund",
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", ended_at__isnull=True) | ~Q(status="waiting") & Q(ended_at__isnull=False),
                name="unclaimed_parcel_ended_with_status",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "matched"]) | ~Q(reason=""), name="unclaimed_parcel_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "status", "-id"], name="unclaimed_by_status"),
            models.Index(fields=["store", "-id"], name="unclaimed_newest"),
            models.Index(fields=["store", "refund"], condition=Q(refund__isnull=False), name="unclaimed_of_refund"),
            starts_of("tracking_folded", "unclaimed_tracking_start"),
            models.Index(fields=["id"], condition=Q(status="waiting"), name="unclaimed_waiting"),
            models.Index(
                fields=["due_at"], condition=Q(status="waiting", overdue_at__isnull=True), name="unclaimed_due"
            ),
            models.Index(
                fields=["overdue_at"],
                condition=Q(status="waiting", overdue_at__isnull=False),
                name="unclaimed_attention",
            ),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="unclaimed_ended"),
        ]

    def __str__(self) -> str:
        return self.tracking_number

    def _end(self, now) -> None:
        self.ended_at = now

    @transition(field=status, source=UnclaimedStatus.WAITING, target=UnclaimedStatus.MATCHED)
    def match(self, *, refund: Refund, now):
        """It is known whose it is."""
        self.refund = refund
        self._end(now)

    @transition(field=status, source=UnclaimedStatus.WAITING, target=UnclaimedStatus.SENT_BACK)
    def send_back(self, *, reason: str, now):
        """It goes back to whoever sent it."""
        self.reason = reason
        self._end(now)

    @transition(field=status, source=UnclaimedStatus.WAITING, target=UnclaimedStatus.WRITTEN_OFF)
    def write_off(self, *, reason: str, now):
        """Nobody will be asked about it any more."""
        self.reason = reason
        self._end(now)


class ParcelPhoto(KeptFile):
    """A photograph of an unclaimed parcel. Once it is known whose that is, it becomes evidence of the refund."""

    parcel = models.ForeignKey(
        UnclaimedParcel, verbose_name=_("parcel"), on_delete=models.CASCADE, related_name="photos", db_index=False
    )

    class Meta:
        verbose_name = _("photograph of a parcel")
        verbose_name_plural = _("photographs of parcels")
        constraints = [
            models.UniqueConstraint(fields=["store", "stored_as"], name="parcel_photo_file_once"),
            models.CheckConstraint(condition=Q(type__in=list(uploads.SUFFIXES)), name="parcel_photo_type_known"),
        ]
        indexes = [models.Index(fields=["store", "parcel", "id"], name="parcel_photo_of_parcel")]
