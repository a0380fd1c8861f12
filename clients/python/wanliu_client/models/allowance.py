from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.day import Day
    from ..models.order_places import OrderPlaces


T = TypeVar("T", bound="Allowance")


@_attrs_define
class Allowance:
    """What is left for an order. `usable_until` is the end of its last day, not included.

    Attributes:
        per_payment (str):  Example: 12.30.
        order (OrderPlaces): Small payments of an order: how many it had, how many it may still have.
        store_day (Day): A store's day: yuan. `resets_at` is when the next one begins.
        usable_until (datetime.datetime):
    """

    per_payment: str
    order: OrderPlaces
    store_day: Day
    usable_until: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        per_payment = self.per_payment

        order = self.order.to_dict()

        store_day = self.store_day.to_dict()

        usable_until = self.usable_until.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "per_payment": per_payment,
                "order": order,
                "store_day": store_day,
                "usable_until": usable_until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.day import Day
        from ..models.order_places import OrderPlaces

        d = dict(src_dict)
        per_payment = d.pop("per_payment")

        order = OrderPlaces.from_dict(d.pop("order"))

        store_day = Day.from_dict(d.pop("store_day"))

        usable_until = datetime.datetime.fromisoformat(d.pop("usable_until"))

        allowance = cls(
            per_payment=per_payment,
            order=order,
            store_day=store_day,
            usable_until=usable_until,
        )

        allowance.additional_properties = d
        return allowance

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
