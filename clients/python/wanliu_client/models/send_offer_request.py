from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SendOfferRequest")


@_attrs_define
class SendOfferRequest:
    """What the merchant proposes; which fields a method needs is in offer-options.

    Attributes:
        refund (UUID):
        method (str): * `reassurance` - Reassurance
            * `coupon` - Coupon
            * `exchange` - Exchange
            * `gift` - Gift
            * `partial_refund` - Partial refund
            * `reship` - Reship
            * `red_packet` - Red packet
            * `change_to_refund_only` - Refund without return
            * `change_to_return` - Return and refund
            * `stay` - Stay with the order
        message (str | Unset):  Default: ''.
        amount (None | str | Unset):  Example: 12.30.
        return_address (None | Unset | UUID):
        agreed_with_buyer (bool | Unset):  Default: False.
        item_id (None | str | Unset):
        coupons (list[UUID] | Unset):
    """

    refund: UUID
    method: str
    message: str | Unset = ""
    amount: None | str | Unset = UNSET
    return_address: None | Unset | UUID = UNSET
    agreed_with_buyer: bool | Unset = False
    item_id: None | str | Unset = UNSET
    coupons: list[UUID] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        refund = str(self.refund)

        method = self.method

        message = self.message

        amount: None | str | Unset
        if isinstance(self.amount, Unset):
            amount = UNSET
        else:
            amount = self.amount

        return_address: None | str | Unset
        if isinstance(self.return_address, Unset):
            return_address = UNSET
        elif isinstance(self.return_address, UUID):
            return_address = str(self.return_address)
        else:
            return_address = self.return_address

        agreed_with_buyer = self.agreed_with_buyer

        item_id: None | str | Unset
        if isinstance(self.item_id, Unset):
            item_id = UNSET
        else:
            item_id = self.item_id

        coupons: list[str] | Unset = UNSET
        if not isinstance(self.coupons, Unset):
            coupons = []
            for coupons_item_data in self.coupons:
                coupons_item = str(coupons_item_data)
                coupons.append(coupons_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "refund": refund,
                "method": method,
            }
        )
        if message is not UNSET:
            field_dict["message"] = message
        if amount is not UNSET:
            field_dict["amount"] = amount
        if return_address is not UNSET:
            field_dict["return_address"] = return_address
        if agreed_with_buyer is not UNSET:
            field_dict["agreed_with_buyer"] = agreed_with_buyer
        if item_id is not UNSET:
            field_dict["item_id"] = item_id
        if coupons is not UNSET:
            field_dict["coupons"] = coupons

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        refund = UUID(d.pop("refund"))

        method = d.pop("method")

        message = d.pop("message", UNSET)

        def _parse_amount(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        amount = _parse_amount(d.pop("amount", UNSET))

        def _parse_return_address(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                return_address_type_0 = UUID(data)

                return return_address_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        return_address = _parse_return_address(d.pop("return_address", UNSET))

        agreed_with_buyer = d.pop("agreed_with_buyer", UNSET)

        def _parse_item_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        item_id = _parse_item_id(d.pop("item_id", UNSET))

        _coupons = d.pop("coupons", UNSET)
        coupons: list[UUID] | Unset = UNSET
        if _coupons is not UNSET:
            coupons = []
            for coupons_item_data in _coupons:
                coupons_item = UUID(coupons_item_data)

                coupons.append(coupons_item)

        send_offer_request = cls(
            refund=refund,
            method=method,
            message=message,
            amount=amount,
            return_address=return_address,
            agreed_with_buyer=agreed_with_buyer,
            item_id=item_id,
            coupons=coupons,
        )

        send_offer_request.additional_properties = d
        return send_offer_request

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
