from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.endpoint_status_enum import EndpointStatusEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="PatchedChangeEndpointRequest")


@_attrs_define
class PatchedChangeEndpointRequest:
    """What may be changed; `status` pauses and resumes.

    Attributes:
        url (str | Unset):
        events (list[str] | Unset): Names of events (`GET event-types/`); empty for all.
        description (str | Unset):
        status (EndpointStatusEnum | Unset): * `active` - Active
            * `paused` - Paused
    """

    url: str | Unset = UNSET
    events: list[str] | Unset = UNSET
    description: str | Unset = UNSET
    status: EndpointStatusEnum | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        events: list[str] | Unset = UNSET
        if not isinstance(self.events, Unset):
            events = self.events

        description = self.description

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if url is not UNSET:
            field_dict["url"] = url
        if events is not UNSET:
            field_dict["events"] = events
        if description is not UNSET:
            field_dict["description"] = description
        if status is not UNSET:
            field_dict["status"] = status

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        url = d.pop("url", UNSET)

        events = cast(list[str], d.pop("events", UNSET))

        description = d.pop("description", UNSET)

        _status = d.pop("status", UNSET)
        status: EndpointStatusEnum | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = EndpointStatusEnum(_status)

        patched_change_endpoint_request = cls(
            url=url,
            events=events,
            description=description,
            status=status,
        )

        patched_change_endpoint_request.additional_properties = d
        return patched_change_endpoint_request

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
