from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "operations"

    def ready(self):
        from operations import system_checks  # noqa: F401  registers the check of outside parties' settings
