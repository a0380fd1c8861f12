from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.row_error import RowError


T = TypeVar("T", bound="Outcome")


@_attrs_define
class Outcome:
    """What became of a file, or would. `errors` are the first of `errors_total`.

    Attributes:
        dry_run (bool):
        rows (int):
        valid (int):
        shipped (int):
        errors (list[RowError]):
        errors_total (int):
    """

    dry_run: bool
    rows: int
    valid: int
    shipped: int
    errors: list[RowError]
    errors_total: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        dry_run = self.dry_run

        rows = self.rows

        valid = self.valid

        shipped = self.shipped

        errors = []
        for errors_item_data in self.errors:
            errors_item = errors_item_data.to_dict()
            errors.append(errors_item)

        errors_total = self.errors_total

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "dry_run": dry_run,
                "rows": rows,
                "valid": valid,
                "shipped": shipped,
                "errors": errors,
                "errors_total": errors_total,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.row_error import RowError

        d = dict(src_dict)
        dry_run = d.pop("dry_run")

        rows = d.pop("rows")

        valid = d.pop("valid")

        shipped = d.pop("shipped")

        errors = []
        _errors = d.pop("errors")
        for errors_item_data in _errors:
            errors_item = RowError.from_dict(errors_item_data)

            errors.append(errors_item)

        errors_total = d.pop("errors_total")

        outcome = cls(
            dry_run=dry_run,
            rows=rows,
            valid=valid,
            shipped=shipped,
            errors=errors,
            errors_total=errors_total,
        )

        outcome.additional_properties = d
        return outcome

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
