from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PlaceOrderRequestAddressType1")


@_attrs_define
class PlaceOrderRequestAddressType1:
    """
    Attributes:
        name (str):
        phone (str):
        detail (str):
        province (str | Unset):
        city (str | Unset):
        district (str | Unset):
    """

    name: str
    phone: str
    detail: str
    province: str | Unset = UNSET
    city: str | Unset = UNSET
    district: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        phone = self.phone

        detail = self.detail

        province = self.province

        city = self.city

        district = self.district

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "phone": phone,
                "detail": detail,
            }
        )
        if province is not UNSET:
            field_dict["province"] = province
        if city is not UNSET:
            field_dict["city"] = city
        if district is not UNSET:
            field_dict["district"] = district

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        phone = d.pop("phone")

        detail = d.pop("detail")

        province = d.pop("province", UNSET)

        city = d.pop("city", UNSET)

        district = d.pop("district", UNSET)

        place_order_request_address_type_1 = cls(
            name=name,
            phone=phone,
            detail=detail,
            province=province,
            city=city,
            district=district,
        )

        return place_order_request_address_type_1
