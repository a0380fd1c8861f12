from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RefundsConfig(AppConfig):
    name = "refunds"
    verbose_name = _("Refunds")

    def ready(self):
        from refunds import (
            at_once,  # noqa: F401  the platform answers some requests the moment they are made
            receivers,  # noqa: F401  a settled payment settles its refund
        )
