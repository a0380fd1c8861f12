from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ResendRequest")


@_attrs_define
class ResendRequest:
    """Which deliveries are sent again: those made in `since <= at < until`, all of them or only those given up.

    `events` narrows them to events of these names.

        Attributes:
            since (datetime.datetime):
            until (datetime.datetime | Unset):
            events (list[str] | Unset): Names of events (`GET event-types/`); empty for all.
            failed_only (bool | Unset):  Default: False.
    """

    since: datetime.datetime
    until: datetime.datetime | Unset = UNSET
    events: list[str] | Unset = UNSET
    failed_only: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        since = self.since.isoformat()

        until: str | Unset = UNSET
        if not isinstance(self.until, Unset):
            until = self.until.isoformat()

        events: list[str] | Unset = UNSET
        if not isinstance(self.events, Unset):
            events = self.events

        failed_only = self.failed_only

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "since": since,
            }
        )
        if until is not UNSET:
            field_dict["until"] = until
        if events is not UNSET:
            field_dict["events"] = events
        if failed_only is not UNSET:
            field_dict["failed_only"] = failed_only

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        since = datetime.datetime.fromisoformat(d.pop("since"))

        _until = d.pop("until", UNSET)
        until: datetime.datetime | Unset
        if isinstance(_until, Unset):
            until = UNSET
        else:
            until = datetime.datetime.fromisoformat(_until)

        events = cast(list[str], d.pop("events", UNSET))

        failed_only = d.pop("failed_only", UNSET)

        resend_request = cls(
            since=since,
            until=until,
            events=events,
            failed_only=failed_only,
        )

        resend_request.additional_properties = d
        return resend_request

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
