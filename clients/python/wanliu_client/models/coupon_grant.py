from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.warning import Warning_


T = TypeVar("T", bound="CouponGrant")


@_attrs_define
class CouponGrant:
    """A coupon in a buyer's hands. `order` is the order's number, `buyer` the buyer's id.

    Attributes:
        id (UUID):
        coupon (UUID):
        order (str):
        buyer (str):
        granted_at (datetime.datetime):
        warnings (list[Warning_]):
        granted_by (str | Unset):
    """

    id: UUID
    coupon: UUID
    order: str
    buyer: str
    granted_at: datetime.datetime
    warnings: list[Warning_]
    granted_by: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        coupon = str(self.coupon)

        order = self.order

        buyer = self.buyer

        granted_at = self.granted_at.isoformat()

        warnings = []
        for warnings_item_data in self.warnings:
            warnings_item = warnings_item_data.to_dict()
            warnings.append(warnings_item)

        granted_by = self.granted_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "coupon": coupon,
                "order": order,
                "buyer": buyer,
                "granted_at": granted_at,
                "warnings": warnings,
            }
        )
        if granted_by is not UNSET:
            field_dict["granted_by"] = granted_by

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.warning import Warning_

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        coupon = UUID(d.pop("coupon"))

        order = d.pop("order")

        buyer = d.pop("buyer")

        granted_at = datetime.datetime.fromisoformat(d.pop("granted_at"))

        warnings = []
        _warnings = d.pop("warnings")
        for warnings_item_data in _warnings:
            warnings_item = Warning_.from_dict(warnings_item_data)

            warnings.append(warnings_item)

        granted_by = d.pop("granted_by", UNSET)

        coupon_grant = cls(
            id=id,
            coupon=coupon,
            order=order,
            buyer=buyer,
            granted_at=granted_at,
            warnings=warnings,
            granted_by=granted_by,
        )

        coupon_grant.additional_properties = d
        return coupon_grant

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
