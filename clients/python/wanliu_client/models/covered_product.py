from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="CoveredProduct")


@_attrs_define
class CoveredProduct:
    """A product on the allow-list.

    Attributes:
        item_id (str):
        added_at (datetime.datetime):
        holds_since (datetime.datetime | None | Unset):
    """

    item_id: str
    added_at: datetime.datetime
    holds_since: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        item_id = self.item_id

        added_at = self.added_at.isoformat()

        holds_since: None | str | Unset
        if isinstance(self.holds_since, Unset):
            holds_since = UNSET
        elif isinstance(self.holds_since, datetime.datetime):
            holds_since = self.holds_since.isoformat()
        else:
            holds_since = self.holds_since

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "item_id": item_id,
                "added_at": added_at,
            }
        )
        if holds_since is not UNSET:
            field_dict["holds_since"] = holds_since

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        item_id = d.pop("item_id")

        added_at = datetime.datetime.fromisoformat(d.pop("added_at"))

        def _parse_holds_since(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                holds_since_type_0 = datetime.datetime.fromisoformat(data)

                return holds_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        holds_since = _parse_holds_since(d.pop("holds_since", UNSET))

        covered_product = cls(
            item_id=item_id,
            added_at=added_at,
            holds_since=holds_since,
        )

        covered_product.additional_properties = d
        return covered_product

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
