from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ShipReturnRequest")


@_attrs_define
class ShipReturnRequest:
    """The buyer's parcel.

    Attributes:
        carrier (str): One of SF, ZTO, YTO, STO, YD, JTSD, JD, EMS, YZPY, DBL, DNWL, UC, HTKY, SNWL, KYSY, ANE, FEDEX,
            UPS, DHL, or its name, or `other: NAME` for any other carrier.
        tracking_number (str): At most 64 letters, digits and hyphens; kept in capitals, without blanks.
        store (str | Unset):
    """

    carrier: str
    tracking_number: str
    store: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        carrier = self.carrier

        tracking_number = self.tracking_number

        store = self.store

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "carrier": carrier,
                "tracking_number": tracking_number,
            }
        )
        if store is not UNSET:
            field_dict["store"] = store

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        carrier = d.pop("carrier")

        tracking_number = d.pop("tracking_number")

        store = d.pop("store", UNSET)

        ship_return_request = cls(
            carrier=carrier,
            tracking_number=tracking_number,
            store=store,
        )

        ship_return_request.additional_properties = d
        return ship_return_request

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
