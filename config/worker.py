"""A worker that outlives its broker: Celery's own ends for good when the broker goes away at the wrong moment.

Its end is repaired by whoever supervises it, but until then nothing is done. Both faults below are Celery 5.7's.
"""

import logging

from celery.concurrency.asynpool import AsynPool
from celery.concurrency.prefork import TaskPool
from celery.worker.consumer import Consumer

log = logging.getLogger("wanliu.workers")


class SteadyConsumer(Consumer):
    """Takes messages, whatever becomes of the connection."""

    class Blueprint(Consumer.Blueprint):
        """Without RabbitMQ's 28 queues for messages that wait: no task of ours has a time to begin."""

        default_steps = [step for step in Consumer.Blueprint.default_steps if "delayed_delivery" not in str(step)]

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Part with a connection that is lost, and connect anew.

        Closing it gives messages back that weren't acknowledged; over a connection that is half closed already this
        raises AttributeError. They are given back by the broker in the end, and what they ask for is swept long before.
        """
        try:
            super().on_connection_error_after_connected(exc)
        except Exception as error:
            log.warning("the lost connection could not be closed cleanly: %r", error)


class SteadyProcesses(AsynPool):
    """Keeps its eyes on its children over a reconnection."""

    def _track_child_process(self, proc, hub) -> None:
        """Have the event loop watch for a child's end, also a child whose watch an earlier loop has given up."""
        if getattr(proc, "_sentinel_poll", 0) is None:
            del proc._sentinel_poll
        try:
            super()._track_child_process(proc, hub)
        except (AttributeError, OSError) as error:
            log.warning("a child that is gone is not watched; the pool replaces it: %r", error)


class SteadyPool(TaskPool):
    """Celery's pool of processes, made of these."""

    Pool = SteadyProcesses
