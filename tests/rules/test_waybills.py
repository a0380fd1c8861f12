"""Whatever way a parcel is written down, its carrier and number are kept in one way."""

import pytest
from django.utils.translation import override

from common.errors import Invalid
from orders.carriers import port_for
from orders.waybills import KNOWN, carrier_label, carrier_named, waybill
from tests.cases import for_each


@for_each(
    ("typed", "kept"),
    [
        ("SF", "SF"),
        ("sf", "SF"),
        ("ＳＦ", "SF"),
        ("顺丰", "SF"),
        ("顺丰 速运", "SF"),
        ("\u200b顺丰速运\ufeff", "SF"),
        ("sf-express", "SF"),
        ("J&T", "JTSD"),
        ("韵达快递", "YD"),
        ("other: Harbour  Couriers", "Harbour Couriers"),
        ("其他：同城 跑腿", "同城 跑腿"),
        ("其它:顺丰", "SF"),
    ],
)
def test_a_carrier_is_kept_by_its_code_or_by_the_name_it_was_given_on_purpose(typed, kept):
    assert carrier_named(typed) == kept


@for_each("typed", ["", " ", "顺风速运", "SFF", "nobody", "other", "other:", "其他：", "other: other", "x" * 60])
def test_any_other_name_is_unknown(typed):
    assert carrier_named(typed) is None
    with pytest.raises(Invalid) as refused:
        waybill(typed, "1")
    assert (refused.value.attr, refused.value.code) == ("carrier", "unknown_carrier")


def test_a_misspelt_carrier_is_answered_with_those_that_are_called_nearly_so():
    with pytest.raises(Invalid, match=r"“顺风速运” is not a known carrier\. Is it SF \(SF Express\)\?"):
        waybill("顺风速运", "1")
    with override("zh-hans"), pytest.raises(Invalid, match=r"SF \(顺丰速运\)"):
        waybill("顺风速运", "1")


@for_each("language", ["en", "zh-hans"])
def test_every_carrier_can_be_chosen_by_the_name_it_is_shown_under(language):
    with override(language):
        assert {carrier_named(carrier_label(each.code)) for each in KNOWN} == {each.code for each in KNOWN}
        assert carrier_label("Harbour Couriers") == "Harbour Couriers"


def test_no_two_carriers_share_a_name():
    names = [name for each in KNOWN for name in {called.casefold() for called in (each.code, *each.called)}]
    assert len(names) == len(set(names))


@for_each(
    "typed",
    [
        "SF1234-5",
        "sf1234-5",
        "ＳＦ１２３４－５",
        " SF 1234-5\n",
        "SF\u200b1234\u20135",
        "SF1234\u00ad-5",
        "\u3164SF1234-5",
    ],
)
def test_a_number_is_kept_in_one_way(typed):
    assert waybill("SF", typed) == ("SF", "SF1234-5")


# What programs write where nothing is, and two numbers in one cell, are no parcel's either.
NOTHING = ["nan", "None", "NULL", "N/A", "-", "0", "00-0", "无"]
TWO = ["7730123456789 7730123456790", "SF1000000001\nSF1000000002"]


@for_each("typed", ["7730 1234 5678 90", " 773012345678 9\n", "SF 1000000001"])
def test_a_number_may_be_written_in_groups(typed):
    assert waybill("SF", typed)[1] == "".join(typed.split())


@for_each("typed", ["", " ", "SF_1", "SF/1", "单号1", "1" * 65, "a\x00_", *NOTHING, *TWO])
def test_what_is_no_number_is_named(typed):
    with pytest.raises(Invalid) as refused:
        waybill("SF", typed)
    assert refused.value.attr == "tracking_number"


def test_a_parcel_without_a_carrier_of_its_own_is_asked_about_in_the_sandbox():
    assert port_for("SF") == port_for("Harbour Couriers") == "sandbox"
