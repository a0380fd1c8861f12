from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.subject import Subject


T = TypeVar("T", bound="FeedEvent")


@_attrs_define
class FeedEvent:
    """Something that happened. `order` and `refund` say in whose history it stands, where it is one of a case.

    Attributes:
        id (str): Also a cursor: ask `after` it.
        at (datetime.datetime):
        name (str):
        subject (Subject): What it happened to.
        order (None | str): The order's number.
        refund (None | str):
        actor (str):
        from_ (str):
        to (str):
        rule (str):
        data (Any):
    """

    id: str
    at: datetime.datetime
    name: str
    subject: Subject
    order: None | str
    refund: None | str
    actor: str
    from_: str
    to: str
    rule: str
    data: Any
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        at = self.at.isoformat()

        name = self.name

        subject = self.subject.to_dict()

        order: None | str
        order = self.order

        refund: None | str
        refund = self.refund

        actor = self.actor

        from_ = self.from_

        to = self.to

        rule = self.rule

        data = self.data

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "at": at,
                "name": name,
                "subject": subject,
                "order": order,
                "refund": refund,
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
        from ..models.subject import Subject

        d = dict(src_dict)
        id = d.pop("id")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        name = d.pop("name")

        subject = Subject.from_dict(d.pop("subject"))

        def _parse_order(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        order = _parse_order(d.pop("order"))

        def _parse_refund(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        refund = _parse_refund(d.pop("refund"))

        actor = d.pop("actor")

        from_ = d.pop("from")

        to = d.pop("to")

        rule = d.pop("rule")

        data = d.pop("data")

        feed_event = cls(
            id=id,
            at=at,
            name=name,
            subject=subject,
            order=order,
            refund=refund,
            actor=actor,
            from_=from_,
            to=to,
            rule=rule,
            data=data,
        )

        feed_event.additional_properties = d
        return feed_event

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
