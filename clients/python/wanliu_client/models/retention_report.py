from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.agent_figures import AgentFigures
    from ..models.day_figures import DayFigures
    from ..models.figures import Figures
    from ..models.lost import Lost
    from ..models.method_figures import MethodFigures
    from ..models.reason_figures import ReasonFigures


T = TypeVar("T", bound="RetentionReport")


@_attrs_define
class RetentionReport:
    """The figures by the day on which an offer was sent. With `group_by` only that list is there.

    Attributes:
        from_ (datetime.date):
        to (datetime.date):
        currency (str):
        totals (Figures): What a group of offers came to. Yuan as strings; `acceptance_rate` is of the offers that are
            over.
        lost (Lost): What refunds that were paid in the span cost (K12).
        by_method (list[MethodFigures] | Unset):
        by_reason (list[ReasonFigures] | Unset):
        by_agent (list[AgentFigures] | Unset):
        by_day (list[DayFigures] | Unset):
    """

    from_: datetime.date
    to: datetime.date
    currency: str
    totals: Figures
    lost: Lost
    by_method: list[MethodFigures] | Unset = UNSET
    by_reason: list[ReasonFigures] | Unset = UNSET
    by_agent: list[AgentFigures] | Unset = UNSET
    by_day: list[DayFigures] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from_ = self.from_.isoformat()

        to = self.to.isoformat()

        currency = self.currency

        totals = self.totals.to_dict()

        lost = self.lost.to_dict()

        by_method: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.by_method, Unset):
            by_method = []
            for by_method_item_data in self.by_method:
                by_method_item = by_method_item_data.to_dict()
                by_method.append(by_method_item)

        by_reason: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.by_reason, Unset):
            by_reason = []
            for by_reason_item_data in self.by_reason:
                by_reason_item = by_reason_item_data.to_dict()
                by_reason.append(by_reason_item)

        by_agent: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.by_agent, Unset):
            by_agent = []
            for by_agent_item_data in self.by_agent:
                by_agent_item = by_agent_item_data.to_dict()
                by_agent.append(by_agent_item)

        by_day: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.by_day, Unset):
            by_day = []
            for by_day_item_data in self.by_day:
                by_day_item = by_day_item_data.to_dict()
                by_day.append(by_day_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "from": from_,
                "to": to,
                "currency": currency,
                "totals": totals,
                "lost": lost,
            }
        )
        if by_method is not UNSET:
            field_dict["by_method"] = by_method
        if by_reason is not UNSET:
            field_dict["by_reason"] = by_reason
        if by_agent is not UNSET:
            field_dict["by_agent"] = by_agent
        if by_day is not UNSET:
            field_dict["by_day"] = by_day

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.agent_figures import AgentFigures
        from ..models.day_figures import DayFigures
        from ..models.figures import Figures
        from ..models.lost import Lost
        from ..models.method_figures import MethodFigures
        from ..models.reason_figures import ReasonFigures

        d = dict(src_dict)
        from_ = datetime.date.fromisoformat(d.pop("from"))

        to = datetime.date.fromisoformat(d.pop("to"))

        currency = d.pop("currency")

        totals = Figures.from_dict(d.pop("totals"))

        lost = Lost.from_dict(d.pop("lost"))

        _by_method = d.pop("by_method", UNSET)
        by_method: list[MethodFigures] | Unset = UNSET
        if _by_method is not UNSET:
            by_method = []
            for by_method_item_data in _by_method:
                by_method_item = MethodFigures.from_dict(by_method_item_data)

                by_method.append(by_method_item)

        _by_reason = d.pop("by_reason", UNSET)
        by_reason: list[ReasonFigures] | Unset = UNSET
        if _by_reason is not UNSET:
            by_reason = []
            for by_reason_item_data in _by_reason:
                by_reason_item = ReasonFigures.from_dict(by_reason_item_data)

                by_reason.append(by_reason_item)

        _by_agent = d.pop("by_agent", UNSET)
        by_agent: list[AgentFigures] | Unset = UNSET
        if _by_agent is not UNSET:
            by_agent = []
            for by_agent_item_data in _by_agent:
                by_agent_item = AgentFigures.from_dict(by_agent_item_data)

                by_agent.append(by_agent_item)

        _by_day = d.pop("by_day", UNSET)
        by_day: list[DayFigures] | Unset = UNSET
        if _by_day is not UNSET:
            by_day = []
            for by_day_item_data in _by_day:
                by_day_item = DayFigures.from_dict(by_day_item_data)

                by_day.append(by_day_item)

        retention_report = cls(
            from_=from_,
            to=to,
            currency=currency,
            totals=totals,
            lost=lost,
            by_method=by_method,
            by_reason=by_reason,
            by_agent=by_agent,
            by_day=by_day,
        )

        retention_report.additional_properties = d
        return retention_report

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
