from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AutoTopUp")


@_attrs_define
class AutoTopUp:
    """Below `threshold` the budget gets `amount` more.

    Attributes:
        on (bool):
        threshold (str | Unset):  Default: '0.00'. Example: 12.30.
        amount (str | Unset):  Default: '0.00'. Example: 12.30.
    """

    on: bool
    threshold: str | Unset = "0.00"
    amount: str | Unset = "0.00"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        on = self.on

        threshold = self.threshold

        amount = self.amount

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "on": on,
            }
        )
        if threshold is not UNSET:
            field_dict["threshold"] = threshold
        if amount is not UNSET:
            field_dict["amount"] = amount

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        on = d.pop("on")

        threshold = d.pop("threshold", UNSET)

        amount = d.pop("amount", UNSET)

        auto_top_up = cls(
            on=on,
            threshold=threshold,
            amount=amount,
        )

        auto_top_up.additional_properties = d
        return auto_top_up

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
