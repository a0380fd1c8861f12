"""What can happen to payments and to service budgets."""

from dataclasses import replace
from typing import Annotated, NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.events import EventTone, EventType
from common.facts import COUNT, FLAG, TEXT, YUAN, Data, Fact, changed, choice, hidden, named, optional, said
from orders.events import ATTEMPTS
from payments.gateway_errors import gateway_error_words
from payments.purposes import purpose_label
from payments.states import AccountKind, ConflictSettlement, PaymentConflict, PaymentPurpose, PaymentStatus
from stores.events import EventArea


def _from_budget(kind: str, data: Data) -> str:
    return _("from the service budget") if kind == AccountKind.SERVICE_BUDGET else ""


def _reference(reference: str, data: Data) -> str:
    return _("reference %(reference)s") % {"reference": reference}


def _automatic(automatic: bool, data: Data) -> str:
    return _("automatic")


def _gateway(name: str, data: Data) -> str:
    return name or _("the platform's default")


PURPOSE = Fact(
    f"one of {', '.join(PaymentPurpose.values)}, or the code of the offer's method",
    lambda code, data: purpose_label(code),
    example=PaymentPurpose.REFUND.value,
)
GATEWAY_ERROR = replace(said(gettext_lazy("Gateway")), word=lambda error, data: gateway_error_words(error))


# --- payments


class _Reserved(TypedDict):
    purpose: Annotated[str, PURPOSE]
    amount: Annotated[str, YUAN]
    account: Annotated[str, replace(choice(AccountKind), word=_from_budget)]
    note: NotRequired[Annotated[str, said(gettext_lazy("Note"))]]


class _Reversed(TypedDict):
    amount: Annotated[str, YUAN]
    reference: Annotated[str, replace(TEXT, word=_reference)]
    error: Annotated[str, GATEWAY_ERROR]


class _Answered(_Reversed):
    attempts: Annotated[int, ATTEMPTS]


PAYMENT_RESERVED = EventType(
    "payment.reserved",
    gettext_lazy("Payment reserved"),
    "payment",
    _Reserved,
    meaning=gettext_lazy("Money is set aside for the buyer; a worker asks the gateway to pay it."),
)
PAYMENT_SUCCEEDED = EventType(
    "payment.succeeded",
    gettext_lazy("Payment paid out"),
    "payment",
    _Answered,
    EventTone.GOOD,
    meaning=gettext_lazy("The gateway has paid the buyer."),
)
PAYMENT_FAILED = EventType(
    "payment.failed",
    gettext_lazy("Payment declined by the gateway"),
    "payment",
    _Answered,
    EventTone.BAD,
    meaning=gettext_lazy("The gateway has said for good that it doesn't pay; nothing has left the account."),
)
PAYMENT_NEEDS_ATTENTION = EventType(
    "payment.needs_attention",
    gettext_lazy("Payment needs attention"),
    "payment",
    _Answered,
    EventTone.BAD,
    meaning=gettext_lazy("After several attempts nobody knows what became of the payment: a person has to look."),
)
PAYMENT_RESUMED = EventType(
    "payment.resumed",
    gettext_lazy("Payment resumed"),
    "payment",
    meaning=gettext_lazy("A person lets the gateway be asked again."),
)
PAYMENT_REVERSED = EventType(
    "payment.reversed",
    gettext_lazy("The payment came back"),
    "payment",
    _Reversed,
    EventTone.BAD,
    meaning=gettext_lazy("The buyer's bank or the gateway sent money back that had been paid."),
)
PAYMENT_GIVEN_UP = EventType(
    "payment.given_up",
    gettext_lazy("Nobody tries to pay it any more"),
    "payment",
    TypedDict("_GivenUp", {"amount": Annotated[str, YUAN]}),
    EventTone.BAD,
    meaning=gettext_lazy("A person decided not to try this declined payment again; what it held is free."),
)


class _Conflicting(TypedDict):
    """`amount` and `reference` are the gateway's."""

    conflict: Annotated[str, choice(PaymentConflict)]
    amount: Annotated[str, YUAN]
    reference: Annotated[str, replace(TEXT, word=_reference)]


class _ConflictSettled(TypedDict):
    conflict: Annotated[str, choice(PaymentConflict)]
    how: Annotated[str, choice(ConflictSettlement)]
    amount: Annotated[str, YUAN]


PAYMENT_CONFLICT_FOUND = EventType(
    "payment.conflict_found",
    gettext_lazy("The gateway contradicts our books"),
    "payment",
    _Conflicting,
    EventTone.BAD,
    meaning=gettext_lazy(
        "The gateway says something else than our books: nothing more is paid for its topic until a person decides."
    ),
)
PAYMENT_CONFLICT_SETTLED = EventType(
    "payment.conflict_settled",
    gettext_lazy("The conflict with the gateway is decided"),
    "payment",
    _ConflictSettled,
    meaning=gettext_lazy("A person has decided what the books shall say, or that the money is demanded back."),
)
# What is recorded when a payment is settled, by how.
PAYMENT_SETTLED = {PaymentStatus.SUCCEEDED: PAYMENT_SUCCEEDED, PaymentStatus.FAILED: PAYMENT_FAILED}

# --- service budgets (R5)


class _Booked(TypedDict):
    amount: Annotated[str, YUAN]
    balance: Annotated[str, hidden(YUAN)]


class _ToppedUp(_Booked):
    automatic: Annotated[bool, replace(FLAG, word=_automatic)]


class _Exceeded(TypedDict):
    amount: Annotated[str, YUAN]
    available: Annotated[str, hidden(YUAN)]


BUDGET_TOPPED_UP = EventType(
    "budget.topped_up",
    gettext_lazy("Budget topped up"),
    "budget",
    _ToppedUp,
    EventTone.GOOD,
    meaning=gettext_lazy("Money went from the merchant's funds into the service budget, by hand or by itself."),
)
BUDGET_LOWERED = EventType(
    "budget.lowered",
    gettext_lazy("Budget lowered"),
    "budget",
    _Booked,
    meaning=gettext_lazy("Money went from the service budget back to the merchant's funds."),
)
BUDGET_EXCEEDED = EventType(
    "budget.exceeded",
    gettext_lazy("The budget was spent: paid from the merchant's funds"),
    "budget",
    _Exceeded,
    EventTone.BAD,
    meaning=gettext_lazy(
        "A promised refund cost more than was left in the service budget: the rest came from the merchant's funds."
    ),
)

# --- what a store may pay (K9, K10)

_RULE = gettext_lazy("the marketplace's rule")


class _TermsSet(TypedDict, total=False):
    """Each limit that changed; null is the marketplace's rule."""

    per_payment: Annotated[list[str | None], named(gettext_lazy("Most per payment"), changed(optional(YUAN, _RULE)))]
    per_order: Annotated[list[int | None], named(gettext_lazy("Payments per order"), changed(optional(COUNT, _RULE)))]
    per_day: Annotated[list[str | None], named(gettext_lazy("Most per day"), changed(optional(YUAN, _RULE)))]
    gateway: Annotated[list[str], named(gettext_lazy("Gateway"), changed(replace(TEXT, word=_gateway)))]


PAYMENT_TERMS_SET = EventType(
    "payment_terms.set",
    gettext_lazy("Limits of small payments set"),
    "paymentterms",
    _TermsSet,
    EventTone.WARNING,
    area=EventArea.LIMITS,
    meaning=gettext_lazy("Other limits than the marketplace's rule hold for the store's small payments."),
)
