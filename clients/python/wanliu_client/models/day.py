from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Day")


@_attrs_define
class Day:
    """A store's day: yuan. `resets_at` is when the next one begins.

    Attributes:
        date (datetime.date):
        limit (str):  Example: 12.30.
        used (str):  Example: 12.30.
        left (str):  Example: 12.30.
        resets_at (datetime.datetime):
    """

    date: datetime.date
    limit: str
    used: str
    left: str
    resets_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        date = self.date.isoformat()

        limit = self.limit

        used = self.used

        left = self.left

        resets_at = self.resets_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "date": date,
                "limit": limit,
                "used": used,
                "left": left,
                "resets_at": resets_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        date = datetime.date.fromisoformat(d.pop("date"))

        limit = d.pop("limit")

        used = d.pop("used")

        left = d.pop("left")

        resets_at = datetime.datetime.fromisoformat(d.pop("resets_at"))

        day = cls(
            date=date,
            limit=limit,
            used=used,
            left=left,
            resets_at=resets_at,
        )

        day.additional_properties = d
        return day

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
