from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Event")


@_attrs_define
class Event:
    """Something that happened. `from` and `to` are states.

    Attributes:
        at (datetime.datetime):
        name (str):
        actor (str):
        from_ (str):
        to (str):
        rule (str):
        data (Any):
    """

    at: datetime.datetime
    name: str
    actor: str
    from_: str
    to: str
    rule: str
    data: Any
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        name = self.name

        actor = self.actor

        from_ = self.from_

        to = self.to

        rule = self.rule

        data = self.data

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "name": name,
                "actor": actor,
                "from": from_,
                "to": to,
                "rule": rule,
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        name = d.pop("name")

        actor = d.pop("actor")

        from_ = d.pop("from")

        to = d.pop("to")

        rule = d.pop("rule")

        data = d.pop("data")

        event = cls(
            at=at,
            name=name,
            actor=actor,
            from_=from_,
            to=to,
            rule=rule,
            data=data,
        )

        event.additional_properties = d
        return event

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
