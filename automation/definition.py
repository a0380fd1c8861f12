"""What a rule says, as data: when it is about a refund, what it then does, and within which limits. One schema."""

from dataclasses import dataclass, fields, replace
from decimal import ROUND_DOWN, Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers

from automation.facts import RefundFacts
from automation.states import ProgrammeChoice, RuleAct, StepChoice, VipChoice
from common.api.fields import TextField
from common.errors import Invalid
from common.money import CENT, MAX_DIGITS, yuan
from common.texts import TextKind
from offers.registry import METHODS, method_label
from offers.text import length
from orders.states import GoodsStatus
from refunds.states import RefundKind, RefundReason
from refunds.team.tags import LONGEST_TAG, tag_name
from stores.marketplaces import MarketplaceRules, marketplace_label

LONGEST_TEXT = 200
MOST_NAMED = 200  # categories or items of one rule
HELD_OUT_PERCENT = 10
WORDLESS = (RuleAct.APPROVE, RuleAct.ASSIGN, RuleAct.TAG)
SORTING = (RuleAct.ASSIGN, RuleAct.TAG, RuleAct.TELL)  # acts that decide nothing and give nothing away
UNSAID = ("assignee", "tag")  # fields that rules of earlier releases don't have


def _any_of(choices: list) -> serializers.ListField:
    return serializers.ListField(child=serializers.ChoiceField(choices), required=False, default=list)


def _named() -> serializers.ListField:
    text = TextField(max_length=64)
    return serializers.ListField(child=text, required=False, default=list, max_length=MOST_NAMED)


def _yuan(**kwargs) -> serializers.DecimalField:
    kwargs = {"min_value": CENT, "allow_null": True, "required": False, "default": None, **kwargs}
    return serializers.DecimalField(max_digits=MAX_DIGITS, decimal_places=2, **kwargs)


def _whole(least: int, most: int, **kwargs) -> serializers.IntegerField:
    kwargs = kwargs or {"allow_null": True, "required": False, "default": None}
    return serializers.IntegerField(min_value=least, max_value=most, **kwargs)


class DefinitionSerializer(serializers.Serializer):
    """Every field of a rule. What is empty is no condition: a rule without any is about every refund."""

    kinds = _any_of(RefundKind.choices)
    reasons = _any_of(RefundReason.choices)
    goods = _any_of(GoodsStatus.choices)
    programmes = _any_of(ProgrammeChoice.choices)
    amount_from = _yuan()
    amount_to = _yuan()
    categories = _named()
    items = _named()
    credit_from = _whole(0, 100_000)
    credit_to = _whole(0, 100_000)
    vip = serializers.ChoiceField(VipChoice.choices, required=False, default="", allow_blank=True)
    refunds_from = _whole(0, 1000)
    refunds_to = _whole(0, 1000)
    steps = _any_of(StepChoice.choices)
    hour_from = _whole(0, 23)
    hour_to = _whole(0, 23)

    act = serializers.ChoiceField(RuleAct.choices)
    method = serializers.CharField(max_length=30, required=False, default="", allow_blank=True)
    amount = _yuan()
    percent = _whole(1, 100)
    text = TextField(TextKind.LINES, max_length=LONGEST_TEXT, required=False, default="", allow_blank=True)
    assignee = TextField(max_length=150, required=False, default="", allow_blank=True)
    tag = TextField(max_length=LONGEST_TAG, required=False, default="", allow_blank=True)

    most_a_day = _whole(1, 10_000, required=False, default=50)
    most_yuan_a_day = _yuan(required=False, allow_null=False, default=Decimal("500.00"))
    held_out = _whole(0, 50, required=False, default=HELD_OUT_PERCENT)


@dataclass(frozen=True)
class Definition:
    """A rule's say, checked: yuan are Decimals, `percent` is of what the buyer asks back, `held_out` per cent.

    `hour_from` and `hour_to` are hours of the store's clock, the last one included; a span may cross midnight.
    `refunds_from` and `refunds_to` count the buyer's refunds in this store in the 90 days before. `assignee` is the
    user name of a colleague, `tag` a word of the store's own.
    """

    kinds: list[str]
    reasons: list[str]
    goods: list[str]
    programmes: list[str]
    amount_from: Decimal | None
    amount_to: Decimal | None
    categories: list[str]
    items: list[str]
    credit_from: int | None
    credit_to: int | None
    vip: str
    refunds_from: int | None
    refunds_to: int | None
    steps: list[str]
    hour_from: int | None
    hour_to: int | None
    act: str
    method: str
    amount: Decimal | None
    percent: int | None
    text: str
    most_a_day: int
    most_yuan_a_day: Decimal
    held_out: int
    assignee: str = ""
    tag: str = ""

    def is_about(self, facts: RefundFacts) -> bool:
        """Whether every condition holds."""
        chosen = (
            (self.kinds, [facts.kind]),
            (self.reasons, [facts.reason]),
            (self.goods, [facts.goods]),
            (self.programmes, [facts.programme or ProgrammeChoice.ORDINARY]),
            (self.categories, facts.categories),
            (self.items, facts.items),
            (self.steps, [facts.step or StepChoice.NONE]),
            ([self.vip] if self.vip else [], [VipChoice.YES if facts.is_vip else VipChoice.NO]),
        )
        spans = (
            (self.amount_from, facts.amount, self.amount_to),
            (self.credit_from, facts.credit, self.credit_to),
            (self.refunds_from, facts.refunds_before, self.refunds_to),
        )
        return (
            all(not wanted or set(wanted) & set(found) for wanted, found in chosen)
            and all((low is None or low <= value) and (high is None or value <= high) for low, value, high in spans)
            and self._is_hour(facts.hour)
        )

    def _is_hour(self, hour: int) -> bool:
        if self.hour_from is None or self.hour_to is None:
            return True
        if self.hour_from <= self.hour_to:
            return self.hour_from <= hour <= self.hour_to
        return hour >= self.hour_from or hour <= self.hour_to

    @property
    def sorts(self) -> bool:
        """Whether it only sorts work: nothing is decided, so nobody is held out to compare (docs/adr/0092)."""
        return self.act in SORTING

    @property
    def watched(self) -> int:
        """Per cent of the refunds at which it only watches: none of a rule that sorts, whatever an earlier one said."""
        return 0 if self.sorts else self.held_out

    def offered(self, asked: Decimal) -> Decimal | None:
        """Yuan to offer to who asks for `asked`; None where the method says it itself."""
        if self.percent is not None:
            return max(CENT, (asked * self.percent / 100).quantize(CENT, rounding=ROUND_DOWN))
        return self.amount

    def most_given(self, asked: Decimal) -> Decimal:
        """Yuan that count towards the day's limit before anybody has said yes: what acting gives at most, in money."""
        if self.act == RuleAct.APPROVE:
            return asked
        if self.act == RuleAct.OFFER:
            return self.offered(asked) or Decimal()
        return Decimal()

    def may_more(self, acts: int, given: Decimal, more: Decimal) -> bool:
        """Whether the day's limits allow one act more that gives `more` yuan."""
        return acts < self.most_a_day and given + more <= self.most_yuan_a_day


def is_held_out(rule_id: UUID, refund_id: UUID, percent: int) -> bool:
    """Whether this refund is one of those at which the rule only watches: always the same, and by no other choice."""
    digest = sha256(f"{rule_id}:{refund_id}".encode()).digest()
    return int.from_bytes(digest[:8]) * 100 < percent << 64


def read_definition(data: dict[str, Any], rules: MarketplaceRules) -> Definition:
    """What a rule of a store under these rules says. Invalid names the first field that is wrong and what to do."""
    serializer = DefinitionSerializer(data=data)
    if not serializer.is_valid():
        name, errors = next(iter(serializer.errors.items()))
        raise Invalid(name, _first(errors))
    definition = Definition(**serializer.validated_data)
    _check_spans(definition)
    _check_act(definition, rules)
    if definition.tag:
        definition = replace(definition, tag=tag_name(definition.tag, "tag"))
    return replace(definition, held_out=definition.watched)


def as_json(definition: Definition) -> dict[str, Any]:
    """The same as JSON keeps it; what a rule may leave unsaid stands there only when it is said."""
    values = {field.name: getattr(definition, field.name) for field in fields(definition)}
    values = {name: value for name, value in values.items() if value or name not in UNSAID}
    return {name: f"{value:.2f}" if isinstance(value, Decimal) else value for name, value in values.items()}


def loaded(data: dict[str, Any]) -> Definition:
    """What `as_json` made."""
    money = ("amount_from", "amount_to", "amount", "most_yuan_a_day")
    return Definition(**{**data, **{name: Decimal(data[name]) for name in money if data[name] is not None}})


def can_be_read(data: dict[str, Any]) -> bool:
    """Whether this release knows all that a rule says; a newer one beside it may know more."""
    return set(data) <= set(known_fields()) and data["act"] in RuleAct.values


def known_fields() -> list[str]:
    """What this release knows that a rule may say."""
    return [field.name for field in fields(Definition)]


def _first(errors: Any) -> str:
    while isinstance(errors, dict | list):
        errors = next(iter(errors.values())) if isinstance(errors, dict) else errors[0]
    return str(errors)


def _check_spans(definition: Definition) -> None:
    for name in ("amount", "credit", "refunds"):
        low, high = getattr(definition, f"{name}_from"), getattr(definition, f"{name}_to")
        if low is not None and high is not None and low > high:
            raise Invalid(f"{name}_to", _("The upper end is below the lower one."))
    if (definition.hour_from is None) != (definition.hour_to is None):
        missing = "hour_from" if definition.hour_from is None else "hour_to"
        raise Invalid(missing, _("Name the first and the last hour, or neither."))


def _check_act(definition: Definition, rules: MarketplaceRules) -> None:
    _check_colleagues(definition)
    if definition.act == RuleAct.OFFER:
        _check_offer(definition, rules)
        return
    if definition.method:
        raise Invalid("method", _("Only an offer has a method."))
    if definition.amount is not None or definition.percent is not None:
        raise Invalid("amount", _("Only an offer has an amount."))
    if definition.act not in WORDLESS and not definition.text.strip():
        raise Invalid("text", _("Write what whoever it is for reads."), "required")


def _check_colleagues(definition: Definition) -> None:
    if definition.act == RuleAct.ASSIGN and not definition.assignee:
        raise Invalid("assignee", _("Choose who gets it."), "required")
    if definition.act != RuleAct.ASSIGN and definition.assignee:
        raise Invalid("assignee", _("Only “%(act)s” gives it to anybody.") % {"act": RuleAct.ASSIGN.label})
    if definition.act == RuleAct.TAG and not definition.tag:
        raise Invalid("tag", _("Write the tag."), "required")
    if definition.act != RuleAct.TAG and definition.tag:
        raise Invalid("tag", _("Only “%(act)s” puts a tag on it.") % {"act": RuleAct.TAG.label})


def _check_offer(definition: Definition, rules: MarketplaceRules) -> None:
    if definition.method not in rules.offer_methods:
        detail = _("%(marketplace)s has no such offer.") % {"marketplace": marketplace_label(rules)}
        raise Invalid("method", detail, "invalid_choice")
    if definition.amount is not None and definition.percent is not None:
        raise Invalid("percent", _("Name an amount or a share, not both."))
    if definition.amount is not None and definition.amount > definition.most_yuan_a_day:
        detail = _("A single offer of %(amount)s is more than the day may give: the rule would never act.")
        raise Invalid("most_yuan_a_day", detail % {"amount": yuan(definition.amount)})
    if METHODS[definition.method].pays and definition.amount is None and definition.percent is None:
        detail = _("Name the amount or the share of the price for “%(method)s”.")
        raise Invalid("amount", detail % {"method": method_label(definition.method)}, "required")
    if length(definition.text) > rules.offer_message_length:
        raise Invalid("text", _("At most %(most)d characters.") % {"most": rules.offer_message_length}, "max_length")


def first_about(rules: list, facts: RefundFacts) -> Any | None:
    """The first of these, in their order, whose `definition` is about such a refund."""
    return next((rule for rule in rules if rule.definition.is_about(facts)), None)
