from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PromisedProduct")


@_attrs_define
class PromisedProduct:
    """What an offer promises, as the buyer sees it; one that is `off_shelf` isn't listed (Q15).

    Attributes:
        item_id (str):
        title (str):
        off_shelf (bool):
    """

    item_id: str
    title: str
    off_shelf: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        item_id = self.item_id

        title = self.title

        off_shelf = self.off_shelf

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "item_id": item_id,
                "title": title,
                "off_shelf": off_shelf,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        item_id = d.pop("item_id")

        title = d.pop("title")

        off_shelf = d.pop("off_shelf")

        promised_product = cls(
            item_id=item_id,
            title=title,
            off_shelf=off_shelf,
        )

        promised_product.additional_properties = d
        return promised_product

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
