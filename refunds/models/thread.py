"""The thread between agent and buyer of a refund."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.ids import new_id
from common.personal import AppendOnly
from common.tenancy import TenantModel
from refunds.models.refund import Refund
from refunds.states import MessageSender


class Message(TenantModel):
    """One message of the thread between agent and buyer; kept as evidence and never changed (Q16, Q17)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="messages", db_index=False)
    sender = models.CharField(_("from"), max_length=10, choices=MessageSender.choices)
    author = models.CharField(_("author"), max_length=150, blank=True)
    text = models.CharField(_("text"), max_length=1000)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [models.Index(fields=["store", "refund", "id"], name="message_thread")]
        triggers = [AppendOnly(name="kept", erasable=["author", "text"])]

    def __str__(self) -> str:
        return f"{self.get_sender_display()}: {self.text[:50]}"
