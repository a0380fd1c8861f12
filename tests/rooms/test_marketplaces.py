"""The marketplaces' rule files: the numbers that the sources give, in versions that don't change."""

from dataclasses import FrozenInstanceError
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from stores import marketplaces
from stores.marketplaces import current_rules, rules_of
from tests.cases import for_each

NAMES = list(marketplaces.newest())


def test_every_file_of_the_package_is_a_marketplace_and_nothing_else_lists_them():
    files = {path.stem for path in Path(marketplaces.__file__).parent.glob("*.py")} - {"__init__", "base"}
    assert set(NAMES) == files
    assert [name for name, _label in marketplaces.choices()] == sorted(files)


def test_a_version_is_registered_once():
    with pytest.raises(ValueError, match="registered twice"):
        marketplaces.register(current_rules(NAMES[0]))


@for_each("name", NAMES)
def test_a_version_is_found_again_and_cannot_be_changed(name):
    rules = current_rules(name)
    assert rules_of(name, rules.version) is rules
    with pytest.raises(FrozenInstanceError):
        rules.resubmissions = 9


@for_each("name", NAMES)
def test_the_defaults_that_the_sources_leave_open(name):
    rules = current_rules(name)
    assert rules.buyer_ships_return_within == timedelta(days=7)
    assert rules.merchant_inspects_within == timedelta(days=10)
    assert rules.buyer_disputes_within == timedelta(days=7)
    assert rules.resubmissions == 3


def test_taote_alone_answers_sooner():
    hours = {name: current_rules(name).merchant_answers_within / timedelta(hours=1) for name in NAMES}
    assert hours == {**dict.fromkeys(NAMES, 48), "taote": 36}


def test_what_the_marketplaces_say_themselves():
    taote, tmall = current_rules("taote"), current_rules("tmall")
    kuaishou, pinduoduo = current_rules("kuaishou"), current_rules("pinduoduo")
    assert (taote.offers_per_refund, taote.offer_lives) == (1, None)
    assert taote.offer_methods == ("change_to_refund_only", "change_to_return")
    assert (tmall.offers_per_refund, tmall.offer_lives, tmall.offer_message_length) == (2, timedelta(hours=24), 50)
    assert (kuaishou.payment_limit, kuaishou.payments_per_order) == (Decimal("1000.00"), 3)
    assert (kuaishou.store_day_limit, kuaishou.payment_window) == (Decimal("100000.00"), timedelta(days=365))
    assert (pinduoduo.ships_within, pinduoduo.no_reason_window) == (timedelta(hours=24), timedelta(days=7))
    assert [r.name for r in (taote, tmall, kuaishou, pinduoduo) if r.recalls_in_transit] == ["pinduoduo"]
    assert [r.name for r in (taote, tmall, kuaishou, pinduoduo) if r.refunds_before_pickup] == ["pinduoduo"]
    assert [r.name for r in (taote, tmall, kuaishou, pinduoduo) if "exchange" not in r.refund_kinds] == ["taote"]


@pytest.mark.django_db
def test_a_refund_keeps_the_rules_that_it_was_opened_under(taote, clock, monkeypatch):
    refund = taote.refund()
    newer = {**vars(current_rules("taote")), "version": 2, "buyer_ships_return_within": timedelta(days=1)}
    rules = type(current_rules("taote"))(**newer)
    monkeypatch.setitem(marketplaces._ALL, ("taote", 2), rules)
    later = taote.refund()
    due = [taote.merchant.post(f"refunds/{r.pk}/approve/").json()["due_at"] for r in (refund, later)]
    assert due == ["2026-11-27T04:00:00Z", "2026-11-21T04:00:00Z"]
