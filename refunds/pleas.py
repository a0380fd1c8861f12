"""What a case is opened with when nobody writes it: kept as a code and its data, and worded for whoever reads."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from common.words import listed
from refunds.states import RefundReason

MOST_CHARACTERS = 1000
_ODD = re.compile("[*,]")  # they part pieces from goods, and goods from goods
_MISSING = re.compile(r"missing_pieces:((?:[^*,]+\*[0-9]+,?)+)", re.ASCII)


def missing_pieces(pieces: Mapping[str, int]) -> str:
    """The plea of a merchant whom these pieces (by `OrderLine.goods`) were announced to and never reached.

    Of more than fit into a plea the first: `missing_pieces:8000*1,8001*2`.
    """
    plea = "missing_pieces:"
    for goods, count in pieces.items():
        longer = f"{plea}{_ODD.sub('-', goods)}*{count},"
        if len(longer) > MOST_CHARACTERS:
            break
        plea = longer
    return plea.rstrip(",")


def reason_given(reason: str) -> str:
    """The plea of a buyer who gave nothing but the reason of the refund: `reason:quality`."""
    return f"reason:{reason}"


def plea_in_words(plea: str) -> str:
    """The plea in the current language; what somebody wrote is given back as it was written."""
    code, _colon, reason = plea.partition(":")
    if code == "reason" and reason in RefundReason.values:
        return str(RefundReason(reason).label)
    match = _MISSING.fullmatch(plea)
    if match is None:
        return plea
    pieces = [part.replace("*", " × ") for part in match[1].split(",")]
    return _("Announced, but not in the parcel: %(pieces)s") % {"pieces": listed(pieces)}
