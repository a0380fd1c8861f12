from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Loss")


@_attrs_define
class Loss:
    """What a refund costs when it is paid (K12): the sale, the parts behind it and their sum, and all of it.

    Attributes:
        sale (str):  Example: 12.30.
        acquisition (str):  Example: 12.30.
        outbound_freight (str):  Example: 12.30.
        return_freight (str):  Example: 12.30.
        handling (str):  Example: 12.30.
        stock_loss (str):  Example: 12.30.
        hidden (str):  Example: 12.30.
        total (str):  Example: 12.30.
    """

    sale: str
    acquisition: str
    outbound_freight: str
    return_freight: str
    handling: str
    stock_loss: str
    hidden: str
    total: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        sale = self.sale

        acquisition = self.acquisition

        outbound_freight = self.outbound_freight

        return_freight = self.return_freight

        handling = self.handling

        stock_loss = self.stock_loss

        hidden = self.hidden

        total = self.total

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "sale": sale,
                "acquisition": acquisition,
                "outbound_freight": outbound_freight,
                "return_freight": return_freight,
                "handling": handling,
                "stock_loss": stock_loss,
                "hidden": hidden,
                "total": total,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        sale = d.pop("sale")

        acquisition = d.pop("acquisition")

        outbound_freight = d.pop("outbound_freight")

        return_freight = d.pop("return_freight")

        handling = d.pop("handling")

        stock_loss = d.pop("stock_loss")

        hidden = d.pop("hidden")

        total = d.pop("total")

        loss = cls(
            sale=sale,
            acquisition=acquisition,
            outbound_freight=outbound_freight,
            return_freight=return_freight,
            handling=handling,
            stock_loss=stock_loss,
            hidden=hidden,
            total=total,
        )

        loss.additional_properties = d
        return loss

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
