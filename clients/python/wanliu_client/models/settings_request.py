from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.auto_top_up_request import AutoTopUpRequest


T = TypeVar("T", bound="SettingsRequest")


@_attrs_define
class SettingsRequest:
    """Any of the steps; they are done in the order of R2.

    Attributes:
        agreement_version (str | Unset):
        budget (str | Unset):  Example: 12.30.
        auto_top_up (AutoTopUpRequest | Unset): Below `threshold` the budget gets `amount` more.
        products (list[str] | Unset):
    """

    agreement_version: str | Unset = UNSET
    budget: str | Unset = UNSET
    auto_top_up: AutoTopUpRequest | Unset = UNSET
    products: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        agreement_version = self.agreement_version

        budget = self.budget

        auto_top_up: dict[str, Any] | Unset = UNSET
        if not isinstance(self.auto_top_up, Unset):
            auto_top_up = self.auto_top_up.to_dict()

        products: list[str] | Unset = UNSET
        if not isinstance(self.products, Unset):
            products = self.products

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if agreement_version is not UNSET:
            field_dict["agreement_version"] = agreement_version
        if budget is not UNSET:
            field_dict["budget"] = budget
        if auto_top_up is not UNSET:
            field_dict["auto_top_up"] = auto_top_up
        if products is not UNSET:
            field_dict["products"] = products

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.auto_top_up_request import AutoTopUpRequest

        d = dict(src_dict)
        agreement_version = d.pop("agreement_version", UNSET)

        budget = d.pop("budget", UNSET)

        _auto_top_up = d.pop("auto_top_up", UNSET)
        auto_top_up: AutoTopUpRequest | Unset
        if isinstance(_auto_top_up, Unset):
            auto_top_up = UNSET
        else:
            auto_top_up = AutoTopUpRequest.from_dict(_auto_top_up)

        products = cast(list[str], d.pop("products", UNSET))

        settings_request = cls(
            agreement_version=agreement_version,
            budget=budget,
            auto_top_up=auto_top_up,
            products=products,
        )

        settings_request.additional_properties = d
        return settings_request

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
