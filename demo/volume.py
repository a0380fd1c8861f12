"""Volume: stores with a long history of refunds, made up by the database in sets, for trying things at size.

The rows are what the actions would have left behind: every state, the money booked, the history told, `verify_ledger`
clean. Only the way there is shorter: a million refunds take minutes.
"""

import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from common import clock
from common.actors import on_command_line
from common.tenancy import system_scope
from demo.catalogue import BUYERS, CARRIERS, goods_of
from demo.volume_offers_sql import CHANGING, KEEPING, PLAN_OFFERS
from demo.volume_sql import ANALYZE, INSERT_EVENTS, INSERTS, PLAN, execute
from offers.methods import METHODS
from payments.models import account_id
from payments.states import AccountKind
from stores import actions as store_actions
from stores import marketplaces
from stores.models import ReturnAddress, Store

CHUNK = 20_000
OPEN_SHARE = 0.05


@dataclass(frozen=True)
class Story:
    """What became of a refund, and how often among those that are open (or among those that are over)."""

    status: str
    kind: str
    weight: int
    is_open: bool = False


STORIES = (
    Story("refunded", "refund_only", 42),
    Story("refunded", "return_and_refund", 40),
    Story("withdrawn", "refund_only", 7),
    Story("withdrawn", "return_and_refund", 4),
    Story("closed", "refund_only", 2),
    Story("closed", "return_and_refund", 5),
    Story("awaiting_merchant", "refund_only", 22, is_open=True),
    Story("awaiting_merchant", "return_and_refund", 26, is_open=True),
    Story("awaiting_return", "return_and_refund", 22, is_open=True),
    Story("returning", "return_and_refund", 17, is_open=True),
    Story("rejected", "refund_only", 12, is_open=True),
    Story("refunding", "refund_only", 1, is_open=True),  # declined by the gateway: needs attention
)
SMALL_REASONS = ["minor_flaw", "packaging_damaged", "missing_parts", "slow_logistics", "not_as_described"]
RETURN_REASONS = ["changed_mind", "wrong_purchase", "no_reason_7d", "quality", "wrong_item", "not_as_described"]


def open_stores(count: int) -> list[Store]:
    """The stores volume-0001 … up to `count`, over all marketplaces; those that are missing are opened."""
    # The first store's marketplace is the one with the most to offer: lists are tried with it.
    names = sorted(marketplaces.newest(), key=lambda name: -len(marketplaces.newest()[name].offer_methods))
    with system_scope():
        there = {store.code: store for store in Store.objects.filter(code__startswith="volume-")}
        return [
            there.get(f"volume-{number:04d}") or _open_store(number, names[(number - 1) % len(names)])
            for number in range(1, count + 1)
        ]


def _open_store(number: int, marketplace: str) -> Store:
    done = {"actor": on_command_line("load_volume"), "now": clock.now()}
    store = store_actions.create_store(
        code=f"volume-{number:04d}", name=f"大店 {number:04d}", marketplace=marketplace, **done
    )
    store_actions.upsert_products(
        store=store,
        products=[
            {"item_id": item_id, "title": title, "category": category, "price": Decimal(price)}
            for item_id, title, category, price in goods_of(marketplace)
        ],
        **done,
    )
    store_actions.add_return_address(
        store=store, contact="退货组 收", phone="0579-85120000", address="浙江省义乌市稠州北路 799 号 3 号仓", **done
    )
    return store


def load(
    *, stores: list[Store], refunds: int, now: datetime, open_share: float = OPEN_SHARE, largest: int = 0
) -> Iterator[int]:
    """Add `refunds` refunds, each of an order of its own, spread evenly over the stores; yields how many a chunk added.

    With `largest` so many of them are the first store's, and the others are spread over the other stores.
    `open_share` of them are still open, with deadlines after `now`. Every chunk is a transaction of its own.
    """
    chunks = chunks_of(stores, refunds, now, open_share, largest, CHUNK)
    if connection.in_atomic_block:  # who has a transaction open sees what is loaded in it, and nobody else does
        yield from map(_load_chunk, chunks)
    else:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(_load_apart, chunks)
    with connection.cursor() as cursor:
        cursor.execute(ANALYZE)


def chunks_of(
    stores: list[Store],
    refunds: int,
    now: datetime,
    open_share: float,
    largest: int,
    size: int,
    *,
    is_counted: bool = False,
) -> list[dict]:
    """The statements' parameters for each chunk."""
    parameters = {
        "now": now,
        "total": refunds,
        "largest": largest,
        "after": int(largest > 0),
        "is_counted": is_counted,
        "prefix": f"V{secrets.token_hex(4).upper()}",
        "why_not": "请先上传照片",
        "declined": "The buyer's account can't receive money.",
        "small_reasons": SMALL_REASONS,
        "return_reasons": RETURN_REASONS,
        "quality_reasons": sorted(stores[0].rules.quality_reasons),
        "names": [name for name, _home in BUYERS],
        "homes": [home for _name, home in BUYERS],
        "carriers": CARRIERS,
        "once_methods": list(METHODS),
        "once_words": [method.once_as for method in METHODS.values()],
        **_store_columns(stores),
        **_story_columns(open_share),
        **_product_columns(),
    }
    return [{**parameters, "first": first, "last": min(first + size, refunds) - 1} for first in range(0, refunds, size)]


def _load_apart(parameters: dict) -> int:
    """A chunk on a connection of its own: the database works, each connection on a processor."""
    try:
        return _load_chunk(parameters)
    finally:
        connection.close()


def _load_chunk(parameters: dict) -> int:
    """Make up a chunk in one transaction."""
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS volume_plan, volume_offers")
        execute(cursor, PLAN, parameters)
        execute(cursor, PLAN_OFFERS, parameters)
        cursor.execute("ANALYZE volume_plan, volume_offers")
        for insert in (*INSERTS, INSERT_EVENTS):
            execute(cursor, insert, parameters)
        cursor.execute("DROP TABLE volume_plan, volume_offers")
    return parameters["last"] - parameters["first"] + 1


def _store_columns(stores: list[Store]) -> dict:
    with system_scope():
        addresses = dict(
            ReturnAddress.objects.filter(store__in=stores).order_by("store_id", "-id").values_list("store_id", "pk")
        )
    rules = [store.rules for store in stores]
    return {
        "stores": len(stores),
        "store_ids": [store.pk for store in stores],
        "marketplaces": [rule.name for rule in rules],
        "keeps": [set(KEEPING) <= set(rule.offer_methods) for rule in rules],
        "changes": [CHANGING in rule.offer_methods for rule in rules],
        "versions": [rule.version for rule in rules],
        "addresses": [addresses[store.pk] for store in stores],
        "funds": [account_id(store.pk, AccountKind.MERCHANT_FUNDS) for store in stores],
        "payouts": [account_id(store.pk, AccountKind.BUYER_PAYOUTS) for store in stores],
        "answers": [rule.merchant_answers_within for rule in rules],
        "returns": [rule.buyer_ships_return_within for rule in rules],
        "inspects": [rule.merchant_inspects_within for rule in rules],
        "disputes": [rule.buyer_disputes_within for rule in rules],
    }


def _story_columns(open_share: float) -> dict:
    """Each story with its part of the interval from 0 to 1."""
    totals = {is_open: sum(story.weight for story in STORIES if story.is_open == is_open) for is_open in (True, False)}
    shares = [
        story.weight / totals[story.is_open] * (open_share if story.is_open else 1 - open_share) for story in STORIES
    ]
    bounds = [sum(shares[:place], 0.0) for place in range(len(shares))] + [2.0]
    return {
        "statuses": [story.status for story in STORIES],
        "kinds": [story.kind for story in STORIES],
        "is_open": [story.is_open for story in STORIES],
        "froms": bounds[:-1],
        "tos": bounds[1:],
    }


def _product_columns() -> dict:
    rows = [
        (marketplace, place, len(goods_of(marketplace)), *product)
        for marketplace in marketplaces.newest()
        for place, product in enumerate(goods_of(marketplace))
    ]
    names = ["product_marketplaces", "places", "counts", "item_ids", "titles", "categories", "prices"]
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
