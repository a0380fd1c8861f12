from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.address_request_address_type_1 import AddressRequestAddressType1


T = TypeVar("T", bound="AddressRequest")


@_attrs_define
class AddressRequest:
    """Where the order goes instead.

    Attributes:
        address (AddressRequestAddressType1 | str):
        store (str | Unset):
    """

    address: AddressRequestAddressType1 | str
    store: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.address_request_address_type_1 import AddressRequestAddressType1

        address: dict[str, Any] | str
        if isinstance(self.address, AddressRequestAddressType1):
            address = self.address.to_dict()
        else:
            address = self.address

        store = self.store

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "address": address,
            }
        )
        if store is not UNSET:
            field_dict["store"] = store

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.address_request_address_type_1 import AddressRequestAddressType1

        d = dict(src_dict)

        def _parse_address(data: object) -> AddressRequestAddressType1 | str:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                address_type_1 = AddressRequestAddressType1.from_dict(data)

                return address_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AddressRequestAddressType1 | str, data)

        address = _parse_address(d.pop("address"))

        store = d.pop("store", UNSET)

        address_request = cls(
            address=address,
            store=store,
        )

        address_request.additional_properties = d
        return address_request

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
