from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.appeal_ground_enum import AppealGroundEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="OpenAppealRequest")


@_attrs_define
class OpenAppealRequest:
    """Why the platform should pay back what it refunded.

    Attributes:
        refund (UUID):
        claim (str):
        store (str | Unset):
        ground (AppealGroundEnum | Unset): * `fake_return` - Fake return
            * `wrong_goods` - Wrong goods came back
            * `damaged_goods` - Damaged goods came back
            * `other` - Other Default: AppealGroundEnum.OTHER.
    """

    refund: UUID
    claim: str
    store: str | Unset = UNSET
    ground: AppealGroundEnum | Unset = AppealGroundEnum.OTHER
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        refund = str(self.refund)

        claim = self.claim

        store = self.store

        ground: str | Unset = UNSET
        if not isinstance(self.ground, Unset):
            ground = self.ground.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "refund": refund,
                "claim": claim,
            }
        )
        if store is not UNSET:
            field_dict["store"] = store
        if ground is not UNSET:
            field_dict["ground"] = ground

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        refund = UUID(d.pop("refund"))

        claim = d.pop("claim")

        store = d.pop("store", UNSET)

        _ground = d.pop("ground", UNSET)
        ground: AppealGroundEnum | Unset
        if isinstance(_ground, Unset):
            ground = UNSET
        else:
            ground = AppealGroundEnum(_ground)

        open_appeal_request = cls(
            refund=refund,
            claim=claim,
            store=store,
            ground=ground,
        )

        open_appeal_request.additional_properties = d
        return open_appeal_request

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
