"""The thread between agent and buyer on the refund's page (Q16, Q17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from refunds.messages import mark_read, post_message, written_by
from refunds.models import Message, Refund
from refunds.states import MessageSender
from refunds.why_not import why_not_write
from stores.permissions import SEND_OFFERS
from workbench.kit.decisions import Decision, DecisionForm

MOST_SHOWN = 100
NOTHING = UUID(int=0)  # before every message


class ReadForm(DecisionForm):
    """Up to which message the thread was read."""

    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)


class MessageForm(ReadForm):
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

    @property
    def newest(self) -> UUID:
        """The last message that is shown."""
        return self.messages[-1].pk if self.messages else NOTHING


def newest_messages(refund: Refund) -> QuerySet[Message]:
    """What the page shows of the thread, newest first, and one more."""
    return Message.objects.for_store(refund.store_id).filter(refund=refund).order_by("-id")[: MOST_SHOWN + 1]


def thread_of(refund: Refund, newest: Iterable[Message]) -> Thread:
    """The refund's thread, of its `newest_messages`."""
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


class ThreadDecision(Decision):
    """What is done with the thread that the page shows; what the buyer has written since stays unread."""

    is_inline, is_read_here = True, False
    heeds_news = False
    capability, anchor = SEND_OFFERS, "#thread"

    def __init__(self, shown: Thread | None = None):
        self.shown = shown

    def initial(self, refund):
        """Up to where the page shows it."""
        return {"seen": self.shown.newest} if self.shown else {}


class WriteToBuyer(ThreadDecision):
    """Add a message to the thread."""

    code, label, icon, tone = "thread", gettext_lazy("Send"), "send", ""
    done = gettext_lazy("The message is sent.")
    form, auto_id = MessageForm, "id_thread_%s"

    def refusal(self, refund, now):
        return why_not_write(written_by(refund, MessageSender.MERCHANT))

    def run(self, refund, data, *, actor, now):
        post_message(store_id=refund.store_id, refund_id=refund.pk, actor=actor, now=now, **data)


class MarkRead(ThreadDecision):
    """Say that the thread is read; reading alone changes nothing."""

    code, label = "mark-read", gettext_lazy("Mark as read")
    form, auto_id = ReadForm, "id_read_%s"

    def concerns(self, refund):
        """Only what the buyer wrote can be unread."""
        return refund.unread_by_merchant > 0

    def refusal(self, refund, now):
        """One may always read."""
        return None

    def run(self, refund, data, *, actor, now):
        mark_read(store_id=refund.store_id, refund_id=refund.pk, seen=data["seen"])
