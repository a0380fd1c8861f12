from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="QualityDay")


@_attrs_define
class QualityDay:
    """A date of the store's calendar.

    Attributes:
        date (datetime.date):
        orders (int):
        quality_refunds (int):
    """

    date: datetime.date
    orders: int
    quality_refunds: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        date = self.date.isoformat()

        orders = self.orders

        quality_refunds = self.quality_refunds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "date": date,
                "orders": orders,
                "quality_refunds": quality_refunds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        date = datetime.date.fromisoformat(d.pop("date"))

        orders = d.pop("orders")

        quality_refunds = d.pop("quality_refunds")

        quality_day = cls(
            date=date,
            orders=orders,
            quality_refunds=quality_refunds,
        )

        quality_day.additional_properties = d
        return quality_day

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
