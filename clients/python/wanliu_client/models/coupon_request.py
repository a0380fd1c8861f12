from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.channel_enum import ChannelEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="CouponRequest")


@_attrs_define
class CouponRequest:
    """A coupon of the store.

    Attributes:
        name (str):
        channel (ChannelEnum): * `smart_retention` - Platform smart recommended retention
            * `refund_retention` - Refund retention
            * `general` - General use
        amount_off (str):  Example: 12.30.
        valid_from (datetime.datetime):
        valid_until (datetime.datetime): Its end, not included. A date is the last day on which it holds.
        quantity (int):
        min_spend (str | Unset):  Default: '0.00'. Example: 12.30.
    """

    name: str
    channel: ChannelEnum
    amount_off: str
    valid_from: datetime.datetime
    valid_until: datetime.datetime
    quantity: int
    min_spend: str | Unset = "0.00"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        channel = self.channel.value

        amount_off = self.amount_off

        valid_from = self.valid_from.isoformat()

        valid_until = self.valid_until.isoformat()

        quantity = self.quantity

        min_spend = self.min_spend

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "channel": channel,
                "amount_off": amount_off,
                "valid_from": valid_from,
                "valid_until": valid_until,
                "quantity": quantity,
            }
        )
        if min_spend is not UNSET:
            field_dict["min_spend"] = min_spend

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        channel = ChannelEnum(d.pop("channel"))

        amount_off = d.pop("amount_off")

        valid_from = datetime.datetime.fromisoformat(d.pop("valid_from"))

        valid_until = datetime.datetime.fromisoformat(d.pop("valid_until"))

        quantity = d.pop("quantity")

        min_spend = d.pop("min_spend", UNSET)

        coupon_request = cls(
            name=name,
            channel=channel,
            amount_off=amount_off,
            valid_from=valid_from,
            valid_until=valid_until,
            quantity=quantity,
            min_spend=min_spend,
        )

        coupon_request.additional_properties = d
        return coupon_request

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
