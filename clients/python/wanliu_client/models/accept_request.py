from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.accept_request_address_type_1 import AcceptRequestAddressType1


T = TypeVar("T", bound="AcceptRequest")


@_attrs_define
class AcceptRequest:
    """The buyer's yes; to a proposal to stay it may bring the address to which the order goes instead (K3).

    Attributes:
        store (str | Unset):
        address (AcceptRequestAddressType1 | None | str | Unset):
    """

    store: str | Unset = UNSET
    address: AcceptRequestAddressType1 | None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.accept_request_address_type_1 import AcceptRequestAddressType1

        store = self.store

        address: dict[str, Any] | None | str | Unset
        if isinstance(self.address, Unset):
            address = UNSET
        elif isinstance(self.address, AcceptRequestAddressType1):
            address = self.address.to_dict()
        else:
            address = self.address

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if store is not UNSET:
            field_dict["store"] = store
        if address is not UNSET:
            field_dict["address"] = address

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.accept_request_address_type_1 import AcceptRequestAddressType1

        d = dict(src_dict)
        store = d.pop("store", UNSET)

        def _parse_address(
            data: object,
        ) -> AcceptRequestAddressType1 | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                address_type_1 = AcceptRequestAddressType1.from_dict(data)

                return address_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AcceptRequestAddressType1 | None | str | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        accept_request = cls(
            store=store,
            address=address,
        )

        accept_request.additional_properties = d
        return accept_request

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
