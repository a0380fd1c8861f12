"""Five plain tables, made by `migrate --run-syncdb`."""

from django.db import models

from common.ids import new_id
from common.money import ZERO, MoneyField


class ListedRefund(models.Model):
    """A row with the same kind of id as the platform's."""

    id = models.UUIDField(primary_key=True, default=new_id)

    class Meta:
        abstract = True


class Order(ListedRefund):
    """An order."""

    number = models.CharField(max_length=64, unique=True)
    buyer_id = models.CharField(max_length=64)
    paid_amount = MoneyField()
    claimed_amount = MoneyField(default=ZERO)

    def __str__(self) -> str:
        return self.number


class OrderLine(ListedRefund):
    """Its line."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    item_id = models.CharField(max_length=20)
    quantity = models.PositiveIntegerField()
    unit_price = MoneyField()
    claimed_amount = MoneyField(default=ZERO)

    def __str__(self) -> str:
        return self.item_id


class Refund(ListedRefund):
    """A refund."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=30)
    amount = MoneyField()
    status = models.CharField(max_length=20, default="awaiting_merchant", db_index=True)
    due_at = models.DateTimeField(null=True, db_index=True)
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.status


class Payment(ListedRefund):
    """Money for the buyer."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="payments")
    amount = MoneyField()
    status = models.CharField(max_length=20, default="pending")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.status


class Event(models.Model):
    """What happened."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    name = models.CharField(max_length=50)
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name
