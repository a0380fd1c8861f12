from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.policy_enum import PolicyEnum
from ..models.step_enum import StepEnum

if TYPE_CHECKING:
    from ..models.quality_day import QualityDay
    from ..models.quality_restriction import QualityRestriction
    from ..models.quality_threshold import QualityThreshold


T = TypeVar("T", bound="Quality")


@_attrs_define
class Quality:
    """The figures of the window. `rate` is quality refunds per order paid; `step` the hardest restriction in force.

    Attributes:
        window_days (int):
        policy (PolicyEnum): * `by_application` - by the buyer's application
            * `verified_fault` - when the fault is verified
        orders (int):
        quality_refunds (int):
        rate (str):
        thresholds (list[QualityThreshold]):
        restrictions (list[QualityRestriction]):
        step (None | StepEnum):
        stars (str):
        days (list[QualityDay]):
    """

    window_days: int
    policy: PolicyEnum
    orders: int
    quality_refunds: int
    rate: str
    thresholds: list[QualityThreshold]
    restrictions: list[QualityRestriction]
    step: None | StepEnum
    stars: str
    days: list[QualityDay]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        window_days = self.window_days

        policy = self.policy.value

        orders = self.orders

        quality_refunds = self.quality_refunds

        rate = self.rate

        thresholds = []
        for thresholds_item_data in self.thresholds:
            thresholds_item = thresholds_item_data.to_dict()
            thresholds.append(thresholds_item)

        restrictions = []
        for restrictions_item_data in self.restrictions:
            restrictions_item = restrictions_item_data.to_dict()
            restrictions.append(restrictions_item)

        step: None | str
        if isinstance(self.step, StepEnum):
            step = self.step.value
        else:
            step = self.step

        stars = self.stars

        days = []
        for days_item_data in self.days:
            days_item = days_item_data.to_dict()
            days.append(days_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "window_days": window_days,
                "policy": policy,
                "orders": orders,
                "quality_refunds": quality_refunds,
                "rate": rate,
                "thresholds": thresholds,
                "restrictions": restrictions,
                "step": step,
                "stars": stars,
                "days": days,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.quality_day import QualityDay
        from ..models.quality_restriction import QualityRestriction
        from ..models.quality_threshold import QualityThreshold

        d = dict(src_dict)
        window_days = d.pop("window_days")

        policy = PolicyEnum(d.pop("policy"))

        orders = d.pop("orders")

        quality_refunds = d.pop("quality_refunds")

        rate = d.pop("rate")

        thresholds = []
        _thresholds = d.pop("thresholds")
        for thresholds_item_data in _thresholds:
            thresholds_item = QualityThreshold.from_dict(thresholds_item_data)

            thresholds.append(thresholds_item)

        restrictions = []
        _restrictions = d.pop("restrictions")
        for restrictions_item_data in _restrictions:
            restrictions_item = QualityRestriction.from_dict(restrictions_item_data)

            restrictions.append(restrictions_item)

        def _parse_step(data: object) -> None | StepEnum:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                step_type_0 = StepEnum(data)

                return step_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | StepEnum, data)

        step = _parse_step(d.pop("step"))

        stars = d.pop("stars")

        days = []
        _days = d.pop("days")
        for days_item_data in _days:
            days_item = QualityDay.from_dict(days_item_data)

            days.append(days_item)

        quality = cls(
            window_days=window_days,
            policy=policy,
            orders=orders,
            quality_refunds=quality_refunds,
            rate=rate,
            thresholds=thresholds,
            restrictions=restrictions,
            step=step,
            stars=stars,
            days=days,
        )

        quality.additional_properties = d
        return quality

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
