"""Why a payment wasn't paid, in the reader's language: what gateways say, and what kept us from asking them.

Ours are kept as a code with what it is about, `per_day_lowered:50.00`.
"""

import re
from decimal import Decimal

from django.utils.translation import gettext_lazy

from common.broken import broken_words
from common.errors import kind_of
from common.money import grouped

# The codes of WeChat Pay's transfers to buyers, as its errors and `fail_reason` name them.
WECHAT_PAY = {
    "ACCOUNT_FROZEN": gettext_lazy("The buyer's account is frozen."),
    "ACCOUNT_NOT_EXIST": gettext_lazy("The buyer's account doesn't exist."),
    "REAL_NAME_CHECK_FAIL": gettext_lazy("The buyer hasn't proved who they are to the gateway."),
    "NAME_NOT_CORRECT": gettext_lazy("The buyer's name doesn't match the account."),
    "OPENID_INVALID": gettext_lazy("The gateway doesn't know this buyer."),
    "TRANSFER_QUOTA_EXCEED": gettext_lazy("The buyer has received as much as the gateway allows."),
    "DAY_RECEIVED_QUOTA_EXCEED": gettext_lazy("The buyer has received as much as the gateway allows for one day."),
    "RECEIVE_ACCOUNT_NOT_CONFIGURE": gettext_lazy("The buyer has set up no account to receive money."),
    "USER_ACCOUNT_ABNORMAL": gettext_lazy("The buyer's account can't receive money."),
    "NOT_ENOUGH": gettext_lazy("The merchant's account at the gateway doesn't hold enough."),
    "NO_AUTH": gettext_lazy("The merchant isn't allowed to pay through this gateway."),
    "FREQUENCY_LIMITED": gettext_lazy("The gateway was asked too often."),
    "SYSTEM_ERROR": gettext_lazy("The gateway is out of order."),
}
SENTENCES = {
    "The buyer's account can't receive money.": gettext_lazy("The buyer's account can't receive money."),
    "The buyer's account was closed; the money came back.": gettext_lazy(
        "The buyer's account was closed; the money came back."
    ),
    "The gateway did not answer in time.": gettext_lazy("The gateway did not answer in time."),
    "no answer": gettext_lazy("The gateway did not answer in time."),
}
PAID_BEFORE, DECLINED_THERE = "paid_before", "declined_there"
OURS = {
    "per_payment_lowered": gettext_lazy("The limit per payment was lowered to %(most)s."),
    "per_order_lowered": gettext_lazy("The limit per order was lowered to %(most)s payments."),
    "per_day_lowered": gettext_lazy("The limit per day was lowered to %(most)s."),
    PAID_BEFORE: gettext_lazy("Not sent: the gateway paid an earlier payment of this after all."),
    DECLINED_THERE: gettext_lazy("The gateway had declined it."),
    "not_asked": gettext_lazy("The gateway could not be asked: %(kind)s."),
}
CODE = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")


def lowered(limit: str, most: Decimal | int) -> str:
    """The code for a limit (`per_payment`, `per_order`, `per_day`) that was lowered to `most` before the payment."""
    return f"{limit}_lowered:{most}"


def not_asked(error: Exception) -> str:
    """The code for a call that broke, with the error's kind: its words may hold what is nobody's to read."""
    return f"not_asked:{kind_of(error)}"


def own_words(error: str) -> str:
    """What kept us from asking a gateway, in the reader's language; what a gateway said stays as it was said."""
    code, _colon, about = error.partition(":")
    if code not in OURS:
        return error
    return str(OURS[code]) % {"most": grouped(about) if "." in about else about, "kind": broken_words(about)}


def gateway_error_words(error: str) -> str:
    """The same, with the gateway's words in the reader's language, too, beside its code, where they are known."""
    if (said := own_words(error)) != error:
        return said
    if error in SENTENCES:
        return str(SENTENCES[error])
    for code in CODE.findall(error):
        if code in WECHAT_PAY:
            return f"{WECHAT_PAY[code]} · {code}"
    return error
