"""States of endpoints and deliveries; the same strings in database and API."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EndpointStatus(models.TextChoices):
    """Whether an endpoint is called."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")


class PauseReason(models.TextChoices):
    """Why an endpoint isn't called."""

    BY_HAND = "by_hand", _("Paused by hand")
    GONE = "gone", _("The receiver said that it is gone for good")
    DEAD = "dead", _("It has taken nothing for three days")


class DeliveryStatus(models.TextChoices):
    """What became of one event for one endpoint."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Arrived")
    FAILED = "failed", _("Given up")


class CallError(models.TextChoices):
    """Why a call came to nothing."""

    REFUSED = "refused", _("Not taken")
    ADDRESS_NOT_ALLOWED = "address_not_allowed", _("The address isn't on the public internet")
    TOOK_TOO_LONG = "took_too_long", _("No answer in time")
    TLS_FAILED = "tls_failed", _("No safe connection (TLS)")
    NOT_HTTP = "not_http", _("The answer isn't HTTP")
    NOT_REACHED = "not_reached", _("Not reached")
    BROKEN = "broken", _("Something broke here; it is sent again")
