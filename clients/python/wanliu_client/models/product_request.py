from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.source_enum import SourceEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="ProductRequest")


@_attrs_define
class ProductRequest:
    """An item of the product warehouse.

    Attributes:
        item_id (str):
        title (str):
        price (str):  Example: 12.30.
        category (str | Unset):  Default: ''.
        listed (bool | Unset):  Default: True.
        source (SourceEnum | Unset): * `own` - Own
            * `distribution` - Distribution library
            * `third_party` - Third-party platform Default: SourceEnum.OWN.
    """

    item_id: str
    title: str
    price: str
    category: str | Unset = ""
    listed: bool | Unset = True
    source: SourceEnum | Unset = SourceEnum.OWN
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        item_id = self.item_id

        title = self.title

        price = self.price

        category = self.category

        listed = self.listed

        source: str | Unset = UNSET
        if not isinstance(self.source, Unset):
            source = self.source.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "item_id": item_id,
                "title": title,
                "price": price,
            }
        )
        if category is not UNSET:
            field_dict["category"] = category
        if listed is not UNSET:
            field_dict["listed"] = listed
        if source is not UNSET:
            field_dict["source"] = source

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        item_id = d.pop("item_id")

        title = d.pop("title")

        price = d.pop("price")

        category = d.pop("category", UNSET)

        listed = d.pop("listed", UNSET)

        _source = d.pop("source", UNSET)
        source: SourceEnum | Unset
        if isinstance(_source, Unset):
            source = UNSET
        else:
            source = SourceEnum(_source)

        product_request = cls(
            item_id=item_id,
            title=title,
            price=price,
            category=category,
            listed=listed,
            source=source,
        )

        product_request.additional_properties = d
        return product_request

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
