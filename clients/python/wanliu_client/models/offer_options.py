from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.option import Option
    from ..models.retainable import Retainable


T = TypeVar("T", bound="OfferOptions")


@_attrs_define
class OfferOptions:
    """What may be offered for a refund now.

    Attributes:
        retainable (Retainable): Whether anything is possible now, and if not, the code of the reason.
        attempts_left (int):
        options (list[Option]):
    """

    retainable: Retainable
    attempts_left: int
    options: list[Option]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        retainable = self.retainable.to_dict()

        attempts_left = self.attempts_left

        options = []
        for options_item_data in self.options:
            options_item = options_item_data.to_dict()
            options.append(options_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "retainable": retainable,
                "attempts_left": attempts_left,
                "options": options,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.option import Option
        from ..models.retainable import Retainable

        d = dict(src_dict)
        retainable = Retainable.from_dict(d.pop("retainable"))

        attempts_left = d.pop("attempts_left")

        options = []
        _options = d.pop("options")
        for options_item_data in _options:
            options_item = Option.from_dict(options_item_data)

            options.append(options_item)

        offer_options = cls(
            retainable=retainable,
            attempts_left=attempts_left,
            options=options,
        )

        offer_options.additional_properties = d
        return offer_options

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
