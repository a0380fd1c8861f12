"""A history played on the real API by threads with connections of their own, held against the model round by round."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import cycle

import time_machine
from django.db import connection

from offers.insights.rebuild import rebuild, roll_everything
from offers.insights.rollup import roll_up
from offers.sweeps import sweep_due_offers
from payments.settlement import settle_batch
from refunds.deciding import decide_waiting_rows
from refunds.quality.rollup import roll_up_days
from refunds.sweeps import sweep_due_refunds
from refunds.unclaimed.matching import match_announced_parcels
from tests.concurrency.invariants import assert_consistent
from tests.model.calling import Caller, Told
from tests.model.figures import figures
from tests.model.furnishing import furnish
from tests.model.looking import Look, read_figures
from tests.model.moves import Answer, Step
from tests.model.serial import Given, explain
from tests.model.world import World
from tests.model.writing import History, Round, begin
from tests.world import NOON, Shop, make_shop, wait

PATIENCE_S = 30
SWEEPS = (sweep_due_offers, decide_waiting_rows, sweep_due_refunds, match_announced_parcels, settle_batch)
# What workers beside the calls find something of: of what is due before them, or when a call of that name is made.
FOUND_BY = {
    sweep_due_offers: {"offer"},
    decide_waiting_rows: {"row", "decide_many"},
    sweep_due_refunds: {"refund"},
    match_announced_parcels: {"stray", "put_aside", "ship_return", "assign"},
}
ROLL_UPS = (roll_up, roll_up_days)
MOST_AT_ONCE = 16  # calls of a round and workers beside them


class Violation(AssertionError):
    """The store did what no serial order of the calls can explain."""


def play(history: History, start: datetime = NOON) -> int:
    """Play it in a new store; returns how many calls were made. `Violation` names the first round that can't be."""
    with time_machine.travel(start, tick=False) as traveller:
        shop = make_shop(history.marketplace)
        told = Told(coupons=furnish(shop, start))
        return _Game(shop, CROWD, traveller, begin(history.marketplace, start), told).play(history)


class _Crowd:
    """Threads that stay, with their connections; each call of a round is another one's, all at the same instant."""

    def __init__(self) -> None:
        self.size, self.threads = 0, ThreadPoolExecutor(MOST_AT_ONCE)

    def at_once(self, calls: Sequence[Callable]) -> list:
        """What each of the calls returned."""
        if not calls:
            return []
        self.size = max(self.size, len(calls))
        barrier = threading.Barrier(len(calls))

        def on_signal(call: Callable):
            barrier.wait(PATIENCE_S)
            return call()

        return [future.result(PATIENCE_S) for future in [self.threads.submit(on_signal, call) for call in calls]]

    def leave(self) -> None:
        """Close every thread's connection."""
        self.at_once([lambda: connection.close()] * self.size)


class _Game:
    def __init__(self, shop: Shop, crowd: _Crowd, traveller, world: World, told: Told) -> None:
        self.shop, self.crowd, self.traveller, self.world, self.told = shop, crowd, traveller, world, told
        self.caller, self.made = Caller(shop, told), 0
        self.ranks: dict[str, int] = {}

    def play(self, history: History) -> int:
        for number, turn in enumerate(history.rounds):
            self._play_round(number, turn)
        try:
            self._compare_figures()
            assert_consistent()
        except AssertionError as error:
            raise Violation(f"in the end: {error}") from error
        return self.made

    def _play_round(self, number: int, turn: Round) -> None:
        self._move_clock(turn.jump)
        ready = [(step, call) for step in turn.calls if (call := self.caller.call(step, self.world.now))]
        sweepers = [self._work_beside(turn)] * turn.sweepers
        results = self.crowd.at_once([*(call for _step, call in ready), *sweepers])
        given: list[Given] = [(step, answer) for (step, _call), answer in zip(ready, results, strict=False)]
        self.made += len(given)
        for step, answer in given:
            self._note(step, answer)
        if turn.is_swept:
            _sweep_up()
        look = Look(self.shop, self.told)
        after, off = explain(self.world, given, look.seen(), is_swept=turn.is_swept, may_sweep=bool(turn.sweepers))
        if after is None:
            raise Violation(self._report(number, turn, given, off))
        # Of those that were asked for at the same instant the store knows which came first.
        after.refunds = {label: after.refunds[label] for label in look.ranks}
        self.world, self.ranks = after, look.ranks

    def _work_beside(self, turn: Round) -> Callable[[], None]:
        """Workers beside the calls: what may be due, payments, and the figures' roll-ups, which change no figure.

        A sweep that has nothing to find now is none that calls could meet; that it then does nothing is seen when all
        is swept.
        """
        there = {what for what, _label, _place in self.world.due()} | {step["do"] for step in turn.calls}
        sweeps = [sweep for sweep in SWEEPS if there & FOUND_BY.get(sweep, there)]

        def work() -> None:
            for each in (*sweeps, *ROLL_UPS):
                each()

        return work

    def _note(self, step: Step, answer: Answer) -> None:
        """What was made has an id."""
        for item, each in zip(step.get("items", ()), answer.each, strict=False):
            self._note(item, each)
        if step["do"] == "ask" and answer.is_yes:
            self.told.refunds[step["refund"]] = answer.made

    def _move_clock(self, minutes: int) -> None:
        if minutes:
            self.traveller.shift(timedelta(minutes=minutes))
            self.world.now += timedelta(minutes=minutes)
        if minutes > 0:  # workers' pauses go by the database's clock, which never goes back
            wait(minutes=minutes)

    def _compare_figures(self) -> None:
        """What the API says is what the history makes: at once, rolled up, and made anew."""
        wanted = figures(self.world, self.ranks)
        changed: list[int] = []
        for how, make in (
            ("live", lambda: None),
            ("rolled up", lambda: (roll_everything(), roll_up_days())),
            ("made anew", lambda: changed.append(rebuild(self.shop.store))),
        ):
            make()
            told = read_figures(self.shop, self.world.now)
            off = [
                f"the model says {wanted[name]}, the store {told[name]}"
                for name in wanted
                if wanted[name] != told[name]
            ]
            assert not off, f"figures, {how}: {off}"
        assert changed == [0], f"made anew, {changed} rows of the figures were otherwise, hidden parts too"

    def _report(self, number: int, turn: Round, given: Sequence[Given], off: list[str]) -> str:
        lines = [f"round {number} at {self.world.now} ({turn.sweepers} sweepers, swept: {turn.is_swept})"]
        lines += [f"  {step} → {answer.status} {answer.code} {_each(answer)}" for step, answer in given]
        lines += [f"  before: {thing}" for thing in self._about(turn)]
        return "\n".join(lines + [f"  off: {line}" for line in off])

    def _about(self, turn: Round) -> list[str]:
        """What the model held of the things that the round was about."""
        steps = [item for step in turn.calls for item in (step, *step.get("items", ()))]
        named = {step.get(name) for step in steps for name in ("refund", "order")}
        named |= {label for step in steps for label in step.get("refunds", ())}
        refunds = {label: it for label, it in self.world.refunds.items() if {label, it.order} & named}
        orders = {label: self.world.orders.get(label) for label in named | {it.order for it in refunds.values()}}
        return [f"{label} {it}" for label, it in [*refunds.items(), *orders.items()] if it]


def _each(answer: Answer) -> str:
    return " ".join(f"{each.status} {each.code}".strip() for each in answer.each)


def _sweep_up() -> None:
    """Everything that is due, until each sweep in turn has found nothing."""
    idle = 0
    for sweep in cycle(SWEEPS):
        idle = 0 if sweep() else idle + 1
        if idle == len(SWEEPS):
            return


CROWD = _Crowd()
