"""The app's configuration."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """Connectors."""

    name = "connectors"
