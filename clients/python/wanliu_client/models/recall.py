from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.recall_status_enum import RecallStatusEnum

T = TypeVar("T", bound="Recall")


@_attrs_define
class Recall:
    """A recall of the order's parcel.

    Attributes:
        status (RecallStatusEnum): * `asked` - Asked of the carrier
            * `accepted` - Accepted: the parcel is coming back
            * `back` - The parcel is back
            * `refused` - Failed: the buyer gets the parcel
            * `lost` - The parcel is lost
        asked_at (datetime.datetime):
        carrier (str):
        tracking_number (str):
    """

    status: RecallStatusEnum
    asked_at: datetime.datetime
    carrier: str
    tracking_number: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status.value

        asked_at = self.asked_at.isoformat()

        carrier = self.carrier

        tracking_number = self.tracking_number

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "asked_at": asked_at,
                "carrier": carrier,
                "tracking_number": tracking_number,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        status = RecallStatusEnum(d.pop("status"))

        asked_at = datetime.datetime.fromisoformat(d.pop("asked_at"))

        carrier = d.pop("carrier")

        tracking_number = d.pop("tracking_number")

        recall = cls(
            status=status,
            asked_at=asked_at,
            carrier=carrier,
            tracking_number=tracking_number,
        )

        recall.additional_properties = d
        return recall

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
