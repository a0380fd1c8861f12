from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reason_enum import ReasonEnum
from ..models.refund_kind_enum import RefundKindEnum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.line_request_request import LineRequestRequest


T = TypeVar("T", bound="OpenRefundRequest")


@_attrs_define
class OpenRefundRequest:
    """The buyer's request.

    Attributes:
        store (str):
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
        amount (str | Unset): Required except for an exchange. Example: 12.30.
        description (str | Unset):  Default: ''.
        lines (list[LineRequestRequest] | Unset):
    """

    store: str
    order: str
    kind: RefundKindEnum
    reason: ReasonEnum
    amount: str | Unset = UNSET
    description: str | Unset = ""
    lines: list[LineRequestRequest] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        store = self.store

        order = self.order

        kind = self.kind.value

        reason = self.reason.value

        amount = self.amount

        description = self.description

        lines: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.lines, Unset):
            lines = []
            for lines_item_data in self.lines:
                lines_item = lines_item_data.to_dict()
                lines.append(lines_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "store": store,
                "order": order,
                "kind": kind,
                "reason": reason,
            }
        )
        if amount is not UNSET:
            field_dict["amount"] = amount
        if description is not UNSET:
            field_dict["description"] = description
        if lines is not UNSET:
            field_dict["lines"] = lines

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.line_request_request import LineRequestRequest

        d = dict(src_dict)
        store = d.pop("store")

        order = d.pop("order")

        kind = RefundKindEnum(d.pop("kind"))

        reason = ReasonEnum(d.pop("reason"))

        amount = d.pop("amount", UNSET)

        description = d.pop("description", UNSET)

        _lines = d.pop("lines", UNSET)
        lines: list[LineRequestRequest] | Unset = UNSET
        if _lines is not UNSET:
            lines = []
            for lines_item_data in _lines:
                lines_item = LineRequestRequest.from_dict(lines_item_data)

                lines.append(lines_item)

        open_refund_request = cls(
            store=store,
            order=order,
            kind=kind,
            reason=reason,
            amount=amount,
            description=description,
            lines=lines,
        )

        open_refund_request.additional_properties = d
        return open_refund_request

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
