"""Sentences that are kept know their code and data, and are worded for whoever reads them later."""

import json

from django.utils import translation

from common.kept_text import KeptTextField
from common.sentences import in_readers_words, kept, paragraph, sentence
from offers.methods import METHODS
from offers.models import Coupon
from orders.states import ShipmentStatus
from tests.cases import for_each


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


@for_each("caller", ["en", "zh-hans"])
@for_each("reader", ["en", "zh-hans"])
def test_it_is_worded_for_the_reader_whoever_caused_it(caller, reader):
    with translation.override(reader):
        expected = str(said())
    with translation.override(caller):
        stored = json.loads(json.dumps(kept(said())))
    with translation.override(reader):
        assert in_readers_words(stored) == expected
        assert in_readers_words({"buyer_sees": stored, "amounts": ["1.00", None]})["buyer_sees"] == expected
    assert ("（" in expected or "；" in expected) == (reader == "zh-hans")


def test_a_text_that_a_worker_wrote_is_read_in_the_readers_language():
    """Whatever it is: a sentence with and without data, a label, somebody's own words, one that is too long."""
    column = KeptTextField(max_length=100)
    short, label = sentence("The answer took too long."), ShipmentStatus.LOST.label
    quoted = sentence("“%(value)s” is no amount in yuan.") % {"value": "一" * 200}
    with translation.override("en"):
        stored = [column.get_prep_value(each) for each in (short, label, quoted, "他们说的", "", None)]
    with translation.override("zh-hans"):
        read = [column.from_db_value(each, None, None) for each in stored]
        again = [column.get_prep_value(each) for each in read]
        assert read[:2] == ["没有及时得到回答。", str(label)]
        assert read[2].startswith("“一一")
        assert "”不是以元为单位的金额。" in read[2]
        assert read[3:] == ["他们说的", "", None]
    assert again == stored, "who reads and writes it back keeps the code"
    assert max(map(len, stored[:5])) <= 100
    for strange in ('{"text": "%(x)s", "data": {}}', '{"text": 1', '{"text": "a", "data": {}, "more": 1}'):
        assert column.from_db_value(column.get_prep_value(strange), None, None) == strange, "theirs, word for word"
    assert column.get_prep_value("y" * 200) == "y" * 100
    assert column.deconstruct()[1] == "django.db.models.CharField", "no migration: it is the column that it was"


def test_what_knows_no_code_stays_as_it_was_said():
    assert [in_readers_words(kept(each)) for each in ("写的", 3, None, ["a"])] == ["写的", 3, None, ["a"]]
    assert in_readers_words({"text": "no sentence", "data": {}, "more": 1}) == {
        "text": "no sentence",
        "data": {},
        "more": 1,
    }
