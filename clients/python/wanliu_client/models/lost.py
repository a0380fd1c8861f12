from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Lost")


@_attrs_define
class Lost:
    """What refunds that were paid in the span cost (K12).

    Attributes:
        refunds (int):
        sale (str):
        hidden (str):
        total (str):
    """

    refunds: int
    sale: str
    hidden: str
    total: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        refunds = self.refunds

        sale = self.sale

        hidden = self.hidden

        total = self.total

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "refunds": refunds,
                "sale": sale,
                "hidden": hidden,
                "total": total,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        refunds = d.pop("refunds")

        sale = d.pop("sale")

        hidden = d.pop("hidden")

        total = d.pop("total")

        lost = cls(
            refunds=refunds,
            sale=sale,
            hidden=hidden,
            total=total,
        )

        lost.additional_properties = d
        return lost

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
