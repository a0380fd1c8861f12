from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"

    def ready(self):
        from notices import secrets  # noqa: F401  its secrets are sealed anew with the others
