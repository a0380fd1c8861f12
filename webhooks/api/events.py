"""The feed: every event of a store, in an order in which nothing appears later."""

import django_filters
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers

from common.events import event_types
from common.models import Event
from refunds.api.serializers import EventNameField
from stores.api.base import StoreViewSet
from webhooks.api.pages import FeedPage
from webhooks.telling import told


def event_names() -> list[tuple[str, str]]:
    """Every name that an event may have."""
    return [(event.name, event.name) for event in event_types()]


class EventFilter(django_filters.FilterSet):
    """Events of one kind."""

    name = django_filters.ChoiceFilter(choices=event_names, label=_("event"))

    class Meta:
        model = Event
        fields = ["name"]


class SubjectSerializer(serializers.Serializer):
    """What it happened to."""

    type = serializers.CharField(help_text="refund, order, offer, payment, parcel, …")
    id = serializers.CharField()


class FeedEventSerializer(serializers.Serializer):
    """Something that happened. `order` and `refund` say in whose history it stands, where it is one of a case."""

    def get_fields(self):
        """`from` is a word that Python keeps for itself."""
        return {
            "id": serializers.CharField(help_text="Also a cursor: ask `after` it."),
            "at": serializers.DateTimeField(),
            "name": EventNameField(help_text="One of `GET /api/v1/event-types/`, which tells what `data` holds."),
            "subject": SubjectSerializer(),
            "order": serializers.CharField(allow_null=True, help_text="The order's number."),
            "refund": serializers.CharField(allow_null=True),
            "actor": serializers.CharField(),
            "from": serializers.CharField(),
            "to": serializers.CharField(),
            "rule": serializers.CharField(),
            "data": serializers.JSONField(),
        }


class EventViewSet(StoreViewSet):
    """What happened in the store."""

    resource = "webhooks"
    callers = {"list": "S"}
    feeds = frozenset({"list"})
    serializer_class = FeedEventSerializer
    pagination_class = FeedPage
    filter_backends = [DjangoFilterBackend]
    filterset_class = EventFilter
    queryset = Event.objects.none()

    def get_queryset(self):
        """The store's events."""
        return Event.objects.for_store(self.store.pk)

    def list(self, request):
        """Every event after a cursor, oldest first, in an order in which nothing can appear later.

        Keep the `cursor` of the last page that was worked through and ask `after` it: nothing is missed and nothing
        comes twice, however long the pause was. What happens to one subject comes in the order in which it happened. An
        event is shown once every transaction that began before it has ended, which takes a moment.
        """
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(FeedEventSerializer(told(self.store.pk, page), many=True).data)
