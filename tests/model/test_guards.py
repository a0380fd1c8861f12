"""Without a guard the model finds a history that the rules can't explain; `make prove GUARDS=1` tries them all."""

import os
from itertools import count, islice

import pytest

from tests.model.guards import GUARDS, without
from tests.model.test_histories import _quiet, fails  # noqa: F401  a fixture
from tests.model.writing import write
from tests.world import NOON

ASKED = bool(os.environ.get("PROVE_GUARDS"))
MOST = 25  # histories, until a guard counts as missed by nobody


@pytest.mark.usefixtures("_quiet")
@pytest.mark.skipif(not ASKED, reason="only make prove GUARDS=1")
@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.what)
def test_the_model_notices(guard):
    histories = (history for history in (write(seed, NOON) for seed in count(1)) if history.marketplace == guard.where)
    for number, history in enumerate(islice(histories, MOST), start=1):
        with without(guard):
            wrong = fails(history)
        if wrong:
            assert fails(history) == "", "it fails with the guard in its place, too"
            print(f"\n{guard.what}: noticed in history {number} of {guard.where}, make prove SEED={history.seed}")
            return
    pytest.fail(f"{guard.what}: {MOST} histories of {guard.where} and nobody noticed", pytrace=False)
