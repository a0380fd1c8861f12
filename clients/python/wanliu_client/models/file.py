from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.file_status_enum import FileStatusEnum

if TYPE_CHECKING:
    from ..models.row_error import RowError
    from ..models.step import Step
    from ..models.unreadable import Unreadable


T = TypeVar("T", bound="File")


@_attrs_define
class File:
    """A file that a worker reads, and ships if that was asked: how far it is, and then what became of it.

    It is `reading`, then `unreadable` or `checked`: its `errors`, if any, keep it from being shipped. One that ships is
    `running`, then `done` or `failed`.

        Attributes:
            id (UUID):
            file_name (str):
            status (FileStatusEnum): * `reading` - Being read
                * `unreadable` - Can't be read
                * `checked` - Waits for your confirmation
                * `running` - Being imported
                * `done` - Imported
                * `failed` - Nothing imported
            progress (Step): How far a worker is: a step (reading, checking, shipping) and the rows of it; `of` is 0 while
                nobody knows.
            rows (int):
            valid (int):
            shipped (int):
            errors (list[RowError]):
            errors_total (int):
            unreadable (None | Unreadable):
    """

    id: UUID
    file_name: str
    status: FileStatusEnum
    progress: Step
    rows: int
    valid: int
    shipped: int
    errors: list[RowError]
    errors_total: int
    unreadable: None | Unreadable
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.unreadable import Unreadable

        id = str(self.id)

        file_name = self.file_name

        status = self.status.value

        progress = self.progress.to_dict()

        rows = self.rows

        valid = self.valid

        shipped = self.shipped

        errors = []
        for errors_item_data in self.errors:
            errors_item = errors_item_data.to_dict()
            errors.append(errors_item)

        errors_total = self.errors_total

        unreadable: dict[str, Any] | None
        if isinstance(self.unreadable, Unreadable):
            unreadable = self.unreadable.to_dict()
        else:
            unreadable = self.unreadable

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "file_name": file_name,
                "status": status,
                "progress": progress,
                "rows": rows,
                "valid": valid,
                "shipped": shipped,
                "errors": errors,
                "errors_total": errors_total,
                "unreadable": unreadable,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.row_error import RowError
        from ..models.step import Step
        from ..models.unreadable import Unreadable

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        file_name = d.pop("file_name")

        status = FileStatusEnum(d.pop("status"))

        progress = Step.from_dict(d.pop("progress"))

        rows = d.pop("rows")

        valid = d.pop("valid")

        shipped = d.pop("shipped")

        errors = []
        _errors = d.pop("errors")
        for errors_item_data in _errors:
            errors_item = RowError.from_dict(errors_item_data)

            errors.append(errors_item)

        errors_total = d.pop("errors_total")

        def _parse_unreadable(data: object) -> None | Unreadable:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                unreadable_type_1 = Unreadable.from_dict(data)

                return unreadable_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unreadable, data)

        unreadable = _parse_unreadable(d.pop("unreadable"))

        file = cls(
            id=id,
            file_name=file_name,
            status=status,
            progress=progress,
            rows=rows,
            valid=valid,
            shipped=shipped,
            errors=errors,
            errors_total=errors_total,
            unreadable=unreadable,
        )

        file.additional_properties = d
        return file

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
