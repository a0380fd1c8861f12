from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Notice")


@_attrs_define
class Notice:
    """What a buyer is to be told.

    Attributes:
        id (UUID):
        order (str):
        buyer (str):
        text (str): In the language of `Accept-Language`, without one in the buyers'.
        at (datetime.datetime):
        updated_at (datetime.datetime):
    """

    id: UUID
    order: str
    buyer: str
    text: str
    at: datetime.datetime
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        order = self.order

        buyer = self.buyer

        text = self.text

        at = self.at.isoformat()

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "order": order,
                "buyer": buyer,
                "text": text,
                "at": at,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        order = d.pop("order")

        buyer = d.pop("buyer")

        text = d.pop("text")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        notice = cls(
            id=id,
            order=order,
            buyer=buyer,
            text=text,
            at=at,
            updated_at=updated_at,
        )

        notice.additional_properties = d
        return notice

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
