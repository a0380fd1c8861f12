"""The app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """What buyers ask of their data."""

    name = "privacy"
    verbose_name = _("buyers' data")
