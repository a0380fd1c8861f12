from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.carrier_claim_status_enum import CarrierClaimStatusEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="CarrierClaim")


@_attrs_define
class CarrierClaim:
    """A carrier claim for a lost parcel.

    Attributes:
        id (UUID):
        amount (str):  Example: 12.30.
        opened_at (datetime.datetime):
        status (CarrierClaimStatusEnum | Unset): * `open` - Open
            * `paid` - Paid by the carrier
            * `refused` - Refused by the carrier
        note (str | Unset):
        closed_at (datetime.datetime | None | Unset):
    """

    id: UUID
    amount: str
    opened_at: datetime.datetime
    status: CarrierClaimStatusEnum | Unset = UNSET
    note: str | Unset = UNSET
    closed_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        amount = self.amount

        opened_at = self.opened_at.isoformat()

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        note = self.note

        closed_at: None | str | Unset
        if isinstance(self.closed_at, Unset):
            closed_at = UNSET
        elif isinstance(self.closed_at, datetime.datetime):
            closed_at = self.closed_at.isoformat()
        else:
            closed_at = self.closed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "amount": amount,
                "opened_at": opened_at,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if note is not UNSET:
            field_dict["note"] = note
        if closed_at is not UNSET:
            field_dict["closed_at"] = closed_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        amount = d.pop("amount")

        opened_at = datetime.datetime.fromisoformat(d.pop("opened_at"))

        _status = d.pop("status", UNSET)
        status: CarrierClaimStatusEnum | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = CarrierClaimStatusEnum(_status)

        note = d.pop("note", UNSET)

        def _parse_closed_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                closed_at_type_0 = datetime.datetime.fromisoformat(data)

                return closed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        closed_at = _parse_closed_at(d.pop("closed_at", UNSET))

        carrier_claim = cls(
            id=id,
            amount=amount,
            opened_at=opened_at,
            status=status,
            note=note,
            closed_at=closed_at,
        )

        carrier_claim.additional_properties = d
        return carrier_claim

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
