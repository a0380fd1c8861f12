"""The fake, and the shop at it."""

import pytest

from connectors.fakes.kuaishou import FakeKuaishou
from tests.connectors.kwai.asking import shop_at


@pytest.fixture
def fake():
    with FakeKuaishou() as server:
        yield server


@pytest.fixture
def shop(fake):
    return shop_at(fake)
