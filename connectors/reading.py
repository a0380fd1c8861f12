"""Reading what platforms send: JSON, yuan and instants in our units, without the receivers' data.

An answer that can't be read at all is `Unreachable`: nobody knows what was done. A value that can't be is
`UnreadableCopy`.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from common.sentences import sentence as _
from common.texts import is_blank, without_unfit
from connectors.http import Response
from connectors.port import RefundCopy, Throttled, Unreachable, UnreadableCopy
from orders.waybills import carrier_named

BEIJING = timezone(timedelta(hours=8))
LARGEST_FEN = 10**10 - 1  # what an order may be worth here
# Whoever gets the goods: masked or encrypted there, and none of our business. Ids of addresses are neither.
RECEIVERS = re.compile(
    r"receiver|consignee|address(?!_id)|phone|mobile|encrypt|contact|user_name"
    r"|(?:^|_)(?:tel|province|city|district|town|street|landline)(?:_|$)"
)


def call_address(base_url: str, path: str) -> str:
    """Where a call goes: the base with the path, which a base that somebody typed may have already."""
    base = base_url.rstrip("/")
    return base if urlsplit(base).path.endswith(path) else base + path


def json_object(response: Response) -> dict[str, Any]:
    """The object that was answered, without characters that can't be kept. Throttled (429), Unreachable."""
    if response.status == 429:
        raise Throttled(code="429")
    if response.status != 200:
        raise Unreachable(_("The marketplace answered with HTTP %(status)d.") % {"status": response.status})
    try:
        answer = cleaned(json.loads(response.body, parse_constant=_no_number))
    except (ValueError, RecursionError):
        raise Unreachable(_("The answer is no JSON.")) from None
    if not isinstance(answer, dict):
        raise Unreachable(_("The answer is no JSON object."))
    return answer


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def cleaned(value: Any) -> Any:
    """The value without what no text of ours may hold."""
    match value:
        case str():
            return without_unfit(value)
        case dict():
            return {cleaned(key): cleaned(each) for key, each in value.items()}
        case list():
            return [cleaned(each) for each in value]
    return value


def without_receivers(value: Any) -> Any:
    """The value without names, addresses and telephones of whoever gets the goods."""
    match value:
        case Mapping():
            return {key: without_receivers(each) for key, each in value.items() if not RECEIVERS.search(key)}
        case list():
            return [without_receivers(each) for each in value]
    return value


def the_asked(refund_id: str, copy: RefundCopy) -> RefundCopy:
    """The copy, if it is of the refund that was asked for. UnreadableCopy."""
    if copy.id != refund_id:
        raise UnreadableCopy(_("The answer tells nothing of this refund."))
    return copy


def part(value: Any, *names: str) -> dict[str, Any]:
    """The object under these names, one within the other; empty where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; one that is no object is an empty one. Empty where there is no list."""
    return [each if isinstance(each, dict) else {} for each in value] if isinstance(value, list) else []


def text(value: Any) -> str:
    """What a text or a whole number says; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    told = str(value).strip()
    return "" if is_blank(told) else told


def whole(value: Any) -> int | None:
    """A whole number, as a number or as digits; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value.strip()):
        return int(value)
    return None


def pieces(value: Any) -> int:
    """How many pieces of something; one where nothing sensible is told."""
    told = whole(value)
    return told if told is not None and 0 < told < 100_000 else 1


def fen(value: Any) -> Decimal | None:
    """Yuan of a whole number of fen; None where there is none. UnreadableCopy for what is no amount."""
    if value is None or value == "":
        return None
    amount = whole(value)
    if amount is None or not 0 <= amount <= LARGEST_FEN:
        raise UnreadableCopy(_("“%(value)s” is no amount in fen.") % {"value": str(value)[:40]})
    return Decimal(amount).scaleb(-2)


def yuan_told(value: Any) -> Decimal | None:
    """Yuan of a text with at most two decimals; None where there is none. UnreadableCopy for what is no amount."""
    if value is None or value == "":
        return None
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2}0*)?", text(value)):
        raise UnreadableCopy(_("“%(value)s” is no amount in yuan.") % {"value": str(value)[:40]})
    amount = Decimal(text(value)).quantize(Decimal("0.01"))
    if amount.scaleb(2) > LARGEST_FEN:
        raise UnreadableCopy(_("“%(value)s” is no amount in yuan.") % {"value": str(value)[:40]})
    return amount


def in_fen(amount: Decimal) -> int:
    """Fen of an amount in yuan. ValueError for parts of a fen."""
    if (whole_fen := int(amount.scaleb(2))) != amount.scaleb(2):
        raise ValueError(f"{amount} yuan are no whole number of fen.")
    return whole_fen


def seconds(value: Any) -> datetime | None:
    """The instant of Unix seconds; None for none, for 0, and for what is no instant."""
    return _instant(whole(value), 1)


def milliseconds(value: Any) -> datetime | None:
    """The instant of Unix milliseconds; None for none, for 0, and for what is no instant."""
    return _instant(whole(value), 1000)


def beijing(value: Any) -> datetime | None:
    """The instant of a `yyyy-MM-dd HH:mm:ss` of China; None for what is none."""
    try:
        return datetime.strptime(text(value), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) - BEIJING.utcoffset(None)
    except ValueError:
        return None


def _instant(value: int | None, per_second: int) -> datetime | None:
    if not value or not 0 < value < 4_102_444_800 * per_second:  # before 2100
        return None
    return datetime.fromtimestamp(value // per_second, UTC) + timedelta(seconds=value % per_second) / per_second


def company_called(carrier: str, companies: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """The platform's (id, name) of the carrier that we call so; None when it knows no such."""
    wanted = carrier_named(carrier)
    known: Sequence[tuple[str, str]] = list(companies)
    exact = next((each for each in known if carrier in each), None)
    return exact or next((each for each in known if wanted and carrier_named(each[1]) == wanted), None)
