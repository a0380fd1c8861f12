"""Which rows of a table are about a buyer's orders."""

from collections.abc import Sequence
from uuid import UUID

from django.db import models

from common.personal import Holding
from orders.models import Order


def rows_of(holding: Holding, orders: Sequence[Order], topics: Sequence[UUID]) -> models.QuerySet:
    """The rows of a table that are about these orders of one store; `topics` are their ids and their refunds'."""
    if holding.rows is not None:
        return holding.rows(orders, topics)
    rows = holding.model._default_manager.filter(store_id=orders[0].store_id)
    if holding.topic:
        return rows.filter(**{f"{holding.topic}__in": topics})
    return rows.filter(**{f"{holding.order}__in": [order.pk for order in orders]})
