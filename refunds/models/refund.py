"""A refund: the buyer's request about (part of) an order, and its way to an end."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, transition

from common.calendar import day_of
from common.changed import Traced
from common.ids import new_id
from common.money import MoneyField, yuan
from common.search import folded_column, starts_of
from common.states import StateField
from common.tenancy import TenantModel
from orders.models import Order
from orders.models.lines import OwnsLines
from refunds.models.contradicted import MayBeContradicted
from refunds.models.goods import HasGoods
from refunds.models.indexes import OF_WHAT_IS_OPEN
from refunds.models.line import RefundLine, lines_of_refund
from refunds.models.queries import RefundQuerySet
from refunds.states import (
    OPEN,
    DueAction,
    MarketplaceVerb,
    RefundGoods,
    RefundKind,
    RefundProgramme,
    RefundReason,
    RefundStatus,
)
from stores.marketplaces import MarketplaceRules, rules_of
from stores.models import ReturnAddress


class Refund(OwnsLines, HasGoods, MayBeContradicted, Traced, TenantModel):
    """The state decides which deadline runs (`due_at`) and what it does (`due_action`).

    One that came from a connected marketplace `is_followed`: status, deadline and money are the marketplace's, and
    change only as it reports them (refunds.marketplace). Its deadline is shown and brings nothing here.
    `marketplace_status` is its own word, `decision_sent` what the merchant decided there and nobody has confirmed yet.
    `rules_name` and `rules_version` are the marketplace rules that the refund was opened under; they hold to its end.
    """

    is_topic = True  # what is told of it, and who looked, is filed under its id (common.looks)
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(
        Order, verbose_name=_("order"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=20, choices=RefundKind.choices)
    reason = models.CharField(_("reason"), max_length=30, choices=RefundReason.choices)
    description = models.CharField(_("description"), max_length=500, blank=True)
    programme = models.CharField(_("programme"), max_length=20, choices=RefundProgramme.choices, blank=True)
    negotiating_since = models.DateTimeField(_("negotiating since"), null=True)
    amount = MoneyField(verbose_name=_("amount"))
    goods = models.CharField(
        _("goods"), max_length=20, choices=RefundGoods.choices, blank=True, default="", db_default=""
    )
    split_from = models.ForeignKey(
        "self", verbose_name=_("split from"), on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    status = StateField(
        _("status"), max_length=20, choices=RefundStatus.choices, default=RefundStatus.AWAITING_MERCHANT
    )
    due_at = models.DateTimeField(_("deadline"), null=True)
    due_action = models.CharField(_("when the deadline passes"), max_length=20, choices=DueAction.choices, blank=True)
    rules_name = models.CharField(max_length=20, editable=False)
    rules_version = models.PositiveSmallIntegerField(editable=False)
    resubmissions = models.PositiveSmallIntegerField(_("resubmissions"), default=0)
    return_address = models.ForeignKey(
        ReturnAddress, verbose_name=_("return address"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    return_carrier = models.CharField(_("return carrier"), max_length=50, blank=True)
    return_tracking_number = models.CharField(_("return tracking number"), max_length=64, blank=True)
    return_tracking_folded = folded_column("return_tracking_number")
    rejection_reason = models.CharField(_("why it was rejected"), max_length=200, blank=True)
    inspection_note = models.CharField(_("inspection note"), max_length=200, blank=True)
    is_instant = models.BooleanField(_("refunded at once by the platform"), default=False)
    needs_attention = models.BooleanField(_("needs attention"), default=False)
    unread_by_merchant = models.PositiveIntegerField(_("unread messages"), default=0)
    created_at = models.DateTimeField(_("requested"))
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    refunded_on = models.DateField(null=True, editable=False)
    is_loss_counted = models.BooleanField(default=False, db_default=False, editable=False)
    is_followed = models.BooleanField(_("from the marketplace"), default=False, db_default=False, editable=False)
    marketplace_status = models.CharField(
        _("status at the marketplace"), max_length=100, blank=True, default="", db_default="", editable=False
    )
    marketplace_read_at = models.DateTimeField(_("last read there"), null=True, editable=False)
    decision_sent = models.CharField(
        _("decision sent"), max_length=20, choices=MarketplaceVerb.choices, blank=True, default="", db_default=""
    )

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(amount=0, kind=RefundKind.EXCHANGE), name="refund_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True, due_action="")
                | Q(due_at__isnull=False, is_followed=False) & ~Q(due_action="")
                | Q(is_followed=True, due_action=""),
                name="refund_deadline_has_action",
            ),
            models.CheckConstraint(
                condition=Q(is_followed=True) | Q(marketplace_status="", decision_sent=""),
                name="refund_marketplace_of_followed",
            ),
            models.CheckConstraint(
                condition=~Q(status="awaiting_return")
                | Q(return_address__isnull=False)
                | Q(due_at__isnull=True)
                | Q(is_followed=True),
                name="refund_no_return_clock_without_address",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "updated_at"], name="refund_changed"),
            models.Index(fields=["store", "-id"], name="refund_newest"),
            models.Index(fields=["store", "status", "-id"], name="refund_by_status"),
            models.Index(fields=["store", "kind", "reason", "-id"], name="refund_by_kind_reason"),
            models.Index(fields=["store", "order"], name="refund_of_order"),
            starts_of("return_tracking_folded", "refund_tracking_start"),
            models.Index(
                fields=["store", "split_from"], condition=Q(split_from__isnull=False), name="refund_split_from"
            ),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False, is_followed=False), name="refund_to_end"),
            *OF_WHAT_IS_OPEN,
            models.Index(fields=["store", "created_at"], condition=Q(is_instant=True), name="refund_instant"),
            models.Index(fields=["store", "-id"], condition=Q(is_followed=True), name="refund_followed"),
            models.Index(fields=["store", "-id"], condition=Q(unread_by_merchant__gt=0), name="refund_unread"),
            models.Index(fields=["store", "programme", "-id"], condition=~Q(programme=""), name="refund_of_programme"),
            models.Index(
                fields=["store", "id"],
                condition=Q(status="refunded", is_loss_counted=False),
                name="refund_loss_to_count",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {yuan(self.amount)}"

    @property
    def rules(self) -> MarketplaceRules:
        """The rules that this refund was opened under."""
        return rules_of(self.rules_name, self.rules_version)

    @property
    def is_new(self) -> bool:
        """Whether it was made just now and has not been read back: only what answered it at once can hang on it."""
        return self._state.adding

    @property
    def is_open(self) -> bool:
        """Whether it may still move."""
        return self.status in OPEN

    @property
    def moves_goods(self) -> bool:
        """Whether the buyer sends goods back."""
        return self.kind != RefundKind.REFUND_ONLY

    @property
    def holds_pieces(self) -> bool:
        """Whether its pieces come back, by the buyer or by a recall, so that no other refund may take them."""
        return self.moves_goods or self.goods == RefundGoods.RECALLED

    @property
    def pays(self) -> bool:
        """Whether it ends with money; an exchange ends with a new parcel."""
        return self.kind != RefundKind.EXCHANGE

    @property
    def lacks_address(self) -> bool:
        """Whether the buyer of a refund of ours may send goods and nobody said where: no clock runs until then (P1)."""
        return self.status == RefundStatus.AWAITING_RETURN and self.return_address_id is None and not self.is_followed

    def read_lines(self) -> list[RefundLine]:
        """Its lines with their order lines."""
        return lines_of_refund.all(store_id=self.store_id, refund_id=self.pk)

    def is_overdue(self, now) -> bool:
        """Whether the deadline has passed and what it brings is decided, even if the sweep has yet to do it.

        What a marketplace's deadline brings, only it knows.
        """
        return self.due_at is not None and self.due_at <= now and not self.is_followed

    def _deadline(self, due_at=None, action="") -> None:
        self.due_at, self.due_action = due_at, action

    def _await_goods(self, address: ReturnAddress | None, now) -> None:
        """The buyer's time begins with the address; without one a person is called, and no time runs out."""
        self.return_address, self.needs_attention = address, address is None
        if address is None:
            self._deadline()
        else:
            self._deadline(now + self.rules.buyer_ships_return_within, DueAction.CLOSE)

    @transition(
        field=status,
        source=RefundStatus.AWAITING_MERCHANT,
        target=RefundStatus.REFUNDING,
        conditions=[lambda r: not r.moves_goods],
    )
    def approve_payment(self):
        """The money goes out (T5, T10)."""
        self._deadline()

    @transition(field=status, source=RefundStatus.AWAITING_MERCHANT, target=RefundStatus.REFUNDING)
    def refund_instantly(self):
        """The platform refunds a trusted buyer at once, wherever the goods are (P5)."""
        self.is_instant = True
        self._deadline()

    @transition(
        field=status,
        source=RefundStatus.AWAITING_MERCHANT,
        target=RefundStatus.AWAITING_RETURN,
        conditions=[lambda r: r.moves_goods],
    )
    def approve_return(self, *, address: ReturnAddress | None, now):
        """The buyer may send the goods back (T6, T10, P1)."""
        self._await_goods(address, now)

    @transition(
        field=status,
        source=RefundStatus.AWAITING_RETURN,
        target=RefundStatus.AWAITING_RETURN,
        conditions=[lambda r: r.lacks_address],
    )
    def name_address(self, *, address: ReturnAddress, now):
        """The store says where the goods go; only now the buyer's time begins (P1)."""
        self._await_goods(address, now)

    @transition(field=status, source=RefundStatus.AWAITING_MERCHANT, target=RefundStatus.REJECTED)
    def reject(self, *, reason: str, now):
        """The merchant says no; the buyer may correct it or give up."""
        self.rejection_reason = reason
        self._deadline(now + self.rules.buyer_disputes_within, DueAction.CLOSE)

    @transition(field=status, source=RefundStatus.REJECTED, target=RefundStatus.AWAITING_MERCHANT)
    def resubmit(self, *, now):
        """The buyer has corrected the request."""
        self.resubmissions += 1
        self.rejection_reason = ""
        self._deadline(now + self.rules.merchant_answers_within, DueAction.APPROVE)

    @transition(
        field=status,
        source=RefundStatus.AWAITING_MERCHANT,
        target=RefundStatus.RECALLING,
        conditions=[lambda r: not r.moves_goods],
    )
    def start_recall(self, *, now):
        """Approved, but the goods are on their way: the money waits for them to come back (P4)."""
        self.goods = RefundGoods.RECALLED
        self._deadline(now + self.rules.recall_ends_within, DueAction.REFUND)

    @transition(field=status, source=RefundStatus.RECALLING, target=RefundStatus.REFUNDING)
    def end_recall(self):
        """The parcel is back, or lost, or nobody knows in time: the buyer gets the money (P4)."""
        self._deadline()

    @transition(field=status, source=RefundStatus.RECALLING, target=RefundStatus.AWAITING_RETURN)
    def fail_recall(self, *, address: ReturnAddress | None, now):
        """The parcel reaches the buyer after all, who sends the goods back like any other return (P4)."""
        self.kind, self.goods = RefundKind.RETURN_AND_REFUND, ""
        self._await_goods(address, now)

    @transition(field=status, source=RefundStatus.AWAITING_RETURN, target=RefundStatus.REFUNDING)
    def miss_goods(self):
        """The buyer never had the goods that were to come back (P3)."""
        self.needs_attention = False
        self._deadline()

    @transition(field=status, source=RefundStatus.AWAITING_RETURN, target=RefundStatus.RETURNING)
    def ship_return(self, *, carrier: str, tracking_number: str, now):
        """The return parcel is on its way (P1)."""
        self.return_carrier, self.return_tracking_number = carrier, tracking_number
        self._deadline(now + self.rules.merchant_inspects_within, DueAction.REFUND)

    @transition(
        field=status, source=RefundStatus.RETURNING, target=RefundStatus.REFUNDING, conditions=[lambda r: r.pays]
    )
    def pass_inspection(self, *, note: str):
        """The goods came back as they should (P1), or nobody looked in time."""
        self.inspection_note = note
        self._deadline()

    @transition(
        field=status,
        source=[RefundStatus.RETURNING, RefundStatus.DISPUTED],
        target=RefundStatus.CLOSED,
        conditions=[lambda r: not r.pays],
    )
    def exchange(self, *, note: str, now):
        """The goods came back as they should, nobody looked in time, or the platform says so: the new ones are owed."""
        self.goods, self.resolved_at = RefundGoods.EXCHANGED, now
        self.inspection_note = note or self.inspection_note
        self._deadline()

    @transition(
        field=status, source=RefundStatus.RETURNING, target=RefundStatus.REFUNDING, conditions=[lambda r: r.pays]
    )
    def lose_return(self):
        """The carrier has lost the return parcel: the buyer doesn't wait for it (P3)."""
        self._deadline()

    @transition(field=status, source=RefundStatus.RETURNING, target=RefundStatus.REJECTED)
    def fail_inspection(self, *, note: str, now):
        """The goods came back wrong."""
        self.inspection_note = self.rejection_reason = note
        self._deadline(now + self.rules.buyer_disputes_within, DueAction.CLOSE)

    @transition(field=status, source=RefundStatus.REFUNDING, target=RefundStatus.REFUNDED)
    def settle(self, *, now):
        """The money has arrived, on this day of the store's calendar, whatever zone it moves to later (K12)."""
        self.resolved_at, self.needs_attention, self.refunded_on = now, False, day_of(now, self.store.time_zone)

    @transition(field=status, source=RefundStatus.REFUNDED, target=RefundStatus.REFUNDING)
    def unsettle(self):
        """The money came back: it has to be paid again."""
        self.resolved_at = self.refunded_on = None

    @transition(
        field=status,
        source=[RefundStatus.REFUNDING, RefundStatus.WITHDRAWN],
        target=RefundStatus.AWAITING_MERCHANT,
    )
    def reopen(self, *, now):
        """The money was given up, the refund's own or that of the offer it was withdrawn for: it is asked for anew."""
        self.resolved_at = None
        self._deadline(now + self.rules.merchant_answers_within, DueAction.APPROVE)

    @transition(
        field=status,
        source=[
            RefundStatus.AWAITING_MERCHANT,
            RefundStatus.AWAITING_RETURN,
            RefundStatus.RETURNING,
            RefundStatus.REJECTED,
        ],
        target=RefundStatus.DISPUTED,
        conditions=[lambda r: r.status != RefundStatus.AWAITING_RETURN or r.lacks_address],
    )
    def dispute(self):
        """The platform was asked to step in: no clock runs, a person decides (R7)."""
        self.needs_attention = False
        self._deadline()

    @transition(
        field=status, source=RefundStatus.DISPUTED, target=RefundStatus.REFUNDING, conditions=[lambda r: r.pays]
    )
    def grant(self):
        """The platform gives the buyer the amount, or the part of it that the caller has set (R7)."""

    @transition(field=status, source=RefundStatus.DISPUTED, target=RefundStatus.CLOSED)
    def deny(self, *, now):
        """The platform sides with the merchant (R7)."""
        self.resolved_at = now

    @transition(
        field=status,
        source=[
            RefundStatus.AWAITING_MERCHANT,
            RefundStatus.AWAITING_RETURN,
            RefundStatus.REJECTED,
            RefundStatus.DISPUTED,
        ],
        target=RefundStatus.WITHDRAWN,
    )
    def withdraw(self, *, now):
        """The buyer no longer wants it."""
        self.resolved_at, self.needs_attention = now, False
        self._deadline()

    @transition(
        field=status,
        source="*",
        target=RETURN_VALUE(*RefundStatus.values),
        conditions=[lambda r: r.is_followed],
    )
    def follow(self, status: str, *, due_at, ended_at):
        """The marketplace says that the refund is there, whatever it was before; `ended_at` once it has ended."""
        self.resolved_at = ended_at
        is_paid = status == RefundStatus.REFUNDED
        self.refunded_on = (self.refunded_on or day_of(ended_at, self.store.time_zone)) if is_paid else None
        self._deadline(due_at)
        return status

    @transition(field=status, source=[RefundStatus.AWAITING_RETURN, RefundStatus.REJECTED], target=RefundStatus.CLOSED)
    def close(self, *, now):
        """The buyer let the deadline pass."""
        self.resolved_at = now
        self._deadline()
