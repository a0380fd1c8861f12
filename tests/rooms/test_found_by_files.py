"""Marketplaces and methods are found by their files and asked for their facts; nobody else knows one by name."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from config.outside import variables_by_file
from offers.methods import METHODS
from offers.methods.base import Method
from offers.methods.retention import ParcelMethod
from offers.situation import Situation
from offers.states import OfferStatus
from orders.carriers import CARRIERS
from payments.gateways import GATEWAYS
from refunds.models import Refund
from stores import marketplaces
from tests.cases import for_each
from tests.test_architecture import IN_ROOMS, ROOMS, ROOT, name
from tests.world import NOON, make_shop

SHARED = {"base", "retention", "negotiation"}  # what several methods have in common
RULE_FILES = ROOT / "stores" / "marketplaces"
OUTSIDE = [path for path in IN_ROOMS if path.parent != RULE_FILES]
# An open platform and its fake say in their file what they are called and which marketplaces they serve.
NAMED_FILES = {ROOT / "connectors" / "platforms", ROOT / "connectors" / "fakes"}
STAGE = ROOT / "demo"  # plays stores of every marketplace: names are its data, but no condition


def files_of(package: str) -> set[str]:
    """The names of a package's modules."""
    return {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}


def compared(path: Path):
    """Every text that code compares something with, by `==`, `in` or `match`, with its line."""
    for node in ast.walk(ast.parse(path.read_text())):
        parts = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        parts += [node.value] if isinstance(node, ast.MatchValue) else []
        for part in parts:
            for each in ast.walk(part):
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value, each.lineno


def test_every_file_is_a_marketplace():
    assert set(marketplaces.newest()) == files_of("stores/marketplaces") - {"base"}


def test_every_file_is_a_method():
    assert set(METHODS) == files_of("offers/methods") - SHARED


def test_no_marketplace_is_known_by_name():
    """Neither in code, SQL nor templates: what a marketplace does is a field of its rules. Prose may name one."""
    known = set(marketplaces.newest()) | {code for code, _label in marketplaces.site_choices()}
    found = []
    for path in (path for path in OUTSIDE if path.parent not in NAMED_FILES):
        tree = ast.parse(path.read_text()) if STAGE not in path.parents else ast.Module([], [])
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                found += [
                    f"{name(path)}:{node.lineno}" for each in known if node.value == each or f"'{each}'" in node.value
                ]
    quoted = re.compile(rf"""["']({"|".join(known)})["']""")
    found += [str(path) for room in ROOMS for path in (ROOT / room).rglob("*.html") if quoted.search(path.read_text())]
    assert found == []


def test_no_name_of_a_method_or_marketplace_is_a_condition():
    """Kinds of requests and parcels that are named like a method are compared by enums of their own."""
    known = {*METHODS, *marketplaces.newest()}
    methods = ROOT / "offers" / "methods"
    looked_at = [path for path in OUTSIDE if path.parent != methods]
    assert [f"{name(path)}:{line}" for path in looked_at for text, line in compared(path) if text in known] == []


@for_each("rules", marketplaces.every_version(), ids=lambda rules: f"{rules.name}-{rules.version}")
def test_a_marketplace_offers_methods_that_there_are_and_merchants_may_send(rules):
    assert [code for code in rules.offer_methods if code not in METHODS or METHODS[code].by_platform] == []


@for_each("code", METHODS)
def test_a_method_says_everything_about_itself(code):
    method: Method = METHODS[code]
    assert method.code == code
    # A yes that waits for the marketplace goes by the rule of a yes.
    assert {*method.event_rules, OfferStatus.ACCEPTED_WAITING} == set(OfferStatus)
    with override("en"):
        assert str(method.label)
    with override("zh-hans"):
        assert not str(method.label).isascii()


@pytest.mark.django_db
@for_each("code", [code for code, method in METHODS.items() if not method.by_platform])
def test_only_what_costs_nothing_says_so(code, clock):
    """Whoever pays, grants, sends or changes something claims nothing of the kind, which was once the default."""
    shop = make_shop(next(name for name, rules in marketplaces.newest().items() if code in rules.offer_methods))
    method, refund = METHODS[code], shop.refund()
    with shop.scope():
        words = method.limit_words(Situation(Refund.objects.select_related("order", "store").get(pk=refund.pk), NOON))
    parcel = isinstance(method, ParcelMethod)
    is_free = not (method.pays or parcel or method.gives_coupons or method.changes_refund)
    assert ("free of charge" in words) == is_free
    assert words


@for_each(
    ("package", "found"), [("payments/gateways", GATEWAYS), ("orders/carriers", CARRIERS)], ids=["gateways", "carriers"]
)
def test_every_file_is_an_outside_party(package, found):
    assert set(found) == files_of(package) - {"base"}
    assert all(party.name == name for name, party in found.items())
    assert set(found) <= set(settings.OUTSIDE), "its settings are collected from the environment"


def test_what_the_environment_says_goes_to_the_file_that_it_begins_with():
    said = {"WECHATPAY_MCHID": "19", "WECHATPAY": "x", "SANDBOX_GATEWAY_SECRET": "s", "BASE_URL": "y", "PATH": "/bin"}
    assert variables_by_file(ROOT / "payments" / "gateways", environ=said) == {
        "marketplace": {},
        "sandbox": {"GATEWAY_SECRET": "s"},
        "wechatpay": {"MCHID": "19"},
    }


@for_each(("name", "problem"), [("sandbox", "registered twice"), ("pay pal", "no name")])
def test_a_name_is_given_once_and_is_one(name, problem):
    with pytest.raises(ValueError, match=problem):
        GATEWAYS.add(name, GATEWAYS["sandbox"])
