"""What the tables of connections refuse, whatever code does or forgets."""

import pytest
from django.db import IntegrityError

from common.tenancy import system_scope
from connectors.hinting import read_later
from tests.concurrency.test_return_nets import copy, table
from tests.connectors.test_deciding import Followed
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
