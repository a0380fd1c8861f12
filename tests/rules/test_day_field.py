"""A date in a body or an address is written in one way."""

from datetime import date

import pytest
from django import forms
from rest_framework.exceptions import ValidationError

from common.api.fields import DayField
from tests.cases import for_each
from workbench.kit.forms import CalendarField


@for_each("text", ["20261125", "2026-W48-3", "2026-11-31", "２０２６-11-25", "2026-11-25T00:00:00", ""])
def test_any_other_way_is_refused(text):
    with pytest.raises(ValidationError):
        DayField().run_validation(text)


def test_a_day_is_a_date():
    assert DayField().run_validation("2026-11-25") == date(2026, 11, 25)


@for_each("text", ["1999-12-31", "2100-01-02"])
def test_a_day_of_another_age_is_refused_at_the_desk(text):
    with pytest.raises(forms.ValidationError):
        CalendarField().clean(text)
