"""What the lock-out page tells."""

from datetime import timedelta

from django import template

register = template.Library()


@register.simple_tag
def minutes_of(length: timedelta | None) -> int:
    """Whole minutes of a duration, at least one."""
    return max(1, round(length.total_seconds() / 60)) if length else 1
