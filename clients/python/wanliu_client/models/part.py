from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.shipment_status_enum import ShipmentStatusEnum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.pieces import Pieces


T = TypeVar("T", bound="Part")


@_attrs_define
class Part:
    """One of an order's several parcels, as its carrier tells of it. `received_at`: the marketplace says so.

    Attributes:
        id (UUID):
        carrier (str):
        tracking_number (str):
        created_at (datetime.datetime):
        received_at (datetime.datetime | None):
        is_out (bool): Whether its pieces count as sent: not once it came back, got lost or was stopped.
        lines (list[Pieces]):
        status (ShipmentStatusEnum | Unset): * `announced` - Handed over
            * `awaiting_pickup` - Not picked up yet
            * `in_transit` - In transit
            * `cancelled` - Pick-up cancelled
            * `coming_back` - Coming back
            * `back` - Back at the store
            * `recall_refused` - Recall refused
            * `delivered` - Arrived
            * `lost` - Lost
            * `replaced` - Number corrected
        needs_attention (bool | Unset):
        reported_at (datetime.datetime | None | Unset):
    """

    id: UUID
    carrier: str
    tracking_number: str
    created_at: datetime.datetime
    received_at: datetime.datetime | None
    is_out: bool
    lines: list[Pieces]
    status: ShipmentStatusEnum | Unset = UNSET
    needs_attention: bool | Unset = UNSET
    reported_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        carrier = self.carrier

        tracking_number = self.tracking_number

        created_at = self.created_at.isoformat()

        received_at: None | str
        if isinstance(self.received_at, datetime.datetime):
            received_at = self.received_at.isoformat()
        else:
            received_at = self.received_at

        is_out = self.is_out

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        needs_attention = self.needs_attention

        reported_at: None | str | Unset
        if isinstance(self.reported_at, Unset):
            reported_at = UNSET
        elif isinstance(self.reported_at, datetime.datetime):
            reported_at = self.reported_at.isoformat()
        else:
            reported_at = self.reported_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "carrier": carrier,
                "tracking_number": tracking_number,
                "created_at": created_at,
                "received_at": received_at,
                "is_out": is_out,
                "lines": lines,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if needs_attention is not UNSET:
            field_dict["needs_attention"] = needs_attention
        if reported_at is not UNSET:
            field_dict["reported_at"] = reported_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.pieces import Pieces

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        carrier = d.pop("carrier")

        tracking_number = d.pop("tracking_number")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_received_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                received_at_type_0 = datetime.datetime.fromisoformat(data)

                return received_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        received_at = _parse_received_at(d.pop("received_at"))

        is_out = d.pop("is_out")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = Pieces.from_dict(lines_item_data)

            lines.append(lines_item)

        _status = d.pop("status", UNSET)
        status: ShipmentStatusEnum | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = ShipmentStatusEnum(_status)

        needs_attention = d.pop("needs_attention", UNSET)

        def _parse_reported_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                reported_at_type_0 = datetime.datetime.fromisoformat(data)

                return reported_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        reported_at = _parse_reported_at(d.pop("reported_at", UNSET))

        part = cls(
            id=id,
            carrier=carrier,
            tracking_number=tracking_number,
            created_at=created_at,
            received_at=received_at,
            is_out=is_out,
            lines=lines,
            status=status,
            needs_attention=needs_attention,
            reported_at=reported_at,
        )

        part.additional_properties = d
        return part

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
