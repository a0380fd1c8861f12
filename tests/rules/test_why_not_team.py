"""What a store's people can't do any more with packs, notes, tags and parcels that nobody announced, and why."""

from datetime import timedelta

import pytest

from common.errors import Invalid
from common.models import Event
from refunds.deciding import MOST_DECIDED_AT_ONCE, why_not_decide_so_many
from refunds.models import Assignment, EvidencePack, UnclaimedParcel
from refunds.platform.packs import MOST_MAKING, why_not_ask_for_pack, why_not_take_pack
from refunds.states import OPEN, PackStatus, RefundStatus, UnclaimedStatus
from refunds.team.assigning import why_assigned_meanwhile, why_not_assign
from refunds.team.notes import MOST_NOTES, why_not_note
from refunds.team.tags import LONGEST_TAG, MOST_TAGS, tag_name, why_not_tag
from refunds.team.undoing import UNDONE_WITHIN, why_not_take_back
from refunds.unclaimed import matching
from refunds.unclaimed.matching import why_not_match
from refunds.unclaimed.recording import (
    MOST_PHOTOS,
    _describe,
    why_no_description,
    why_not_photograph,
    why_not_put_aside,
    why_not_touch,
)
from stores.models import User
from tests.cases import for_each
from tests.rules.things import a_refund, code_of
from tests.world import MERCHANT, NOON, OPERATOR


@pytest.mark.rule("Q17")
@for_each(
    ("status", "asked", "taken"),
    [
        (None, None, "pack_not_asked_for"),
        (PackStatus.MAKING, "pack_under_way", "pack_under_way"),
        (PackStatus.FAILED, None, "pack_failed"),
        (PackStatus.MADE, None, None),
    ],
)
def test_a_pack_is_asked_for_unless_it_is_being_made_and_taken_once_it_is(status, asked, taken):
    pack = status and EvidencePack(store_id=1, status=status)
    assert code_of(why_not_ask_for_pack(pack, MOST_MAKING - 1)) == asked
    assert code_of(why_not_ask_for_pack(pack, MOST_MAKING)) == (asked or "too_many_packs")
    assert code_of(why_not_take_pack(pack)) == taken


@for_each(
    ("why_not", "most", "code"),
    [(why_not_note, MOST_NOTES, "note_limit_reached"), (why_not_tag, MOST_TAGS, "tag_limit_reached")],
)
def test_a_refund_takes_as_many_as_are_shown(why_not, most, code):
    assert (why_not(most - 1), code_of(why_not(most))) == (None, code)


def test_a_tag_is_a_word_that_fits():
    assert tag_name(f"  {'x' * LONGEST_TAG}  ") == "x" * LONGEST_TAG
    for typed in (" \t ", "x" * (LONGEST_TAG + 1)):
        with pytest.raises(Invalid):
            tag_name(typed)


def unclaimed(status=UnclaimedStatus.WAITING) -> UnclaimedParcel:
    return UnclaimedParcel(store_id=1, tracking_number="SF1", status=status)


@pytest.mark.rule("P1")
def test_a_parcel_is_put_aside_once_and_only_where_nobody_announced_it():
    assert why_not_put_aside(None, None) is None
    assert code_of(why_not_put_aside(a_refund(), None)) == "parcel_announced"
    assert code_of(why_not_put_aside(None, unclaimed())) == "parcel_put_aside"


@pytest.mark.rule("P1")
@for_each("status", UnclaimedStatus)
def test_it_is_described_and_photographed_while_it_is_nobodys(status):
    over = None if status == UnclaimedStatus.WAITING else "invalid_transition"
    assert code_of(why_not_touch(unclaimed(status))) == over
    assert code_of(why_not_photograph(unclaimed(status), MOST_PHOTOS - 1)) == over
    assert code_of(why_not_photograph(unclaimed(status), MOST_PHOTOS)) == "evidence_limit_reached"


NOTHING = {"carrier": "", "phone_end": "", "goods": "", "note": ""}


@pytest.mark.rule("P1")
@for_each(
    ("read", "attr"),
    [
        ({"phone_end": "1234", "carrier": "SF"}, None),
        ({"phone_end": "１２３４"}, None),
        ({"phone_end": "123"}, "phone_end"),
        ({"phone_end": "12345"}, "phone_end"),
        ({"phone_end": "123a"}, "phone_end"),
        ({"phone_end": "١٢٣٤"}, "phone_end"),
        ({"note": "a red bag"}, None),
        ({"carrier": "nobody"}, "carrier"),
    ],
)
def test_what_is_read_on_it_is_a_carrier_and_four_digits(read, attr):
    parcel = unclaimed()
    if attr is None:
        _describe(parcel, {**NOTHING, **read})
        assert parcel.phone_end in ("", "1234")
    else:
        with pytest.raises(Invalid) as refused:
            _describe(parcel, {**NOTHING, **read})
        assert refused.value.attr == attr


@pytest.mark.rule("P1")
@for_each(("read", "attr"), [({"carrier": "SF", "note": " "}, "note"), ({"goods": "8000"}, None), ({}, "note")])
def test_without_a_number_something_else_tells_it_from_others(read, attr):
    refused = why_no_description(read)
    assert (refused and refused.attr) == attr


@pytest.mark.rule("P1")
@for_each(
    ("parcel", "status", "code"),
    [
        (UnclaimedStatus.WAITING, RefundStatus.RETURNING, None),
        (UnclaimedStatus.WAITING, RefundStatus.AWAITING_RETURN, None),
        (UnclaimedStatus.WAITING, RefundStatus.CLOSED, "invalid_transition"),
        (UnclaimedStatus.MATCHED, RefundStatus.RETURNING, "invalid_transition"),
    ],
)
def test_it_is_matched_with_a_refund_whose_goods_come_back(parcel, status, code):
    refund, other = a_refund(status=status, return_address_id=1), a_refund()
    assert code_of(why_not_match(unclaimed(parcel), refund, None, NOON)) == code
    assert code_of(why_not_match(unclaimed(parcel), refund, refund, NOON)) == code
    announced = "parcel_announced" if parcel == UnclaimedStatus.WAITING else code
    assert code_of(why_not_match(unclaimed(parcel), refund, other, NOON)) == announced
    if status == RefundStatus.RETURNING:
        assert code_of(why_not_match(unclaimed(), refund, None, refund.due_at)) == "invalid_transition"


@pytest.mark.rule("P1", "Q16")
@for_each(("awaited", "code"), [([], "invalid_transition"), (["a parcel"], None)])
def test_of_a_refund_that_was_withdrawn_it_is_what_an_exchange_waits_for(monkeypatch, awaited, code):
    monkeypatch.setattr(matching, "awaited_parcels", lambda refund: awaited)
    assert code_of(why_not_match(unclaimed(), a_refund(status=RefundStatus.WITHDRAWN), None, NOON)) == code


@for_each("status", RefundStatus)
def test_a_refund_is_seen_to_until_it_ends_and_needs_nobody(status):
    assert (why_not_assign(a_refund(status=status)) is None) == (status in OPEN)
    assert why_not_assign(a_refund(status=status, needs_attention=True)) is None


def test_it_changes_hands_where_it_is_whose_it_was():
    hers = Assignment(store_id=1, assignee=User(pk=7, username="anna"))
    assert why_assigned_meanwhile(hers, 7) is why_assigned_meanwhile(None, None) is None
    for present, had, who in ((hers, 8, "anna"), (hers, None, "anna"), (None, 7, "nobody's")):
        refused = why_assigned_meanwhile(present, had)
        assert (refused.code, who in refused.detail) == ("assigned_meanwhile", True)


@for_each(
    ("newest", "actor", "after", "code"),
    [
        ((5, {"had": None}), MERCHANT, UNDONE_WITHIN, None),
        ((5, {"had": None}), MERCHANT, UNDONE_WITHIN + timedelta(microseconds=1), "invalid_transition"),
        ((5, {"had": None}), OPERATOR, timedelta(), "invalid_transition"),
        ((5, {}), MERCHANT, timedelta(), "invalid_transition"),
        ((4, {"had": None}), MERCHANT, timedelta(), "invalid_transition"),
        (None, MERCHANT, timedelta(), "invalid_transition"),
        ((6, {"had": 7}), MERCHANT, timedelta(), "assigned_meanwhile"),
        ((6, {}), MERCHANT, timedelta(), "assigned_meanwhile"),
    ],
)
def test_what_somebody_did_last_they_take_back_for_a_moment(newest, actor, after, code):
    by = {"actor_kind": MERCHANT.kind, "actor_id": MERCHANT.id, "at": NOON}
    event = newest and Event(id=newest[0], data=newest[1], **by)
    assert code_of(why_not_take_back(event, 5, actor, NOON + after)) == code


def test_so_many_are_decided_at_once():
    most = MOST_DECIDED_AT_ONCE
    assert (why_not_decide_so_many(most), code_of(why_not_decide_so_many(most + 1))) == (None, "too_many")
