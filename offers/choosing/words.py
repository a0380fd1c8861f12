"""Why this amount, in a sentence that an agent can weigh (Q11)."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from common.money import yuan
from offers.choosing.choice import OfferArm


def why_this_amount(arm: OfferArm, arms: Sequence[OfferArm], *, answered: bool, was_tried: bool) -> str:
    """What the amount keeps, beside the next larger one, or the next smaller where there is none.

    `arms` are the method's, in the order of their amounts; `answered` is whether anybody was offered one before.
    """
    words = {"amount": yuan(arm.amount), "kept": _of_hundred(arm)}
    if was_tried:
        return _("%(amount)s is tried out: it is expected to keep %(kept)d of 100 such buyers.") % words
    if not answered:
        return _("Nobody has answered such an offer yet: %(amount)s is near the usual share.") % words
    place = arms.index(arm)
    beside = arms[place + 1] if place + 1 < len(arms) else arms[place - 1] if place else None
    if beside is None:
        return _("%(amount)s keeps %(kept)d of 100 such buyers.") % words
    words |= {"other": yuan(beside.amount), "more": abs(_of_hundred(beside) - words["kept"])}
    if not words["more"]:
        return _("%(amount)s keeps %(kept)d of 100 such buyers; %(other)s keeps as many.") % words
    if beside.percent > arm.percent:
        return _("%(amount)s keeps %(kept)d of 100 such buyers; %(other)s only %(more)d more.") % words
    return _("%(amount)s keeps %(kept)d of 100 such buyers; %(other)s %(more)d fewer.") % words


def _of_hundred(arm: OfferArm) -> int:
    return round(100 * arm.belief.accepts)
