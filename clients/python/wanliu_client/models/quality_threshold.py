from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.step_enum import StepEnum

T = TypeVar("T", bound="QualityThreshold")


@_attrs_define
class QualityThreshold:
    """A step holds while the rate is above `rate` and `count` at least `minimum`.

    Attributes:
        step (StepEnum): * `demotion` - Demotion
            * `no_new_listings` - No new listings
            * `products_off` - Products taken off
        rate (str):
        minimum (int):
    """

    step: StepEnum
    rate: str
    minimum: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        step = self.step.value

        rate = self.rate

        minimum = self.minimum

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "step": step,
                "rate": rate,
                "minimum": minimum,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        step = StepEnum(d.pop("step"))

        rate = d.pop("rate")

        minimum = d.pop("minimum")

        quality_threshold = cls(
            step=step,
            rate=rate,
            minimum=minimum,
        )

        quality_threshold.additional_properties = d
        return quality_threshold

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
