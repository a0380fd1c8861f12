"""Amounts on the buyer's page."""

from django import template

from common.money import yuan

register = template.Library()
register.filter("yuan", yuan)
