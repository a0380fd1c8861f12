"""Seeded histories by real clients at the same time: some serial order, by the rules, explains whatever comes of them.

`make prove MINUTES=60` plays further seeds for so long, `make prove SEED=7` that one; each failure is shrunk and says
how it is played again.
"""

import logging
import os
from dataclasses import asdict
from pprint import pformat
from time import monotonic

import pytest
from django.core.management import call_command

from tests.model.playing import Violation, play
from tests.model.shrinking import shrink
from tests.model.writing import History, write
from tests.world import NOON

FIXED = range(1, 13)
MINUTES = float(os.environ.get("PROVE_MINUTES") or 0)
SEED = int(os.environ.get("PROVE_SEED") or 0)


@pytest.fixture
def _quiet(transactional_db, broker_tasks, caplog):
    with caplog.at_level(logging.CRITICAL, "django.request"), caplog.at_level(logging.CRITICAL, "wanliu.access"):
        yield


def fails(history: History) -> str:
    """What is off after this history; empty when it can be explained."""
    try:
        play(history)
    except Violation as violation:
        return str(violation)
    finally:
        call_command("flush", interactive=False, verbosity=0)
    return ""


def prove(seed: int) -> None:
    """Play this seed's history; a failure is shrunk and told."""
    history = write(seed, NOON)
    wrong = fails(history)
    if not wrong:
        return
    shortest = shrink(history, lambda smaller: bool(fails(smaller)))
    again = fails(shortest) or f"{wrong}\n(as short as it is, it fails at times only)"
    pytest.fail(f"make prove SEED={seed}\n{again}\n{pformat(asdict(shortest), width=150)}", pytrace=False)


@pytest.mark.usefixtures("_quiet")
@pytest.mark.skipif(bool(MINUTES or SEED), reason="others are asked for")
@pytest.mark.parametrize("seed", FIXED)
def test_a_serial_order_by_the_rules_explains_the_history(seed):
    prove(seed)


@pytest.mark.usefixtures("_quiet")
@pytest.mark.skipif(not (MINUTES or SEED), reason="only make prove")
def test_further_histories():
    end, seed = monotonic() + MINUTES * 60, SEED or int(monotonic() * 1000) % 10**9
    first = seed
    while True:
        prove(seed)
        if (seed - first) % 20 == 0:
            print(f"\r{seed - first + 1} histories from seed {first} on, 0 violations", flush=True)
        if monotonic() >= end:
            break
        seed += 1
    print(f"\n{seed - first + 1} histories from seed {first} on, 0 violations", flush=True)
