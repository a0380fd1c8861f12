"""How TOP writes things: instants, numbers in fields, and its refusals. Shared by the files of its fake."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from connectors.fakes.shapes import FakeRefund, FakeRefusal, Reply

CHINA = timezone(timedelta(hours=8))


def china_time(at: datetime) -> str:
    """As TOP writes an instant."""
    return datetime.fromtimestamp(at.timestamp(), CHINA).isoformat(" ")[:19]


def top_refusal(code: int, msg: str, sub_code: str, sub_msg: str) -> FakeRefusal:
    """An `error_response`."""
    said: dict[str, Any] = {"code": code, "msg": msg, "request_id": "fake"}
    if sub_code:
        said |= {"sub_code": sub_code, "sub_msg": sub_msg}
    return FakeRefusal(Reply.json({"error_response": said}))


def number_in(fields: Mapping[str, str], name: str, default: int) -> int:
    """A whole number among the fields. FakeRefusal."""
    try:
        return int(fields.get(name, default))
    except ValueError:
        raise top_refusal(41, "Invalid arguments", "isv.invalid-parameter", name) from None


def page_of(found: list[FakeRefund], fields: Mapping[str, str], default: int) -> tuple[list[FakeRefund], bool]:
    """The page that is asked for, the newest change first, and whether there is another. FakeRefusal."""
    page, size = number_in(fields, "page_no", 1), number_in(fields, "page_size", default)
    if not fields.get("fields") or not 1 <= size <= 100 or page < 1:
        raise top_refusal(41, "Invalid arguments", "isv.invalid-parameter", "fields, page_no, page_size")
    found.sort(key=lambda refund: refund.version, reverse=True)
    return found[(page - 1) * size : page * size], len(found) > page * size
