"""Amounts and ends on the buyer's page."""

from django import template

from common.calendar import end_shown, until_shown
from common.money import yuan

register = template.Library()
register.filter("yuan", yuan)
register.filter("end", end_shown)
register.filter("until", until_shown)
