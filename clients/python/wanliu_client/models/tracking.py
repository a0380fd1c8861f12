from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.carrier_claim import CarrierClaim
    from ..models.number_warning import NumberWarning
    from ..models.recall import Recall
    from ..models.shipment import Shipment


T = TypeVar("T", bound="Tracking")


@_attrs_define
class Tracking:
    """What is on its way: the parcel to the buyer, its recall for this refund, the return, and what was lost.

    Attributes:
        shipment (None | Shipment):
        recall (None | Recall):
        return_shipment (None | Shipment):
        carrier_claims (list[CarrierClaim]):
        warnings (list[NumberWarning]):
    """

    shipment: None | Shipment
    recall: None | Recall
    return_shipment: None | Shipment
    carrier_claims: list[CarrierClaim]
    warnings: list[NumberWarning]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.recall import Recall
        from ..models.shipment import Shipment

        shipment: dict[str, Any] | None
        if isinstance(self.shipment, Shipment):
            shipment = self.shipment.to_dict()
        else:
            shipment = self.shipment

        recall: dict[str, Any] | None
        if isinstance(self.recall, Recall):
            recall = self.recall.to_dict()
        else:
            recall = self.recall

        return_shipment: dict[str, Any] | None
        if isinstance(self.return_shipment, Shipment):
            return_shipment = self.return_shipment.to_dict()
        else:
            return_shipment = self.return_shipment

        carrier_claims = []
        for carrier_claims_item_data in self.carrier_claims:
            carrier_claims_item = carrier_claims_item_data.to_dict()
            carrier_claims.append(carrier_claims_item)

        warnings = []
        for warnings_item_data in self.warnings:
            warnings_item = warnings_item_data.to_dict()
            warnings.append(warnings_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "shipment": shipment,
                "recall": recall,
                "return_shipment": return_shipment,
                "carrier_claims": carrier_claims,
                "warnings": warnings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.carrier_claim import CarrierClaim
        from ..models.number_warning import NumberWarning
        from ..models.recall import Recall
        from ..models.shipment import Shipment

        d = dict(src_dict)

        def _parse_shipment(data: object) -> None | Shipment:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                shipment_type_1 = Shipment.from_dict(data)

                return shipment_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Shipment, data)

        shipment = _parse_shipment(d.pop("shipment"))

        def _parse_recall(data: object) -> None | Recall:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                recall_type_1 = Recall.from_dict(data)

                return recall_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Recall, data)

        recall = _parse_recall(d.pop("recall"))

        def _parse_return_shipment(data: object) -> None | Shipment:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                return_shipment_type_1 = Shipment.from_dict(data)

                return return_shipment_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Shipment, data)

        return_shipment = _parse_return_shipment(d.pop("return_shipment"))

        carrier_claims = []
        _carrier_claims = d.pop("carrier_claims")
        for carrier_claims_item_data in _carrier_claims:
            carrier_claims_item = CarrierClaim.from_dict(carrier_claims_item_data)

            carrier_claims.append(carrier_claims_item)

        warnings = []
        _warnings = d.pop("warnings")
        for warnings_item_data in _warnings:
            warnings_item = NumberWarning.from_dict(warnings_item_data)

            warnings.append(warnings_item)

        tracking = cls(
            shipment=shipment,
            recall=recall,
            return_shipment=return_shipment,
            carrier_claims=carrier_claims,
            warnings=warnings,
        )

        tracking.additional_properties = d
        return tracking

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
