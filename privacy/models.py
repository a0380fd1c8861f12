"""What buyers ask of their data, and who has looked at it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from common.ids import new_id
from common.obligations import Obligation, ObligationQuerySet
from common.states import StateField
from common.tenancy import TenantModel, TenantQuerySet
from orders.models import Order
from privacy.states import LookWay, RequestKind, RequestStatus


class RequestQuerySet(ObligationQuerySet, TenantQuerySet):
    """Requests by store, and by whether a worker has something to do."""


class BuyerRequest(Obligation, TenantModel):
    """An export or an erasure of one buyer's data in one store; a worker's obligation until it is done.

    `buyer_id` is the buyer's, and the pseudonym once it is erased. A marketplace that names no buyer names `order`
    instead, and the request is about that one. `orders` counts the orders that it is about; of an erasure they are
    those whose `erased_at` is `asked_at`. `size` counts the bytes of a finished export.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=RequestKind.choices)
    buyer_id = models.CharField(_("buyer id"), max_length=64, blank=True)
    order = models.ForeignKey(
        Order, verbose_name=_("order"), on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    status = StateField(_("status"), max_length=10, choices=RequestStatus.choices, default=RequestStatus.UNDER_WAY)
    orders = models.PositiveIntegerField(_("orders"))
    asked_by = models.CharField(_("asked by"), max_length=150, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    done_at = models.DateTimeField(_("done"), null=True)
    size = models.PositiveBigIntegerField(_("size"), null=True)

    objects = RequestQuerySet.as_manager()

    WORK_FIELDS = (*Obligation.WORK_FIELDS, "status", "buyer_id", "done_at", "size")

    class Meta:
        verbose_name = _("request about a buyer's data")
        verbose_name_plural = _("requests about buyers' data")
        constraints = [
            models.UniqueConstraint(
                fields=["store", "kind", "buyer_id"],
                condition=Q(status="under_way", order=None),
                name="buyer_request_one_under_way",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-id"], name="buyer_request_newest"),
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="buyer_request_due"
            ),
            models.Index(fields=["id"], condition=Q(needs_attention=True), name="buyer_request_attention"),
            models.Index(fields=["done_at"], condition=Q(kind="export", size__isnull=False), name="buyer_request_file"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.buyer_id or self.order_id}"

    @property
    def stored_as(self) -> str:
        """The file's name in the storage, known before it is written: what a dead worker left is written over."""
        return f"privacy/{self.store_id}/{self.pk.hex}.zip"

    @property
    def ends_at(self):
        """When the file is gone; None where there is none."""
        kept_for = settings.KEPT_FOR["KEEP_EXPORTS_DAYS"]
        return self.done_at + kept_for if self.kind == RequestKind.EXPORT and self.done_at else None

    @transition(field=status, source=RequestStatus.UNDER_WAY, target=RequestStatus.DONE)
    def finish(self, *, now, size: int | None = None):
        """The file lies in the storage, or nothing personal is left."""
        self.done_at, self.size = now, size

    @transition(field=status, source=RequestStatus.UNDER_WAY, target=RequestStatus.FAILED)
    def fail(self):
        """It broke off again and again: a person looks at it and resumes it."""

    @transition(field=status, source=RequestStatus.FAILED, target=RequestStatus.UNDER_WAY)
    def resume(self):
        """It goes on where it was."""

    def call_person(self):
        """What is done stays done; the rest waits to be resumed."""
        super().call_person()
        self.fail()


class Look(TenantModel):
    """Somebody saw buyers' data on a day, through one page, list, file or call: once however often they looked.

    `topic_id` is the order or the refund that it was about; None of a list, of which `buyers` counts the rows. `id`
    is a print of all that tells one look from another (`privacy.looks.noting`), so that the same one can't be noted
    twice. `place` is the name of the route. The table lies in a part per month (common.partition_sql).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    day = models.DateField()
    at = models.DateTimeField(_("first at"))
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=150, blank=True)
    way = models.CharField(_("through"), max_length=10, choices=LookWay.choices)
    place = models.CharField(max_length=100)
    topic_id = models.UUIDField(null=True)
    buyers = models.PositiveIntegerField(_("buyers"))

    class Meta:
        verbose_name = _("look at buyers' data")
        verbose_name_plural = _("looks at buyers' data")
        indexes = [
            models.Index(fields=["store", "-at", "-id"], name="look_newest"),
            models.Index(fields=["store", "topic_id"], name="look_of_topic", condition=Q(topic_id__isnull=False)),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.actor_label} · {self.place}"
