from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="CorrectPartRequest")


@_attrs_define
class CorrectPartRequest:
    """Which of the order's parcels it is about has to be said where it left in several.

    Attributes:
        carrier (str): One of SF, ZTO, YTO, STO, YD, JTSD, JD, EMS, YZPY, DBL, DNWL, UC, HTKY, SNWL, KYSY, ANE, FEDEX,
            UPS, DHL, or its name, or `other: NAME` for any other carrier.
        tracking_number (str): At most 64 letters, digits and hyphens; kept in capitals, without blanks.
        reason (str):
        parcel (None | Unset | UUID): The id of one of several `parcels`.
    """

    carrier: str
    tracking_number: str
    reason: str
    parcel: None | Unset | UUID = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        carrier = self.carrier

        tracking_number = self.tracking_number

        reason = self.reason

        parcel: None | str | Unset
        if isinstance(self.parcel, Unset):
            parcel = UNSET
        elif isinstance(self.parcel, UUID):
            parcel = str(self.parcel)
        else:
            parcel = self.parcel

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "carrier": carrier,
                "tracking_number": tracking_number,
                "reason": reason,
            }
        )
        if parcel is not UNSET:
            field_dict["parcel"] = parcel

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        carrier = d.pop("carrier")

        tracking_number = d.pop("tracking_number")

        reason = d.pop("reason")

        def _parse_parcel(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                parcel_type_0 = UUID(data)

                return parcel_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        parcel = _parse_parcel(d.pop("parcel", UNSET))

        correct_part_request = cls(
            carrier=carrier,
            tracking_number=tracking_number,
            reason=reason,
            parcel=parcel,
        )

        correct_part_request.additional_properties = d
        return correct_part_request

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
