from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.delay_report_status_enum import DelayReportStatusEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="ReportDetail")


@_attrs_define
class ReportDetail:
    """A report with its orders' numbers, in the order in which they were placed.

    Attributes:
        id (UUID):
        reason (str):
        status (DelayReportStatusEnum): * `open` - Open
            * `overdue` - Overdue
            * `lifted` - Lifted
        expected_at (datetime.datetime):
        order_count (int):
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        orders (list[str]): Numbers.
        overdue_at (datetime.datetime | None | Unset):
        lifted_at (datetime.datetime | None | Unset):
    """

    id: UUID
    reason: str
    status: DelayReportStatusEnum
    expected_at: datetime.datetime
    order_count: int
    created_at: datetime.datetime
    updated_at: datetime.datetime
    orders: list[str]
    overdue_at: datetime.datetime | None | Unset = UNSET
    lifted_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        reason = self.reason

        status = self.status.value

        expected_at = self.expected_at.isoformat()

        order_count = self.order_count

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        orders = self.orders

        overdue_at: None | str | Unset
        if isinstance(self.overdue_at, Unset):
            overdue_at = UNSET
        elif isinstance(self.overdue_at, datetime.datetime):
            overdue_at = self.overdue_at.isoformat()
        else:
            overdue_at = self.overdue_at

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
                "id": id,
                "reason": reason,
                "status": status,
                "expected_at": expected_at,
                "order_count": order_count,
                "created_at": created_at,
                "updated_at": updated_at,
                "orders": orders,
            }
        )
        if overdue_at is not UNSET:
            field_dict["overdue_at"] = overdue_at
        if lifted_at is not UNSET:
            field_dict["lifted_at"] = lifted_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        reason = d.pop("reason")

        status = DelayReportStatusEnum(d.pop("status"))

        expected_at = datetime.datetime.fromisoformat(d.pop("expected_at"))

        order_count = d.pop("order_count")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        orders = cast(list[str], d.pop("orders"))

        def _parse_overdue_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                overdue_at_type_0 = datetime.datetime.fromisoformat(data)

                return overdue_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        overdue_at = _parse_overdue_at(d.pop("overdue_at", UNSET))

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

        report_detail = cls(
            id=id,
            reason=reason,
            status=status,
            expected_at=expected_at,
            order_count=order_count,
            created_at=created_at,
            updated_at=updated_at,
            orders=orders,
            overdue_at=overdue_at,
            lifted_at=lifted_at,
        )

        report_detail.additional_properties = d
        return report_detail

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
