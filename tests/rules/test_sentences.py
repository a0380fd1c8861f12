"""Sentences that are kept know their code and data, and are worded for whoever reads them later."""

import json

import pytest
from django.utils import translation

from common.sentences import in_readers_words, kept, paragraph, sentence
from offers.methods import METHODS
from offers.models import Coupon
from orders.states import ShipmentStatus


def said():
    """A paragraph whose data are words themselves: a label, a list of coupons, a number and what somebody wrote."""
    coupons = [Coupon(name=name, amount_off="5.00", min_spend="0.00") for name in ("新客", "100%")]
    return paragraph(
        [
            sentence("Keep your order and receive: %(coupons)s.") % {"coupons": coupons},
            sentence("%(method)s was used for this refund; choose something else.") % {"method": METHODS["gift"].label},
            sentence("Choose at most %(most)d orders at once.") % {"most": 1000},
            sentence("This dispute is over: %(status)s.") % {"status": ShipmentStatus.LOST.label},
        ]
    )


@pytest.mark.parametrize("caller", ["en", "zh-hans"])
@pytest.mark.parametrize("reader", ["en", "zh-hans"])
def test_it_is_worded_for_the_reader_whoever_caused_it(caller, reader):
    with translation.override(reader):
        expected = str(said())
    with translation.override(caller):
        stored = json.loads(json.dumps(kept(said())))
    with translation.override(reader):
        assert in_readers_words(stored) == expected
        assert in_readers_words({"buyer_sees": stored, "amounts": ["1.00", None]})["buyer_sees"] == expected
    assert ("（" in expected or "；" in expected) == (reader == "zh-hans")


def test_what_knows_no_code_stays_as_it_was_said():
    assert [in_readers_words(kept(each)) for each in ("写的", 3, None, ["a"])] == ["写的", 3, None, ["a"]]
    assert in_readers_words({"text": "no sentence", "data": {}, "more": 1}) == {
        "text": "no sentence",
        "data": {},
        "more": 1,
    }
