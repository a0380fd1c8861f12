from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.enrolment_status_enum import EnrolmentStatusEnum

if TYPE_CHECKING:
    from ..models.agreement import Agreement
    from ..models.auto_top_up import AutoTopUp
    from ..models.budget import Budget
    from ..models.covered_product import CoveredProduct


T = TypeVar("T", bound="Enrolment")


@_attrs_define
class Enrolment:
    """How far a store is, and what it has set. `offered` tells whether its marketplace has the programme at all.

    `planned_budget` is the yuan that the budget shall hold once the store joins; null when there is nothing to move.

        Attributes:
            offered (bool):
            status (EnrolmentStatusEnum): * `not_enrolled` - Not enrolled
                * `earlier` - On an earlier version
                * `agreed` - Agreement accepted
                * `budgeted` - Budget set
                * `top_up_set` - Automatic top-up set
                * `ready` - Ready to confirm
                * `confirmed` - From the next live session on
                * `in_force` - In force
                * `left` - Left
            version (None | str):
            agreement (Agreement): What was accepted, when and by whom; `text` is that of the current version, in the
                language asked for.
            steps_done (list[str]):
            next_step (None | str):
            budget (Budget): Yuan: `available` is the balance without what is reserved.
            planned_budget (None | str):  Example: 12.30.
            auto_top_up (AutoTopUp): Below `threshold` the budget gets `amount` more.
            products (list[CoveredProduct]):
            in_force_since (datetime.datetime | None):
            certified (bool):
    """

    offered: bool
    status: EnrolmentStatusEnum
    version: None | str
    agreement: Agreement
    steps_done: list[str]
    next_step: None | str
    budget: Budget
    planned_budget: None | str
    auto_top_up: AutoTopUp
    products: list[CoveredProduct]
    in_force_since: datetime.datetime | None
    certified: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        offered = self.offered

        status = self.status.value

        version: None | str
        version = self.version

        agreement = self.agreement.to_dict()

        steps_done = self.steps_done

        next_step: None | str
        next_step = self.next_step

        budget = self.budget.to_dict()

        planned_budget: None | str
        planned_budget = self.planned_budget

        auto_top_up = self.auto_top_up.to_dict()

        products = []
        for products_item_data in self.products:
            products_item = products_item_data.to_dict()
            products.append(products_item)

        in_force_since: None | str
        if isinstance(self.in_force_since, datetime.datetime):
            in_force_since = self.in_force_since.isoformat()
        else:
            in_force_since = self.in_force_since

        certified = self.certified

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "offered": offered,
                "status": status,
                "version": version,
                "agreement": agreement,
                "steps_done": steps_done,
                "next_step": next_step,
                "budget": budget,
                "planned_budget": planned_budget,
                "auto_top_up": auto_top_up,
                "products": products,
                "in_force_since": in_force_since,
                "certified": certified,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.agreement import Agreement
        from ..models.auto_top_up import AutoTopUp
        from ..models.budget import Budget
        from ..models.covered_product import CoveredProduct

        d = dict(src_dict)
        offered = d.pop("offered")

        status = EnrolmentStatusEnum(d.pop("status"))

        def _parse_version(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        version = _parse_version(d.pop("version"))

        agreement = Agreement.from_dict(d.pop("agreement"))

        steps_done = cast(list[str], d.pop("steps_done"))

        def _parse_next_step(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_step = _parse_next_step(d.pop("next_step"))

        budget = Budget.from_dict(d.pop("budget"))

        def _parse_planned_budget(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        planned_budget = _parse_planned_budget(d.pop("planned_budget"))

        auto_top_up = AutoTopUp.from_dict(d.pop("auto_top_up"))

        products = []
        _products = d.pop("products")
        for products_item_data in _products:
            products_item = CoveredProduct.from_dict(products_item_data)

            products.append(products_item)

        def _parse_in_force_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                in_force_since_type_0 = datetime.datetime.fromisoformat(data)

                return in_force_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        in_force_since = _parse_in_force_since(d.pop("in_force_since"))

        certified = d.pop("certified")

        enrolment = cls(
            offered=offered,
            status=status,
            version=version,
            agreement=agreement,
            steps_done=steps_done,
            next_step=next_step,
            budget=budget,
            planned_budget=planned_budget,
            auto_top_up=auto_top_up,
            products=products,
            in_force_since=in_force_since,
            certified=certified,
        )

        enrolment.additional_properties = d
        return enrolment

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
