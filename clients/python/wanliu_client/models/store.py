from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Store")


@_attrs_define
class Store:
    """The store and its settings. `urge_alert_at` is the number in force, the store's own or the marketplace's (K6).

    `certified_merchant` tells whether refund without return is in force (R10). In a `sandbox`, no gateway, carrier or
    marketplace outside is asked; a store is one from its opening on, or never.

        Attributes:
            code (str):
            name (str):
            marketplace (str): * `douyin` - Douyin
                * `kuaishou` - Kuaishou
                * `pinduoduo` - Pinduoduo
                * `taote` - Taote
                * `tmall` - Tmall
                * `wechat_shop` - WeChat Shop
            time_zone (str):
            sandbox (bool):
            negotiation_open (bool): The marketplace opens negotiation to stores in batches (T1).
            priority_shipping_tag (bool): An order whose buyer is persuaded to stay is tagged, so that the warehouse ships
                it first (K1).
            smart_customer_service (bool): Shows which orders buyers urge you to ship. When it is off they are recorded but
                not shown (K5).
            urge_alert_at (int):
            certified_merchant (bool): What a higher room knows.
            updated_at (datetime.datetime):
    """

    code: str
    name: str
    marketplace: str
    time_zone: str
    sandbox: bool
    negotiation_open: bool
    priority_shipping_tag: bool
    smart_customer_service: bool
    urge_alert_at: int
    certified_merchant: bool
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        marketplace = self.marketplace

        time_zone = self.time_zone

        sandbox = self.sandbox

        negotiation_open = self.negotiation_open

        priority_shipping_tag = self.priority_shipping_tag

        smart_customer_service = self.smart_customer_service

        urge_alert_at = self.urge_alert_at

        certified_merchant = self.certified_merchant

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "name": name,
                "marketplace": marketplace,
                "time_zone": time_zone,
                "sandbox": sandbox,
                "negotiation_open": negotiation_open,
                "priority_shipping_tag": priority_shipping_tag,
                "smart_customer_service": smart_customer_service,
                "urge_alert_at": urge_alert_at,
                "certified_merchant": certified_merchant,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        marketplace = d.pop("marketplace")

        time_zone = d.pop("time_zone")

        sandbox = d.pop("sandbox")

        negotiation_open = d.pop("negotiation_open")

        priority_shipping_tag = d.pop("priority_shipping_tag")

        smart_customer_service = d.pop("smart_customer_service")

        urge_alert_at = d.pop("urge_alert_at")

        certified_merchant = d.pop("certified_merchant")

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        store = cls(
            code=code,
            name=name,
            marketplace=marketplace,
            time_zone=time_zone,
            sandbox=sandbox,
            negotiation_open=negotiation_open,
            priority_shipping_tag=priority_shipping_tag,
            smart_customer_service=smart_customer_service,
            urge_alert_at=urge_alert_at,
            certified_merchant=certified_merchant,
            updated_at=updated_at,
        )

        store.additional_properties = d
        return store

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
