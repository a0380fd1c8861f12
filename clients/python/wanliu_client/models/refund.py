from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.blank_enum import BlankEnum
from ..models.due_action_enum import DueActionEnum
from ..models.programme_enum import ProgrammeEnum
from ..models.reason_enum import ReasonEnum
from ..models.refund_kind_enum import RefundKindEnum
from ..models.refund_status_enum import RefundStatusEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="Refund")


@_attrs_define
class Refund:
    """A refund in a list.

    Attributes:
        id (UUID):
        order (str):
        kind (RefundKindEnum): * `refund_only` - Refund only
            * `return_and_refund` - Return and refund
            * `exchange` - Exchange
        reason (ReasonEnum): * `changed_mind` - Changed mind
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
        amount (str):  Example: 12.30.
        goods_status (str):
        programme (None | ProgrammeEnum):
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        description (str | Unset):
        status (RefundStatusEnum | Unset): * `awaiting_merchant` - Awaiting merchant
            * `awaiting_return` - Awaiting return
            * `returning` - Return on its way
            * `recalling` - Recalling the parcel
            * `refunding` - Refunding
            * `refunded` - Refunded
            * `rejected` - Rejected
            * `disputed` - Disputed
            * `withdrawn` - Withdrawn
            * `closed` - Closed
        due_at (datetime.datetime | None | Unset):
        due_action (BlankEnum | DueActionEnum | Unset):
        is_instant (bool | Unset):
        needs_attention (bool | Unset):
        unread_by_merchant (int | Unset):
        resolved_at (datetime.datetime | None | Unset):
    """

    id: UUID
    order: str
    kind: RefundKindEnum
    reason: ReasonEnum
    amount: str
    goods_status: str
    programme: None | ProgrammeEnum
    created_at: datetime.datetime
    updated_at: datetime.datetime
    description: str | Unset = UNSET
    status: RefundStatusEnum | Unset = UNSET
    due_at: datetime.datetime | None | Unset = UNSET
    due_action: BlankEnum | DueActionEnum | Unset = UNSET
    is_instant: bool | Unset = UNSET
    needs_attention: bool | Unset = UNSET
    unread_by_merchant: int | Unset = UNSET
    resolved_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        order = self.order

        kind = self.kind.value

        reason = self.reason.value

        amount = self.amount

        goods_status = self.goods_status

        programme: None | str
        if isinstance(self.programme, ProgrammeEnum):
            programme = self.programme.value
        else:
            programme = self.programme

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        description = self.description

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        due_at: None | str | Unset
        if isinstance(self.due_at, Unset):
            due_at = UNSET
        elif isinstance(self.due_at, datetime.datetime):
            due_at = self.due_at.isoformat()
        else:
            due_at = self.due_at

        due_action: str | Unset
        if isinstance(self.due_action, Unset):
            due_action = UNSET
        elif isinstance(self.due_action, DueActionEnum):
            due_action = self.due_action.value
        else:
            due_action = self.due_action.value

        is_instant = self.is_instant

        needs_attention = self.needs_attention

        unread_by_merchant = self.unread_by_merchant

        resolved_at: None | str | Unset
        if isinstance(self.resolved_at, Unset):
            resolved_at = UNSET
        elif isinstance(self.resolved_at, datetime.datetime):
            resolved_at = self.resolved_at.isoformat()
        else:
            resolved_at = self.resolved_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "order": order,
                "kind": kind,
                "reason": reason,
                "amount": amount,
                "goods_status": goods_status,
                "programme": programme,
                "created_at": created_at,
                "updated_at": updated_at,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if status is not UNSET:
            field_dict["status"] = status
        if due_at is not UNSET:
            field_dict["due_at"] = due_at
        if due_action is not UNSET:
            field_dict["due_action"] = due_action
        if is_instant is not UNSET:
            field_dict["is_instant"] = is_instant
        if needs_attention is not UNSET:
            field_dict["needs_attention"] = needs_attention
        if unread_by_merchant is not UNSET:
            field_dict["unread_by_merchant"] = unread_by_merchant
        if resolved_at is not UNSET:
            field_dict["resolved_at"] = resolved_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        order = d.pop("order")

        kind = RefundKindEnum(d.pop("kind"))

        reason = ReasonEnum(d.pop("reason"))

        amount = d.pop("amount")

        goods_status = d.pop("goods_status")

        def _parse_programme(data: object) -> None | ProgrammeEnum:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                programme_type_0 = ProgrammeEnum(data)

                return programme_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProgrammeEnum, data)

        programme = _parse_programme(d.pop("programme"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        description = d.pop("description", UNSET)

        _status = d.pop("status", UNSET)
        status: RefundStatusEnum | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = RefundStatusEnum(_status)

        def _parse_due_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                due_at_type_0 = datetime.datetime.fromisoformat(data)

                return due_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        due_at = _parse_due_at(d.pop("due_at", UNSET))

        def _parse_due_action(data: object) -> BlankEnum | DueActionEnum | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                due_action_type_0 = DueActionEnum(data)

                return due_action_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, str):
                raise TypeError()
            due_action_type_1 = BlankEnum(data)

            return due_action_type_1

        due_action = _parse_due_action(d.pop("due_action", UNSET))

        is_instant = d.pop("is_instant", UNSET)

        needs_attention = d.pop("needs_attention", UNSET)

        unread_by_merchant = d.pop("unread_by_merchant", UNSET)

        def _parse_resolved_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolved_at_type_0 = datetime.datetime.fromisoformat(data)

                return resolved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        resolved_at = _parse_resolved_at(d.pop("resolved_at", UNSET))

        refund = cls(
            id=id,
            order=order,
            kind=kind,
            reason=reason,
            amount=amount,
            goods_status=goods_status,
            programme=programme,
            created_at=created_at,
            updated_at=updated_at,
            description=description,
            status=status,
            due_at=due_at,
            due_action=due_action,
            is_instant=is_instant,
            needs_attention=needs_attention,
            unread_by_merchant=unread_by_merchant,
            resolved_at=resolved_at,
        )

        refund.additional_properties = d
        return refund

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
