"""The form of a rule: when, then, within which limits. Every name is one of the schema's."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from automation.definition import HELD_OUT_PERCENT, LONGEST_TEXT, SORTING, WORDLESS, Definition
from automation.states import ProgrammeChoice, RuleAct, StepChoice, VipChoice
from common.search import plain_text
from offers.registry import method_label
from orders.states import GoodsStatus
from refunds.states import RefundKind, RefundReason
from refunds.team.assigning import deciders_of
from refunds.team.tags import LONGEST_TAG
from stores.models import Store
from stores.permissions import name_of
from workbench.kit.decisions import DecisionForm
from workbench.kit.forms import YuanField

BETWEEN = re.compile(r"[\s,，、;；]+")
WHEN = (
    *("kinds", "reasons", "goods", "amount_from", "amount_to", "categories", "items", "credit_from", "credit_to"),
    *("refunds_from", "refunds_to", "vip", "programmes", "steps", "hour_from", "hour_to"),
)
THEN = ("act", "method", "amount", "percent", "assignee", "tag", "text")
# Fields that only some acts have; automation.css shows them for these alone.
ONLY_OF = {
    **dict.fromkeys(("method", "amount", "percent"), (RuleAct.OFFER,)),
    "assignee": (RuleAct.ASSIGN,),
    "tag": (RuleAct.TAG,),
    "text": tuple(act for act in RuleAct if act not in WORDLESS),
    **dict.fromkeys(("most_yuan_a_day", "held_out"), tuple(act for act in RuleAct if act not in SORTING)),
}
MOST_YUAN_A_DAY = Decimal("500.00")
# What is said where the page hides the field; of the others, nothing.
HIDDEN = {"amount": None, "percent": None, "most_yuan_a_day": MOST_YUAN_A_DAY, "held_out": 0}
LIMITS = ("most_a_day", "most_yuan_a_day", "held_out")


class ChoicesWidget(forms.CheckboxSelectMultiple):
    """Ticks side by side."""

    template_name = "workbench/automation/choices.html"


def _any_of(label, choices) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=ChoicesWidget)


def _whole(label, least: int, most: int, **kwargs) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, **{"required": False, **kwargs})


class TypedField(forms.CharField):
    """Names with commas or blanks between them, as a list."""

    def clean(self, value):
        """The names in plain width, each once."""
        return list(dict.fromkeys(filter(None, BETWEEN.split(plain_text(super().clean(value))))))

    def prepare_value(self, value):
        """A list as it is typed."""
        return ", ".join(value) if isinstance(value, list) else value


class RuleForm(DecisionForm):
    """What a rule of one store says."""

    name = forms.CharField(label=_("Name"), max_length=60)
    kinds = _any_of(_("Kind"), RefundKind.choices)
    reasons = _any_of(_("Reason"), RefundReason.choices)
    goods = _any_of(_("Goods"), GoodsStatus.choices)
    amount_from = YuanField(label=_("Amount from, ¥"), required=False)
    amount_to = YuanField(label=_("Amount up to, ¥"), required=False)
    categories = TypedField(label=_("Categories"), required=False, help_text=_("Several with commas between them."))
    items = TypedField(label=_("Items"), required=False, help_text=_("Item ids, several with commas between them."))
    credit_from = _whole(_("Credit score from"), 0, 100_000)
    credit_to = _whole(_("Credit score up to"), 0, 100_000)
    vip = forms.ChoiceField(label=_("Buyers"), choices=VipChoice.choices, required=False)
    refunds_from = _whole(_("Buyer's refunds in 90 days, from"), 0, 1000)
    refunds_to = _whole(_("Buyer's refunds in 90 days, up to"), 0, 1000)
    programmes = _any_of(_("Runs under"), ProgrammeChoice.choices)
    steps = _any_of(_("Quality step in force"), StepChoice.choices)
    hour_from = _whole(_("From the hour"), 0, 23, help_text=_("0–23, on the store's clock."))
    hour_to = _whole(_("To the hour, included"), 0, 23, help_text=_("May be past midnight: 22 to 6."))

    act = forms.ChoiceField(label=_("What is done"), choices=RuleAct.choices)
    method = forms.ChoiceField(label=_("Method of the offer"), required=False)
    amount = YuanField(label=_("Amount, ¥"), required=False)
    percent = _whole(_("or a share of what is asked, %"), 1, 100)
    assignee = forms.ChoiceField(label=_("Give it to"), required=False)
    tag = forms.CharField(label=_("Tag"), max_length=LONGEST_TAG, required=False)
    text = forms.CharField(
        label=_("Words"),
        max_length=LONGEST_TEXT,
        required=False,
        help_text=_("The offer's message, the reason of the refusal, the question to the buyer, the plea, the news."),
    )

    most_a_day = _whole(_("At most so often a day"), 1, 10_000, required=True, initial=50)
    most_yuan_a_day = YuanField(label=_("At most so much a day, ¥"), initial=MOST_YUAN_A_DAY)
    held_out = _whole(
        _("Held out, %"),
        0,
        50,
        required=True,
        initial=HELD_OUT_PERCENT,
        help_text=_("On this share the rule only watches, by lot: only so can be shown what it brings."),
    )

    def __init__(self, *args, row: Any, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        store = row if isinstance(row, Store) else row.store
        offers = [(code, method_label(code)) for code in store.rules.offer_methods]
        self.fields["method"].choices = [("", "–"), *offers]
        people = [(member.user.username, name_of(member.user)) for member in deciders_of([store.pk])]
        self.fields["assignee"].choices = [("", "–"), *people]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields as the page has them: a heading, and what stands below."""
        named = ((_("When"), WHEN), (_("Then"), THEN), (_("Within these limits"), LIMITS))
        return [(str(title), [self[name] for name in names]) for title, names in named]

    def clean(self):
        """The name, and the `definition` as the schema reads it, without what the page hides for this act.

        Nor is anything wrong with it: whoever sees no field can't set it right.
        """
        data = super().clean()
        for name, acts in ONLY_OF.items():
            if "act" in data and data["act"] not in acts:
                data[name] = HIDDEN.get(name, "")
                self.errors.pop(name, None)
        said = {name: data[name] for name in (*WHEN, *THEN, *LIMITS) if name in data}
        return {"name": data.get("name", ""), "definition": said}


def filled_in(definition: Definition) -> dict[str, Any]:
    """What the form shows of a rule; where it only sorts, what is usual for the acts that have more limits."""
    shown = {name: getattr(definition, name) for name in (*WHEN, *THEN, *LIMITS)}
    return shown | ({"held_out": HELD_OUT_PERCENT} if definition.sorts else {})
