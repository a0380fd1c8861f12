"""Beat that says that it lives, and asks for nothing while its clock is wrong."""

from celery.beat import PersistentScheduler

from common.clock_check import seconds_off
from common.heartbeats import tell_beat

LOOKS_AGAIN_S = 1.0


class TellingScheduler(PersistentScheduler):
    """Tells the hint server every few seconds. Beat that hangs at its broker doesn't, and is soon taken for dead."""

    def tick(self, *args, **kwargs) -> float:
        """One look at what is due; returns how long the next may wait."""
        tell_beat()
        if seconds_off():  # what it asks for would be out of date by the workers' clocks, or begin too early
            return LOOKS_AGAIN_S
        return super().tick(*args, **kwargs)
