"""What nobody wrote is kept as a code and worded for whoever reads; what somebody wrote stays as it is."""

import pytest
from django.utils import translation

from refunds.pleas import MOST_CHARACTERS, missing_pieces, plea_in_words, reason_given
from tests.cases import for_each

pytestmark = pytest.mark.rule("P1")


@for_each(
    ("language", "words"),
    [
        ("en", "Announced, but not in the parcel: 8000 × 1, 8001 × 2"),
        ("zh-hans", "已申报但包裹内未见：8000 × 1、8001 × 2"),
    ],
)
def test_missing_pieces_are_worded_for_the_reader(language, words):
    with translation.override(language):
        assert plea_in_words(missing_pieces({"8000": 1, "8001": 2})) == words


def test_the_reason_of_a_buyer_who_wrote_nothing_is_worded_for_the_reader():
    with translation.override("zh-hans"):
        assert plea_in_words(reason_given("parcel_lost")) == "包裹丢失"


@for_each(
    "plea",
    [
        "reason:",
        "reason:unheard_of",
        "",
        "少一件",
        "missing_pieces:",
        "missing_pieces:all",
        "missing_pieces:1*2 and more",
    ],
)
def test_what_somebody_wrote_stays(plea):
    assert plea_in_words(plea) == plea


def test_of_many_pieces_as_many_as_fit_are_named():
    plea = missing_pieces({str(10**19 + number): 100_000 for number in range(200)})
    assert MOST_CHARACTERS - 30 < len(plea) <= MOST_CHARACTERS
    assert "10000000000000000000 × 100000" in plea_in_words(plea)
