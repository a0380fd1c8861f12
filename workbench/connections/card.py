"""What was decided about a refund of a connected shop and sent there: how it stands, in plain words, on its page."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from connectors.models import Connection, MirroredRefund, PlatformTask, SentDecision
from connectors.outcomes import ASKED_ANEW
from connectors.states import SendingStatus
from refunds.models import Refund
from refunds.states import MarketplaceVerb

SENDING_TONES = {
    SendingStatus.WAITING: "blue",
    SendingStatus.SENT: "blue",
    SendingStatus.CODE_WANTED: "amber",
    SendingStatus.BY_HAND: "amber",
    SendingStatus.CONFIRMED: "green",
    SendingStatus.MOVED_ON: "red",
    SendingStatus.REFUSED: "red",
}
MOST_SENT = 5


def sent_card(refund: Refund) -> list[dict]:
    """The newest decisions that were sent about a refund, open tasks of no decision, and the copy that needs a look."""
    if not refund.is_followed:
        return []
    mine = {"store_id": refund.store_id, "refund": refund}
    sent = SentDecision.objects.filter(**mine).order_by("-id")[:MOST_SENT]
    tasks = {task.decision_id: task for task in PlatformTask.objects.filter(**mine, closed_at=None).order_by("-id")}
    looks = MirroredRefund.objects.filter(**mine, needs_look=True)
    told = [_of_decision(decision, tasks.pop(decision.pk, None)) for decision in sent]
    return [*told, *map(_of_task, tasks.values()), *map(_of_look, looks)]


def _of_decision(decision: SentDecision, task: PlatformTask | None) -> dict:
    """With the page that leads on: of what is to be done by hand that is the task's."""
    page = ("platformtask", task.pk) if task else ("sentdecision", decision.pk)
    url = reverse(f"admin:connectors_{page[0]}_change", args=page[1:])
    told = {"title": verb_words(decision), "url": url, "at": decision.decided_at, "badge": sending_badge(decision)}
    who = decision.actor.get("label", "")
    return {**told, "who": who, "stands": how_it_stands(decision), "told": words_about(decision)}


def _of_task(task: PlatformTask) -> dict:
    badge = format_html('<span class="wl-badge amber">{}</span>', _("To do by hand there"))
    url = reverse("admin:connectors_platformtask_change", args=[task.pk])
    return {"title": verb_words(task), "url": url, "at": task.created_at, "badge": badge, "stands": task.text}


def _of_look(row: MirroredRefund) -> dict:
    badge = format_html('<span class="wl-badge red">{}</span>', _("Needs a look"))
    url = reverse("admin:connectors_mirroredrefund_change", args=[row.pk])
    title = _("Refund at the marketplace")
    return {"title": title, "url": url, "at": row.read_at, "badge": badge, "stands": problem_of(row)}


def problem_of(row: MirroredRefund) -> str:
    """Why it needs a look; empty where it doesn't."""
    if not row.needs_look or row.problem:
        return row.problem
    return _("The marketplace's documents don't explain this status: it is shown as it came.")


def words_about(row: SentDecision | Connection) -> str:
    """Why it stands as it does, for people, who see whose words they are; empty where nobody has said any."""
    if row.told:
        return _("The marketplace said: %(said)s") % {"said": row.told}
    if not row.last_error or (isinstance(row, SentDecision) and is_unsent(row)):
        return row.last_error
    return _("Last error: %(said)s") % {"said": row.last_error}


def verb_words(row: SentDecision | PlatformTask) -> str:
    """What was decided, as people read it."""
    return str(MarketplaceVerb(row.verb).label)


def sending_badge(decision: SentDecision) -> SafeString:
    """Its status, and whether it waits for a person."""
    tone = SENDING_TONES.get(SendingStatus(decision.status), "grey")
    words = _("Not sent") if is_unsent(decision) else decision.get_status_display()
    shown = format_html('<span class="wl-badge {}">{}</span>', tone, words)
    if not decision.needs_attention:
        return shown
    return format_html('{} <span class="wl-badge red">{}</span>', shown, _("needs attention"))


def is_unsent(decision: SentDecision) -> bool:
    """Whether it ended here: what it lacks was found before the marketplace was asked."""
    return decision.status == SendingStatus.REFUSED and not decision.told and bool(decision.last_error)


def how_it_stands(decision: SentDecision) -> str:
    """What has become of it and what comes next, in a sentence."""
    if decision.needs_attention and decision.closed_at is None:
        return _("Nobody knows what became of it: look in the marketplace's back office, then have it looked at again.")
    match SendingStatus(decision.status):
        case SendingStatus.WAITING if decision.last_error:
            return _("The marketplace doesn't answer as it should: it is asked again by itself, and nothing is lost.")
        case SendingStatus.WAITING:
            return _("It goes out within seconds.")
        case SendingStatus.SENT:
            return _("The marketplace has taken it; it counts once the refund has moved there, mostly within a minute.")
        case SendingStatus.CODE_WANTED:
            return _("The marketplace has sent a code to the seller's phone: enter it, then it goes on.")
        case SendingStatus.BY_HAND:
            return _("There is no way to send this: do it in the marketplace's back office. Here it closes by itself.")
        case SendingStatus.CONFIRMED:
            return _("The marketplace has confirmed it.")
        case SendingStatus.MOVED_ON if decision.code == ASKED_ANEW:
            return _(
                "The buyer has asked anew there, or the deadline was moved: whether yours was done isn't told. "
                "Decide about the request as it is now."
            )
        case SendingStatus.MOVED_ON:
            return _("It came too late: the refund had changed. Decide anew about it as it is now.")
        case SendingStatus.REFUSED if is_unsent(decision):
            return _("It couldn't be sent, and nothing has changed: set right what is missing, then decide anew.")
        case SendingStatus.REFUSED:
            return _("The marketplace has refused it, and nothing has changed: decide anew.")
    return _("It was given up: the shop was disconnected.")
