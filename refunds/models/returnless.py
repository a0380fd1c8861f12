"""Refund without return: a store's enrolment, what it covers, and the live sessions from which it holds (R2, R3)."""

from copy import copy

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.ids import new_id
from common.money import MoneyField
from common.states import StateField
from common.tenancy import TenantModel, TenantQuerySet
from payments.models import Budget
from refunds.states import BEGINNINGS, JOINED, STEPS_DONE, EnrolmentStatus, EnrolmentStep
from stores.models import Product
from stores.states import ProductSource

_S = EnrolmentStatus


class Enrolment(TenantModel):
    """A store's membership in refund without return: one row per store, from its first step to the day it leaves.

    `planned_budget` is the yuan that the last step shall bring the budget to; empty once that has happened (R2).
    `version` is the programme's; `agreement_*` tell which text was accepted, when and by whom. What happens is told in
    the history of the budget (`topic_id`), so that money and membership are read together.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.CharField(_("version"), max_length=10)
    status = StateField(_("status"), max_length=20, choices=_S.choices, default=_S.NOT_ENROLLED)
    agreement_version = models.CharField(_("agreement"), max_length=20, blank=True)
    agreement_at = models.DateTimeField(_("accepted"), null=True)
    agreement_by = models.CharField(_("accepted by"), max_length=150, blank=True)
    planned_budget = MoneyField(verbose_name=_("planned budget"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    in_force_since = models.DateTimeField(_("in force since"), null=True)
    left_at = models.DateTimeField(_("left"), null=True)

    class Meta:
        verbose_name = _("refund without return")
        verbose_name_plural = _("refund without return")
        constraints = [
            models.UniqueConstraint(fields=["store"], name="enrolment_once_per_store"),
            models.CheckConstraint(
                condition=~Q(status__in=["confirmed", "in_force"])
                | Q(agreement_at__isnull=False, confirmed_at__isnull=False) & ~Q(agreement_version=""),
                name="enrolment_confirmed_with_agreement",
            ),
            models.CheckConstraint(
                condition=Q(status="in_force", in_force_since__isnull=False)
                | ~Q(status="in_force") & Q(in_force_since__isnull=True),
                name="enrolment_in_force_has_beginning",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.version}"

    @property
    def topic_id(self):
        """Under what its history is kept: the budget's id."""
        return self.budget_id

    def budget_to_be(self) -> Budget:
        """The budget as joining will leave it, its automatic top-up included; not to be saved (R2, R5)."""
        budget = copy(self.budget)
        if self.planned_budget is not None:
            budget.short_since = None if self.planned_budget > budget.balance else budget.short_since
            budget.balance = self.planned_budget
        budget.balance += budget.automatic_top_up()
        return budget

    def agree(self, *, version: str, text_version: str, by: str, now) -> None:
        """Keep which text was accepted, when and by whom, for which version of the programme (R2)."""
        self.version = version
        self.agreement_version, self.agreement_at, self.agreement_by = text_version, now, by

    @property
    def is_joined(self) -> bool:
        """Whether every step is done."""
        return self.status in JOINED

    @property
    def is_in_force(self) -> bool:
        """Whether orders are promised a refund without return, and the store is a certified merchant (R3, R10)."""
        return self.status == EnrolmentStatus.IN_FORCE

    @property
    def steps_done(self) -> list[str]:
        """The steps that are done, in order."""
        return EnrolmentStep.values[: STEPS_DONE.get(self.status, 0)]

    @property
    def next_step(self) -> str | None:
        """The step that comes next; None once everything is confirmed."""
        return next((step for step in EnrolmentStep.values if step not in self.steps_done), None)

    @transition(field=status, source=BEGINNINGS, target=_S.AGREED)
    def accept_agreement(self):
        """The first step (R2)."""

    @transition(field=status, source=_S.AGREED, target=_S.BUDGETED)
    def set_budget(self):
        """The second step (R2)."""

    @transition(field=status, source=_S.BUDGETED, target=_S.TOP_UP_SET)
    def set_auto_top_up(self):
        """The third step (R2)."""

    @transition(field=status, source=_S.TOP_UP_SET, target=_S.READY)
    def choose_products(self):
        """The fourth step (R2)."""

    @transition(field=status, source=_S.READY, target=_S.CONFIRMED)
    def confirm(self, *, now):
        """The last step: it holds from the next live session on (R2, R3)."""
        self.confirmed_at, self.left_at = now, None

    @transition(field=status, source=_S.EARLIER, target=_S.CONFIRMED, conditions=[lambda e: e.version == "2.0"])
    def upgrade(self, *, now):
        """From 2.0 in one step (R8)."""
        self.confirmed_at = now

    @transition(field=status, source=[_S.CONFIRMED, _S.IN_FORCE], target=_S.IN_FORCE)
    def come_into_force(self, *, since):
        """A live session has started (R3)."""
        self.in_force_since = self.in_force_since or since

    @transition(field=status, source=[_S.CONFIRMED, _S.IN_FORCE], target=_S.LEFT)
    def leave(self, *, now):
        """The owner ends it; what was promised stays promised (R3)."""
        self.left_at, self.in_force_since = now, None


class CoverageQuerySet(TenantQuerySet):
    """Covered products by since when and until when they are promised."""

    def promised_before(self, until):
        """What is on the allow-list, covered since before `until`, and a product of the store's own (R3, R4)."""
        return self.filter(holds_since__lt=until, product__source=ProductSource.OWN)


class CoveredProduct(TenantModel):
    """A product on the allow-list.

    `holds_since` is the live session from which it is covered; empty until then (R3).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    item_id = models.CharField(_("item id"), max_length=20)
    added_at = models.DateTimeField(_("added"))
    holds_since = models.DateTimeField(_("covered since"), null=True)

    objects = CoverageQuerySet.as_manager()

    class Meta:
        verbose_name = _("covered product")
        verbose_name_plural = _("covered products")
        constraints = [models.UniqueConstraint(fields=["store", "item_id"], name="covered_product_once")]

    def __str__(self) -> str:
        return self.item_id


class LiveSession(TenantModel):
    """A live session of a store, as the marketplace told of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.CharField(_("live session"), max_length=64)
    started_at = models.DateTimeField(_("started"))
    is_covered = models.BooleanField(_("under refund without return"))

    class Meta:
        verbose_name = _("live session")
        verbose_name_plural = _("live sessions")
        constraints = [models.UniqueConstraint(fields=["store", "session"], name="live_session_once")]
        indexes = [models.Index(fields=["store", "-started_at"], name="live_session_newest")]

    def __str__(self) -> str:
        return self.session
