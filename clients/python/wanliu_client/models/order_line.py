from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.programme_enum import ProgrammeEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="OrderLine")


@_attrs_define
class OrderLine:
    """One product of an order.

    Attributes:
        item_id (str):
        title (str):
        category (str):
        quantity (int):
        unit_price (str): At most 99999999.99. Example: 12.30.
        paid_amount (str): Less both discounts, with its share of the shipping fee: what can be refunded of it. Example:
            12.30.
        programme (None | ProgrammeEnum):
        claimed_quantity (int):
        claimed_amount (str):  Example: 12.30.
        cancelled_quantity (int):
        shipped_quantity (int): Pieces that left in parcels with a part of the order; 0 where one parcel has everything.
        sku (str | Unset):  Default: ''.
        discount (str | Unset): Yuan, for all its pieces. Default: '0.00'. Example: 12.30.
    """

    item_id: str
    title: str
    category: str
    quantity: int
    unit_price: str
    paid_amount: str
    programme: None | ProgrammeEnum
    claimed_quantity: int
    claimed_amount: str
    cancelled_quantity: int
    shipped_quantity: int
    sku: str | Unset = ""
    discount: str | Unset = "0.00"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        item_id = self.item_id

        title = self.title

        category = self.category

        quantity = self.quantity

        unit_price = self.unit_price

        paid_amount = self.paid_amount

        programme: None | str
        if isinstance(self.programme, ProgrammeEnum):
            programme = self.programme.value
        else:
            programme = self.programme

        claimed_quantity = self.claimed_quantity

        claimed_amount = self.claimed_amount

        cancelled_quantity = self.cancelled_quantity

        shipped_quantity = self.shipped_quantity

        sku = self.sku

        discount = self.discount

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "item_id": item_id,
                "title": title,
                "category": category,
                "quantity": quantity,
                "unit_price": unit_price,
                "paid_amount": paid_amount,
                "programme": programme,
                "claimed_quantity": claimed_quantity,
                "claimed_amount": claimed_amount,
                "cancelled_quantity": cancelled_quantity,
                "shipped_quantity": shipped_quantity,
            }
        )
        if sku is not UNSET:
            field_dict["sku"] = sku
        if discount is not UNSET:
            field_dict["discount"] = discount

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        item_id = d.pop("item_id")

        title = d.pop("title")

        category = d.pop("category")

        quantity = d.pop("quantity")

        unit_price = d.pop("unit_price")

        paid_amount = d.pop("paid_amount")

        def _parse_programme(data: object) -> None | ProgrammeEnum:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                programme_type_0 = ProgrammeEnum(data)

                return programme_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProgrammeEnum, data)

        programme = _parse_programme(d.pop("programme"))

        claimed_quantity = d.pop("claimed_quantity")

        claimed_amount = d.pop("claimed_amount")

        cancelled_quantity = d.pop("cancelled_quantity")

        shipped_quantity = d.pop("shipped_quantity")

        sku = d.pop("sku", UNSET)

        discount = d.pop("discount", UNSET)

        order_line = cls(
            item_id=item_id,
            title=title,
            category=category,
            quantity=quantity,
            unit_price=unit_price,
            paid_amount=paid_amount,
            programme=programme,
            claimed_quantity=claimed_quantity,
            claimed_amount=claimed_amount,
            cancelled_quantity=cancelled_quantity,
            shipped_quantity=shipped_quantity,
            sku=sku,
            discount=discount,
        )

        order_line.additional_properties = d
        return order_line

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
