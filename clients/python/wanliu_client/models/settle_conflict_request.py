from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.how_enum import HowEnum

T = TypeVar("T", bound="SettleConflictRequest")


@_attrs_define
class SettleConflictRequest:
    """What a gateway's contradiction means: `book`, `demand_back`, `write_off` or `keep`.

    Attributes:
        how (HowEnum): * `book` - Book what the gateway says
            * `demand_back` - Demand it back
            * `write_off` - Write it off
            * `keep` - Keep our books
    """

    how: HowEnum
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        how = self.how.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "how": how,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        how = HowEnum(d.pop("how"))

        settle_conflict_request = cls(
            how=how,
        )

        settle_conflict_request.additional_properties = d
        return settle_conflict_request

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
