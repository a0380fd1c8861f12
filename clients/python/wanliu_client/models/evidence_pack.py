from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.evidence_pack_status_enum import EvidencePackStatusEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="EvidencePack")


@_attrs_define
class EvidencePack:
    """How far a dispute's pack is, in `language`; `percent` is as far as is known, `size` counts bytes.

    Attributes:
        id (UUID):
        dispute (UUID):
        language (str):
        percent (int): 0 to 100.
        asked_at (datetime.datetime):
        status (EvidencePackStatusEnum | Unset): * `making` - Being made
            * `made` - Made
            * `failed` - Could not be made
        made_at (datetime.datetime | None | Unset):
        size (int | None | Unset):
    """

    id: UUID
    dispute: UUID
    language: str
    percent: int
    asked_at: datetime.datetime
    status: EvidencePackStatusEnum | Unset = UNSET
    made_at: datetime.datetime | None | Unset = UNSET
    size: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        dispute = str(self.dispute)

        language = self.language

        percent = self.percent

        asked_at = self.asked_at.isoformat()

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        made_at: None | str | Unset
        if isinstance(self.made_at, Unset):
            made_at = UNSET
        elif isinstance(self.made_at, datetime.datetime):
            made_at = self.made_at.isoformat()
        else:
            made_at = self.made_at

        size: int | None | Unset
        if isinstance(self.size, Unset):
            size = UNSET
        else:
            size = self.size

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "dispute": dispute,
                "language": language,
                "percent": percent,
                "asked_at": asked_at,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if made_at is not UNSET:
            field_dict["made_at"] = made_at
        if size is not UNSET:
            field_dict["size"] = size

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        dispute = UUID(d.pop("dispute"))

        language = d.pop("language")

        percent = d.pop("percent")

        asked_at = datetime.datetime.fromisoformat(d.pop("asked_at"))

        _status = d.pop("status", UNSET)
        status: EvidencePackStatusEnum | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = EvidencePackStatusEnum(_status)

        def _parse_made_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                made_at_type_0 = datetime.datetime.fromisoformat(data)

                return made_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        made_at = _parse_made_at(d.pop("made_at", UNSET))

        def _parse_size(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        size = _parse_size(d.pop("size", UNSET))

        evidence_pack = cls(
            id=id,
            dispute=dispute,
            language=language,
            percent=percent,
            asked_at=asked_at,
            status=status,
            made_at=made_at,
            size=size,
        )

        evidence_pack.additional_properties = d
        return evidence_pack

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
