from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ShipOneRequest")


@_attrs_define
class ShipOneRequest:
    """An order of the store, and its parcel.

    Attributes:
        carrier (str): One of SF, ZTO, YTO, STO, YD, JTSD, JD, EMS, YZPY, DBL, DNWL, UC, HTKY, SNWL, KYSY, ANE, FEDEX,
            UPS, DHL, or its name, or `other: NAME` for any other carrier.
        tracking_number (str): At most 64 letters, digits and hyphens; kept in capitals, without blanks.
        number (str):
    """

    carrier: str
    tracking_number: str
    number: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        carrier = self.carrier

        tracking_number = self.tracking_number

        number = self.number

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "carrier": carrier,
                "tracking_number": tracking_number,
                "number": number,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        carrier = d.pop("carrier")

        tracking_number = d.pop("tracking_number")

        number = d.pop("number")

        ship_one_request = cls(
            carrier=carrier,
            tracking_number=tracking_number,
            number=number,
        )

        ship_one_request.additional_properties = d
        return ship_one_request

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
