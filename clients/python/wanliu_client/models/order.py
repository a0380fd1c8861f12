from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.order_status_enum import OrderStatusEnum
from ..models.order_tag_enum import OrderTagEnum
from ..models.source_enum import SourceEnum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.buyer import Buyer
    from ..models.order_address_type_1 import OrderAddressType1
    from ..models.order_line import OrderLine
    from ..models.part import Part


T = TypeVar("T", bound="Order")


@_attrs_define
class Order:
    """An order with its lines. `parcels` are those of an order that leaves in several, the oldest first.

    Attributes:
        number (str):
        goods_status (str):
        tags (list[OrderTagEnum]): Why the order needs another look.
        buyer (Buyer): Who bought.
        paid_at (datetime.datetime):
        ship_by (datetime.datetime):
        address (OrderAddressType1 | str):
        is_masked (bool):
        shipping_fee (str):  Example: 12.30.
        discount (str):  Example: 12.30.
        paid_amount (str):  Example: 12.30.
        refundable_amount (str):  Example: 12.30.
        version (int | None):
        updated_at (datetime.datetime):
        lines (list[OrderLine]):
        is_partly_shipped (bool): Pieces of it have left, and others wait to be shipped.
        parcels (list[Part]):
        status (OrderStatusEnum | Unset): * `unshipped` - To be shipped
            * `shipped` - In transit
            * `delivered` - Delivered
            * `cancelled` - Cancelled
        source (SourceEnum | Unset): * `own` - Own
            * `distribution` - Distribution library
            * `third_party` - Third-party platform
        live_session (str | Unset):
        carrier (str | Unset):
        tracking_number (str | Unset):
        shipped_at (datetime.datetime | None | Unset):
        delivered_at (datetime.datetime | None | Unset):
    """

    number: str
    goods_status: str
    tags: list[OrderTagEnum]
    buyer: Buyer
    paid_at: datetime.datetime
    ship_by: datetime.datetime
    address: OrderAddressType1 | str
    is_masked: bool
    shipping_fee: str
    discount: str
    paid_amount: str
    refundable_amount: str
    version: int | None
    updated_at: datetime.datetime
    lines: list[OrderLine]
    is_partly_shipped: bool
    parcels: list[Part]
    status: OrderStatusEnum | Unset = UNSET
    source: SourceEnum | Unset = UNSET
    live_session: str | Unset = UNSET
    carrier: str | Unset = UNSET
    tracking_number: str | Unset = UNSET
    shipped_at: datetime.datetime | None | Unset = UNSET
    delivered_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.order_address_type_1 import OrderAddressType1

        number = self.number

        goods_status = self.goods_status

        tags = []
        for tags_item_data in self.tags:
            tags_item = tags_item_data.value
            tags.append(tags_item)

        buyer = self.buyer.to_dict()

        paid_at = self.paid_at.isoformat()

        ship_by = self.ship_by.isoformat()

        address: dict[str, Any] | str
        if isinstance(self.address, OrderAddressType1):
            address = self.address.to_dict()
        else:
            address = self.address

        is_masked = self.is_masked

        shipping_fee = self.shipping_fee

        discount = self.discount

        paid_amount = self.paid_amount

        refundable_amount = self.refundable_amount

        version: int | None
        version = self.version

        updated_at = self.updated_at.isoformat()

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        is_partly_shipped = self.is_partly_shipped

        parcels = []
        for parcels_item_data in self.parcels:
            parcels_item = parcels_item_data.to_dict()
            parcels.append(parcels_item)

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        source: str | Unset = UNSET
        if not isinstance(self.source, Unset):
            source = self.source.value

        live_session = self.live_session

        carrier = self.carrier

        tracking_number = self.tracking_number

        shipped_at: None | str | Unset
        if isinstance(self.shipped_at, Unset):
            shipped_at = UNSET
        elif isinstance(self.shipped_at, datetime.datetime):
            shipped_at = self.shipped_at.isoformat()
        else:
            shipped_at = self.shipped_at

        delivered_at: None | str | Unset
        if isinstance(self.delivered_at, Unset):
            delivered_at = UNSET
        elif isinstance(self.delivered_at, datetime.datetime):
            delivered_at = self.delivered_at.isoformat()
        else:
            delivered_at = self.delivered_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "goods_status": goods_status,
                "tags": tags,
                "buyer": buyer,
                "paid_at": paid_at,
                "ship_by": ship_by,
                "address": address,
                "is_masked": is_masked,
                "shipping_fee": shipping_fee,
                "discount": discount,
                "paid_amount": paid_amount,
                "refundable_amount": refundable_amount,
                "version": version,
                "updated_at": updated_at,
                "lines": lines,
                "is_partly_shipped": is_partly_shipped,
                "parcels": parcels,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if source is not UNSET:
            field_dict["source"] = source
        if live_session is not UNSET:
            field_dict["live_session"] = live_session
        if carrier is not UNSET:
            field_dict["carrier"] = carrier
        if tracking_number is not UNSET:
            field_dict["tracking_number"] = tracking_number
        if shipped_at is not UNSET:
            field_dict["shipped_at"] = shipped_at
        if delivered_at is not UNSET:
            field_dict["delivered_at"] = delivered_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.buyer import Buyer
        from ..models.order_address_type_1 import OrderAddressType1
        from ..models.order_line import OrderLine
        from ..models.part import Part

        d = dict(src_dict)
        number = d.pop("number")

        goods_status = d.pop("goods_status")

        tags = []
        _tags = d.pop("tags")
        for tags_item_data in _tags:
            tags_item = OrderTagEnum(tags_item_data)

            tags.append(tags_item)

        buyer = Buyer.from_dict(d.pop("buyer"))

        paid_at = datetime.datetime.fromisoformat(d.pop("paid_at"))

        ship_by = datetime.datetime.fromisoformat(d.pop("ship_by"))

        def _parse_address(data: object) -> OrderAddressType1 | str:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                address_type_1 = OrderAddressType1.from_dict(data)

                return address_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(OrderAddressType1 | str, data)

        address = _parse_address(d.pop("address"))

        is_masked = d.pop("is_masked")

        shipping_fee = d.pop("shipping_fee")

        discount = d.pop("discount")

        paid_amount = d.pop("paid_amount")

        refundable_amount = d.pop("refundable_amount")

        def _parse_version(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        version = _parse_version(d.pop("version"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = OrderLine.from_dict(lines_item_data)

            lines.append(lines_item)

        is_partly_shipped = d.pop("is_partly_shipped")

        parcels = []
        _parcels = d.pop("parcels")
        for parcels_item_data in _parcels:
            parcels_item = Part.from_dict(parcels_item_data)

            parcels.append(parcels_item)

        _status = d.pop("status", UNSET)
        status: OrderStatusEnum | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = OrderStatusEnum(_status)

        _source = d.pop("source", UNSET)
        source: SourceEnum | Unset
        if isinstance(_source, Unset):
            source = UNSET
        else:
            source = SourceEnum(_source)

        live_session = d.pop("live_session", UNSET)

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

        def _parse_delivered_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                delivered_at_type_0 = datetime.datetime.fromisoformat(data)

                return delivered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        delivered_at = _parse_delivered_at(d.pop("delivered_at", UNSET))

        order = cls(
            number=number,
            goods_status=goods_status,
            tags=tags,
            buyer=buyer,
            paid_at=paid_at,
            ship_by=ship_by,
            address=address,
            is_masked=is_masked,
            shipping_fee=shipping_fee,
            discount=discount,
            paid_amount=paid_amount,
            refundable_amount=refundable_amount,
            version=version,
            updated_at=updated_at,
            lines=lines,
            is_partly_shipped=is_partly_shipped,
            parcels=parcels,
            status=status,
            source=source,
            live_session=live_session,
            carrier=carrier,
            tracking_number=tracking_number,
            shipped_at=shipped_at,
            delivered_at=delivered_at,
        )

        order.additional_properties = d
        return order

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
