"""The fake, and the shop at it."""

import pytest

from connectors.fakes.taobao import FakeTaobao
from tests.connectors.taobao.asking import shop_at


@pytest.fixture
def fake():
    with FakeTaobao() as server:
        yield server


@pytest.fixture
def shop(fake):
    return shop_at(fake)
