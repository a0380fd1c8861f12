"""Why something can't be done to an endpoint now."""

from django.utils.translation import gettext as _

from common.errors import Refused
from stores.models import Store
from webhooks.models import Endpoint
from webhooks.states import EndpointStatus

MOST_ENDPOINTS = 10


def why_not_add_endpoint(store: Store) -> Refused | None:
    """A store has few endpoints: each is called for everything that happens."""
    if Endpoint.objects.for_store(store.pk).existing().count() < MOST_ENDPOINTS:
        return None
    detail = _("A store has at most %(most)d webhook endpoints: delete one first.")
    return Refused("too_many_endpoints", detail % {"most": MOST_ENDPOINTS})


def why_not_pause_endpoint(endpoint: Endpoint) -> Refused | None:
    """What is paused can't be paused."""
    if endpoint.status == EndpointStatus.ACTIVE:
        return None
    return Refused("invalid_transition", _("The endpoint is paused already."))


def why_not_resume_endpoint(endpoint: Endpoint) -> Refused | None:
    """What is called needs no resuming."""
    if endpoint.status == EndpointStatus.PAUSED:
        return None
    return Refused("invalid_transition", _("The endpoint is active already."))


def why_not_test_endpoint(endpoint: Endpoint) -> Refused | None:
    """What isn't called can't be tried."""
    if endpoint.status == EndpointStatus.ACTIVE:
        return None
    return Refused("endpoint_paused", _("The endpoint is paused: have it called again first."))
