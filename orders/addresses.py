"""Where an order goes: one line of text, or its parts."""

from collections.abc import Mapping
from typing import TypedDict

from common.words import lined

# The parts of an address and how many characters each has at most; all of them make a line of `Order.address`.
PARTS = {"name": 50, "phone": 30, "province": 30, "city": 30, "district": 30, "detail": 120}
COLUMNS = {part: f"address_{part}" for part in PARTS}


class AddressParts(TypedDict, total=False):
    """An address in its parts; those that it doesn't name are empty."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    detail: str


def address_columns(address: str | Mapping[str, str]) -> dict[str, str]:
    """The order's columns for an address: the line that people and carriers read, and the parts as far as given."""
    if isinstance(address, str):
        return {"address": address, **dict.fromkeys(COLUMNS.values(), "")}
    return {"address": in_a_line(address), **{column: address.get(part, "") for part, column in COLUMNS.items()}}


def in_a_line(parts: Mapping[str, str]) -> str:
    """`浙江省 杭州市 西湖区 文三路 1 号，王芳 13800000000`."""
    place = " ".join(filter(None, (parts.get(part, "") for part in ("province", "city", "district", "detail"))))
    receiver = " ".join(filter(None, (parts.get(part, "") for part in ("name", "phone"))))
    return lined(place, receiver)
