from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.blank_enum import BlankEnum
from ..models.due_action_enum import DueActionEnum
from ..models.goods_enum import GoodsEnum
from ..models.programme_enum import ProgrammeEnum
from ..models.reason_enum import ReasonEnum
from ..models.refund_kind_enum import RefundKindEnum
from ..models.refund_status_enum import RefundStatusEnum
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.kept_coupon import KeptCoupon
    from ..models.loss import Loss
    from ..models.offer import Offer
    from ..models.payment_of_refund import PaymentOfRefund
    from ..models.refund_detail_retainable import RefundDetailRetainable
    from ..models.refund_line import RefundLine
    from ..models.tracking import Tracking


T = TypeVar("T", bound="RefundDetail")


@_attrs_define
class RefundDetail:
    """A refund with everything about it.

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
        max_refundable (str):  Example: 12.30.
        compensated (str):  Example: 12.30.
        split_from (None | UUID):
        split_into (list[UUID]):
        tracking (Tracking): What is on its way: the parcel to the buyer, its recall for this refund, the return, and
            what was lost.
        lines (list[RefundLine]):
        retainable (RefundDetailRetainable):
        offers (list[Offer]):
        kept_coupons (list[KeptCoupon]):
        payments (list[PaymentOfRefund]):
        loss (Loss | None):
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
        negotiating_since (datetime.datetime | None | Unset):
        resubmissions (int | Unset):
        return_address (None | Unset | UUID):
        return_carrier (str | Unset):
        return_tracking_number (str | Unset):
        rejection_reason (str | Unset):
        inspection_note (str | Unset):
        goods (BlankEnum | GoodsEnum | Unset):
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
    max_refundable: str
    compensated: str
    split_from: None | UUID
    split_into: list[UUID]
    tracking: Tracking
    lines: list[RefundLine]
    retainable: RefundDetailRetainable
    offers: list[Offer]
    kept_coupons: list[KeptCoupon]
    payments: list[PaymentOfRefund]
    loss: Loss | None
    description: str | Unset = UNSET
    status: RefundStatusEnum | Unset = UNSET
    due_at: datetime.datetime | None | Unset = UNSET
    due_action: BlankEnum | DueActionEnum | Unset = UNSET
    is_instant: bool | Unset = UNSET
    needs_attention: bool | Unset = UNSET
    unread_by_merchant: int | Unset = UNSET
    resolved_at: datetime.datetime | None | Unset = UNSET
    negotiating_since: datetime.datetime | None | Unset = UNSET
    resubmissions: int | Unset = UNSET
    return_address: None | Unset | UUID = UNSET
    return_carrier: str | Unset = UNSET
    return_tracking_number: str | Unset = UNSET
    rejection_reason: str | Unset = UNSET
    inspection_note: str | Unset = UNSET
    goods: BlankEnum | GoodsEnum | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.loss import Loss

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

        max_refundable = self.max_refundable

        compensated = self.compensated

        split_from: None | str
        if isinstance(self.split_from, UUID):
            split_from = str(self.split_from)
        else:
            split_from = self.split_from

        split_into = []
        for split_into_item_data in self.split_into:
            split_into_item = str(split_into_item_data)
            split_into.append(split_into_item)

        tracking = self.tracking.to_dict()

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        retainable = self.retainable.to_dict()

        offers = []
        for offers_item_data in self.offers:
            offers_item = offers_item_data.to_dict()
            offers.append(offers_item)

        kept_coupons = []
        for kept_coupons_item_data in self.kept_coupons:
            kept_coupons_item = kept_coupons_item_data.to_dict()
            kept_coupons.append(kept_coupons_item)

        payments = []
        for payments_item_data in self.payments:
            payments_item = payments_item_data.to_dict()
            payments.append(payments_item)

        loss: dict[str, Any] | None
        if isinstance(self.loss, Loss):
            loss = self.loss.to_dict()
        else:
            loss = self.loss

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

        negotiating_since: None | str | Unset
        if isinstance(self.negotiating_since, Unset):
            negotiating_since = UNSET
        elif isinstance(self.negotiating_since, datetime.datetime):
            negotiating_since = self.negotiating_since.isoformat()
        else:
            negotiating_since = self.negotiating_since

        resubmissions = self.resubmissions

        return_address: None | str | Unset
        if isinstance(self.return_address, Unset):
            return_address = UNSET
        elif isinstance(self.return_address, UUID):
            return_address = str(self.return_address)
        else:
            return_address = self.return_address

        return_carrier = self.return_carrier

        return_tracking_number = self.return_tracking_number

        rejection_reason = self.rejection_reason

        inspection_note = self.inspection_note

        goods: str | Unset
        if isinstance(self.goods, Unset):
            goods = UNSET
        elif isinstance(self.goods, GoodsEnum):
            goods = self.goods.value
        else:
            goods = self.goods.value

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
                "max_refundable": max_refundable,
                "compensated": compensated,
                "split_from": split_from,
                "split_into": split_into,
                "tracking": tracking,
                "lines": lines,
                "retainable": retainable,
                "offers": offers,
                "kept_coupons": kept_coupons,
                "payments": payments,
                "loss": loss,
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
        if negotiating_since is not UNSET:
            field_dict["negotiating_since"] = negotiating_since
        if resubmissions is not UNSET:
            field_dict["resubmissions"] = resubmissions
        if return_address is not UNSET:
            field_dict["return_address"] = return_address
        if return_carrier is not UNSET:
            field_dict["return_carrier"] = return_carrier
        if return_tracking_number is not UNSET:
            field_dict["return_tracking_number"] = return_tracking_number
        if rejection_reason is not UNSET:
            field_dict["rejection_reason"] = rejection_reason
        if inspection_note is not UNSET:
            field_dict["inspection_note"] = inspection_note
        if goods is not UNSET:
            field_dict["goods"] = goods

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.kept_coupon import KeptCoupon
        from ..models.loss import Loss
        from ..models.offer import Offer
        from ..models.payment_of_refund import PaymentOfRefund
        from ..models.refund_detail_retainable import RefundDetailRetainable
        from ..models.refund_line import RefundLine
        from ..models.tracking import Tracking

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

        max_refundable = d.pop("max_refundable")

        compensated = d.pop("compensated")

        def _parse_split_from(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                split_from_type_0 = UUID(data)

                return split_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        split_from = _parse_split_from(d.pop("split_from"))

        split_into = []
        _split_into = d.pop("split_into")
        for split_into_item_data in _split_into:
            split_into_item = UUID(split_into_item_data)

            split_into.append(split_into_item)

        tracking = Tracking.from_dict(d.pop("tracking"))

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = RefundLine.from_dict(lines_item_data)

            lines.append(lines_item)

        retainable = RefundDetailRetainable.from_dict(d.pop("retainable"))

        offers = []
        _offers = d.pop("offers")
        for offers_item_data in _offers:
            offers_item = Offer.from_dict(offers_item_data)

            offers.append(offers_item)

        kept_coupons = []
        _kept_coupons = d.pop("kept_coupons")
        for kept_coupons_item_data in _kept_coupons:
            kept_coupons_item = KeptCoupon.from_dict(kept_coupons_item_data)

            kept_coupons.append(kept_coupons_item)

        payments = []
        _payments = d.pop("payments")
        for payments_item_data in _payments:
            payments_item = PaymentOfRefund.from_dict(payments_item_data)

            payments.append(payments_item)

        def _parse_loss(data: object) -> Loss | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                loss_type_1 = Loss.from_dict(data)

                return loss_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Loss | None, data)

        loss = _parse_loss(d.pop("loss"))

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

        def _parse_negotiating_since(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                negotiating_since_type_0 = datetime.datetime.fromisoformat(data)

                return negotiating_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        negotiating_since = _parse_negotiating_since(d.pop("negotiating_since", UNSET))

        resubmissions = d.pop("resubmissions", UNSET)

        def _parse_return_address(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                return_address_type_0 = UUID(data)

                return return_address_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        return_address = _parse_return_address(d.pop("return_address", UNSET))

        return_carrier = d.pop("return_carrier", UNSET)

        return_tracking_number = d.pop("return_tracking_number", UNSET)

        rejection_reason = d.pop("rejection_reason", UNSET)

        inspection_note = d.pop("inspection_note", UNSET)

        def _parse_goods(data: object) -> BlankEnum | GoodsEnum | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                goods_type_0 = GoodsEnum(data)

                return goods_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, str):
                raise TypeError()
            goods_type_1 = BlankEnum(data)

            return goods_type_1

        goods = _parse_goods(d.pop("goods", UNSET))

        refund_detail = cls(
            id=id,
            order=order,
            kind=kind,
            reason=reason,
            amount=amount,
            goods_status=goods_status,
            programme=programme,
            created_at=created_at,
            updated_at=updated_at,
            max_refundable=max_refundable,
            compensated=compensated,
            split_from=split_from,
            split_into=split_into,
            tracking=tracking,
            lines=lines,
            retainable=retainable,
            offers=offers,
            kept_coupons=kept_coupons,
            payments=payments,
            loss=loss,
            description=description,
            status=status,
            due_at=due_at,
            due_action=due_action,
            is_instant=is_instant,
            needs_attention=needs_attention,
            unread_by_merchant=unread_by_merchant,
            resolved_at=resolved_at,
            negotiating_since=negotiating_since,
            resubmissions=resubmissions,
            return_address=return_address,
            return_carrier=return_carrier,
            return_tracking_number=return_tracking_number,
            rejection_reason=rejection_reason,
            inspection_note=inspection_note,
            goods=goods,
        )

        refund_detail.additional_properties = d
        return refund_detail

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
