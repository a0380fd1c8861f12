"""Beat that says that it lives."""

from celery.beat import PersistentScheduler

from common.heartbeats import tell_beat


class TellingScheduler(PersistentScheduler):
    """Tells the hint server every few seconds. Beat that hangs at its broker doesn't, and is soon taken for dead."""

    def tick(self, *args, **kwargs) -> float:
        """One look at what is due; returns how long the next may wait."""
        tell_beat()
        return super().tick(*args, **kwargs)
