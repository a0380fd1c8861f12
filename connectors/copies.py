"""A copy of a refund as JSON keeps it, and back; what tells two copies of one version apart."""

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from connectors.port import LineCopy, OrderCopy, RefundCopy, RefundStage, Verb

UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # PostgreSQL takes neither
SAME_DEADLINE = timedelta(minutes=1)  # told as "seconds left" it is never twice the same


def copy_as_json(copy: RefundCopy) -> dict[str, Any]:
    """The whole copy."""
    return _as_json(copy)


def copy_from_json(data: Mapping[str, Any]) -> RefundCopy:
    """The copy that was kept."""
    order = data["order"]
    return RefundCopy(
        **{
            **data,
            "order": OrderCopy(
                **{
                    **order,
                    "paid_amount": _decimal(order["paid_amount"]),
                    "paid_at": _instant(order["paid_at"]),
                    "lines": _lines(order["lines"]),
                }
            ),
            "stage": RefundStage(data["stage"]),
            "amount": Decimal(data["amount"]),
            "refunded_amount": _decimal(data["refunded_amount"]),
            "updated_at": _instant(data["updated_at"]),
            "created_at": _instant(data["created_at"]),
            "deadline": _instant(data["deadline"]),
            "lines": _lines(data["lines"]),
            "refused": frozenset(Verb(verb) for verb in data["refused"]),
        }
    )


def digest_of(data: Mapping[str, Any]) -> str:
    """The same for two copies, as JSON keeps them, that say the same, whatever else the platform sent along."""
    said = {name: value for name, value in data.items() if name not in ("raw", "deadline")}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def is_same_deadline(one: datetime | None, other: datetime | None) -> bool:
    """Whether two deadlines are one, told at different moments."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= SAME_DEADLINE


def _as_json(value: Any) -> Any:
    if isinstance(value, str):
        return _clean(str(value))
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple):
        return [_as_json(each) for each in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(_as_json(each) for each in value)
    if isinstance(value, Mapping):
        return {_clean(str(key)): _as_json(each) for key, each in value.items()}
    return {each.name: _as_json(getattr(value, each.name)) for each in fields(value)}


def _clean(text: str) -> str:
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text) if UNSTORABLE.search(text) else text


def _lines(data: list[dict]) -> tuple[LineCopy, ...]:
    return tuple(LineCopy(**{**line, "unit_price": _decimal(line["unit_price"])}) for line in data)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
