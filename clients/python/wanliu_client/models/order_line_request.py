from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="OrderLineRequest")


@_attrs_define
class OrderLineRequest:
    """One product of an order.

    Attributes:
        item_id (str):
        quantity (int):
        unit_price (str): At most 99999999.99. Example: 12.30.
        sku (str | Unset):  Default: ''.
        discount (str | Unset): Yuan, for all its pieces. Default: '0.00'. Example: 12.30.
    """

    item_id: str
    quantity: int
    unit_price: str
    sku: str | Unset = ""
    discount: str | Unset = "0.00"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        item_id = self.item_id

        quantity = self.quantity

        unit_price = self.unit_price

        sku = self.sku

        discount = self.discount

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "item_id": item_id,
                "quantity": quantity,
                "unit_price": unit_price,
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

        quantity = d.pop("quantity")

        unit_price = d.pop("unit_price")

        sku = d.pop("sku", UNSET)

        discount = d.pop("discount", UNSET)

        order_line_request = cls(
            item_id=item_id,
            quantity=quantity,
            unit_price=unit_price,
            sku=sku,
            discount=discount,
        )

        order_line_request.additional_properties = d
        return order_line_request

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
