"""A store whose every row tells of one buyer, in each column that a room declares to hold such data."""

import json
from typing import Any
from uuid import uuid4

from django.db import connection

from common.holdings import all_holdings
from common.personal import MARK, AppendOnly, Whose, erasing
from common.tenancy import system_scope
from orders.models import Order
from privacy.reading import rows_of
from refunds.models import Refund

TOLD = "这是Zq84"
MARKED = {
    "buyer_id": "Zq81-open-id",
    "buyer_name": "欧阳Zq82",
    "address": "云南省昆明市翠湖路Zq83号",
    "address_name": "欧阳Zq82",
    "address_phone": "13912345678",
    "address_detail": "翠湖路Zq83号",
}
# What an erasure alone may change has the mark of erased data: it stands for a buyer's as well.
MARKS = ("Zq81-", "欧阳Zq82", "1391234", "翠湖路Zq83", TOLD, MARK)
PROGRAMS = {("connectors.SentDecision", "data"), ("common.IdempotentAnswer", "body")}  # more than texts
WHOSE = Whose("no such buyer", "nobody")


def mark(shop, done: set[tuple[str, Any]] | None = None) -> None:
    """Make every row of the store that is about a buyer tell of one; those that are `done` are left as they are."""
    done = set() if done is None else done
    with system_scope(), erasing():
        orders = list(Order.objects.filter(store_id=shop.store.pk))
        refunds = Refund.objects.filter(store_id=shop.store.pk)
        topics = [*(order.pk for order in orders), *refunds.values_list("pk", flat=True)]
        for holding in all_holdings():
            if holding.is_about_buyers and not holding.go and holding.held and holding.model is not Order:
                for row in rows_of(holding, orders, topics):
                    if (key := (holding.model._meta.label, row.pk)) not in done:
                        done.add(key)
                        _mark(holding, row)
        with connection.cursor() as cursor:
            columns = ", ".join(f"{name} = %s" for name in MARKED)
            cursor.execute(f"UPDATE orders_order SET {columns} WHERE store_id = %s", [*MARKED.values(), shop.store.pk])


def _mark(holding, row) -> None:
    """What an erasure would put a mark for is marked, were it empty before."""
    model, changes = type(row), {}
    is_fixed = any(isinstance(trigger, AppendOnly) for trigger in getattr(model._meta, "triggers", ()))
    for name, held in holding.held.items():
        column, value = model._meta.get_field(name), getattr(row, name)
        if (model._meta.label, name) in PROGRAMS or column.get_internal_type() == "BinaryField":
            continue
        is_text = column.get_internal_type() in ("CharField", "TextField")
        erased = held.erase("x" if is_text and not is_fixed else value, row, WHOSE)
        if is_fixed:
            changes[name] = value if erased in (WHOSE.pseudonym, f"buyer:{WHOSE.pseudonym}") else erased
        elif is_text and erased in (MARK, WHOSE.pseudonym) and (column.max_length or 99) > len(TOLD):
            changes[name] = TOLD
        elif not is_text:
            changes[name] = json.loads(json.dumps(erased).replace(MARK, TOLD))
    model._default_manager.filter(pk=row.pk).update(**changes)


def shows_marks(answer) -> bool:
    """Whether an answer shows any of it, as it is or as JSON writes it."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode(errors="ignore")
    return any(each in text or json.dumps(each)[1:-1] in text for each in MARKS)


def key_header() -> dict[str, str]:
    """An Idempotency-Key that nobody has used."""
    return {"Idempotency-Key": str(uuid4())}
