from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reason_enum import ReasonEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="ResubmitRequest")


@_attrs_define
class ResubmitRequest:
    """What a buyer may correct after the merchant's no.

    Attributes:
        store (str | Unset):
        reason (ReasonEnum | Unset): * `changed_mind` - Changed mind
            * `wrong_purchase` - Wrong purchase
            * `wrong_address` - Wrong address
            * `slow_logistics` - Slow logistics
            * `not_delivered` - Not delivered
            * `parcel_lost` - Parcel lost
            * `seller_delay` - Seller's delay
            * `minor_flaw` - Minor flaw
            * `packaging_damaged` - Packaging damaged
            * `missing_parts` - Missing parts
            * `wrong_item` - Wrong item
            * `quality` - Quality
            * `not_as_described` - Not as described
            * `no_reason_7d` - 7 days, no reason
            * `other` - Other
        amount (str | Unset):  Example: 12.30.
        description (str | Unset):
    """

    store: str | Unset = UNSET
    reason: ReasonEnum | Unset = UNSET
    amount: str | Unset = UNSET
    description: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        store = self.store

        reason: str | Unset = UNSET
        if not isinstance(self.reason, Unset):
            reason = self.reason.value

        amount = self.amount

        description = self.description

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if store is not UNSET:
            field_dict["store"] = store
        if reason is not UNSET:
            field_dict["reason"] = reason
        if amount is not UNSET:
            field_dict["amount"] = amount
        if description is not UNSET:
            field_dict["description"] = description

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        store = d.pop("store", UNSET)

        _reason = d.pop("reason", UNSET)
        reason: ReasonEnum | Unset
        if isinstance(_reason, Unset):
            reason = UNSET
        else:
            reason = ReasonEnum(_reason)

        amount = d.pop("amount", UNSET)

        description = d.pop("description", UNSET)

        resubmit_request = cls(
            store=store,
            reason=reason,
            amount=amount,
            description=description,
        )

        resubmit_request.additional_properties = d
        return resubmit_request

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
