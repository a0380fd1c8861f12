"""What of webhooks waits for a person."""

from django.utils.translation import gettext_lazy as _

from common.attention import Attention
from webhooks.models import Endpoint
from webhooks.states import EndpointStatus, PauseReason

ATTENTION = (
    Attention(
        "endpoints",
        _("Endpoints that take nothing any more"),
        _("Tell the store that its program is told of nothing; once it answers, let the endpoint be called again."),
        lambda: Endpoint.objects.existing().filter(
            status=EndpointStatus.PAUSED, paused_for__in=(PauseReason.GONE, PauseReason.DEAD)
        ),
        "updated_at",
        "webhooks.endpoint",
        "paused",
    ),
)
