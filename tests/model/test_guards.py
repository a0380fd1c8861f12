"""Without a guard the model finds a history that the rules can't explain; `make prove GUARDS=1` tries them all."""

import os
import random
import time
from contextlib import contextmanager

import pytest
from django.db.backends.signals import connection_created

from tests.model.guards import GUARDS, without
from tests.model.situations import situation
from tests.model.test_histories import _quiet, fails  # noqa: F401  a fixture

ASKED = bool(os.environ.get("PROVE_GUARDS"))
MOST = 12  # times that its history is played, until a guard counts as missed by nobody
AGAIN = 3  # times that it is played with the guard in its place
DAWDLES_S = 0.008  # before each statement at most: who meets whom is left to chance


@contextmanager
def dawdling():
    """Clients take their time before each statement, so that those who may meet do."""

    def dawdle(execute, sql, params, many, context):
        time.sleep(random.uniform(0, DAWDLES_S))
        return execute(sql, params, many, context)

    def slow_down(connection, **kwargs):
        connection.execute_wrappers.append(dawdle)

    connection_created.connect(slow_down)
    try:
        yield
    finally:
        connection_created.disconnect(slow_down)


@pytest.mark.usefixtures("_quiet")
@pytest.mark.skipif(not ASKED, reason="only make prove GUARDS=1")
@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.what)
def test_the_model_notices(guard):
    history = situation(guard.what)
    with dawdling():
        for played in range(1, MOST + 1):
            with without(guard):
                wrong = fails(history)
            if wrong:
                with_it = [told for _ in range(AGAIN) if (told := fails(history))]
                assert with_it == [], "it fails with the guard in its place, too"
                print(f"\n{guard.what}: noticed when it was played {played}×\n{wrong}")
                return
    pytest.fail(f"{guard.what}: played {MOST}× and nobody noticed", pytrace=False)
