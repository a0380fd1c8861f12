"""Rules of a store, their versions, and what came of them for each refund."""

from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from automation.definition import Definition, can_be_read, known_fields, loaded
from automation.states import RuleAct, RuleStatus, RulingOutcome
from common.actors import Actor, ActorKind
from common.ids import new_id
from common.money import ZERO, MoneyField
from common.tenancy import TenantModel
from refunds.models import Refund


class StoreRule(TenantModel):
    """What a store wants done by itself. `place` is its turn: the first live rule that is about a refund has it.

    `draft` is what the form says; what acts is the published version of that `version` number, 0 while there is none.
    It is about what is asked for since it was last turned on (`live_since`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=60)
    place = models.PositiveSmallIntegerField(_("place"))
    status = models.CharField(_("status"), max_length=10, choices=RuleStatus.choices, default=RuleStatus.DRAFT)
    draft = models.JSONField(editable=False)
    version = models.PositiveSmallIntegerField(_("version"), default=0)
    live_since = models.DateTimeField(_("on since"), null=True)
    created_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("automatic rule")
        verbose_name_plural = _("automatic rules")
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="store_rule_name_once"),
            models.CheckConstraint(
                name="store_rule_live_is_published",
                condition=~Q(status=RuleStatus.LIVE) | Q(version__gt=0, live_since__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["store", "place"], name="store_rule_in_turn"),
            models.Index(fields=["store"], condition=Q(status=RuleStatus.LIVE), name="store_rule_live"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        """Whether it acts."""
        return self.status == RuleStatus.LIVE

    @property
    def is_known(self) -> bool:
        """Whether this release knows what the form says."""
        return can_be_read(self.draft)

    @property
    def definition(self) -> Definition:
        """What the form says."""
        return loaded(self.draft)


class RuleVersion(TenantModel):
    """What a rule said when it was published; never changed, so that each act can be explained later."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.ForeignKey(
        StoreRule, verbose_name=_("rule"), on_delete=models.PROTECT, related_name="versions", db_index=False
    )
    number = models.PositiveSmallIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=60)
    says = models.JSONField(editable=False)
    published_at = models.DateTimeField(_("published"))
    published_by = models.CharField(_("published by"), max_length=150)

    class Meta:
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of rules")
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once")]
        indexes = [models.Index(fields=["store", "rule", "-number"], name="rule_version_newest")]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"

    @property
    def is_known(self) -> bool:
        """Whether this release knows what it said."""
        return can_be_read(self.says)

    @cached_property
    def definition(self) -> Definition:
        """What it said."""
        return loaded(self.says)

    @property
    def actor(self) -> Actor:
        """Who acts, as every event names it."""
        return Actor(ActorKind.SYSTEM, f"rule:{self.rule_id}", f"rule:{self}")


def live_unknown() -> models.QuerySet[StoreRule]:
    """Rules that are on and of which this release doesn't know all that they say (`RuleVersion.is_known`)."""
    names = Value(known_fields(), output_field=ArrayField(models.TextField()))
    beyond = Func(F("says"), names, arg_joiner=" - ", template="(%(expressions)s)", output_field=models.JSONField())
    published = RuleVersion.objects.filter(store=OuterRef("store"), rule=OuterRef("pk"), number=OuterRef("version"))
    is_known = Q(beyond={}, says__act__in=RuleAct.values)
    unknown = published.annotate(beyond=beyond).exclude(is_known)
    return StoreRule.objects.filter(Exists(unknown), status=RuleStatus.LIVE)


class Ruling(TenantModel):
    """What came of a store's rules for one refund: once, and for good.

    `asked` is what the buyer asked back then, `given` what the act gives at most in money and counts on `day`, a date
    of the store's calendar. Those held out were as possible as those acted on: that was tried, and taken back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(
        Refund, verbose_name=_("refund"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rule = models.ForeignKey(
        StoreRule, verbose_name=_("rule"), on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    version = models.PositiveSmallIntegerField(_("version"), default=0)
    outcome = models.CharField(_("outcome"), max_length=10, choices=RulingOutcome.choices)
    act = models.CharField(_("act"), max_length=20, choices=RuleAct.choices, blank=True)
    why = models.JSONField(_("why not"), default=str, editable=False)
    asked = MoneyField(verbose_name=_("asked"))
    given = MoneyField(verbose_name=_("given at most"), default=ZERO)
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("ruling")
        verbose_name_plural = _("rulings")
        constraints = [
            models.UniqueConstraint(fields=["store", "refund"], name="ruling_once_per_refund"),
            models.CheckConstraint(
                name="ruling_of_a_rule",
                condition=Q(outcome=RulingOutcome.UNMATCHED, rule__isnull=True, version=0)
                | (~Q(outcome=RulingOutcome.UNMATCHED) & Q(rule__isnull=False, version__gt=0)),
            ),
        ]
        indexes = [
            models.Index(fields=["store", "rule", "day", "outcome"], name="ruling_of_rule_and_day"),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()
