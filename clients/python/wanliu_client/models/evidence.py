from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.side_enum import SideEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="Evidence")


@_attrs_define
class Evidence:
    """A file that one side has shown. `type`, `size` and `sha256` are of the file as it is kept.

    Attributes:
        id (UUID):
        refund (UUID):
        side (SideEnum): * `merchant` - Merchant
            * `buyer` - Buyer
        name (str):
        type_ (str):
        size (int):
        sha256 (str):
        at (datetime.datetime):
        note (str | Unset):
    """

    id: UUID
    refund: UUID
    side: SideEnum
    name: str
    type_: str
    size: int
    sha256: str
    at: datetime.datetime
    note: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        refund = str(self.refund)

        side = self.side.value

        name = self.name

        type_ = self.type_

        size = self.size

        sha256 = self.sha256

        at = self.at.isoformat()

        note = self.note

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "refund": refund,
                "side": side,
                "name": name,
                "type": type_,
                "size": size,
                "sha256": sha256,
                "at": at,
            }
        )
        if note is not UNSET:
            field_dict["note"] = note

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        refund = UUID(d.pop("refund"))

        side = SideEnum(d.pop("side"))

        name = d.pop("name")

        type_ = d.pop("type")

        size = d.pop("size")

        sha256 = d.pop("sha256")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        note = d.pop("note", UNSET)

        evidence = cls(
            id=id,
            refund=refund,
            side=side,
            name=name,
            type_=type_,
            size=size,
            sha256=sha256,
            at=at,
            note=note,
        )

        evidence.additional_properties = d
        return evidence

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
