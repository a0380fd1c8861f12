"""What the tables of connections refuse, whatever code does or forgets."""

import ast
from pathlib import Path

import pytest
from django.db import IntegrityError

from common.tenancy import system_scope
from connectors.hinting import read_later
from connectors.port import PlatformError, Unreachable, UnreadableCopy
from tests.concurrency.test_return_nets import copy, table
from tests.connectors.deciding import Followed
from tests.world import NOON, make_shop

OF_ANOTHER_STORE = {"push_token": "'another'", "store_id": "(SELECT max(id) FROM stores_store)"}
NETS = {
    "connection_once_per_store": copy(
        "connectors_connection", push_token="'another'", shop_id="'another'", token_mark="'another'"
    ),
    "connection_once_per_shop": "UPDATE connectors_connection SET shop_id = '1', token_mark = ''; "
    + copy("connectors_connection", **OF_ANOTHER_STORE),
    "connection_once_per_token": "UPDATE connectors_connection SET token_mark = '1', shop_id = ''; "
    + copy("connectors_connection", **OF_ANOTHER_STORE),
    "connection_look_back_is_whole": "UPDATE connectors_connection SET look_back = 'comparison', looked_at = NULL",
    "connection_disconnected_keeps_no_secret": "UPDATE connectors_connection SET status = 'disconnected'",
    "mirrored_refund_once": copy("connectors_mirroredrefund", refund_id="NULL"),
    "mirrored_refund_of_one": copy("connectors_mirroredrefund", platform_id="'another'"),
    "refund_hint_once": copy("connectors_refundhint"),
    "sent_decision_one_under_way": copy("connectors_sentdecision"),
}


def test_the_tables_refuse_what_must_never_be(connected, subtests):
    Followed(connected).decide()
    make_shop("taote")
    with connected.shop.scope():
        read_later(connected.connection, platform_id="R1", order_number="1", now=NOON)
    for net, sql in NETS.items():
        with subtests.test(net), system_scope(), pytest.raises(IntegrityError, match=net):
            table(sql)


OURS_ANYHOW = {Unreachable.__name__, UnreadableCopy.__name__}  # where the marketplace said nothing that can be shown


def _kinds(error: type) -> set[str]:
    return {error.__name__}.union(*map(_kinds, error.__subclasses__()))


def _are_ours(words: ast.expr) -> bool:
    """Whether it is written here: a text, one that is filled in, or one that is translated."""
    if isinstance(words, ast.BinOp):
        return _are_ours(words.left)
    is_translated = isinstance(words, ast.Call) and isinstance(words.func, ast.Name) and words.func.id == "_"
    return is_translated or isinstance(words, ast.JoinedStr) or (isinstance(words, ast.Constant) and bool(words.value))


def test_no_words_of_ours_are_given_as_the_marketplaces():
    """They are `ours=…`: what is positional is shown as what the marketplace said, and so is a verdict's text."""
    kinds, wrong, found = _kinds(PlatformError) - OURS_ANYHOW | {"Verdict"}, [], 0
    for path in sorted(Path("connectors").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in kinds:
                found += 1
                place = {"WrongSetup": 1, "Verdict": 2}.get(call.func.id, 0)
                texts = [*call.args[place : place + 1], *(each.value for each in call.keywords if each.arg == "text")]
                wrong += [f"{path}:{call.lineno}" for text in texts if _are_ours(text)]
    assert (wrong, found > 40) == ([], True)
