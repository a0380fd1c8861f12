"""The new file of a recipe is registered for one test, as the package's walk would do it, and forgotten afterwards."""

import pytest

from stores import marketplaces
from tests.recipes.files import douyin
from tests.workbench.conftest import _quick_passwords, sign_in  # noqa: F401


@pytest.fixture
def fifth_marketplace(monkeypatch):
    """Douyin's rules, found as if their file lay in stores/marketplaces/."""
    monkeypatch.setattr(marketplaces, "_ALL", dict(marketplaces._ALL))
    marketplaces.register(*douyin.VERSIONS)
    return douyin.V1
