from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Buyer")


@_attrs_define
class Buyer:
    """Who bought.

    Attributes:
        id (str):
        name (str):
        credit_score (int | Unset):  Default: 0.
        vip (bool | Unset):  Default: False.
    """

    id: str
    name: str
    credit_score: int | Unset = 0
    vip: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        credit_score = self.credit_score

        vip = self.vip

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
            }
        )
        if credit_score is not UNSET:
            field_dict["credit_score"] = credit_score
        if vip is not UNSET:
            field_dict["vip"] = vip

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        credit_score = d.pop("credit_score", UNSET)

        vip = d.pop("vip", UNSET)

        buyer = cls(
            id=id,
            name=name,
            credit_score=credit_score,
            vip=vip,
        )

        buyer.additional_properties = d
        return buyer

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
