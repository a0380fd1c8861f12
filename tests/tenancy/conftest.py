"""A marketplace that offers everything, so that every route can succeed in the one kind of store these tests use."""

from dataclasses import replace

import pytest

from stores import marketplaces


@pytest.fixture(autouse=True)
def _taote_offers_everything(monkeypatch):
    rules = replace(marketplaces.current_rules("taote"), returnless_version="3.0")
    monkeypatch.setitem(marketplaces._ALL, ("taote", rules.version), rules)
