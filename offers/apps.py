from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OffersConfig(AppConfig):
    name = "offers"
    verbose_name = _("Offers")

    def ready(self):
        from offers import receivers  # noqa: F401  a decision about a refund ends what was pending
        from offers.api import extras  # noqa: F401  a refund's detail shows its offers
