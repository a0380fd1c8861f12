from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.code_enum import CodeEnum

T = TypeVar("T", bound="NumberWarning")


@_attrs_define
class NumberWarning:
    """Something odd about the return's number; `orders` are the orders that it is about.

    Attributes:
        code (CodeEnum): * `shared` - shared
            * `of_another_buyer` - of_another_buyer
            * `sent_out` - sent_out
            * `silent` - silent
        detail (str):
        orders (list[str]):
    """

    code: CodeEnum
    detail: str
    orders: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code.value

        detail = self.detail

        orders = self.orders

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "detail": detail,
                "orders": orders,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        code = CodeEnum(d.pop("code"))

        detail = d.pop("detail")

        orders = cast(list[str], d.pop("orders"))

        number_warning = cls(
            code=code,
            detail=detail,
            orders=orders,
        )

        number_warning.additional_properties = d
        return number_warning

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
