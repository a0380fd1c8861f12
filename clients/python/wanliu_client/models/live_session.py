from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LiveSession")


@_attrs_define
class LiveSession:
    """A live session; `covered` says whether orders in it are promised a refund without return.

    Attributes:
        live_session (str):
        started_at (datetime.datetime):
        covered (bool):
    """

    live_session: str
    started_at: datetime.datetime
    covered: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        live_session = self.live_session

        started_at = self.started_at.isoformat()

        covered = self.covered

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "live_session": live_session,
                "started_at": started_at,
                "covered": covered,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        live_session = d.pop("live_session")

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        covered = d.pop("covered")

        live_session = cls(
            live_session=live_session,
            started_at=started_at,
            covered=covered,
        )

        live_session.additional_properties = d
        return live_session

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
