"""The thread between agent and buyer on the refund's page (Q16, Q17)."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy

from refunds.messages import mark_read, post_message
from refunds.models import Message, Refund
from refunds.states import MessageSender
from stores.permissions import SEND_OFFERS
from workbench.kit.decisions import Decision, DecisionForm

MOST_SHOWN = 100


class MessageForm(DecisionForm):
    """What the agent writes."""

    text = forms.CharField(
        label=gettext_lazy("Write to the buyer"),
        max_length=Message._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 2, "data-count": Message._meta.get_field("text").max_length}),
    )


@dataclass(frozen=True)
class Thread:
    """The newest messages, oldest first. `more` says that older ones are left out."""

    messages: list[Message]
    more: bool
    unread: int


def thread_of(refund: Refund) -> Thread:
    """The refund's thread."""
    newest = Message.objects.for_store(refund.store_id).filter(refund=refund).order_by("-id")[: MOST_SHOWN + 1]
    rows = list(newest)
    unread = refund.unread_by_merchant
    for row in rows:
        row.is_unread = row.sender == MessageSender.BUYER and unread > 0
        unread -= row.is_unread
    return Thread(
        messages=rows[:MOST_SHOWN][::-1],
        more=len(rows) > MOST_SHOWN,
        unread=refund.unread_by_merchant,
    )


class WriteToBuyer(Decision):
    """Add a message to the thread."""

    code, label, icon, tone = "thread", gettext_lazy("Send"), "send", ""
    done = gettext_lazy("The message is sent.")
    capability, anchor = SEND_OFFERS, "#thread"
    form, auto_id = MessageForm, "id_thread_%s"
    is_inline = True

    def refusal(self, refund, now):
        """One may always write."""
        return None

    def run(self, refund, data, *, actor, now):
        post_message(store_id=refund.store_id, refund_id=refund.pk, text=data["text"], actor=actor, now=now)


class MarkRead(Decision):
    """Say that the thread is read; reading alone changes nothing."""

    code, label = "mark-read", gettext_lazy("Mark as read")
    capability, anchor = SEND_OFFERS, "#thread"
    is_inline = True

    def concerns(self, refund):
        """Only what the buyer wrote can be unread."""
        return refund.unread_by_merchant > 0

    def refusal(self, refund, now):
        """One may always read."""
        return None

    def run(self, refund, data, *, actor, now):
        mark_read(store_id=refund.store_id, refund_id=refund.pk)
