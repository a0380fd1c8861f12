from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.source_enum import SourceEnum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.buyer_request import BuyerRequest
    from ..models.order_line_request import OrderLineRequest
    from ..models.place_order_request_address_type_1 import (
        PlaceOrderRequestAddressType1,
    )


T = TypeVar("T", bound="PlaceOrderRequest")


@_attrs_define
class PlaceOrderRequest:
    """An order as the marketplace sends it.

    Attributes:
        store (str):
        number (str):
        buyer (BuyerRequest): Who bought.
        paid_at (datetime.datetime):
        address (PlaceOrderRequestAddressType1 | str):
        lines (list[OrderLineRequest]): 1 to 200 lines, together worth at most 99999999.99.
        ship_by (datetime.datetime | None | Unset):
        shipping_fee (str | Unset):  Default: '0.00'. Example: 12.30.
        discount (str | Unset): Yuan, besides the lines' own. Default: '0.00'. Example: 12.30.
        paid_amount (None | str | Unset): Prices less discounts, with the shipping fee. Where it is sent, it must agree
            to the cent. Example: 12.30.
        version (int | None | Unset): Counts the copies of this order: one with a smaller version than the last changes
            nothing.
        source (SourceEnum | Unset): * `own` - Own
            * `distribution` - Distribution library
            * `third_party` - Third-party platform Default: SourceEnum.OWN.
        live_session (None | str | Unset):  Default: ''.
    """

    store: str
    number: str
    buyer: BuyerRequest
    paid_at: datetime.datetime
    address: PlaceOrderRequestAddressType1 | str
    lines: list[OrderLineRequest]
    ship_by: datetime.datetime | None | Unset = UNSET
    shipping_fee: str | Unset = "0.00"
    discount: str | Unset = "0.00"
    paid_amount: None | str | Unset = UNSET
    version: int | None | Unset = UNSET
    source: SourceEnum | Unset = SourceEnum.OWN
    live_session: None | str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.place_order_request_address_type_1 import (
            PlaceOrderRequestAddressType1,
        )

        store = self.store

        number = self.number

        buyer = self.buyer.to_dict()

        paid_at = self.paid_at.isoformat()

        address: dict[str, Any] | str
        if isinstance(self.address, PlaceOrderRequestAddressType1):
            address = self.address.to_dict()
        else:
            address = self.address

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        ship_by: None | str | Unset
        if isinstance(self.ship_by, Unset):
            ship_by = UNSET
        elif isinstance(self.ship_by, datetime.datetime):
            ship_by = self.ship_by.isoformat()
        else:
            ship_by = self.ship_by

        shipping_fee = self.shipping_fee

        discount = self.discount

        paid_amount: None | str | Unset
        if isinstance(self.paid_amount, Unset):
            paid_amount = UNSET
        else:
            paid_amount = self.paid_amount

        version: int | None | Unset
        if isinstance(self.version, Unset):
            version = UNSET
        else:
            version = self.version

        source: str | Unset = UNSET
        if not isinstance(self.source, Unset):
            source = self.source.value

        live_session: None | str | Unset
        if isinstance(self.live_session, Unset):
            live_session = UNSET
        else:
            live_session = self.live_session

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "store": store,
                "number": number,
                "buyer": buyer,
                "paid_at": paid_at,
                "address": address,
                "lines": lines,
            }
        )
        if ship_by is not UNSET:
            field_dict["ship_by"] = ship_by
        if shipping_fee is not UNSET:
            field_dict["shipping_fee"] = shipping_fee
        if discount is not UNSET:
            field_dict["discount"] = discount
        if paid_amount is not UNSET:
            field_dict["paid_amount"] = paid_amount
        if version is not UNSET:
            field_dict["version"] = version
        if source is not UNSET:
            field_dict["source"] = source
        if live_session is not UNSET:
            field_dict["live_session"] = live_session

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.buyer_request import BuyerRequest
        from ..models.order_line_request import OrderLineRequest
        from ..models.place_order_request_address_type_1 import (
            PlaceOrderRequestAddressType1,
        )

        d = dict(src_dict)
        store = d.pop("store")

        number = d.pop("number")

        buyer = BuyerRequest.from_dict(d.pop("buyer"))

        paid_at = datetime.datetime.fromisoformat(d.pop("paid_at"))

        def _parse_address(data: object) -> PlaceOrderRequestAddressType1 | str:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                address_type_1 = PlaceOrderRequestAddressType1.from_dict(data)

                return address_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(PlaceOrderRequestAddressType1 | str, data)

        address = _parse_address(d.pop("address"))

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = OrderLineRequest.from_dict(lines_item_data)

            lines.append(lines_item)

        def _parse_ship_by(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ship_by_type_0 = datetime.datetime.fromisoformat(data)

                return ship_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        ship_by = _parse_ship_by(d.pop("ship_by", UNSET))

        shipping_fee = d.pop("shipping_fee", UNSET)

        discount = d.pop("discount", UNSET)

        def _parse_paid_amount(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        paid_amount = _parse_paid_amount(d.pop("paid_amount", UNSET))

        def _parse_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        version = _parse_version(d.pop("version", UNSET))

        _source = d.pop("source", UNSET)
        source: SourceEnum | Unset
        if isinstance(_source, Unset):
            source = UNSET
        else:
            source = SourceEnum(_source)

        def _parse_live_session(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        live_session = _parse_live_session(d.pop("live_session", UNSET))

        place_order_request = cls(
            store=store,
            number=number,
            buyer=buyer,
            paid_at=paid_at,
            address=address,
            lines=lines,
            ship_by=ship_by,
            shipping_fee=shipping_fee,
            discount=discount,
            paid_amount=paid_amount,
            version=version,
            source=source,
            live_session=live_session,
        )

        place_order_request.additional_properties = d
        return place_order_request

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
