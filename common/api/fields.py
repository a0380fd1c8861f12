"""Serializer fields that are strict where clients guess."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.calendar import end_of_day, is_told_right, start_of_day
from common.money import MAX_DIGITS, parse_money
from common.texts import TextKind, fault_in, is_blank

# What Python alone would read otherwise, or shorten: +08:60 as nine hours, any letter between date and time.
INSTANT = re.compile(r"[0-9W-]+[Tt ][0-9:.,]*[0-9](Z|z|[+-][0-9]{2}:?[0-5][0-9])", re.ASCII)
WITH_OFFSET = _(
    "Write the instant in ISO 8601 with its offset, such as 2026-11-25T08:00:00+08:00, or a date such as 2026-11-25."
)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
AHEAD_AT_MOST = timedelta(minutes=5)
_TOO_LONG = re.compile(rf"-?[0-9]{{{MAX_DIGITS - 1},}}(\.[0-9]{{1,2}})?", re.ASCII)  # two digits of a column are cents
_WHOLE = re.compile(r"-?[0-9]{1,19}", re.ASCII)


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]{1,10}(\.[0-9]{1,2})?$", "example": "12.30"})
class StrictMoneyField(serializers.Field):
    """Yuan as `"12.30"`. A number is accepted when it is exact to two decimals; everything else is 400."""

    default_error_messages = {
        "invalid": _("Write an amount of yuan with two decimals, such as “12.30”."),
        "min_value": _("The amount must be at least {minimum}."),
        "max_value": _("The amount must be at most {maximum}."),
        "too_large": _("The amount is too large."),
    }

    def __init__(self, *, minimum: Decimal | None = None, maximum: Decimal | None = None, **kwargs):
        self.minimum, self.maximum = minimum, maximum
        super().__init__(**kwargs)

    def to_internal_value(self, data) -> Decimal:
        """Decimal with two places."""
        if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
            self.fail("invalid")
        if isinstance(data, Decimal) and not -MAX_DIGITS < data.adjusted() < MAX_DIGITS:
            self.fail("too_large" if data.adjusted() > 0 else "invalid")  # before 1e400000000 is written out
        text = data if isinstance(data, str) else format(data, "f") if isinstance(data, Decimal) else str(data)
        if _TOO_LONG.fullmatch(text):
            self.fail("too_large")
        try:
            amount = parse_money(text)
        except ValueError:
            self.fail("invalid")
        if self.minimum is not None and amount < self.minimum:
            self.fail("min_value", minimum=self.minimum)
        if self.maximum is not None and amount > self.maximum:
            self.fail("max_value", maximum=self.maximum)
        return amount

    def to_representation(self, value: Decimal) -> str:
        """Always two decimals."""
        return f"{value:.2f}"


class NamesField(serializers.ChoiceField):
    """One of the names that files may add to: `choices` is a function, asked when the field is made."""

    def __init__(self, choices: Callable[[], list[tuple[str, str]]], **kwargs):
        super().__init__(choices(), **kwargs)


class TextField(serializers.CharField):
    """A text of one line, of several, or a name of a thing, as its kind says; with nothing to see in it it is blank."""

    def __init__(self, kind: TextKind = TextKind.LINE, **kwargs):
        self.kind = kind
        super().__init__(**kwargs)

    def run_validation(self, data=serializers.empty):
        """The text."""
        return super().run_validation("" if isinstance(data, str) and is_blank(data) else data)

    def to_internal_value(self, data) -> str:
        """The text, without the blanks around it."""
        text = super().to_internal_value(data)
        if fault := fault_in(text, self.kind):
            raise serializers.ValidationError(fault, code="invalid")
        return text


@extend_schema_field(OpenApiTypes.STR)
class ItemIdField(serializers.Field):
    """A marketplace's numeric item id, as digits; a whole number is accepted and given back as a string."""

    default_error_messages = {"invalid": _("Write the item id as 1 to 20 digits.")}

    def to_internal_value(self, data) -> str:
        """The digits."""
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("invalid")
        text = str(data)
        if not (text.isascii() and text.isdigit() and len(text) <= 20):
            self.fail("invalid")
        return text

    def to_representation(self, value) -> str:
        """The digits."""
        return str(value)


class WholeNumberField(serializers.IntegerField):
    """A whole number; as text only in ASCII digits."""

    def to_internal_value(self, data) -> int:
        """The number."""
        if isinstance(data, str) and not _WHOLE.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class InstantField(serializers.DateTimeField):
    """An ISO 8601 instant with its offset, in ASCII, or a date: that day of the store's calendar.

    A date stands for the day's first instant, or with `whole_day` for the first instant after it: what ends on a day
    holds all of that day. With `has_passed` an instant that is still to come is refused; a client's clock may be
    AHEAD_AT_MOST before ours. The context's view knows the store and the request's instant.
    """

    default_error_messages = {
        "invalid": WITH_OFFSET,
        "in_future": _("This is still to come: tell when it happened."),
        "out_of_range": _("Write an instant from the years 2000 to 2099."),
    }

    def __init__(self, *, whole_day: bool = False, has_passed: bool = False, **kwargs):
        self.whole_day, self.has_passed = whole_day, has_passed
        super().__init__(**kwargs)

    def to_internal_value(self, value) -> datetime:
        """The instant."""
        if not isinstance(value, str) or not value.isascii():
            self.fail("invalid")
        view = self.context["view"]
        if DATE.fullmatch(value):
            instant = self._of_day(value, view.store.time_zone)
        elif INSTANT.fullmatch(value):
            instant = super().to_internal_value(value.upper())
        else:
            self.fail("invalid")
        if not is_told_right(instant):
            self.fail("out_of_range")
        if self.has_passed and instant > view.now + AHEAD_AT_MOST:
            self.fail("in_future")
        return instant

    def _of_day(self, text: str, zone: str) -> datetime:
        try:
            day = date.fromisoformat(text)
            return end_of_day(day, zone) if self.whole_day else start_of_day(day, zone)
        except (ValueError, OverflowError):
            self.fail("invalid")


@extend_schema_field(OpenApiTypes.DATE)
class DayField(serializers.Field):
    """A date as `2026-11-25`, and nothing else."""

    default_error_messages = {"invalid": _("Write the date as YYYY-MM-DD, such as 2026-11-25.")}

    def to_internal_value(self, data) -> date:
        """The date."""
        if not isinstance(data, str) or not DATE.fullmatch(data):
            self.fail("invalid")
        try:
            return date.fromisoformat(data)
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: date) -> str:
        """ISO 8601."""
        return value.isoformat()
