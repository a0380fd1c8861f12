"""Work that is owed: the columns of a row that is taken up, tried again later, or left to a person.

Every instant in these columns is the database's: a process whose own clock is wrong neither holds a row for a day nor
puts one off. Deadlines, on the other hand, are business time and go by the `now` that actions are told.
"""

from datetime import datetime, timedelta

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.actions import bookkeeping
from common.kept_text import KeptTextField
from common.sentences import Sentence
from common.tenancy import TenantModel, store_alone

LEASE = timedelta(seconds=20)  # what a dead worker held is free after it
FIRST_RETRY_AFTER = timedelta(seconds=30)
AS_SOON_AGAIN = 3  # attempts: two dead workers and a silent partner after them don't add up to minutes
LONGEST_RETRY_AFTER = timedelta(hours=1)
LONGEST_ERROR = 200
MAX_ATTEMPTS = 10  # in about an hour


class ObligationQuerySet(models.QuerySet):
    """Which rows are due, and which will be."""

    def due(self):
        """Rows that a worker may take up now: their time has come and nobody is at them."""
        return self.filter(Q(leased_until=None) | Q(leased_until__lte=Now()), next_attempt_at__lte=Now())

    def overdue(self):
        """Those that somebody ought to be at by now, as `health` counts them: not what is held up with another row."""
        return self.due()

    def timed(self):
        """Rows that know the database's clock at which they were read, as putting them off needs."""
        return self.annotate(database_now=Now())


class Obligation(models.Model):
    """A row that is work for a worker. `next_attempt_at` is when it is due; empty when there is nothing to do.

    `attempts` counts the times that it was taken up, those of workers that died included. While a worker is at it, it
    is `leased_by` that worker's turn. After MAX_ATTEMPTS it `needs_attention`: a person looks at it and resumes it.
    """

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)
    leased_until = models.DateTimeField(null=True, editable=False)
    leased_by = models.UUIDField(null=True, editable=False)
    needs_attention = models.BooleanField(_("needs attention"), default=False)
    last_error = KeptTextField(_("last error"), max_length=LONGEST_ERROR, blank=True)

    objects = ObligationQuerySet.as_manager()

    # What the methods below may change; a kind of work whose own fields follow adds them.
    WORK_FIELDS = ("attempts", "next_attempt_at", "leased_until", "leased_by", "needs_attention", "last_error")
    # The database's clock when the row was read by `timed`.
    database_now: datetime

    class Meta:
        abstract = True

    def make_due(self) -> None:
        """Something is (newly) to be done, at once; whoever was at it no longer holds it."""
        self.attempts, self.next_attempt_at, self.needs_attention = 0, Now(), False
        self._let_go()

    def begin_attempt(self, turn) -> None:
        """A worker is at it; if it dies, another may take over after the lease."""
        self.attempts += 1
        self.leased_by, self.leased_until = turn, self.database_now + LEASE

    def plan(self, after: timedelta | None) -> None:
        """It was done; there is something to do again `after` that time, or never."""
        self.next_attempt_at = None if after is None else self.database_now + after
        self.needs_attention, self.last_error = False, ""
        self._let_go()

    def put_off(self, error: str) -> None:
        """Nobody knows what came of it: again later, at growing intervals, and in the end a person is called."""
        self.last_error = error if isinstance(error, Sentence) else error[:LONGEST_ERROR]
        self._let_go()
        if self.attempts >= MAX_ATTEMPTS:
            self.call_person()
        else:
            self.next_attempt_at = self.database_now + retry_after(self.attempts)

    def call_person(self) -> None:
        """No worker takes it up any more until a person says so."""
        self.needs_attention, self.next_attempt_at = True, None
        self._let_go()

    def _let_go(self) -> None:
        self.leased_until = self.leased_by = None


def retry_after(attempts: int) -> timedelta:
    """How long the next attempt waits after so many, those of workers that died included."""
    return min(FIRST_RETRY_AFTER * 2 ** max(attempts - AS_SOON_AGAIN, 0), LONGEST_RETRY_AFTER)


@bookkeeping("When a worker looks at its work next is nobody's act.", alone=True)
def bring_forward(*, until: datetime) -> int:
    """Make due what is due `until` then; returns how many rows. For who lets time pass, by `faketime` or a test clock.

    Nothing that a worker is at is touched.
    """
    moved = 0
    for model in obligations():
        if store_alone() is not None and not issubclass(model, TenantModel):
            continue
        later = model._default_manager.filter(next_attempt_at__gt=Now(), next_attempt_at__lte=until)
        moved += later.update(next_attempt_at=Now())
    return moved


@bookkeeping("When a worker looks at its work next is nobody's act.", alone=True)
def ask_soon(waiting: models.QuerySet) -> int:
    """Rows whose partner answers again wait no longer than for the first time; returns how many waited longer.

    What somebody is at is left as it is.
    """
    soon = Now() + FIRST_RETRY_AFTER
    longer = waiting.filter(next_attempt_at__gt=soon).exclude(last_error="")
    free = longer.select_for_update(of=("self",), skip_locked=True, no_key=True).values("pk")
    return waiting.filter(pk__in=free).update(next_attempt_at=soon)


def obligations() -> list[type[Obligation]]:
    """Every kind of work."""
    return [model for model in apps.get_models() if issubclass(model, Obligation)]
