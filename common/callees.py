"""Somebody outside who is called for a store: an endpoint of webhooks, a group's robot.

Whoever holds its lease gives it its turn and plans the next one; it is called while it is active, and less often while
it fails. What it is told, and what its answers mean, its room knows.
"""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.actions import bookkeeping
from common.obligations import Obligation, ObligationQuerySet
from common.tenancy import TenantQuerySet
from common.workers import take_up

ACTIVE = "active"  # the status of each kind that is called


class CalleeQuerySet(ObligationQuerySet, TenantQuerySet):
    """Which there are, and which are called."""

    def existing(self):
        """Those that nobody has deleted."""
        return self.filter(deleted_at=None)

    def active(self):
        """Those that are called."""
        return self.existing().filter(status=ACTIVE)


class Callee(Obligation):
    """One of them; beside these columns it has a `status`.

    `failures` counts the calls that have failed since the last one that was taken, `failing_since` is when the first
    of them did.
    """

    failures = models.PositiveIntegerField(_("failed calls in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True)

    objects = CalleeQuerySet.as_manager()

    class Meta:
        abstract = True


class CalleeLost(Exception):
    """Another worker has it by now, or nobody may call it any more."""


Called = TypeVar("Called", bound=Callee)


@bookkeeping("A lease says which worker is busy.", alone=True)
def take_up_callee(model: type[Called], ids: Sequence[UUID] | None) -> list[Called]:
    """The next one that is due (of these, if given), leased by this worker; [] when none is."""
    rows = model.objects.active().select_related("store")
    taken, worn_out = take_up(rows if ids is None else rows.filter(pk__in=ids), limit=1, by_everybodys_clock=True)
    for callee in worn_out:  # workers died; who is called can do nothing for it
        callee.make_due()
    for callee in [*taken, *worn_out]:
        callee.save(update_fields=callee.WORK_FIELDS)
    return taken


def held_callee(callee: Called) -> Called:
    """It, locked and read anew. CalleeLost when it isn't this worker's any more."""
    rows = type(callee).objects.active().timed().select_for_update(of=("self",), no_key=True)
    mine = rows.filter(pk=callee.pk, leased_by=callee.leased_by).first()
    if mine is None:
        raise CalleeLost
    return mine
