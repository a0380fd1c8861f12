from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.option_limits import OptionLimits


T = TypeVar("T", bound="Option")


@_attrs_define
class Option:
    """A method that is possible now.

    `amount` is what is recommended for it, in yuan, null for a method without one; `amount_why` says why in a sentence.
    `score` is the share of buyers expected to accept that, and `expected` the yuan that it keeps on average: the sale
    and what a return would cost, times `score`, less what the offer costs.

        Attributes:
            method (str):
            recommended (bool):
            score (float | None):
            why (str):
            limits (OptionLimits):
            amount (None | str):
            amount_why (str):
            expected (str):
    """

    method: str
    recommended: bool
    score: float | None
    why: str
    limits: OptionLimits
    amount: None | str
    amount_why: str
    expected: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        method = self.method

        recommended = self.recommended

        score: float | None
        score = self.score

        why = self.why

        limits = self.limits.to_dict()

        amount: None | str
        amount = self.amount

        amount_why = self.amount_why

        expected = self.expected

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "method": method,
                "recommended": recommended,
                "score": score,
                "why": why,
                "limits": limits,
                "amount": amount,
                "amount_why": amount_why,
                "expected": expected,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.option_limits import OptionLimits

        d = dict(src_dict)
        method = d.pop("method")

        recommended = d.pop("recommended")

        def _parse_score(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        score = _parse_score(d.pop("score"))

        why = d.pop("why")

        limits = OptionLimits.from_dict(d.pop("limits"))

        def _parse_amount(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        amount = _parse_amount(d.pop("amount"))

        amount_why = d.pop("amount_why")

        expected = d.pop("expected")

        option = cls(
            method=method,
            recommended=recommended,
            score=score,
            why=why,
            limits=limits,
            amount=amount,
            amount_why=amount_why,
            expected=expected,
        )

        option.additional_properties = d
        return option

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
