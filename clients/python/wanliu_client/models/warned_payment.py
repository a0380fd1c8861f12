from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.blank_enum import BlankEnum
from ..models.conflict_enum import ConflictEnum
from ..models.payment_status_enum import PaymentStatusEnum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.warning import Warning_


T = TypeVar("T", bound="WarnedPayment")


@_attrs_define
class WarnedPayment:
    """A payment with what speaks against it.

    Attributes:
        id (UUID):
        order (str):
        refund (None | UUID):
        purpose (str): * `refund` - Refund
            * `return_freight` - Return freight
            * `price_difference` - Price difference
            * `goods_compensation` - Compensation for goods
            * `other` - Other
            * `exchange` - Price difference of an exchange
            * `partial_refund` - Partial refund
            * `red_packet` - Red packet
        amount (str):  Example: 12.30.
        last_error (str): The gateway's, as it said it; ours in the caller's language.
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        warnings (list[Warning_]):
        note (str | Unset):
        status (PaymentStatusEnum | Unset): * `pending` - Pending
            * `processing` - Processing
            * `succeeded` - Paid
            * `failed` - Failed
        needs_attention (bool | Unset):
        attempts (int | Unset):
        gateway (str | Unset):
        gateway_reference (str | Unset):
        settled_at (datetime.datetime | None | Unset):
        reversed_at (datetime.datetime | None | Unset):
        given_up_at (datetime.datetime | None | Unset):
        written_off_at (datetime.datetime | None | Unset):
        conflict (BlankEnum | ConflictEnum | Unset):
    """

    id: UUID
    order: str
    refund: None | UUID
    purpose: str
    amount: str
    last_error: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    warnings: list[Warning_]
    note: str | Unset = UNSET
    status: PaymentStatusEnum | Unset = UNSET
    needs_attention: bool | Unset = UNSET
    attempts: int | Unset = UNSET
    gateway: str | Unset = UNSET
    gateway_reference: str | Unset = UNSET
    settled_at: datetime.datetime | None | Unset = UNSET
    reversed_at: datetime.datetime | None | Unset = UNSET
    given_up_at: datetime.datetime | None | Unset = UNSET
    written_off_at: datetime.datetime | None | Unset = UNSET
    conflict: BlankEnum | ConflictEnum | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        order = self.order

        refund: None | str
        if isinstance(self.refund, UUID):
            refund = str(self.refund)
        else:
            refund = self.refund

        purpose = self.purpose

        amount = self.amount

        last_error = self.last_error

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        warnings = []
        for warnings_item_data in self.warnings:
            warnings_item = warnings_item_data.to_dict()
            warnings.append(warnings_item)

        note = self.note

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        needs_attention = self.needs_attention

        attempts = self.attempts

        gateway = self.gateway

        gateway_reference = self.gateway_reference

        settled_at: None | str | Unset
        if isinstance(self.settled_at, Unset):
            settled_at = UNSET
        elif isinstance(self.settled_at, datetime.datetime):
            settled_at = self.settled_at.isoformat()
        else:
            settled_at = self.settled_at

        reversed_at: None | str | Unset
        if isinstance(self.reversed_at, Unset):
            reversed_at = UNSET
        elif isinstance(self.reversed_at, datetime.datetime):
            reversed_at = self.reversed_at.isoformat()
        else:
            reversed_at = self.reversed_at

        given_up_at: None | str | Unset
        if isinstance(self.given_up_at, Unset):
            given_up_at = UNSET
        elif isinstance(self.given_up_at, datetime.datetime):
            given_up_at = self.given_up_at.isoformat()
        else:
            given_up_at = self.given_up_at

        written_off_at: None | str | Unset
        if isinstance(self.written_off_at, Unset):
            written_off_at = UNSET
        elif isinstance(self.written_off_at, datetime.datetime):
            written_off_at = self.written_off_at.isoformat()
        else:
            written_off_at = self.written_off_at

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
                "order": order,
                "refund": refund,
                "purpose": purpose,
                "amount": amount,
                "last_error": last_error,
                "created_at": created_at,
                "updated_at": updated_at,
                "warnings": warnings,
            }
        )
        if note is not UNSET:
            field_dict["note"] = note
        if status is not UNSET:
            field_dict["status"] = status
        if needs_attention is not UNSET:
            field_dict["needs_attention"] = needs_attention
        if attempts is not UNSET:
            field_dict["attempts"] = attempts
        if gateway is not UNSET:
            field_dict["gateway"] = gateway
        if gateway_reference is not UNSET:
            field_dict["gateway_reference"] = gateway_reference
        if settled_at is not UNSET:
            field_dict["settled_at"] = settled_at
        if reversed_at is not UNSET:
            field_dict["reversed_at"] = reversed_at
        if given_up_at is not UNSET:
            field_dict["given_up_at"] = given_up_at
        if written_off_at is not UNSET:
            field_dict["written_off_at"] = written_off_at
        if conflict is not UNSET:
            field_dict["conflict"] = conflict

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.warning import Warning_

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        order = d.pop("order")

        def _parse_refund(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                refund_type_0 = UUID(data)

                return refund_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        refund = _parse_refund(d.pop("refund"))

        purpose = d.pop("purpose")

        amount = d.pop("amount")

        last_error = d.pop("last_error")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        warnings = []
        _warnings = d.pop("warnings")
        for warnings_item_data in _warnings:
            warnings_item = Warning_.from_dict(warnings_item_data)

            warnings.append(warnings_item)

        note = d.pop("note", UNSET)

        _status = d.pop("status", UNSET)
        status: PaymentStatusEnum | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = PaymentStatusEnum(_status)

        needs_attention = d.pop("needs_attention", UNSET)

        attempts = d.pop("attempts", UNSET)

        gateway = d.pop("gateway", UNSET)

        gateway_reference = d.pop("gateway_reference", UNSET)

        def _parse_settled_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                settled_at_type_0 = datetime.datetime.fromisoformat(data)

                return settled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        settled_at = _parse_settled_at(d.pop("settled_at", UNSET))

        def _parse_reversed_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                reversed_at_type_0 = datetime.datetime.fromisoformat(data)

                return reversed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        reversed_at = _parse_reversed_at(d.pop("reversed_at", UNSET))

        def _parse_given_up_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                given_up_at_type_0 = datetime.datetime.fromisoformat(data)

                return given_up_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        given_up_at = _parse_given_up_at(d.pop("given_up_at", UNSET))

        def _parse_written_off_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                written_off_at_type_0 = datetime.datetime.fromisoformat(data)

                return written_off_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        written_off_at = _parse_written_off_at(d.pop("written_off_at", UNSET))

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

        warned_payment = cls(
            id=id,
            order=order,
            refund=refund,
            purpose=purpose,
            amount=amount,
            last_error=last_error,
            created_at=created_at,
            updated_at=updated_at,
            warnings=warnings,
            note=note,
            status=status,
            needs_attention=needs_attention,
            attempts=attempts,
            gateway=gateway,
            gateway_reference=gateway_reference,
            settled_at=settled_at,
            reversed_at=reversed_at,
            given_up_at=given_up_at,
            written_off_at=written_off_at,
            conflict=conflict,
        )

        warned_payment.additional_properties = d
        return warned_payment

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
