"""Shapes of endpoints and deliveries."""

from rest_framework import serializers

from common.api.changes import ChangedAt
from common.api.fields import InstantField, TextField
from common.texts import TextKind
from webhooks.addresses import LONGEST_URL
from webhooks.models import Delivery, Endpoint
from webhooks.states import EndpointStatus

NAMES_HELP = "Names of events (`GET event-types/`); empty for all."


class EndpointSerializer(serializers.ModelSerializer):
    """An address that is told of events."""

    updated_at = ChangedAt()

    class Meta:
        model = Endpoint
        fields = [
            "id",
            "url",
            "description",
            "events",
            "status",
            "paused_for",
            "failures",
            "failing_since",
            "created_at",
            "updated_at",
        ]


class EndpointWithSecretSerializer(EndpointSerializer):
    """An endpoint and the secret that its messages are signed with from now on: nobody can read it again."""

    secret = serializers.CharField(allow_null=True, help_text="null where a kept answer is replayed.")

    class Meta(EndpointSerializer.Meta):
        fields = [*EndpointSerializer.Meta.fields, "secret"]


class AddEndpointSerializer(serializers.Serializer):
    """An address on the public internet, by https."""

    url = TextField(max_length=LONGEST_URL)
    events = serializers.ListField(
        child=TextField(TextKind.NAME, max_length=50),
        required=False,
        default=list,
        max_length=300,
        help_text=NAMES_HELP,
    )
    description = TextField(TextKind.LINES, max_length=200, required=False, allow_blank=True, default="")


class ChangeEndpointSerializer(serializers.Serializer):
    """What may be changed; `status` pauses and resumes."""

    url = TextField(max_length=LONGEST_URL, required=False)
    events = serializers.ListField(
        child=TextField(TextKind.NAME, max_length=50), required=False, max_length=300, help_text=NAMES_HELP
    )
    description = TextField(TextKind.LINES, max_length=200, required=False, allow_blank=True)
    status = serializers.ChoiceField(EndpointStatus.choices, required=False)


class ResendSerializer(serializers.Serializer):
    """Which deliveries are sent again: those made in `since <= at < until`, all of them or only those given up.

    `events` narrows them to events of these names.
    """

    since = InstantField()
    until = InstantField(whole_day=True, required=False)
    events = serializers.ListField(
        child=TextField(TextKind.NAME, max_length=50), required=False, max_length=300, help_text=NAMES_HELP
    )
    failed_only = serializers.BooleanField(required=False, default=False)


class ResentSerializer(serializers.Serializer):
    """How many deliveries are sent again."""

    deliveries = serializers.IntegerField()


class DeliverySerializer(serializers.ModelSerializer):
    """One event for one endpoint. `id` is the message's `webhook-id`; `event` is the event's id in `GET events/`."""

    endpoint = serializers.UUIDField(source="endpoint_id")
    event = serializers.CharField()
    updated_at = ChangedAt()

    class Meta:
        model = Delivery
        fields = [
            "id",
            "endpoint",
            "event",
            "name",
            "status",
            "attempts",
            "next_attempt_at",
            "response_status",
            "response",
            "took_ms",
            "last_error",
            "created_at",
            "delivered_at",
            "updated_at",
        ]
