from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.outcome_enum import OutcomeEnum

if TYPE_CHECKING:
    from ..models.ground import Ground


T = TypeVar("T", bound="Suggestion")


@_attrs_define
class Suggestion:
    """The suggested decision; `amount` for a split.

    Attributes:
        outcome (OutcomeEnum): * `buyer` - For the buyer
            * `merchant` - For the merchant
            * `split` - Split
        amount (None | str):
        grounds (list[Ground]):
    """

    outcome: OutcomeEnum
    amount: None | str
    grounds: list[Ground]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        outcome = self.outcome.value

        amount: None | str
        amount = self.amount

        grounds = []
        for grounds_item_data in self.grounds:
            grounds_item = grounds_item_data.to_dict()
            grounds.append(grounds_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "outcome": outcome,
                "amount": amount,
                "grounds": grounds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.ground import Ground

        d = dict(src_dict)
        outcome = OutcomeEnum(d.pop("outcome"))

        def _parse_amount(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        amount = _parse_amount(d.pop("amount"))

        grounds = []
        _grounds = d.pop("grounds")
        for grounds_item_data in _grounds:
            grounds_item = Ground.from_dict(grounds_item_data)

            grounds.append(grounds_item)

        suggestion = cls(
            outcome=outcome,
            amount=amount,
            grounds=grounds,
        )

        suggestion.additional_properties = d
        return suggestion

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
