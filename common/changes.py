"""What a change changes, for its event."""

from collections.abc import Mapping
from typing import Any

from django.db import models


def lock(row: models.Model) -> None:
    """Lock the row and read it anew, so that what it was is what the change finds."""
    row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update(no_key=True))


def changes_of(row: models.Model, wanted: Mapping[str, Any]) -> dict[str, list]:
    """Field → [before, after] of what `wanted` would change of the row, and set it. Empty when nothing would."""
    found = {field: [getattr(row, field), value] for field, value in wanted.items() if getattr(row, field) != value}
    for field, (_before, after) in found.items():
        setattr(row, field, after)
    return found
