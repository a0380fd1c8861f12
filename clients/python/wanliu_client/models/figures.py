from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Figures")


@_attrs_define
class Figures:
    """What a group of offers came to. Yuan as strings; `acceptance_rate` is of the offers that are over.

    Attributes:
        offers (int):
        answered (int):
        expired (int):
        accepted (int):
        acceptance_rate (str):
        sales_kept (str):
        taken_back (str):
        hidden_costs_avoided (str):
        offer_costs (str):
        net (str):
    """

    offers: int
    answered: int
    expired: int
    accepted: int
    acceptance_rate: str
    sales_kept: str
    taken_back: str
    hidden_costs_avoided: str
    offer_costs: str
    net: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        offers = self.offers

        answered = self.answered

        expired = self.expired

        accepted = self.accepted

        acceptance_rate = self.acceptance_rate

        sales_kept = self.sales_kept

        taken_back = self.taken_back

        hidden_costs_avoided = self.hidden_costs_avoided

        offer_costs = self.offer_costs

        net = self.net

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "offers": offers,
                "answered": answered,
                "expired": expired,
                "accepted": accepted,
                "acceptance_rate": acceptance_rate,
                "sales_kept": sales_kept,
                "taken_back": taken_back,
                "hidden_costs_avoided": hidden_costs_avoided,
                "offer_costs": offer_costs,
                "net": net,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        offers = d.pop("offers")

        answered = d.pop("answered")

        expired = d.pop("expired")

        accepted = d.pop("accepted")

        acceptance_rate = d.pop("acceptance_rate")

        sales_kept = d.pop("sales_kept")

        taken_back = d.pop("taken_back")

        hidden_costs_avoided = d.pop("hidden_costs_avoided")

        offer_costs = d.pop("offer_costs")

        net = d.pop("net")

        figures = cls(
            offers=offers,
            answered=answered,
            expired=expired,
            accepted=accepted,
            acceptance_rate=acceptance_rate,
            sales_kept=sales_kept,
            taken_back=taken_back,
            hidden_costs_avoided=hidden_costs_avoided,
            offer_costs=offer_costs,
            net=net,
        )

        figures.additional_properties = d
        return figures

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
