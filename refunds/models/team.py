"""What the people of a store tell each other about a refund: who sees to it, and notes. Buyers read none of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.ids import new_id
from common.personal import AppendOnly
from common.tenancy import TenantModel
from refunds.models.refund import Refund


class Assignment(TenantModel):
    """Who sees to a refund. A refund without one is nobody's; whoever leaves the store has none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.CASCADE, related_name="+", db_index=False
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("assigned to"), on_delete=models.CASCADE, related_name="+"
    )
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [models.UniqueConstraint(fields=["refund"], name="assignment_once_per_refund")]
        indexes = [models.Index(fields=["store", "assignee", "refund"], name="assignment_of_person")]

    def __str__(self) -> str:
        return str(self.assignee)


class Note(TenantModel):
    """What somebody wrote about a refund for their colleagues; never shown to the buyer or the marketplace."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    author = models.CharField(_("author"), max_length=150)
    text = models.CharField(_("text"), max_length=1000)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        indexes = [models.Index(fields=["store", "refund", "-id"], name="note_of_refund")]
        triggers = [AppendOnly(name="kept", erasable=["text"])]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:50]}"


class RefundTag(TenantModel):
    """A word that the store's people put on a refund to find it again; neither buyer nor marketplace sees it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(_("tag"), max_length=20)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("tag of a refund")
        verbose_name_plural = _("tags of refunds")
        constraints = [models.UniqueConstraint(fields=["refund", "name"], name="refund_tag_once")]
        indexes = [models.Index(fields=["store", "name", "-refund"], name="refund_tag_leads_to")]

    def __str__(self) -> str:
        return self.name
