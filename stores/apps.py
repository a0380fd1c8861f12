from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StoresConfig(AppConfig):
    name = "stores"
    verbose_name = _("Stores")

    def ready(self):
        from stores import receivers  # noqa: F401  whoever signs in is known by the browser
        from stores.people import events  # noqa: F401  declared wherever events are listed
