"""Taking back at the desk that refunds were given to somebody: the banner's button (docs/adr/0078)."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy, ngettext

from common.models import Event
from refunds.models import Refund
from refunds.team.undoing import UNDONE_WITHIN, take_back_assignment, undoable_acts
from stores.permissions import DECIDE_REFUNDS, actor_of, require
from workbench.kit.changelist import next_page
from workbench.kit.decisions import Decision, take
from workbench.kit.undo import COOKIE, numbers_in, offer_undo
from workbench.refunds.team import assign_ticked, name_left_out

ACTS = "acts"


class TakeBack(Decision):
    """Give a refund back to whoever had it."""

    code, label, icon, tone = "take-back", gettext_lazy("Undo"), "undo", ""
    capability, heeds_news = DECIDE_REFUNDS, False

    def __init__(self, event_id: int):
        self.event_id = event_id

    def refusal(self, refund, now):
        """That is known once the refund is locked."""
        return None

    def run(self, refund, data, *, actor, now):
        about = {"store_id": refund.store_id, "refund_id": refund.pk, "event_id": self.event_id}
        take_back_assignment(**about, actor=actor, now=now)


def offer_to_take_back(request: HttpRequest, response: HttpResponse, refunds: Sequence[Refund]) -> None:
    """Have the next page offer to undo what this request has said about who sees to the refunds."""
    stores, ids = {refund.store_id for refund in refunds}, [refund.pk for refund in refunds]
    events = Event.objects.filter(store_id__in=stores, topic_id__in=ids, at=request.now)
    actor = actor_of(request.user)
    newest = events.filter(actor_kind=actor.kind, actor_id=actor.id).order_by().values_list("id", flat=True)
    offer_undo(request, response, list(newest), within=UNDONE_WITHIN)


def take_back_view(request: HttpRequest) -> HttpResponseRedirect:
    """Undo the assignments that the banner names, each in a transaction of its own; those left out are named.

    Http404 where none of them is the user's own.
    """
    numbers = numbers_in(request.POST.get(ACTS, ""))
    acts = undoable_acts(actor_of(request.user), *numbers) if len(numbers) == 2 else []
    if not acts:
        raise Http404
    ids = {event.topic_id: event.id for event in acts}
    done, left_out = 0, []
    for refund in Refund.objects.in_scope().select_related("order", "store").filter(pk__in=ids).order_by("id"):
        require(request.user, DECIDE_REFUNDS, refund.store_id)
        decision = TakeBack(ids[refund.pk])
        form = decision.make_form(refund, request.now, {})
        if form.is_valid() and take(request, decision, refund, form) is not None:
            done += 1
        else:
            why = " ".join(text for texts in form.errors.values() for text in texts)
            left_out.append(f"{refund.order.number}: {why}")
    if done:
        text = ngettext("Undone for %(count)d refund.", "Undone for %(count)d refunds.", done)
        messages.success(request, text % {"count": done})
    name_left_out(request, left_out)
    response = HttpResponseRedirect(next_page(request))
    response.delete_cookie(COOKIE, path="/admin/")
    return response


def assign_ticked_view(request: HttpRequest) -> HttpResponseRedirect:
    """Give the ticked refunds to somebody, and offer to undo it."""
    refunds = assign_ticked(request)
    response = HttpResponseRedirect(next_page(request))
    offer_to_take_back(request, response, refunds)
    return response


class TakingBackMixin:
    """An admin of refunds whose assignments can be undone for a moment."""

    def after(self, request, row, decision, form, answer) -> HttpResponse:
        """With the offer to undo what was said about who sees to the refund."""
        response = super().after(request, row, decision, form, answer)
        if decision.may_be_undone:
            offer_to_take_back(request, response, [row])
        return response
