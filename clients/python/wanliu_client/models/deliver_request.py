from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="DeliverRequest")


@_attrs_define
class DeliverRequest:
    """What the buyer has received: all of the order, or one parcel of it.

    Attributes:
        store (str | Unset):
        parcel (None | Unset | UUID): The id of one of several `parcels`.
    """

    store: str | Unset = UNSET
    parcel: None | Unset | UUID = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        store = self.store

        parcel: None | str | Unset
        if isinstance(self.parcel, Unset):
            parcel = UNSET
        elif isinstance(self.parcel, UUID):
            parcel = str(self.parcel)
        else:
            parcel = self.parcel

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if store is not UNSET:
            field_dict["store"] = store
        if parcel is not UNSET:
            field_dict["parcel"] = parcel

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        store = d.pop("store", UNSET)

        def _parse_parcel(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                parcel_type_0 = UUID(data)

                return parcel_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        parcel = _parse_parcel(d.pop("parcel", UNSET))

        deliver_request = cls(
            store=store,
            parcel=parcel,
        )

        deliver_request.additional_properties = d
        return deliver_request

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
