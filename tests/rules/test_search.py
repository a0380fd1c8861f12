"""What is typed into a search line finds what is written in the database."""

import pytest

from common.search import spellings


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("261102A032", "261102A032"),
        (" 261102a032 ", "261102A032"),
        ("261102A032", "261102a032"),
        ("２６１１０２Ａ０３２", "261102A032"),
        ("2611\u200b02A\ufeff032", "261102A032"),
        ("\u202e261102A032", "261102A032"),
        ("2611 02A0 32", "261102A032"),
        ("2611-02A-032", "261102A032"),
        ("小 明", "小明"),
        ("小\u3000明", "小明"),
        ("li  lei", "li lei"),
        ("sf-1000", "SF-1000"),
    ],
)
def test_one_of_the_spellings_is_what_is_written(typed, written):
    assert written in spellings(typed)


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\ufeff", "\x00\x07"])
def test_nothing_visible_has_no_spelling(typed):
    assert spellings(typed) == []


def test_each_spelling_is_asked_for_once():
    assert spellings("100-1") == ["100-1", "1001"]
