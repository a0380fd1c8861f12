"""The reader's short ways say what its long ones say."""

from orders.erp.sheets.faults import NOT_TEXT, NUMBER_FORMAT
from orders.erp.sheets.formats import PLAIN, Shown
from orders.erp.sheets.grid import Cell, number_cell
from orders.erp.sheets.text import fault_of, identifier
from tests.cases import for_each


@for_each("number", ["TRUE", "true", "False"])
def test_yes_and_no_are_no_numbers_though_they_are_letters_alone(number):
    assert fault_of(number) == NOT_TEXT


@for_each("number", ["SF0012345678901", "00123", "1E15"])
def test_letters_and_digits_stay_what_they_are(number):
    assert (identifier(number), fault_of(number)) == (number, "")


def test_a_whole_number_is_its_digits_and_its_format_is_still_asked():
    assert number_cell("000123", PLAIN) == number_cell("123.0", PLAIN) == Cell("123", is_number=True)
    assert number_cell("123", Shown(numbers=False)) == Cell("123", NUMBER_FORMAT, is_number=True)
