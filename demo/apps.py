from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"

    def ready(self):
        from demo import production  # noqa: F401  registers the check that the demo isn't where people work
