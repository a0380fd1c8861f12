"""The OpenAPI schema: what drf-spectacular reads off the views, and the one error shape beside it."""

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from common.api.changes import PARAMETERS
from common.api.codes import codes_of

RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds after which to come back."}}


class ErrorSerializer(serializers.Serializer):
    """What is wrong; `attr` names the field at fault, if one is."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class ErrorsSerializer(serializers.Serializer):
    """The answer to every call that did not succeed."""

    type = serializers.ChoiceField(["validation_error", "client_error", "server_error"])
    errors = ErrorSerializer(many=True)


STORE = OpenApiParameter("store", str, OpenApiParameter.QUERY, description="A marketplace's key names its store here.")


class WanliuSchema(AutoSchema):
    """Every operation may answer with errors, all of the same shape; reads name a store, POSTs may carry a key."""

    def get_override_parameters(self):
        """What every view takes."""
        if self.method == "GET":
            return [STORE, *(PARAMETERS if self.view.traces(self.view.action) else [])]
        if self.method == "POST":
            required = self.view.action in self.view.idempotency_key_required
            text = "Repeating a call with the same key has no second effect; the first answer is kept for 24 hours."
            return [OpenApiParameter("Idempotency-Key", str, "header", required=required, description=text)]
        return []

    def _map_serializer_field(self, field, direction, bypass_extensions=False):
        """A list of objects says how many it may hold, as lists of plain values do."""
        shape = super()._map_serializer_field(field, direction, bypass_extensions)
        if direction == "request" and isinstance(field, serializers.ListSerializer) and shape.get("type") == "array":
            if field.max_length is not None:
                shape["maxItems"] = field.max_length
            if not field.allow_empty:
                shape["minItems"] = 1
        return shape

    def _get_response_bodies(self, direction="response"):
        responses = super()._get_response_bodies(direction)
        for status, codes in codes_of(type(self.view), self.view.action, self.method).items():
            answer = self._get_response_for_code(ErrorsSerializer, str(status))
            answer |= {"description": f"Codes: {', '.join(codes)}", "x-error-codes": list(codes)}
            if status in (429, 503):
                answer["headers"] = RETRY_AFTER
            responses[str(status)] = answer
        return responses
