from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"

    def ready(self):
        from webhooks import secrets  # noqa: F401  its secrets are sealed anew with the others
