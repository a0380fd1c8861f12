"""Seeded histories by real clients at the same time: some serial order, by the rules, explains whatever comes of them.

`make prove MINUTES=60` plays further seeds for so long, `make prove SEED=7` that one; each failure is shrunk, kept in a
file, and says how it is played again: `make prove HISTORY=…`. Those in `kept/` failed once.
"""

import logging
import os
import tempfile
from collections import Counter
from pathlib import Path
from time import monotonic, process_time

import pytest
from django.core.management import call_command

from tests.model.keeping import read_history, write_history
from tests.model.playing import CROWD, Violation, play
from tests.model.shrinking import shrink
from tests.model.writing import History, write
from tests.world import NOON

FIXED = range(1, 13)
KEPT = sorted((Path(__file__).parent / "kept").glob("*.history"))
MINUTES = float(os.environ.get("PROVE_MINUTES") or 0)
SEED = int(os.environ.get("PROVE_SEED") or 0)
HISTORY = os.environ.get("PROVE_HISTORY") or ""


@pytest.fixture
def _quiet(transactional_db, broker_tasks, caplog):
    with caplog.at_level(logging.CRITICAL, "django.request"), caplog.at_level(logging.CRITICAL, "wanliu.access"):
        yield
    CROWD.leave()


def fails(history: History) -> str:
    """What is off after this history; empty when it can be explained."""
    try:
        play(history)
    except Violation as violation:
        return str(violation)
    finally:
        call_command("flush", interactive=False, verbosity=0)
    return ""


def prove(history: History) -> None:
    """Play this history; a failure is shrunk, kept and told."""
    wrong = fails(history)
    if not wrong:
        return
    shortest = shrink(history, lambda smaller: bool(fails(smaller)))
    again = fails(shortest) or f"{wrong}\n(as short as it is, it fails at times only)"
    told = write_history(shortest)
    file = Path(tempfile.gettempdir()) / f"prove-{history.seed}.history"
    file.write_text(told)
    size = sum(len(turn.calls) for turn in shortest.rounds)
    how = f"make prove SEED={history.seed}, or as shrunk to {size} calls: make prove HISTORY={file}"
    pytest.fail(f"{how}\n{again}\n{told}", pytrace=False)


@pytest.mark.usefixtures("_quiet")
@pytest.mark.skipif(bool(MINUTES or SEED or HISTORY), reason="others are asked for")
@pytest.mark.parametrize("seed", FIXED)
def test_a_serial_order_by_the_rules_explains_the_history(seed):
    prove(write(seed, NOON))


@pytest.mark.usefixtures("_quiet")
@pytest.mark.skipif(bool(MINUTES or SEED or HISTORY), reason="others are asked for")
def test_what_failed_once_is_explained_now():
    for file in KEPT:
        assert fails(read_history(file.read_text())) == "", file.name


@pytest.mark.usefixtures("_quiet")
@pytest.mark.skipif(not (MINUTES or SEED or HISTORY), reason="only make prove")
def test_further_histories():
    if HISTORY:
        prove(read_history(Path(HISTORY).read_text()))
        return
    end, seed = monotonic() + MINUTES * 60, SEED or int(monotonic() * 1000) % 10**9
    first, of = seed, Counter()
    while True:
        history = write(seed, NOON)
        prove(history)
        of[history.marketplace] += 1
        if (seed - first) % 20 == 0:
            print(f"\r{of.total()} histories from seed {first} on, 0 violations", flush=True)
        if monotonic() >= end:
            break
        seed += 1
    by = ", ".join(f"{marketplace} {count}" for marketplace, count in sorted(of.items()))
    print(
        f"\n{of.total()} histories from seed {first} on ({by}), {process_time():.0f} s of CPU, 0 violations", flush=True
    )
