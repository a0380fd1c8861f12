from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.refund_kind_enum import RefundKindEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="ProposeRequest")


@_attrs_define
class ProposeRequest:
    """What the buyer is asked at the marketplace to ask for instead; without an amount it stays as it is.

    Attributes:
        kind (RefundKindEnum): * `refund_only` - Refund only
            * `return_and_refund` - Return and refund
            * `exchange` - Exchange
        text (str):
        store (str | Unset):
        amount (str | Unset):  Example: 12.30.
    """

    kind: RefundKindEnum
    text: str
    store: str | Unset = UNSET
    amount: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        text = self.text

        store = self.store

        amount = self.amount

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "text": text,
            }
        )
        if store is not UNSET:
            field_dict["store"] = store
        if amount is not UNSET:
            field_dict["amount"] = amount

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        kind = RefundKindEnum(d.pop("kind"))

        text = d.pop("text")

        store = d.pop("store", UNSET)

        amount = d.pop("amount", UNSET)

        propose_request = cls(
            kind=kind,
            text=text,
            store=store,
            amount=amount,
        )

        propose_request.additional_properties = d
        return propose_request

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
