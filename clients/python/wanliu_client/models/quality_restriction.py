from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.step_enum import StepEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="QualityRestriction")


@_attrs_define
class QualityRestriction:
    """A step against the store: the rate and count that brought it; `lifted_at` is null while it is in force.

    Attributes:
        step (StepEnum): * `demotion` - Demotion
            * `no_new_listings` - No new listings
            * `products_off` - Products taken off
        since (datetime.datetime):
        rate (str):
        count (int):
        lifted_at (datetime.datetime | None | Unset):
    """

    step: StepEnum
    since: datetime.datetime
    rate: str
    count: int
    lifted_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        step = self.step.value

        since = self.since.isoformat()

        rate = self.rate

        count = self.count

        lifted_at: None | str | Unset
        if isinstance(self.lifted_at, Unset):
            lifted_at = UNSET
        elif isinstance(self.lifted_at, datetime.datetime):
            lifted_at = self.lifted_at.isoformat()
        else:
            lifted_at = self.lifted_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "step": step,
                "since": since,
                "rate": rate,
                "count": count,
            }
        )
        if lifted_at is not UNSET:
            field_dict["lifted_at"] = lifted_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        step = StepEnum(d.pop("step"))

        since = datetime.datetime.fromisoformat(d.pop("since"))

        rate = d.pop("rate")

        count = d.pop("count")

        def _parse_lifted_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                lifted_at_type_0 = datetime.datetime.fromisoformat(data)

                return lifted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        lifted_at = _parse_lifted_at(d.pop("lifted_at", UNSET))

        quality_restriction = cls(
            step=step,
            since=since,
            rate=rate,
            count=count,
            lifted_at=lifted_at,
        )

        quality_restriction.additional_properties = d
        return quality_restriction

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
