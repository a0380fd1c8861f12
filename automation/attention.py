"""What of automatic rules waits for whoever looks after the platform."""

from django.utils.translation import gettext_lazy as _

from automation.models import live_unknown
from common.attention import Attention

ATTENTION = (
    Attention(
        "unknown_rules",
        _("Automatic rules of a newer release, which this one doesn't know"),
        _(
            "They act once the newer release is put in everywhere. Does it stay out, have their stores' owners turn "
            "them off: until then what they may be about waits for people."
        ),
        live_unknown,
        "live_since",
        "automation.storerule",
    ),
)
