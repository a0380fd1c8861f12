"""What a rule says, in sentences for people."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext as _

from automation.definition import Definition
from automation.states import ProgrammeChoice, RuleAct, StepChoice, VipChoice
from common.money import yuan
from common.words import labelled, listed
from offers.registry import method_label
from orders.states import GoodsStatus
from refunds.states import RefundKind, RefundReason


def when_words(definition: Definition) -> list[str]:
    """Each condition, `Reason: Quality, Other`; none for a rule that is about everything."""
    said = [
        (_("Kind"), _labels(RefundKind, definition.kinds)),
        (_("Reason"), _labels(RefundReason, definition.reasons)),
        (_("Goods"), _labels(GoodsStatus, definition.goods)),
        (_("Runs under"), _labels(ProgrammeChoice, definition.programmes)),
        (_("Amount"), _span(definition.amount_from, definition.amount_to, yuan)),
        (_("Category"), listed(definition.categories)),
        (_("Item"), listed(definition.items)),
        (_("Credit score"), _span(definition.credit_from, definition.credit_to)),
        (_("Buyers"), str(VipChoice(definition.vip).label) if definition.vip else ""),
        (_("Buyer's refunds in 90 days"), _span(definition.refunds_from, definition.refunds_to)),
        (_("Quality step"), _labels(StepChoice, definition.steps)),
        (_("Hour of the day"), _span(definition.hour_from, definition.hour_to)),
    ]
    return [labelled(name, text) for name, text in said if text]


def then_words(definition: Definition) -> str:
    """What is done: `Send an offer: Red packet, ¥5.00`."""
    act = str(RuleAct(definition.act).label)
    if definition.act != RuleAct.OFFER:
        return act
    terms = [method_label(definition.method)]
    if definition.percent is not None:
        terms.append(_("%(percent)d%% of what is asked") % {"percent": definition.percent})
    elif definition.amount is not None:
        terms.append(yuan(definition.amount))
    return labelled(act, listed(terms))


def limit_words(definition: Definition) -> str:
    """What holds the rule in: so often and so much a day, and the share that is held out."""
    return _("At most %(acts)d times and %(given)s a day; %(percent)d%% are held out.") % {
        "acts": definition.most_a_day,
        "given": yuan(definition.most_yuan_a_day),
        "percent": definition.held_out,
    }


def _labels(choices: type[models.TextChoices], codes: Iterable[str]) -> str:
    return listed([str(choices(code).label) for code in codes])


def _span(low, high, show=str) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return _("from %(low)s") % {"low": show(low)}
    if low is None:
        return _("up to %(high)s") % {"high": show(high)}
    return f"{show(low)} – {show(high)}"
