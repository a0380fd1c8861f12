"""A team's work on a refund and in the queue: who sees to it, and what colleagues note for each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from refunds.models import Assignment, Note, Refund, RefundTag
from refunds.states import OPEN
from refunds.team.assigning import assign_refund, assignments_of, deciders_of, why_not_assign
from refunds.team.notes import why_not_note, write_note
from stores.models import Membership
from stores.permissions import DECIDE_REFUNDS, WRITE_NOTES, name_of
from workbench.kit.decisions import Decision, DecisionForm, take
from workbench.kit.desk import desk_of
from workbench.kit.queue import CappedCount, Queue, capped, queue_asked_for, rows_in_queue
from workbench.refunds.selection import ticked_refunds

MINE, NOBODYS = "mine", "nobody"
MOST_NAMED = 20  # refunds that are left out, one by one
HAD = "had"


@dataclass(frozen=True)
class Team:
    """Who sees to a refund, who could, what they noted, newest first, and their tags on it."""

    assignment: Assignment | None
    members: Sequence[Membership]
    notes: Sequence[Note]
    tags: Sequence[RefundTag] = ()


class AssignForm(DecisionForm):
    """To whom a refund is given; `had` is who saw to it on the page."""

    assignee = forms.ChoiceField(label=gettext_lazy("Give it to"), required=False)
    had = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, members: Iterable[Membership], **kwargs):
        super().__init__(*args, **kwargs)
        people = [(str(member.user_id), name_of(member.user)) for member in members]
        self.fields["assignee"].choices = [("", _("nobody")), *people]


class NoteForm(DecisionForm):
    """What colleagues should know."""

    text = forms.CharField(
        label=gettext_lazy("Note for colleagues"),
        max_length=Note._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 2, "data-count": Note._meta.get_field("text").max_length}),
        help_text=gettext_lazy("Neither the buyer nor the marketplace reads it."),
    )


class Assign(Decision):
    """Give a refund to somebody, take it, or put it back."""

    code, label, icon, tone = "assign", gettext_lazy("Give"), "person", ""
    done = gettext_lazy("It is said who sees to this refund.")
    capability, anchor = DECIDE_REFUNDS, "#team"
    is_inline, is_read_here, heeds_news, may_be_undone = True, False, False, True
    auto_id = "id_assign_%s"

    def __init__(self, team: Team | None = None):
        self.team = team

    def refusal(self, refund, now):
        return why_not_assign(refund)

    def make_form(self, refund, now, *posted):
        """With the people to choose from."""
        team = self.team or Team(assignments_of(refund).first(), list(deciders_of([refund.store_id])), [])
        assignee = team.assignment.assignee_id if team.assignment else None
        initial = {"assignee": str(assignee or ""), HAD: assignee}
        return AssignForm(*posted, row=refund, now=now, members=team.members, auto_id=self.auto_id, initial=initial)

    def run(self, refund, data, *, actor, now):
        assignee = data["assignee"]
        assign_refund(
            store_id=refund.store_id,
            refund_id=refund.pk,
            assignee_id=int(assignee) if assignee else None,
            had=data[HAD],
            actor=actor,
            now=now,
        )


class WriteNote(Decision):
    """Leave a note for colleagues."""

    code, label, icon, tone = "note", gettext_lazy("Keep the note"), "sticky_note_2", ""
    done = gettext_lazy("The note is kept.")
    capability, anchor = WRITE_NOTES, "#team"
    is_inline, is_read_here, heeds_news = True, False, False
    form, auto_id = NoteForm, "id_note_%s"

    def __init__(self, team: Team | None = None):
        self.team = team

    def refusal(self, refund, now):
        return why_not_note(len(self.team.notes)) if self.team else None

    def run(self, refund, data, *, actor, now):
        write_note(store_id=refund.store_id, refund_id=refund.pk, actor=actor, now=now, **data)


def assigned_to(rows: QuerySet[Refund], whose: str, user_id: int) -> QuerySet[Refund]:
    """Those rows that are mine (of this user), nobody's, or of the user with the id `whose`."""
    if whose == NOBODYS:
        return rows.filter(~Exists(Assignment.objects.filter(store_id=OuterRef("store_id"), refund=OuterRef("pk"))))
    assignee = user_id if whose == MINE else int(whose)
    return rows.filter(pk__in=Assignment.objects.in_scope().filter(assignee=assignee).values("refund"))


@dataclass(frozen=True)
class Share:
    """A part of the queue by who sees to it, and how many are in it."""

    code: str
    label: str
    count: str


@dataclass(frozen=True)
class Crew:
    """The people at this desk's stores to whom refunds can be given, by their ids, and what of the queue is whose."""

    names: dict[int, str]
    shares: list[Share]


def crew_of(request: HttpRequest, queue: Queue) -> Crew:
    """Who works on the queue, read with its counts in one statement, once per request.

    Of the list of all refunds those count that are open.
    """
    if not hasattr(request, "crew"):
        rows = rows_in_queue(request, queue, Refund.objects.in_scope())
        rows = rows.filter(status__in=OPEN) if queue.code == "all" else rows
        labels = {MINE: _("Mine"), NOBODYS: _("Nobody’s")}
        most = queue.most_counted
        counts = {code: CappedCount(assigned_to(rows, code, request.user.pk), most) for code in labels}
        members = list(deciders_of([store.pk for store in desk_of(request).shown]).annotate(**counts))
        names = {member.user_id: name_of(member.user) for member in members}
        shown = {code: capped(getattr(members[0], code), most) for code in labels} if members else {}
        shares = [Share(code, labels[code], count) for code, count in shown.items()]
        request.crew = Crew(names, shares)
    return request.crew


class AssignedFilter(SimpleListFilter):
    """By who sees to the refund."""

    title = gettext_lazy("who sees to it")
    parameter_name = "assigned"

    def __init__(self, request, params, model, model_admin):
        if params.get(self.parameter_name) == [str(request.user.pk)]:  # a colleague's view, that is about this user
            params[self.parameter_name] = [MINE]
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        """Mine, nobody's, and each colleague's."""
        names = crew_of(request, queue_asked_for(request, model_admin.queues)).names
        others = [(str(key), name) for key, name in names.items() if key != request.user.pk]
        return [(MINE, _("Mine")), (NOBODYS, _("Nobody’s")), *others]

    def queryset(self, request, queryset):
        """Theirs; all of them for a value that isn't offered."""
        if self.value() not in {str(key) for key, _name in self.lookup_choices}:
            return queryset
        return assigned_to(queryset, self.value(), request.user.pk)


def assign_ticked(request: HttpRequest) -> list[Refund]:
    """Give the ticked refunds of the queue to somebody, each in a transaction of its own; returns them.

    Those that can't be given are named with the reason. Http404 when one is missing or foreign.

    Raises PermissionDenied where the user may not decide refunds.
    """
    rows = ticked_refunds(request, DECIDE_REFUNDS)
    members: dict[int, list[Membership]] = {refund.store_id: [] for refund in rows}
    for member in deciders_of(members):
        members[member.store_id].append(member)
    had = dict(pair.split(":", 1) for pair in request.POST.getlist(HAD) if ":" in pair)
    left_out = []
    for refund in rows:
        decision = Assign(Team(None, members[refund.store_id], []))
        said = {"assignee": request.POST.get("assignee", ""), HAD: had.get(str(refund.pk), "")}
        form = decision.make_form(refund, request.now, said)
        if not form.is_valid() or take(request, decision, refund, form) is None:
            why = " ".join(text for texts in form.errors.values() for text in texts)
            left_out.append(f"{refund.order.number}: {why}")
    tell_of_assigning(request, len(rows) - len(left_out), left_out)
    return rows


def tell_of_assigning(request: HttpRequest, given: int, left_out: Sequence[str]) -> None:
    """How many were given, and which not and why."""
    if not given and not left_out:
        messages.warning(request, _("Tick the refunds first."))
    if given:
        text = ngettext("%(count)d refund has changed hands.", "%(count)d refunds have changed hands.", given)
        messages.success(request, text % {"count": given})
    name_left_out(request, left_out)


def name_left_out(request: HttpRequest, left_out: Sequence[str]) -> None:
    """Say of each what speaks against it, of the first of many."""
    for text in left_out[:MOST_NAMED]:
        messages.error(request, text)
    if len(left_out) > MOST_NAMED:
        more = len(left_out) - MOST_NAMED
        text = ngettext("%(count)d more is left out.", "%(count)d more are left out.", more)
        messages.error(request, text % {"count": more})
