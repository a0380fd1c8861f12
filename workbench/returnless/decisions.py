"""What is decided about a store's programme: each step of joining, the budget, the switch to 3.0, the end."""

from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import WanliuError
from refunds.models import Enrolment
from refunds.returnless import enrolment as actions
from refunds.returnless import programme
from refunds.returnless.agreements import CURRENT, agreement_text
from refunds.returnless.why_not import (
    why_not_confirm,
    why_not_fill,
    why_not_leave,
    why_not_step,
    why_not_upgrade,
)
from refunds.states import EnrolmentStatus, EnrolmentStep
from stores.permissions import MANAGE_STORE, PAY
from workbench.kit.decisions import Decision
from workbench.kit.forms import posted
from workbench.returnless.forms import TopUpForm
from workbench.returnless.page import covered_products
from workbench.returnless.steps import FORMS, SHOWN_AT, milestones


class ProgrammeDecision(Decision):
    """What is decided about the programme of a store."""

    capability = MANAGE_STORE
    template = "workbench/returnless/decide.html"
    agreement: ClassVar[str] = ""

    def title(self, store):
        """The store's name; the decision's own stands below it."""
        return store.name

    def consequences(self, store):
        """None but what the form says."""
        return []

    def context(self, store):
        """The enrolment, its budget, and the text that is accepted, if one is."""
        enrolment = actions.enrolment_of(store.pk)
        agreement = agreement_text(self.agreement) if self.agreement else ""
        return {"enrolment": enrolment, "budget": enrolment.budget if enrolment else None, "agreement": agreement}


class TopUp(ProgrammeDecision):
    """Add to the budget: finance may."""

    code, label, done = "top-up", gettext_lazy("Top up the service budget"), gettext_lazy("The budget is topped up.")
    capability, form, icon = PAY, TopUpForm, "add"

    def refusal(self, store, now):
        return why_not_fill(actions.enrolment_of(store.pk))

    def run(self, store, data, *, actor, now):
        actions.top_up_budget(store=store, amount=data["amount"], actor=actor, now=now)


class Upgrade(ProgrammeDecision):
    """From 2.0 in one step (R8)."""

    code, label = "upgrade", gettext_lazy("Switch to 3.0")
    done, icon = gettext_lazy("Switched. It holds from the next live session."), "upgrade"
    agreement = CURRENT

    def concerns(self, store):
        """Only a store on an earlier version."""
        enrolment = actions.enrolment_of(store.pk)
        return enrolment is not None and enrolment.status == EnrolmentStatus.EARLIER

    def refusal(self, store, now):
        return why_not_upgrade(actions.enrolment_of(store.pk))

    def consequences(self, store):
        """What stays and what is accepted."""
        return [
            _("Budget and products stay as they are."),
            _("You accept agreement %(version)s, shown below.") % {"version": CURRENT},
            _("It is in force from your next live session on."),
        ]

    def run(self, store, data, *, actor, now):
        programme.upgrade_enrolment(store=store, actor=actor, now=now)


class Leave(ProgrammeDecision):
    """The owner ends it (R3)."""

    code, label, done = "leave", gettext_lazy("Leave the programme"), gettext_lazy("You have left the programme.")
    icon, tone = "logout", "danger"

    def refusal(self, store, now):
        return why_not_leave(actions.enrolment_of(store.pk))

    def consequences(self, store):
        """What ends, and what was promised."""
        return [
            _("New orders are promised nothing, and the badges and the certified mark are gone at once."),
            _("Orders that were promised before stay promised; what you approve of them is still paid."),
            _("Joining again begins with the agreement."),
        ]

    def run(self, store, data, *, actor, now):
        programme.leave_programme(store=store, actor=actor, now=now)


class TakeStep(ProgrammeDecision):
    """Do one step of joining (R2); afterwards the same forms change what was set."""

    code, done, icon = "enrol", gettext_lazy("Saved."), "checklist"
    not_yours = gettext_lazy("The owner of the store can join.")
    template = "workbench/returnless/enrol.html"

    def __init__(self, enrolment: Enrolment | None, step: EnrolmentStep):
        self.enrolment, self.step = enrolment, step
        self.was_joined = enrolment is not None and enrolment.is_joined

    @property
    def label(self) -> str:
        """What leads to the step from the programme's page."""
        begun = self.enrolment is not None and self.enrolment.steps_done
        return _("Go on") if begun else _("Join in five steps")

    def concerns(self, store):
        """Only who has yet to join, and can't do it all in one step."""
        return not self.was_joined and why_not_upgrade(self.enrolment) is not None

    @property
    def ends(self) -> bool:
        """Whether the programme's page comes next, instead of another step."""
        return self.was_joined or self.step == EnrolmentStep.CONFIRM

    @property
    def says_why(self) -> bool:
        """Whether the step's own page says why it can't be done: it has its turn, and something else stops it."""
        return not self.was_joined and why_not_step(self.enrolment, self.step) is None

    def refusal(self, store, now):
        """Nobody joins twice or without a budget, and a step has its turn."""
        if self.step == EnrolmentStep.CONFIRM:
            return why_not_confirm(self.enrolment)
        return why_not_step(self.enrolment, self.step)

    def fill(self, request, store):
        """The step's own form."""
        return FORMS[self.step](posted(request), row=store, now=request.now, enrolment=self.enrolment)

    def context(self, store):
        """Where the store is in the guided form, and what it has set."""
        budget = self.enrolment.budget if self.enrolment else None
        return {
            "enrolment": self.enrolment,
            "budget": budget,
            "budget_to_be": self.enrolment.budget_to_be() if self.enrolment else None,
            "step": self.step,
            "refused": why_not_confirm(self.enrolment) if self.step == EnrolmentStep.CONFIRM else None,
            "steps": [] if self.was_joined else milestones(self.enrolment, self.step),
            "agreement": agreement_text(CURRENT),
            "version": CURRENT,
            "products": covered_products(store) if self.step == EnrolmentStep.CONFIRM else [],
        }

    def run(self, store, data, *, actor, now):
        """Set what the step is about, or join; what is refused is shown at the field of the step's form."""
        try:
            if self.step == EnrolmentStep.CONFIRM:
                actions.confirm_enrolment(store=store, actor=actor, now=now)
            else:
                actions.change_settings(store=store, settings=FORMS[self.step].settings(data), actor=actor, now=now)
        except WanliuError as refusal:
            attr = getattr(refusal, "attr", None)
            refusal.attr = SHOWN_AT.get(attr, attr)
            raise

    def told(self, store, data):
        """That it holds."""
        return str(self.done) if self.was_joined else _("Joined. It holds from the next live session.")
