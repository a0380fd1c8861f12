from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.pieces_request import PiecesRequest


T = TypeVar("T", bound="ShipOrderRequest")


@_attrs_define
class ShipOrderRequest:
    """The order's next parcel, and what is in it: without `lines` everything that is left.

    Attributes:
        carrier (str): One of SF, ZTO, YTO, STO, YD, JTSD, JD, EMS, YZPY, DBL, DNWL, UC, HTKY, SNWL, KYSY, ANE, FEDEX,
            UPS, DHL, or its name, or `other: NAME` for any other carrier.
        tracking_number (str): At most 64 letters, digits and hyphens; kept in capitals, without blanks.
        lines (list[PiecesRequest] | None | Unset):
    """

    carrier: str
    tracking_number: str
    lines: list[PiecesRequest] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        carrier = self.carrier

        tracking_number = self.tracking_number

        lines: list[dict[str, Any]] | None | Unset
        if isinstance(self.lines, Unset):
            lines = UNSET
        elif isinstance(self.lines, list):
            lines = []
            for lines_type_0_item_data in self.lines:
                lines_type_0_item = lines_type_0_item_data.to_dict()
                lines.append(lines_type_0_item)

        else:
            lines = self.lines

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "carrier": carrier,
                "tracking_number": tracking_number,
            }
        )
        if lines is not UNSET:
            field_dict["lines"] = lines

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.pieces_request import PiecesRequest

        d = dict(src_dict)
        carrier = d.pop("carrier")

        tracking_number = d.pop("tracking_number")

        def _parse_lines(data: object) -> list[PiecesRequest] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                lines_type_0 = []
                _lines_type_0 = data
                for lines_type_0_item_data in _lines_type_0:
                    lines_type_0_item = PiecesRequest.from_dict(lines_type_0_item_data)

                    lines_type_0.append(lines_type_0_item)

                return lines_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[PiecesRequest] | None | Unset, data)

        lines = _parse_lines(d.pop("lines", UNSET))

        ship_order_request = cls(
            carrier=carrier,
            tracking_number=tracking_number,
            lines=lines,
        )

        ship_order_request.additional_properties = d
        return ship_order_request

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
