from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="RefundLine")


@_attrs_define
class RefundLine:
    """Pieces of one item, and their part of the amount.

    Attributes:
        item_id (str):
        sku (str):
        title (str):
        quantity (int):
        amount (str):  Example: 12.30.
    """

    item_id: str
    sku: str
    title: str
    quantity: int
    amount: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        item_id = self.item_id

        sku = self.sku

        title = self.title

        quantity = self.quantity

        amount = self.amount

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "item_id": item_id,
                "sku": sku,
                "title": title,
                "quantity": quantity,
                "amount": amount,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        item_id = d.pop("item_id")

        sku = d.pop("sku")

        title = d.pop("title")

        quantity = d.pop("quantity")

        amount = d.pop("amount")

        refund_line = cls(
            item_id=item_id,
            sku=sku,
            title=title,
            quantity=quantity,
            amount=amount,
        )

        refund_line.additional_properties = d
        return refund_line

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
