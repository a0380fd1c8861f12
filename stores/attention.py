"""What of stores and people waits for whoever looks after the platform."""

from django.utils.translation import gettext_lazy as _

from common.attention import Attention
from stores.models import Letter

ATTENTION = (
    Attention(
        "letters",
        _("E-mails that can't be sent"),
        _("Check the address and the server of EMAIL_URL, then send again."),
        lambda: Letter.objects.filter(needs_attention=True),
        "created_at",
        "stores.letter",
    ),
)
