from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.outcome_enum import OutcomeEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="DecisionRequest")


@_attrs_define
class DecisionRequest:
    """Who is right, and why. `amount` only for a split: what the buyer is paid.

    Attributes:
        outcome (OutcomeEnum): * `buyer` - For the buyer
            * `merchant` - For the merchant
            * `split` - Split
        note (str):
        store (str | Unset):
        amount (str | Unset):  Example: 12.30.
    """

    outcome: OutcomeEnum
    note: str
    store: str | Unset = UNSET
    amount: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        outcome = self.outcome.value

        note = self.note

        store = self.store

        amount = self.amount

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "outcome": outcome,
                "note": note,
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
        outcome = OutcomeEnum(d.pop("outcome"))

        note = d.pop("note")

        store = d.pop("store", UNSET)

        amount = d.pop("amount", UNSET)

        decision_request = cls(
            outcome=outcome,
            note=note,
            store=store,
            amount=amount,
        )

        decision_request.additional_properties = d
        return decision_request

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
