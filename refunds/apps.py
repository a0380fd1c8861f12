from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RefundsConfig(AppConfig):
    name = "refunds"
    verbose_name = _("Refunds")

    def ready(self):
        from refunds import receivers  # noqa: F401  a settled payment settles its refund
        from refunds.platform import events as _cases  # noqa: F401  what can happen before the platform
        from refunds.quality import counting, rollup  # noqa: F401  what is counted, and which days have changed
        from refunds.returnless import (
            events,  # noqa: F401  what can happen to an enrolment
            promises,  # noqa: F401  a new order keeps what is promised with it
        )
        from refunds.returnless.api import extras  # noqa: F401  a store tells whether it is certified
