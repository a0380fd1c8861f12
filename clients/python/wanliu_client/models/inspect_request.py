from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.result_enum import ResultEnum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.arrival_request import ArrivalRequest


T = TypeVar("T", bound="InspectRequest")


@_attrs_define
class InspectRequest:
    """What was found in the parcel; an item that `received` doesn't name didn't arrive.

    `carrier` and `tracking_number` are of an exchange's new goods, where the marketplace of a connected shop hears of
    the receipt by them.

        Attributes:
            result (ResultEnum): * `passed` - passed
                * `failed` - failed
            note (str | Unset):  Default: ''.
            received (list[ArrivalRequest] | Unset):
            reason_code (str | Unset):  Default: ''.
            carrier (str | Unset): One of SF, ZTO, YTO, STO, YD, JTSD, JD, EMS, YZPY, DBL, DNWL, UC, HTKY, SNWL, KYSY, ANE,
                FEDEX, UPS, DHL, or its name, or `other: NAME` for any other carrier. Default: ''.
            tracking_number (str | Unset):  Default: ''.
    """

    result: ResultEnum
    note: str | Unset = ""
    received: list[ArrivalRequest] | Unset = UNSET
    reason_code: str | Unset = ""
    carrier: str | Unset = ""
    tracking_number: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        result = self.result.value

        note = self.note

        received: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.received, Unset):
            received = []
            for received_item_data in self.received:
                received_item = received_item_data.to_dict()
                received.append(received_item)

        reason_code = self.reason_code

        carrier = self.carrier

        tracking_number = self.tracking_number

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "result": result,
            }
        )
        if note is not UNSET:
            field_dict["note"] = note
        if received is not UNSET:
            field_dict["received"] = received
        if reason_code is not UNSET:
            field_dict["reason_code"] = reason_code
        if carrier is not UNSET:
            field_dict["carrier"] = carrier
        if tracking_number is not UNSET:
            field_dict["tracking_number"] = tracking_number

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.arrival_request import ArrivalRequest

        d = dict(src_dict)
        result = ResultEnum(d.pop("result"))

        note = d.pop("note", UNSET)

        _received = d.pop("received", UNSET)
        received: list[ArrivalRequest] | Unset = UNSET
        if _received is not UNSET:
            received = []
            for received_item_data in _received:
                received_item = ArrivalRequest.from_dict(received_item_data)

                received.append(received_item)

        reason_code = d.pop("reason_code", UNSET)

        carrier = d.pop("carrier", UNSET)

        tracking_number = d.pop("tracking_number", UNSET)

        inspect_request = cls(
            result=result,
            note=note,
            received=received,
            reason_code=reason_code,
            carrier=carrier,
            tracking_number=tracking_number,
        )

        inspect_request.additional_properties = d
        return inspect_request

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
