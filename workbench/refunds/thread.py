"""The thread between agent and buyer on the refund's page (Q16, Q17)."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from refunds.messages import mark_read, post_message
from refunds.models import Message, Refund
from refunds.states import MessageSender
from stores.models import User
from stores.permissions import SEND_OFFERS, can, require
from workbench.kit.base import attempt, by, show_refusal
from workbench.kit.forms import DeskForm, posted
from workbench.kit.frame import back_to, in_store_time

MOST_SHOWN = 100


class MessageForm(DeskForm):
    """What the agent writes."""

    text = forms.CharField(
        label=gettext_lazy("Write to the buyer"),
        max_length=Message._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 2, "data-count": Message._meta.get_field("text").max_length}),
    )


@dataclass(frozen=True)
class Thread:
    """The newest messages, oldest first. `more` says that older ones are left out; without `form` one may only read."""

    messages: list[Message]
    more: bool
    unread: int
    form: MessageForm | None


def thread_of(refund: Refund, user: User) -> Thread:
    """The refund's thread as this user sees it."""
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
        form=MessageForm(auto_id="id_thread_%s") if can(user, SEND_OFFERS, refund.store_id) else None,
    )


class ThreadMixin:
    """The view that the thread's two buttons post to; reading alone changes nothing."""

    @in_store_time
    def thread_view(self, request, refund):
        """Write to the buyer, or mark the thread as read."""
        require(request.user, SEND_OFFERS, refund.store_id)
        if request.POST.get("do") == "read":
            mark_read(store_id=refund.store_id, refund_id=refund.pk)
            return back_to(refund, "#thread")
        form = MessageForm(posted(request))
        if not form.is_valid():
            messages.error(request, " ".join(form.errors["text"]))
            return back_to(refund, "#thread")
        refusal = attempt(
            lambda: post_message(
                store_id=refund.store_id,
                refund_id=refund.pk,
                text=form.cleaned_data["text"],
                **by(request),
            )
        )
        if refusal is None:
            messages.success(request, _("The message is sent."))
        else:
            show_refusal(request, refusal)
        return back_to(refund, "#thread")
