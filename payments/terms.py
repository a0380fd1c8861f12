"""The operator sets what a store may send and through which gateway."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from common.actions import action
from common.actors import Actor, ActorKind
from common.changes import changes_of, lock
from common.errors import Invalid, Refused, refuse_if
from common.money import ZERO
from common.writes import WriteSet
from orders.models import MOST_SMALL_PAYMENTS
from payments.allowances import limits_of
from payments.events import PAYMENT_TERMS_SET
from payments.gateways import DEFAULT, is_usable
from payments.models import DayAllowance, PaymentTerms
from stores.models import Store


def gateway_of(store_id: int) -> str:
    """The gateway through which the store's next payment goes."""
    terms = PaymentTerms.objects.for_store(store_id).exclude(gateway="").first()
    return terms.gateway if terms else DEFAULT


def why_not_set_terms(actor: Actor) -> Refused | None:
    """The limits of a store are the platform's to set."""
    if actor.kind == ActorKind.OPERATOR:
        return None
    return Refused("invalid_transition", _("Only the platform's operator sets these limits."))


@action
def set_payment_terms(
    *,
    store: Store,
    per_payment: Decimal | None,
    per_order: int | None,
    per_day: Decimal | None,
    gateway: str,
    actor: Actor,
    now: datetime,
) -> PaymentTerms:
    """Set a store's limits (yuan; None: the marketplace's) and its gateway (empty: the default).

    Operators only.

    They count from now on, also for what is reserved but not paid out yet: a worker that takes it up looks again (K9,
    K10). Invalid names the field; a gateway that isn't configured is Invalid, too, and so is any
    that moves money for a sandbox.
    """
    refuse_if(why_not_set_terms(actor))
    for field, value in (("per_payment", per_payment), ("per_day", per_day)):
        if value is not None and value < ZERO:
            raise Invalid(field, _("A limit can't be below zero."))
    if per_order is not None and not 0 <= per_order <= MOST_SMALL_PAYMENTS:
        raise Invalid("per_order", _("Between 0 and %(most)d payments per order.") % {"most": MOST_SMALL_PAYMENTS})
    if gateway and not is_usable(gateway):
        raise Invalid("gateway", _("This gateway isn't configured on this platform."), "invalid_choice")
    if store.is_sandbox and gateway not in ("", DEFAULT):
        raise Invalid("gateway", _("A sandbox pays nobody: leave its gateway empty."), "invalid_choice")
    values = {"per_payment": per_payment, "per_order": per_order, "per_day": per_day, "gateway": gateway}
    terms, _is_new = PaymentTerms.objects.get_or_create(store=store)
    lock(terms)
    if changed := changes_of(terms, values):
        writes = WriteSet()
        writes.update(terms, *changed)
        writes.event(PAYMENT_TERMS_SET, terms, topic=store, at=now, actor=actor, rule="K9", **changed)
        writes.flush()
    today = store.business_day(now)
    DayAllowance.objects.for_store(store.pk).filter(date__gte=today).update(limit=limits_of(store).per_day)
    return terms
