"""Tables without a domain: the history of everything, answers kept for idempotent calls, what sweeps failed at."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.calendar import shown
from common.obligations import Obligation
from common.personal import AppendOnly
from common.tenancy import TenantModel


class Event(TenantModel):
    """One thing that happened, written in the transaction in which it happened, never changed afterwards.

    `topic_id` is in whose history the event stands: the refund for everything about it (offers and payments too), else
    the order, else what was changed, such as the store. The same row serves timeline, audit, statistics and outbox.
    `subject_id` and `topic_id` are what `common.ids.event_id` gives. `area` is the part of the set-up that was changed,
    empty when nothing of it was. An event without a store is the platform's own (an account, a marketplace's key or
    switch): only the system and operators see it.
    """

    store = models.ForeignKey(
        settings.TENANT_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    name = models.CharField(max_length=50)
    subject_type = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    topic_id = models.UUIDField()
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30, blank=True)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)
    rule = models.CharField(max_length=10, blank=True)
    area = models.CharField(max_length=20, blank=True, db_default="")
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["store", "topic_id", "id"], name="event_history"),
            models.Index(fields=["store", "id"], name="event_feed"),
            # What was changed in the set-up of one store, and of all: few among the events of cases.
            models.Index(fields=["store", "-id"], name="event_changes", condition=~models.Q(area="")),
            models.Index(fields=["-id"], name="event_changes_of_all", condition=~models.Q(area="")),
        ]
        triggers = [
            AppendOnly(name="append_only", erasable=["data", "actor_id", "actor_label"]),
            # A transaction is known to the others before it takes a number (common/settled.py).
            pgtrigger.Trigger(
                name="known_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                func="PERFORM pg_current_xact_id(); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{shown(self.at)} {self.name}"

    @property
    def actor(self) -> str:
        """Who did it, as the timeline shows it."""
        who = self.actor_label or self.actor_id
        return f"{self.actor_kind}:{who}" if who else self.actor_kind


class IdempotentAnswer(TenantModel):
    """The first answer to a POST with an Idempotency-Key; replayed for 24 hours.

    `about` are the orders and refunds that it shows; None of what was answered before that was kept.
    """

    owner = models.CharField(max_length=150)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    about = ArrayField(models.UUIDField(), null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="idempotent_answer_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_answer_age")]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"


class Setback(Obligation):
    """Something due at which a sweep has failed: the rest of the sweep goes on without it.

    It is due again at `next_attempt_at`, later each time, and gone once it is done. `sweep` is the sweep's name, `key`
    the id of what it failed at (a row, a store, a gateway). `last_error` is the kind of failure, without anybody's
    data.
    """

    sweep = models.CharField(_("work"), max_length=50)
    key = models.CharField(_("what failed"), max_length=64)
    since = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        verbose_name = _("setback")
        verbose_name_plural = _("setbacks")
        constraints = [models.UniqueConstraint(fields=["sweep", "key"], name="setback_once")]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="setback_due")
        ]

    def __str__(self) -> str:
        return f"{self.sweep}: {self.key}"


class Forgetting(models.Model):
    """What was last let go of a kind of rows (common.retention): when, and how many then and in all."""

    kind = models.CharField(max_length=50, unique=True)
    last_at = models.DateTimeField()
    last_rows = models.PositiveBigIntegerField()
    rows = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return self.kind


class Watermark(models.Model):
    """A look at how far writing had come: what transactions from `xid` on write has a later number and instant.

    Once every transaction before `xid` has ended, nothing can appear any more up to this event and before this instant
    (common/settled.py).
    """

    xid = models.BigIntegerField()
    event_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["event_id", "at"], name="watermark_newest")]

    def __str__(self) -> str:
        return f"{self.event_id} {shown(self.at)}"
