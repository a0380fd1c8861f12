"""Makes the gateway known, as if its file lay among the platform's."""

from django.apps import AppConfig


class LoopbackConfig(AppConfig):
    """The gateway that is only there while benchmarks run."""

    name = "bench.loopback"

    def ready(self) -> None:
        """Import its file, which registers it."""
        from bench.loopback import gateway  # noqa: F401
