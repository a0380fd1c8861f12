"""Endpoints, and what each is owed: a row for every event that it wants to hear of; and calls that failed."""

from datetime import datetime
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.callees import Callee
from common.changed import Traced
from common.ids import new_id
from common.obligations import Obligation, ObligationQuerySet
from common.tenancy import TenantModel, TenantQuerySet
from webhooks.addresses import LONGEST_URL
from webhooks.states import DeliveryStatus, EndpointStatus, PauseReason

LONGEST_ANSWER = 2000
LONGEST_ROUTE, LONGEST_CODE, LONGEST_FIELD = 200, 50, 100


class Endpoint(Callee, Traced, TenantModel):
    """An address that is told of a store's events. `events` are the names that it wants, empty for all.

    `cursor` is the last event that was looked at for it. It is due when one of its deliveries is.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    url = models.CharField(_("address"), max_length=LONGEST_URL)
    description = models.CharField(_("description"), max_length=200, blank=True)
    events = ArrayField(models.CharField(max_length=50), verbose_name=_("events"), default=list, blank=True)
    sealed_secrets = models.TextField(editable=False)
    status = models.CharField(_("status"), max_length=10, choices=EndpointStatus.choices, default=EndpointStatus.ACTIVE)
    paused_for = models.CharField(_("paused because"), max_length=10, choices=PauseReason.choices, blank=True)
    cursor = models.BigIntegerField(editable=False)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints = [
            models.CheckConstraint(
                name="endpoint_paused_for_a_reason",
                condition=Q(status=EndpointStatus.ACTIVE, paused_for="")
                | (Q(status=EndpointStatus.PAUSED) & ~Q(paused_for="")),
            )
        ]
        indexes = [
            models.Index(fields=["store", "-id"], name="endpoint_newest"),
            models.Index(fields=["store", "updated_at"], name="endpoint_changed"),
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="endpoint_due"),
        ]

    def __str__(self) -> str:
        return self.host

    @property
    def host(self) -> str:
        """Where it is, without what may be secret in its address."""
        return urlsplit(self.url).hostname or ""

    def wants(self, name: str) -> bool:
        """Whether it hears of events of this name."""
        return not self.events or name in self.events


class DeliveryQuerySet(ObligationQuerySet, TenantQuerySet):
    """Which deliveries wait, and which of them come first."""

    def waiting(self):
        """Those that are still to be taken."""
        return self.filter(status=DeliveryStatus.WAITING)

    def overdue(self):
        """Those whose endpoint is due as well: what is kept for one that is paused is nobody's delay."""
        return self.due().filter(endpoint__next_attempt_at__lte=Now())

    def first_of_their_history(self):
        """Waiting ones that no earlier event of the same history waits before."""
        earlier = Delivery.objects.waiting().filter(
            endpoint=OuterRef("endpoint"), topic_id=OuterRef("topic_id"), event__lt=OuterRef("event")
        )
        return self.waiting().filter(~Exists(earlier))


class Delivery(Obligation, Traced, TenantModel):
    """One event for one endpoint, and what came of the last call. `tried_since` is when it was called for it first.

    A test comes before everything that waits, and is tried once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(
        Endpoint, verbose_name=_("endpoint"), on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    event = models.BigIntegerField(_("event's number"), editable=False)
    name = models.CharField(_("event"), max_length=50)
    topic_id = models.UUIDField(editable=False)
    is_test = models.BooleanField(default=False, db_default=False, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.WAITING
    )
    tried_since = models.DateTimeField(null=True, editable=False)
    response_status = models.PositiveSmallIntegerField(_("answer"), null=True)
    response = models.CharField(_("answer's text"), max_length=LONGEST_ANSWER, blank=True)
    took_ms = models.PositiveIntegerField(_("milliseconds"), null=True)
    created_at = models.DateTimeField(_("created"))
    delivered_at = models.DateTimeField(_("delivered"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="delivery_once")]
        indexes = [
            models.Index(fields=["store", "-id"], name="delivery_newest"),
            models.Index(fields=["store", "updated_at"], name="delivery_changed"),
            models.Index(fields=["created_at"], name="delivery_age"),
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="delivery_due"),
            models.Index(
                fields=["endpoint", "topic_id", "event"],
                condition=Q(status=DeliveryStatus.WAITING),
                name="delivery_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.endpoint_id}"

    def has_been_tried_for(self, now: datetime):
        """How long it has been called for; nothing before the first call."""
        return now - (self.tried_since or now)


class FailedCall(TenantModel):
    """Calls of a store's programs that were answered with an error, those of one kind and hour in one row.

    What is kept is named by us: the route for the address, codes and fields of errors, never what was sent. Where an
    hour has brought too many kinds the rest is in a row without a route. `request_id` is the last call's.
    """

    hour = models.DateTimeField(editable=False)
    key_prefix = models.CharField(_("API key"), max_length=16, blank=True)
    method = models.CharField(_("HTTP method"), max_length=10, blank=True)
    route = models.CharField(_("route"), max_length=LONGEST_ROUTE, blank=True)
    status = models.PositiveSmallIntegerField(_("answer"))
    codes = ArrayField(models.CharField(max_length=LONGEST_CODE), verbose_name=_("codes"), blank=True)
    fields = ArrayField(models.CharField(max_length=LONGEST_FIELD), verbose_name=_("fields"), blank=True)
    times = models.PositiveIntegerField(_("calls"))
    first_at = models.DateTimeField(_("first call"))
    last_at = models.DateTimeField(_("last call"))
    request_id = models.CharField(_("request id"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("failed call")
        verbose_name_plural = _("failed calls")
        constraints = [
            models.UniqueConstraint(
                fields=["store", "hour", "key_prefix", "method", "route", "status", "codes", "fields"],
                name="failed_call_once",
            )
        ]
        indexes = [
            models.Index(fields=["store", "-last_at"], name="failed_call_newest"),
            models.Index(fields=["last_at"], name="failed_call_age"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.status}"
