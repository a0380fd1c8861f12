"""What is typed into a search line and what is stored are folded alike, in Python and in the database."""

import unicodedata

import pytest
from django.db import connection

from common.search import CONTROL_OR_INVISIBLE, FILLERS, Folded, folded
from tests.cases import for_each


@for_each(
    ("typed", "written"),
    [
        ("261102a032", "261102A032"),
        ("２６１１０２Ａ０３２", "261102A032"),
        ("261102A032", "２６１１０２Ａ０３２"),
        ("2611\u200b02A\ufeff032", "261102A032"),
        ("261102A032", "2611\u200b02A\ufeff032"),
        ("\u202e261102A032", "261102A032"),
        ("2611 02A0 32", "261102A032"),
        ("2611-02A-032", "261102A032"),
        ("SF1000", "SF-1000"),
        ("sf\u20111000", "SF1000"),
        ("小 明", "小明"),
        ("王小明", "王 小明"),
        ("王小明", "王\u3000小明"),
        ("li lei", "Li  Lei"),
        ("jingdong", "JingDong"),
        ("éric", "E\u0301RIC"),
        ("ﾊﾅｺ", "ハナコ"),
    ],
)
def test_they_are_the_same_folded(typed, written):
    assert folded(typed) == folded(written) != ""


@for_each("typed", ["", "   ", "\u200b\ufeff", "\x00\x07", "-", "–", "\u3164"])
def test_nothing_to_search_for(typed):
    assert folded(typed) == ""


def test_what_tells_apart_is_left():
    assert folded("A_1.5/王·明@x") == "a_1.5/王·明@x"


def test_nothing_that_nobody_sees_is_left():
    unseen = [chr(point) for point in range(1, 0x110000) if unicodedata.category(chr(point)) in CONTROL_OR_INVISIBLE]
    left = [char for char in (*unseen, *FILLERS) if folded(char) and unicodedata.category(char) != "Cs"]
    assert left == []


@pytest.mark.django_db
def test_the_database_folds_as_python_does():
    template = Folded.template % {"expressions": "chr(point)"}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT point, {template} FROM generate_series(1, x'10ffff'::int) point"
            " WHERE point NOT BETWEEN x'd800'::int AND x'dfff'::int"
        )
        stored = dict(cursor.fetchall())
    assigned = [point for point in stored if unicodedata.category(chr(point)) not in ("Cn", "Co")]
    assert len(assigned) > 140_000
    assert [hex(point) for point in assigned if stored[point] != folded(chr(point))] == []
