from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.appeal_ground_enum import AppealGroundEnum
from ..models.appeal_status_enum import AppealStatusEnum
from ..models.outcome_enum import OutcomeEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="Appeal")


@_attrs_define
class Appeal:
    """An appeal. `amount` is what a split names, `compensation` what the merchant was paid back.

    Attributes:
        id (UUID):
        refund (UUID):
        order (str):
        claim (str):
        evidence_until (datetime.datetime):
        outcome (None | OutcomeEnum):
        amount (None | str):  Example: 12.30.
        compensation (str):  Example: 12.30.
        opened_at (datetime.datetime):
        updated_at (datetime.datetime):
        ground (AppealGroundEnum | Unset): * `fake_return` - Fake return
            * `wrong_goods` - Wrong goods came back
            * `damaged_goods` - Damaged goods came back
            * `other` - Other
        status (AppealStatusEnum | Unset): * `open` - To be decided
            * `decided` - Decided
        note (str | Unset):
        decided_at (datetime.datetime | None | Unset):
    """

    id: UUID
    refund: UUID
    order: str
    claim: str
    evidence_until: datetime.datetime
    outcome: None | OutcomeEnum
    amount: None | str
    compensation: str
    opened_at: datetime.datetime
    updated_at: datetime.datetime
    ground: AppealGroundEnum | Unset = UNSET
    status: AppealStatusEnum | Unset = UNSET
    note: str | Unset = UNSET
    decided_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        refund = str(self.refund)

        order = self.order

        claim = self.claim

        evidence_until = self.evidence_until.isoformat()

        outcome: None | str
        if isinstance(self.outcome, OutcomeEnum):
            outcome = self.outcome.value
        else:
            outcome = self.outcome

        amount: None | str
        amount = self.amount

        compensation = self.compensation

        opened_at = self.opened_at.isoformat()

        updated_at = self.updated_at.isoformat()

        ground: str | Unset = UNSET
        if not isinstance(self.ground, Unset):
            ground = self.ground.value

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        note = self.note

        decided_at: None | str | Unset
        if isinstance(self.decided_at, Unset):
            decided_at = UNSET
        elif isinstance(self.decided_at, datetime.datetime):
            decided_at = self.decided_at.isoformat()
        else:
            decided_at = self.decided_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "refund": refund,
                "order": order,
                "claim": claim,
                "evidence_until": evidence_until,
                "outcome": outcome,
                "amount": amount,
                "compensation": compensation,
                "opened_at": opened_at,
                "updated_at": updated_at,
            }
        )
        if ground is not UNSET:
            field_dict["ground"] = ground
        if status is not UNSET:
            field_dict["status"] = status
        if note is not UNSET:
            field_dict["note"] = note
        if decided_at is not UNSET:
            field_dict["decided_at"] = decided_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        refund = UUID(d.pop("refund"))

        order = d.pop("order")

        claim = d.pop("claim")

        evidence_until = datetime.datetime.fromisoformat(d.pop("evidence_until"))

        def _parse_outcome(data: object) -> None | OutcomeEnum:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                outcome_type_0 = OutcomeEnum(data)

                return outcome_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OutcomeEnum, data)

        outcome = _parse_outcome(d.pop("outcome"))

        def _parse_amount(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        amount = _parse_amount(d.pop("amount"))

        compensation = d.pop("compensation")

        opened_at = datetime.datetime.fromisoformat(d.pop("opened_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        _ground = d.pop("ground", UNSET)
        ground: AppealGroundEnum | Unset
        if isinstance(_ground, Unset):
            ground = UNSET
        else:
            ground = AppealGroundEnum(_ground)

        _status = d.pop("status", UNSET)
        status: AppealStatusEnum | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = AppealStatusEnum(_status)

        note = d.pop("note", UNSET)

        def _parse_decided_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                decided_at_type_0 = datetime.datetime.fromisoformat(data)

                return decided_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        decided_at = _parse_decided_at(d.pop("decided_at", UNSET))

        appeal = cls(
            id=id,
            refund=refund,
            order=order,
            claim=claim,
            evidence_until=evidence_until,
            outcome=outcome,
            amount=amount,
            compensation=compensation,
            opened_at=opened_at,
            updated_at=updated_at,
            ground=ground,
            status=status,
            note=note,
            decided_at=decided_at,
        )

        appeal.additional_properties = d
        return appeal

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
