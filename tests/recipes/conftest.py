"""The new file of a recipe is registered for one test, as the package's walk would do it, and forgotten afterwards."""

from dataclasses import replace

import pytest

from offers.methods import METHODS, register
from stores import marketplaces
from tests.recipes.files import douyin
from tests.recipes.files.freight_credit import FreightCredit
from tests.workbench.conftest import _quick_passwords, sign_in  # noqa: F401


@pytest.fixture
def fifth_marketplace(monkeypatch):
    """Douyin's rules, found as if their file lay in stores/marketplaces/."""
    monkeypatch.setattr(marketplaces, "_ALL", dict(marketplaces._ALL))
    marketplaces.register(*douyin.VERSIONS)
    return douyin.V1


@pytest.fixture
def eighth_method(monkeypatch):
    """The freight credit, found as if its file lay in offers/methods/, in a new version of Tmall's rules that offers it."""
    register(FreightCredit)
    tmall = marketplaces.current_rules("tmall")
    monkeypatch.setattr(marketplaces, "_ALL", dict(marketplaces._ALL))
    marketplaces.register(replace(tmall, version=99, offer_methods=(*tmall.offer_methods, FreightCredit.code)))
    yield METHODS[FreightCredit.code]
    METHODS.remove(FreightCredit.code)
