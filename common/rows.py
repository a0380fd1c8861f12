"""Objects of models without the ceremony of `Model.__init__`, which took half of the time of reading and making many.

What it leaves out are the signals of an object's making, of which nobody asks here, and the checks of its arguments.
"""

from functools import lru_cache
from typing import TypeVar

from django.db import models
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=models.Model)


def read_row(model: type[Row], using: str, names, values) -> Row:
    """An object with these columns as they were read; a column that wasn't is read when it is asked for."""
    row = model.__new__(model)
    row._state = ModelState()
    row._state.db, row._state.adding = using, False
    row.__dict__.update(zip(names, values, strict=True))
    return row


def new_row(model: type[Row], **columns) -> Row:
    """A new object with these columns (`order_id`, not `order`), the others at their defaults."""
    row = model.__new__(model)
    row._state = ModelState()
    same, made = _defaults(model)
    row.__dict__.update(same)
    for name, make in made.items():
        if name not in columns:
            row.__dict__[name] = make()
    row.__dict__.update(columns)
    return row


@lru_cache
def _defaults(model: type[models.Model]) -> tuple[dict, dict]:
    """(values that are always the same, what makes the others) by column."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.GeneratedField)]
    made = {field.attname: field.get_default for field in fields if callable(field.default)}
    return {field.attname: field.get_default() for field in fields if field.attname not in made}, made
