from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="MarketplaceReason")


@_attrs_define
class MarketplaceReason:
    """A reason of the marketplace to refuse the refund as it stands, and what it demands with it.

    Attributes:
        code (str):
        text (str):
        needs_text (bool):
        needs_evidence (bool):
    """

    code: str
    text: str
    needs_text: bool
    needs_evidence: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        text = self.text

        needs_text = self.needs_text

        needs_evidence = self.needs_evidence

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "text": text,
                "needs_text": needs_text,
                "needs_evidence": needs_evidence,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        code = d.pop("code")

        text = d.pop("text")

        needs_text = d.pop("needs_text")

        needs_evidence = d.pop("needs_evidence")

        marketplace_reason = cls(
            code=code,
            text=text,
            needs_text=needs_text,
            needs_evidence=needs_evidence,
        )

        marketplace_reason.additional_properties = d
        return marketplace_reason

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
