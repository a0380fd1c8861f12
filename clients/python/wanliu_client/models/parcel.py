from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.parcel_kind_enum import ParcelKindEnum
from ..models.parcel_status_enum import ParcelStatusEnum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.shipment import Shipment


T = TypeVar("T", bound="Parcel")


@_attrs_define
class Parcel:
    """A promised parcel. `refund` is the one in which it was promised, `shipment` what its carrier tells of it.

    Attributes:
        id (UUID):
        order (str):
        refund (UUID):
        kind (ParcelKindEnum): * `gift` - Gift
            * `reship` - Reship
            * `exchange` - Exchange
        item_id (str):
        address (str):
        created_at (datetime.datetime):
        shipment (None | Shipment):
        updated_at (datetime.datetime):
        sku (str | Unset):
        title (str | Unset):
        quantity (int | Unset):
        status (ParcelStatusEnum | Unset): * `awaiting_return` - Awaiting the buyer's return
            * `owed` - To be sent
            * `shipped` - Sent
            * `cancelled` - Not owed any more
        due_at (datetime.datetime | None | Unset):
        late_at (datetime.datetime | None | Unset):
        escalated_at (datetime.datetime | None | Unset):
        carrier (str | Unset):
        tracking_number (str | Unset):
        shipped_at (datetime.datetime | None | Unset):
    """

    id: UUID
    order: str
    refund: UUID
    kind: ParcelKindEnum
    item_id: str
    address: str
    created_at: datetime.datetime
    shipment: None | Shipment
    updated_at: datetime.datetime
    sku: str | Unset = UNSET
    title: str | Unset = UNSET
    quantity: int | Unset = UNSET
    status: ParcelStatusEnum | Unset = UNSET
    due_at: datetime.datetime | None | Unset = UNSET
    late_at: datetime.datetime | None | Unset = UNSET
    escalated_at: datetime.datetime | None | Unset = UNSET
    carrier: str | Unset = UNSET
    tracking_number: str | Unset = UNSET
    shipped_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.shipment import Shipment

        id = str(self.id)

        order = self.order

        refund = str(self.refund)

        kind = self.kind.value

        item_id = self.item_id

        address = self.address

        created_at = self.created_at.isoformat()

        shipment: dict[str, Any] | None
        if isinstance(self.shipment, Shipment):
            shipment = self.shipment.to_dict()
        else:
            shipment = self.shipment

        updated_at = self.updated_at.isoformat()

        sku = self.sku

        title = self.title

        quantity = self.quantity

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        due_at: None | str | Unset
        if isinstance(self.due_at, Unset):
            due_at = UNSET
        elif isinstance(self.due_at, datetime.datetime):
            due_at = self.due_at.isoformat()
        else:
            due_at = self.due_at

        late_at: None | str | Unset
        if isinstance(self.late_at, Unset):
            late_at = UNSET
        elif isinstance(self.late_at, datetime.datetime):
            late_at = self.late_at.isoformat()
        else:
            late_at = self.late_at

        escalated_at: None | str | Unset
        if isinstance(self.escalated_at, Unset):
            escalated_at = UNSET
        elif isinstance(self.escalated_at, datetime.datetime):
            escalated_at = self.escalated_at.isoformat()
        else:
            escalated_at = self.escalated_at

        carrier = self.carrier

        tracking_number = self.tracking_number

        shipped_at: None | str | Unset
        if isinstance(self.shipped_at, Unset):
            shipped_at = UNSET
        elif isinstance(self.shipped_at, datetime.datetime):
            shipped_at = self.shipped_at.isoformat()
        else:
            shipped_at = self.shipped_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "order": order,
                "refund": refund,
                "kind": kind,
                "item_id": item_id,
                "address": address,
                "created_at": created_at,
                "shipment": shipment,
                "updated_at": updated_at,
            }
        )
        if sku is not UNSET:
            field_dict["sku"] = sku
        if title is not UNSET:
            field_dict["title"] = title
        if quantity is not UNSET:
            field_dict["quantity"] = quantity
        if status is not UNSET:
            field_dict["status"] = status
        if due_at is not UNSET:
            field_dict["due_at"] = due_at
        if late_at is not UNSET:
            field_dict["late_at"] = late_at
        if escalated_at is not UNSET:
            field_dict["escalated_at"] = escalated_at
        if carrier is not UNSET:
            field_dict["carrier"] = carrier
        if tracking_number is not UNSET:
            field_dict["tracking_number"] = tracking_number
        if shipped_at is not UNSET:
            field_dict["shipped_at"] = shipped_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.shipment import Shipment

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        order = d.pop("order")

        refund = UUID(d.pop("refund"))

        kind = ParcelKindEnum(d.pop("kind"))

        item_id = d.pop("item_id")

        address = d.pop("address")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_shipment(data: object) -> None | Shipment:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                shipment_type_1 = Shipment.from_dict(data)

                return shipment_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Shipment, data)

        shipment = _parse_shipment(d.pop("shipment"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        sku = d.pop("sku", UNSET)

        title = d.pop("title", UNSET)

        quantity = d.pop("quantity", UNSET)

        _status = d.pop("status", UNSET)
        status: ParcelStatusEnum | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = ParcelStatusEnum(_status)

        def _parse_due_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                due_at_type_0 = datetime.datetime.fromisoformat(data)

                return due_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        due_at = _parse_due_at(d.pop("due_at", UNSET))

        def _parse_late_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                late_at_type_0 = datetime.datetime.fromisoformat(data)

                return late_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        late_at = _parse_late_at(d.pop("late_at", UNSET))

        def _parse_escalated_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                escalated_at_type_0 = datetime.datetime.fromisoformat(data)

                return escalated_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        escalated_at = _parse_escalated_at(d.pop("escalated_at", UNSET))

        carrier = d.pop("carrier", UNSET)

        tracking_number = d.pop("tracking_number", UNSET)

        def _parse_shipped_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                shipped_at_type_0 = datetime.datetime.fromisoformat(data)

                return shipped_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        shipped_at = _parse_shipped_at(d.pop("shipped_at", UNSET))

        parcel = cls(
            id=id,
            order=order,
            refund=refund,
            kind=kind,
            item_id=item_id,
            address=address,
            created_at=created_at,
            shipment=shipment,
            updated_at=updated_at,
            sku=sku,
            title=title,
            quantity=quantity,
            status=status,
            due_at=due_at,
            late_at=late_at,
            escalated_at=escalated_at,
            carrier=carrier,
            tracking_number=tracking_number,
            shipped_at=shipped_at,
        )

        parcel.additional_properties = d
        return parcel

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
