from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.small_payment_purpose_enum import SmallPaymentPurposeEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="SmallPaymentRequest")


@_attrs_define
class SmallPaymentRequest:
    """A small payment to send. With `refund` it is about that refund of the order.

    Attributes:
        order (str):
        amount (str):  Example: 12.30.
        purpose (SmallPaymentPurposeEnum): * `return_freight` - Return freight
            * `price_difference` - Price difference
            * `goods_compensation` - Compensation for goods
            * `other` - Other
        note (str | Unset):  Default: ''.
        refund (None | Unset | UUID):
    """

    order: str
    amount: str
    purpose: SmallPaymentPurposeEnum
    note: str | Unset = ""
    refund: None | Unset | UUID = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        order = self.order

        amount = self.amount

        purpose = self.purpose.value

        note = self.note

        refund: None | str | Unset
        if isinstance(self.refund, Unset):
            refund = UNSET
        elif isinstance(self.refund, UUID):
            refund = str(self.refund)
        else:
            refund = self.refund

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "order": order,
                "amount": amount,
                "purpose": purpose,
            }
        )
        if note is not UNSET:
            field_dict["note"] = note
        if refund is not UNSET:
            field_dict["refund"] = refund

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        order = d.pop("order")

        amount = d.pop("amount")

        purpose = SmallPaymentPurposeEnum(d.pop("purpose"))

        note = d.pop("note", UNSET)

        def _parse_refund(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                refund_type_0 = UUID(data)

                return refund_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        refund = _parse_refund(d.pop("refund", UNSET))

        small_payment_request = cls(
            order=order,
            amount=amount,
            purpose=purpose,
            note=note,
            refund=refund,
        )

        small_payment_request.additional_properties = d
        return small_payment_request

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
