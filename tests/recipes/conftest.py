"""The new file of a recipe is imported for one test, as the package's walk would do it, and forgotten afterwards."""

import sys
from dataclasses import replace
from importlib import import_module

import pytest
from drf_spectacular.plumbing import _load_enum_name_overrides

from common import events
from common.api import bodies
from offers.methods import METHODS
from orders import carriers, waybills
from payments import gateways
from payments.purposes import PURPOSES
from refunds.api.serializers import RefundDetailSerializer
from stores import marketplaces
from tests.workbench.conftest import sign_in  # noqa: F401

FILES = "tests.recipes.files"


def find(file: str):
    """Import a new file, which registers what it declares."""
    sys.modules.pop(f"{FILES}.{file}", None)
    return import_module(f"{FILES}.{file}")


@pytest.fixture
def another_marketplace(monkeypatch):
    """Xiaohongshu's rules, found as if their file lay in stores/marketplaces/."""
    monkeypatch.setattr(marketplaces, "_ALL", dict(marketplaces._ALL))
    marketplaces.register(*find("xiaohongshu").VERSIONS)


@pytest.fixture
def eighth_method(monkeypatch):
    """The freight credit, found as if its file lay in offers/methods/.

    A new version of Tmall's rules offers it.
    """
    code = find("freight_credit").FreightCredit.code
    tmall = marketplaces.current_rules("tmall")
    monkeypatch.setattr(marketplaces, "_ALL", dict(marketplaces._ALL))
    marketplaces.register(replace(tmall, version=99, offer_methods=(*tmall.offer_methods, code)))
    _forget_the_choices()
    yield
    METHODS.remove(code)
    PURPOSES.remove(code)
    _forget_the_choices()


def _forget_the_choices():
    """What was made of those that there were: names of purposes, the fields of a refund's offers and of bodies."""
    _load_enum_name_overrides.cache_clear()
    vars(RefundDetailSerializer.get_offers._spectacular_annotation["field"].child).pop("fields", None)
    bodies._idle.clear()


@pytest.fixture
def another_gateway(monkeypatch):
    """A bank, found as if its file lay in payments/gateways/; not configured yet."""
    monkeypatch.setattr(gateways, "_in_use", {})
    name = find("unionpay").UnionPayGateway.name
    yield
    gateways.GATEWAYS.remove(name)


@pytest.fixture
def another_carrier(monkeypatch):
    """A carrier, found as if its file lay in orders/carriers/; not configured yet."""
    monkeypatch.setattr(carriers, "_in_use", {})
    monkeypatch.setattr(waybills, "_BY_CODE", dict(waybills._BY_CODE))
    monkeypatch.setattr(waybills, "_BY_NAME", dict(waybills._BY_NAME))
    waybills.carrier_named.cache_clear()
    name = find("sf_express").SFExpress.name
    yield
    carriers.CARRIERS.remove(name)
    waybills.carrier_named.cache_clear()


@pytest.fixture
def new_action(monkeypatch):
    """The module with an act and its event, as if both lay in a room."""
    monkeypatch.setattr(events, "_types", dict(events._types))
    return find("call_back")
