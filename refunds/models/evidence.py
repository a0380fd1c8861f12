"""What both sides show: photographs, films and papers about a refund."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import uploads
from common.personal import AppendOnly
from refunds.models.file import KeptFile
from refunds.models.refund import Refund
from refunds.states import CaseSide


class Evidence(KeptFile):
    """A file of one side about a refund, kept as it was shown and never changed."""

    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="evidence", db_index=False
    )
    side = models.CharField(_("side"), max_length=10, choices=CaseSide.choices)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(fields=["stored_as"], name="evidence_file_once"),
            models.CheckConstraint(condition=Q(type__in=list(uploads.SUFFIXES)), name="evidence_type_known"),
        ]
        indexes = [models.Index(fields=["store", "refund", "id"], name="evidence_of_refund")]
        triggers = [AppendOnly(name="kept", erasable=["name", "note", "sha256", "author"])]
