"""What of connected shops waits for a person."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.attention import Attention
from connectors.models import Connection, MirroredRefund, SentDecision
from connectors.states import ConnectionStatus

STOPPED = (ConnectionStatus.NEEDS_AUTHORISATION, ConnectionStatus.NEEDS_SETUP)

ATTENTION = (
    Attention(
        "connections",
        _("Shops that aren't followed"),
        _("The connection's page says what is wrong: have the store authorise anew or mend the application."),
        lambda: Connection.objects.filter(Q(status__in=STOPPED) | Q(needs_attention=True)),
        "created_at",
        "connectors.connection",
        "trouble",
    ),
    Attention(
        "decisions",
        _("Decisions that the marketplace doesn't take"),
        _("Open each: what the marketplace says is on its page. Do it in its back office, or send it again."),
        lambda: SentDecision.objects.filter(needs_attention=True),
        "decided_at",
        "connectors.sentdecision",
        "stuck",
    ),
    Attention(
        "copies",
        _("Refunds of marketplaces that nobody could take over"),
        _("Each row says why. Where our side is wrong, have it mended; a refund is read again when it changes there."),
        lambda: MirroredRefund.objects.filter(needs_look=True),
        "read_at",
        "connectors.mirroredrefund",
        "look",
    ),
)
