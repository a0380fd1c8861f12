from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="NewReportRequest")


@_attrs_define
class NewReportRequest:
    """What is reported.

    Attributes:
        reason (str):
        orders (list[str]):
        expected_at (datetime.datetime):
    """

    reason: str
    orders: list[str]
    expected_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        orders = self.orders

        expected_at = self.expected_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "reason": reason,
                "orders": orders,
                "expected_at": expected_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        reason = d.pop("reason")

        orders = cast(list[str], d.pop("orders"))

        expected_at = datetime.datetime.fromisoformat(d.pop("expected_at"))

        new_report_request = cls(
            reason=reason,
            orders=orders,
            expected_at=expected_at,
        )

        new_report_request.additional_properties = d
        return new_report_request

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
