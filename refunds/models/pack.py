"""The evidence pack: everything about a dispute as one file, made by a worker and kept for a while (Q17)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.ids import new_id
from common.obligations import Obligation, ObligationQuerySet
from common.states import StateField
from common.tenancy import TenantModel, TenantQuerySet
from refunds.models.disputes import Dispute
from refunds.states import PackStatus


class PackQuerySet(ObligationQuerySet, TenantQuerySet):
    """Packs by store, and by whether a worker has to make them."""


class EvidencePack(Obligation, TenantModel):
    """A dispute's pack in one language; asking again makes this one anew.

    While it is being made it is a worker's obligation; `size` counts the bytes of the finished file.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dispute = models.ForeignKey(
        Dispute, verbose_name=_("dispute"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    language = models.CharField(_("language"), max_length=10)
    status = StateField(_("status"), max_length=20, choices=PackStatus.choices, default=PackStatus.MAKING)
    asked_at = models.DateTimeField(_("asked for"))
    made_at = models.DateTimeField(_("made"), null=True)
    size = models.PositiveIntegerField(_("size"), null=True)

    objects = PackQuerySet.as_manager()

    WORK_FIELDS = (*Obligation.WORK_FIELDS, "status", "made_at", "size")

    class Meta:
        verbose_name = _("evidence pack")
        verbose_name_plural = _("evidence packs")
        constraints = [
            models.UniqueConstraint(fields=["dispute", "language"], name="evidence_pack_once_per_language"),
            models.CheckConstraint(
                condition=Q(status="made", made_at__isnull=False, size__isnull=False)
                | ~Q(status="made") & Q(made_at__isnull=True, size__isnull=True),
                name="evidence_pack_made_with_file",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="evidence_pack_due"
            ),
            models.Index(fields=["asked_at"], condition=~Q(status="making"), name="evidence_pack_left"),
            models.Index(fields=["store"], condition=Q(status="making"), name="evidence_pack_making"),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} ({self.language})"

    @property
    def stored_as(self) -> str:
        """The file's name in the storage, known before it is written: what a dead worker left is written over."""
        return f"packs/{self.store_id}/{self.pk.hex}.pdf"

    @transition(field=status, source=[PackStatus.MADE, PackStatus.FAILED], target=PackStatus.MAKING)
    def begin_anew(self, *, now):
        """Somebody wants it as things are by now."""
        self.asked_at, self.made_at, self.size = now, None, None

    @transition(field=status, source=PackStatus.MAKING, target=PackStatus.MADE)
    def finish(self, *, size: int, now):
        """The file lies in the storage."""
        self.made_at, self.size = now, size

    @transition(field=status, source=PackStatus.MAKING, target=PackStatus.FAILED)
    def fail(self):
        """It broke off again and again."""

    def call_person(self):
        """Nothing is lost: whoever wants it asks anew."""
        super().call_person()
        self.fail()
