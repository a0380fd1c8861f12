"""The app's configuration."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """Connectors."""

    name = "connectors"

    def ready(self):
        """Register what has to be there from the start."""
        from connectors import (
            receivers,  # noqa: F401  what merchants decide is sent
            sealing,  # noqa: F401  the check of CONNECTOR_KEYS
        )
