from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tone_enum import ToneEnum

if TYPE_CHECKING:
    from ..models.event_type_data import EventTypeData


T = TypeVar("T", bound="EventType")


@_attrs_define
class EventType:
    """Something that can happen.

    `title` and `meaning` (a sentence: what is so from then on) are in the language that Accept-Language asks for.
    `data` tells for each key that the event may carry what it holds, and in which unit; `example` is one of all of it.

        Attributes:
            name (str):
            title (str):
            meaning (str):
            tone (ToneEnum): * `neutral` - neutral
                * `good` - good
                * `note` - note
                * `warning` - warning
                * `bad` - bad
            data (EventTypeData): Key → shape.
            example (Any):
    """

    name: str
    title: str
    meaning: str
    tone: ToneEnum
    data: EventTypeData
    example: Any
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        title = self.title

        meaning = self.meaning

        tone = self.tone.value

        data = self.data.to_dict()

        example = self.example

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "title": title,
                "meaning": meaning,
                "tone": tone,
                "data": data,
                "example": example,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.event_type_data import EventTypeData

        d = dict(src_dict)
        name = d.pop("name")

        title = d.pop("title")

        meaning = d.pop("meaning")

        tone = ToneEnum(d.pop("tone"))

        data = EventTypeData.from_dict(d.pop("data"))

        example = d.pop("example")

        event_type = cls(
            name=name,
            title=title,
            meaning=meaning,
            tone=tone,
            data=data,
            example=example,
        )

        event_type.additional_properties = d
        return event_type

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
