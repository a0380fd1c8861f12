from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.side_enum import SideEnum

T = TypeVar("T", bound="Ground")


@_attrs_define
class Ground:
    """One thing that was weighed, in words; `speaks_for` is `buyer`, `merchant` or null.

    Attributes:
        code (str):
        speaks_for (None | SideEnum):
        text (str):
    """

    code: str
    speaks_for: None | SideEnum
    text: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        speaks_for: None | str
        if isinstance(self.speaks_for, SideEnum):
            speaks_for = self.speaks_for.value
        else:
            speaks_for = self.speaks_for

        text = self.text

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "speaks_for": speaks_for,
                "text": text,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        code = d.pop("code")

        def _parse_speaks_for(data: object) -> None | SideEnum:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                speaks_for_type_0 = SideEnum(data)

                return speaks_for_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SideEnum, data)

        speaks_for = _parse_speaks_for(d.pop("speaks_for"))

        text = d.pop("text")

        ground = cls(
            code=code,
            speaks_for=speaks_for,
            text=text,
        )

        ground.additional_properties = d
        return ground

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
