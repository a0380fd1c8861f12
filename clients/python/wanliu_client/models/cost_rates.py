from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CostRates")


@_attrs_define
class CostRates:
    """Yuan per return, case or order; `agent_time` follows from minutes and hour.

    `since` is null while defaults hold.

        Attributes:
            return_freight (str):  Example: 12.30.
            handling (str):  Example: 12.30.
            agent_minutes (int):
            agent_hourly (str):  Example: 12.30.
            agent_time (str):  Example: 12.30.
            consultation (str):  Example: 12.30.
            acquisition (str):  Example: 12.30.
            outbound_freight (str):  Example: 12.30.
            stock_loss_percent (str):  Example: 12.30.
            since (datetime.datetime | None):
    """

    return_freight: str
    handling: str
    agent_minutes: int
    agent_hourly: str
    agent_time: str
    consultation: str
    acquisition: str
    outbound_freight: str
    stock_loss_percent: str
    since: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return_freight = self.return_freight

        handling = self.handling

        agent_minutes = self.agent_minutes

        agent_hourly = self.agent_hourly

        agent_time = self.agent_time

        consultation = self.consultation

        acquisition = self.acquisition

        outbound_freight = self.outbound_freight

        stock_loss_percent = self.stock_loss_percent

        since: None | str
        if isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "return_freight": return_freight,
                "handling": handling,
                "agent_minutes": agent_minutes,
                "agent_hourly": agent_hourly,
                "agent_time": agent_time,
                "consultation": consultation,
                "acquisition": acquisition,
                "outbound_freight": outbound_freight,
                "stock_loss_percent": stock_loss_percent,
                "since": since,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        return_freight = d.pop("return_freight")

        handling = d.pop("handling")

        agent_minutes = d.pop("agent_minutes")

        agent_hourly = d.pop("agent_hourly")

        agent_time = d.pop("agent_time")

        consultation = d.pop("consultation")

        acquisition = d.pop("acquisition")

        outbound_freight = d.pop("outbound_freight")

        stock_loss_percent = d.pop("stock_loss_percent")

        def _parse_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.datetime.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        since = _parse_since(d.pop("since"))

        cost_rates = cls(
            return_freight=return_freight,
            handling=handling,
            agent_minutes=agent_minutes,
            agent_hourly=agent_hourly,
            agent_time=agent_time,
            consultation=consultation,
            acquisition=acquisition,
            outbound_freight=outbound_freight,
            stock_loss_percent=stock_loss_percent,
            since=since,
        )

        cost_rates.additional_properties = d
        return cost_rates

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
