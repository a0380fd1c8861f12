"""The five steps as people see them: where they are, what they may go back to (R2)."""

from dataclasses import dataclass

from refunds.models import Enrolment
from refunds.states import EnrolmentStep
from workbench.returnless.forms import AgreementForm, AutoTopUpForm, BudgetForm, ConfirmForm, ProductsForm, StepForm

FORMS: dict[str, type[StepForm]] = {
    EnrolmentStep.AGREEMENT: AgreementForm,
    EnrolmentStep.BUDGET: BudgetForm,
    EnrolmentStep.AUTO_TOP_UP: AutoTopUpForm,
    EnrolmentStep.PRODUCTS: ProductsForm,
    EnrolmentStep.CONFIRM: ConfirmForm,
}
# The field of a form at which a refusal's attr is shown.
SHOWN_AT = {"budget": "budget_amount", "products": "chosen", "auto_top_up": "is_on", "agreement_version": "accepted"}


@dataclass(frozen=True)
class Milestone:
    """One step in the progress bar."""

    step: EnrolmentStep
    number: int
    is_done: bool
    is_current: bool
    is_open: bool


def milestones(enrolment: Enrolment | None, current: str) -> list[Milestone]:
    """Every step; done ones and the next one can be opened."""
    done = enrolment.steps_done if enrolment else []
    following = following_step(enrolment)
    return [
        Milestone(step, number, step in done, step == current, step in done or step == following)
        for number, step in enumerate(EnrolmentStep, 1)
    ]


def following_step(enrolment: Enrolment | None) -> str:
    """The step that comes next."""
    return (enrolment.next_step if enrolment else EnrolmentStep.AGREEMENT) or EnrolmentStep.CONFIRM


def step_asked_for(enrolment: Enrolment | None, name: str) -> EnrolmentStep:
    """The step with this name; the one that comes next for any other."""
    return EnrolmentStep(name if name in EnrolmentStep.values else following_step(enrolment))
