from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.blank_enum import BlankEnum
from ..models.conflict_enum import ConflictEnum
from ..models.payment_status_enum import PaymentStatusEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="PaymentOfRefund")


@_attrs_define
class PaymentOfRefund:
    """A payment in its refund.

    Attributes:
        id (UUID):
        purpose (str): * `refund` - Refund
            * `return_freight` - Return freight
            * `price_difference` - Price difference
            * `goods_compensation` - Compensation for goods
            * `other` - Other
            * `exchange` - Price difference of an exchange
            * `partial_refund` - Partial refund
            * `red_packet` - Red packet
        amount (str):  Example: 12.30.
        status (PaymentStatusEnum | Unset): * `pending` - Pending
            * `processing` - Processing
            * `succeeded` - Paid
            * `failed` - Failed
        needs_attention (bool | Unset):
        conflict (BlankEnum | ConflictEnum | Unset):
    """

    id: UUID
    purpose: str
    amount: str
    status: PaymentStatusEnum | Unset = UNSET
    needs_attention: bool | Unset = UNSET
    conflict: BlankEnum | ConflictEnum | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        purpose = self.purpose

        amount = self.amount

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        needs_attention = self.needs_attention

        conflict: str | Unset
        if isinstance(self.conflict, Unset):
            conflict = UNSET
        elif isinstance(self.conflict, ConflictEnum):
            conflict = self.conflict.value
        else:
            conflict = self.conflict.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "purpose": purpose,
                "amount": amount,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if needs_attention is not UNSET:
            field_dict["needs_attention"] = needs_attention
        if conflict is not UNSET:
            field_dict["conflict"] = conflict

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        purpose = d.pop("purpose")

        amount = d.pop("amount")

        _status = d.pop("status", UNSET)
        status: PaymentStatusEnum | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = PaymentStatusEnum(_status)

        needs_attention = d.pop("needs_attention", UNSET)

        def _parse_conflict(data: object) -> BlankEnum | ConflictEnum | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                conflict_type_0 = ConflictEnum(data)

                return conflict_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, str):
                raise TypeError()
            conflict_type_1 = BlankEnum(data)

            return conflict_type_1

        conflict = _parse_conflict(d.pop("conflict", UNSET))

        payment_of_refund = cls(
            id=id,
            purpose=purpose,
            amount=amount,
            status=status,
            needs_attention=needs_attention,
            conflict=conflict,
        )

        payment_of_refund.additional_properties = d
        return payment_of_refund

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
