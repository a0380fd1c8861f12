"""A desk with a streaming replica on which this process works: the replica stands still, hangs, dies and comes back."""

from contextlib import contextmanager, suppress
from threading import Timer

import psutil

from common.replica import standing
from config.embedded.processes import servers_in
from tests.durability.desk import await_
from tests.durability.standby import Standby


class Followed:
    """This process works on a desk with a replica; `reads` are what became of readings since it was last asked."""

    def __init__(self, desk, replica: Standby) -> None:
        self.desk, self.replica, self._reads = desk, replica, []

    def note(self, outcome) -> None:
        self._reads.append(str(outcome))

    @property
    def reads(self) -> list[str]:
        told, self._reads = self._reads, []
        return told

    def look_again(self) -> None:
        """Whatever the process has heard of the replica is old."""
        standing._last = standing.ReplicaStanding(0, float("-inf"), float("-inf"), "")

    def pause(self) -> None:
        """From now on the replica replays nothing."""
        self.replica.ask("SELECT pg_wal_replay_pause()")
        await_(lambda: self.replica.ask("SELECT pg_get_wal_replay_pause_state()") == [("paused",)], "the pause")

    @contextmanager
    def paused(self):
        """The replica replays nothing, and the process asks it anew."""
        self.pause()
        self.look_again()
        try:
            yield
        finally:
            self.replica.ask("SELECT pg_wal_replay_resume()")
            self.settle()

    def settle(self) -> None:
        """The replica shows everything, and the process knows."""
        self.replica.catch_up()
        self.look_again()
        await_(lambda: standing.standing().is_good, "a replica that is near")

    def kill(self) -> None:
        self.desk.kill("replica")

    @contextmanager
    def hangs(self):
        """The replica's processes stand still, and whoever connects to it waits. For four minutes at most."""
        stopped = servers_in(self.replica.cluster, "postgres")

        def go_on() -> None:
            for process in stopped:
                with suppress(psutil.NoSuchProcess):
                    process.resume()

        for process in stopped:
            process.suspend()
        later = Timer(240, go_on)
        later.start()
        try:
            yield
            assert later.is_alive(), "nobody waits for it"
        finally:
            later.cancel()
            go_on()

    def start(self) -> None:
        """Start it again."""
        self.desk.start_service(self.replica)
        standing.forget_standing()
        self.settle()
