from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="PatchedCostRatesRequest")


@_attrs_define
class PatchedCostRatesRequest:
    """Yuan per return, case or order; `agent_time` follows from minutes and hour.

    `since` is null while defaults hold.

        Attributes:
            return_freight (str | Unset):  Example: 12.30.
            handling (str | Unset):  Example: 12.30.
            agent_minutes (int | Unset):
            agent_hourly (str | Unset):  Example: 12.30.
            consultation (str | Unset):  Example: 12.30.
            acquisition (str | Unset):  Example: 12.30.
            outbound_freight (str | Unset):  Example: 12.30.
            stock_loss_percent (str | Unset):  Example: 12.30.
    """

    return_freight: str | Unset = UNSET
    handling: str | Unset = UNSET
    agent_minutes: int | Unset = UNSET
    agent_hourly: str | Unset = UNSET
    consultation: str | Unset = UNSET
    acquisition: str | Unset = UNSET
    outbound_freight: str | Unset = UNSET
    stock_loss_percent: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return_freight = self.return_freight

        handling = self.handling

        agent_minutes = self.agent_minutes

        agent_hourly = self.agent_hourly

        consultation = self.consultation

        acquisition = self.acquisition

        outbound_freight = self.outbound_freight

        stock_loss_percent = self.stock_loss_percent

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if return_freight is not UNSET:
            field_dict["return_freight"] = return_freight
        if handling is not UNSET:
            field_dict["handling"] = handling
        if agent_minutes is not UNSET:
            field_dict["agent_minutes"] = agent_minutes
        if agent_hourly is not UNSET:
            field_dict["agent_hourly"] = agent_hourly
        if consultation is not UNSET:
            field_dict["consultation"] = consultation
        if acquisition is not UNSET:
            field_dict["acquisition"] = acquisition
        if outbound_freight is not UNSET:
            field_dict["outbound_freight"] = outbound_freight
        if stock_loss_percent is not UNSET:
            field_dict["stock_loss_percent"] = stock_loss_percent

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        return_freight = d.pop("return_freight", UNSET)

        handling = d.pop("handling", UNSET)

        agent_minutes = d.pop("agent_minutes", UNSET)

        agent_hourly = d.pop("agent_hourly", UNSET)

        consultation = d.pop("consultation", UNSET)

        acquisition = d.pop("acquisition", UNSET)

        outbound_freight = d.pop("outbound_freight", UNSET)

        stock_loss_percent = d.pop("stock_loss_percent", UNSET)

        patched_cost_rates_request = cls(
            return_freight=return_freight,
            handling=handling,
            agent_minutes=agent_minutes,
            agent_hourly=agent_hourly,
            consultation=consultation,
            acquisition=acquisition,
            outbound_freight=outbound_freight,
            stock_loss_percent=stock_loss_percent,
        )

        patched_cost_rates_request.additional_properties = d
        return patched_cost_rates_request

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
