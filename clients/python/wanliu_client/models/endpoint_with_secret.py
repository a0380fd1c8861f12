from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.blank_enum import BlankEnum
from ..models.endpoint_status_enum import EndpointStatusEnum
from ..models.paused_for_enum import PausedForEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="EndpointWithSecret")


@_attrs_define
class EndpointWithSecret:
    """An endpoint and the secret that its messages are signed with from now on: nobody can read it again.

    Attributes:
        id (UUID):
        url (str):
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        secret (None | str): null where a kept answer is replayed.
        description (str | Unset):
        events (list[str] | Unset):
        status (EndpointStatusEnum | Unset): * `active` - Active
            * `paused` - Paused
        paused_for (BlankEnum | PausedForEnum | Unset):
        failures (int | Unset):
        failing_since (datetime.datetime | None | Unset):
    """

    id: UUID
    url: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    secret: None | str
    description: str | Unset = UNSET
    events: list[str] | Unset = UNSET
    status: EndpointStatusEnum | Unset = UNSET
    paused_for: BlankEnum | PausedForEnum | Unset = UNSET
    failures: int | Unset = UNSET
    failing_since: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        url = self.url

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        secret: None | str
        secret = self.secret

        description = self.description

        events: list[str] | Unset = UNSET
        if not isinstance(self.events, Unset):
            events = self.events

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        paused_for: str | Unset
        if isinstance(self.paused_for, Unset):
            paused_for = UNSET
        elif isinstance(self.paused_for, PausedForEnum):
            paused_for = self.paused_for.value
        else:
            paused_for = self.paused_for.value

        failures = self.failures

        failing_since: None | str | Unset
        if isinstance(self.failing_since, Unset):
            failing_since = UNSET
        elif isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "url": url,
                "created_at": created_at,
                "updated_at": updated_at,
                "secret": secret,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if events is not UNSET:
            field_dict["events"] = events
        if status is not UNSET:
            field_dict["status"] = status
        if paused_for is not UNSET:
            field_dict["paused_for"] = paused_for
        if failures is not UNSET:
            field_dict["failures"] = failures
        if failing_since is not UNSET:
            field_dict["failing_since"] = failing_since

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        url = d.pop("url")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_secret(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        secret = _parse_secret(d.pop("secret"))

        description = d.pop("description", UNSET)

        events = cast(list[str], d.pop("events", UNSET))

        _status = d.pop("status", UNSET)
        status: EndpointStatusEnum | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = EndpointStatusEnum(_status)

        def _parse_paused_for(data: object) -> BlankEnum | PausedForEnum | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                paused_for_type_0 = PausedForEnum(data)

                return paused_for_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, str):
                raise TypeError()
            paused_for_type_1 = BlankEnum(data)

            return paused_for_type_1

        paused_for = _parse_paused_for(d.pop("paused_for", UNSET))

        failures = d.pop("failures", UNSET)

        def _parse_failing_since(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                failing_since_type_0 = datetime.datetime.fromisoformat(data)

                return failing_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        failing_since = _parse_failing_since(d.pop("failing_since", UNSET))

        endpoint_with_secret = cls(
            id=id,
            url=url,
            created_at=created_at,
            updated_at=updated_at,
            secret=secret,
            description=description,
            events=events,
            status=status,
            paused_for=paused_for,
            failures=failures,
            failing_since=failing_since,
        )

        endpoint_with_secret.additional_properties = d
        return endpoint_with_secret

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
