"""What a rule says, in sentences for people, and what a change of it made another."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from automation.definition import UNSAID, Definition, loaded
from automation.states import ProgrammeChoice, RuleAct, StepChoice, VipChoice
from common.money import yuan
from common.words import labelled, listed
from offers.registry import method_label
from orders.states import GoodsStatus
from refunds.states import RefundKind, RefundReason

# Fields that are read together: when one of them is another, all of them are told.
TOGETHER = (
    ("kinds",),
    ("reasons",),
    ("goods",),
    ("programmes",),
    ("amount_from", "amount_to"),
    ("categories",),
    ("items",),
    ("credit_from", "credit_to"),
    ("vip",),
    ("refunds_from", "refunds_to"),
    ("steps",),
    ("hour_from", "hour_to"),
    ("act", "method", "amount", "percent", "assignee", "tag"),
    ("text",),
    ("most_a_day", "most_yuan_a_day", "held_out"),
)

_LISTS = ("kinds", "reasons", "goods", "programmes", "categories", "items", "steps")
_SILENT = {
    **{field: None for fields in TOGETHER for field in fields},
    **{field: [] for field in _LISTS},
    **dict.fromkeys(("vip", "method", "text", *UNSAID), ""),
    "act": RuleAct.APPROVE.value,
    "most_yuan_a_day": "0.00",
    "most_a_day": 0,
    "held_out": 0,
}


def definition_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list]:
    """Field → [before, after] of what another definition says otherwise, both as JSON keeps them."""
    before, after = ({**dict.fromkeys(UNSAID, ""), **said} for said in (before, after))
    return {
        field: [before[field], after[field]]
        for fields in TOGETHER
        if any(before[field] != after[field] for field in fields)
        for field in fields
    }


def difference_words(found: Mapping[str, list]) -> list[str]:
    """What `definition_differences` found, each `Amount: up to ¥5.00 → up to ¥20.00`."""
    before, after = (_parts({field: pair[side] for field, pair in found.items()}) for side in (0, 1))
    return [
        labelled(name, f"{before.get(name) or _('any')} → {after.get(name) or _('any')}")
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]


def _parts(said: Mapping[str, Any]) -> dict[str, str]:
    """Name → words of the fields that are there."""
    definition = loaded({field: said.get(field, default) for field, default in _SILENT.items()})
    parts = {name: text for name, text in _conditions(definition) if text}
    if "act" in said:
        parts[_("Then")] = then_words(definition)
    if "text" in said:
        parts[_("Text")] = definition.text or "–"
    if "held_out" in said:
        parts[_("Limits")] = limit_words(definition)
    return parts


def when_words(definition: Definition) -> list[str]:
    """Each condition, `Reason: Quality, Other`; none for a rule that is about everything."""
    return [labelled(name, text) for name, text in _conditions(definition) if text]


def _conditions(definition: Definition) -> list[tuple[str, str]]:
    return [
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


def then_words(definition: Definition) -> str:
    """What is done: `Send an offer: Red packet, ¥5.00`."""
    act = str(RuleAct(definition.act).label)
    if of_whom := definition.assignee or definition.tag:
        return labelled(act, of_whom)
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
    if definition.sorts:
        return _("At most %(acts)d times a day.") % {"acts": definition.most_a_day}
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
