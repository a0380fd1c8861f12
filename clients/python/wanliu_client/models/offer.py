from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.offer_status_enum import OfferStatusEnum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.coupon import Coupon
    from ..models.promised_product import PromisedProduct


T = TypeVar("T", bound="Offer")


@_attrs_define
class Offer:
    """An offer and what became of it. `coupons` is what the buyer sees: at most ten, in the order of Q14.

    Attributes:
        id (UUID):
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
        status (OfferStatusEnum): * `pending` - Waiting for the buyer
            * `accepted` - Accepted
            * `declined` - Declined
            * `expired` - Expired
            * `withdrawn` - Withdrawn
        amount (None | str):  Example: 12.30.
        product (None | PromisedProduct):
        price_difference (None | str):  Example: -12.30.
        coupons (list[Coupon]):
        buyer_page (None | str):
        due_at (datetime.datetime):
        created_at (datetime.datetime):
        message (str | Unset):
        return_address (None | Unset | UUID):
        agreed_with_buyer (bool | Unset):
        item_id (None | str | Unset):
        answered_at (datetime.datetime | None | Unset):
    """

    id: UUID
    refund: UUID
    method: str
    status: OfferStatusEnum
    amount: None | str
    product: None | PromisedProduct
    price_difference: None | str
    coupons: list[Coupon]
    buyer_page: None | str
    due_at: datetime.datetime
    created_at: datetime.datetime
    message: str | Unset = UNSET
    return_address: None | Unset | UUID = UNSET
    agreed_with_buyer: bool | Unset = UNSET
    item_id: None | str | Unset = UNSET
    answered_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.promised_product import PromisedProduct

        id = str(self.id)

        refund = str(self.refund)

        method = self.method

        status = self.status.value

        amount: None | str
        amount = self.amount

        product: dict[str, Any] | None
        if isinstance(self.product, PromisedProduct):
            product = self.product.to_dict()
        else:
            product = self.product

        price_difference: None | str
        price_difference = self.price_difference

        coupons = []
        for coupons_item_data in self.coupons:
            coupons_item = coupons_item_data.to_dict()
            coupons.append(coupons_item)

        buyer_page: None | str
        buyer_page = self.buyer_page

        due_at = self.due_at.isoformat()

        created_at = self.created_at.isoformat()

        message = self.message

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

        answered_at: None | str | Unset
        if isinstance(self.answered_at, Unset):
            answered_at = UNSET
        elif isinstance(self.answered_at, datetime.datetime):
            answered_at = self.answered_at.isoformat()
        else:
            answered_at = self.answered_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "refund": refund,
                "method": method,
                "status": status,
                "amount": amount,
                "product": product,
                "price_difference": price_difference,
                "coupons": coupons,
                "buyer_page": buyer_page,
                "due_at": due_at,
                "created_at": created_at,
            }
        )
        if message is not UNSET:
            field_dict["message"] = message
        if return_address is not UNSET:
            field_dict["return_address"] = return_address
        if agreed_with_buyer is not UNSET:
            field_dict["agreed_with_buyer"] = agreed_with_buyer
        if item_id is not UNSET:
            field_dict["item_id"] = item_id
        if answered_at is not UNSET:
            field_dict["answered_at"] = answered_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.coupon import Coupon
        from ..models.promised_product import PromisedProduct

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        refund = UUID(d.pop("refund"))

        method = d.pop("method")

        status = OfferStatusEnum(d.pop("status"))

        def _parse_amount(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        amount = _parse_amount(d.pop("amount"))

        def _parse_product(data: object) -> None | PromisedProduct:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                product_type_1 = PromisedProduct.from_dict(data)

                return product_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PromisedProduct, data)

        product = _parse_product(d.pop("product"))

        def _parse_price_difference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        price_difference = _parse_price_difference(d.pop("price_difference"))

        coupons = []
        _coupons = d.pop("coupons")
        for coupons_item_data in _coupons:
            coupons_item = Coupon.from_dict(coupons_item_data)

            coupons.append(coupons_item)

        def _parse_buyer_page(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        buyer_page = _parse_buyer_page(d.pop("buyer_page"))

        due_at = datetime.datetime.fromisoformat(d.pop("due_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        message = d.pop("message", UNSET)

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

        def _parse_answered_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                answered_at_type_0 = datetime.datetime.fromisoformat(data)

                return answered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        answered_at = _parse_answered_at(d.pop("answered_at", UNSET))

        offer = cls(
            id=id,
            refund=refund,
            method=method,
            status=status,
            amount=amount,
            product=product,
            price_difference=price_difference,
            coupons=coupons,
            buyer_page=buyer_page,
            due_at=due_at,
            created_at=created_at,
            message=message,
            return_address=return_address,
            agreed_with_buyer=agreed_with_buyer,
            item_id=item_id,
            answered_at=answered_at,
        )

        offer.additional_properties = d
        return offer

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
