"""Which fields a change sets, from what to what: what its event records."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models


def lock(row: models.Model) -> None:
    """Lock the row and read it anew, so that what it was is what the change finds."""
    row.refresh_from_db(from_queryset=row._meta.model._default_manager.select_for_update(no_key=True))


def changes_of(row: models.Model, wanted: Mapping[str, Any]) -> dict[str, list]:
    """Field → [before, after] of what `wanted` would change of the row, and set it. Empty when nothing would."""
    found = {
        field: [getattr(row, field), _as_kept(row, field, value)]
        for field, value in wanted.items()
        if getattr(row, field) != value
    }
    for field, (_before, after) in found.items():
        setattr(row, field, after)
    return found


def _as_kept(row: models.Model, field: str, value: Any) -> Any:
    """The value with as many decimals as its column has."""
    column = row._meta.get_field(field)
    if isinstance(column, models.DecimalField) and isinstance(value, Decimal | int):
        return Decimal(value).quantize(Decimal(1).scaleb(-column.decimal_places))
    return value
