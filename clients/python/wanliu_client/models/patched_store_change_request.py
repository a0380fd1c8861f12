from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="PatchedStoreChangeRequest")


@_attrs_define
class PatchedStoreChangeRequest:
    """What a merchant may change.

    Attributes:
        name (str | Unset):
        time_zone (str | Unset):
        priority_shipping_tag (bool | Unset):
        smart_customer_service (bool | Unset):
        urge_alert_at (int | None | Unset): null: the marketplace's own
    """

    name: str | Unset = UNSET
    time_zone: str | Unset = UNSET
    priority_shipping_tag: bool | Unset = UNSET
    smart_customer_service: bool | Unset = UNSET
    urge_alert_at: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        time_zone = self.time_zone

        priority_shipping_tag = self.priority_shipping_tag

        smart_customer_service = self.smart_customer_service

        urge_alert_at: int | None | Unset
        if isinstance(self.urge_alert_at, Unset):
            urge_alert_at = UNSET
        else:
            urge_alert_at = self.urge_alert_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if priority_shipping_tag is not UNSET:
            field_dict["priority_shipping_tag"] = priority_shipping_tag
        if smart_customer_service is not UNSET:
            field_dict["smart_customer_service"] = smart_customer_service
        if urge_alert_at is not UNSET:
            field_dict["urge_alert_at"] = urge_alert_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name", UNSET)

        time_zone = d.pop("time_zone", UNSET)

        priority_shipping_tag = d.pop("priority_shipping_tag", UNSET)

        smart_customer_service = d.pop("smart_customer_service", UNSET)

        def _parse_urge_alert_at(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        urge_alert_at = _parse_urge_alert_at(d.pop("urge_alert_at", UNSET))

        patched_store_change_request = cls(
            name=name,
            time_zone=time_zone,
            priority_shipping_tag=priority_shipping_tag,
            smart_customer_service=smart_customer_service,
            urge_alert_at=urge_alert_at,
        )

        patched_store_change_request.additional_properties = d
        return patched_store_change_request

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
