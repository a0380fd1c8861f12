"""What a store can't do about refund without return now, and why (R2, R4, R5, R8)."""

from django.utils.translation import gettext as _

from common.errors import Refused
from refunds.models import Enrolment
from refunds.states import EnrolmentStatus, EnrolmentStep
from stores.marketplaces import labels_where, marketplace_label
from stores.models import Product, Store
from stores.states import ProductSource
from stores.why_not import why_unknown

UPGRADABLE = "2.0"
# Which field of a call does a step.
FIELDS = {
    EnrolmentStep.AGREEMENT: "agreement_version",
    EnrolmentStep.BUDGET: "budget",
    EnrolmentStep.AUTO_TOP_UP: "auto_top_up",
    EnrolmentStep.PRODUCTS: "products",
}


def why_not_offered(store: Store) -> Refused | None:
    """Why the store can't join at all: its marketplace has no refund without return (R2)."""
    if store.rules.returnless_version:
        return None
    return Refused(
        "method_not_available",
        _("%(marketplace)s has no refund without return; it is offered on %(others)s.")
        % {
            "marketplace": marketplace_label(store.rules),
            "others": labels_where(lambda rules: rules.returnless_version),
        },
    )


def why_not_register(enrolment: Enrolment | None) -> Refused | None:
    """Why the operator can't bring the store in on an earlier version: it has begun already (R8)."""
    if enrolment is None:
        return None
    return Refused("invalid_transition", _("This store has an enrolment already."))


def why_not_step(enrolment: Enrolment | None, step: str) -> Refused | None:
    """Why this step can't be done now; one that is done may be done again.

    The refusal names the step that is next (R2).
    """
    if enrolment is not None and enrolment.status == EnrolmentStatus.EARLIER and enrolment.version == UPGRADABLE:
        text = _("The store is on 2.0: switch to 3.0 first (returnless/enrol/ with upgrade).")
        return Refused("enrolment_incomplete", text, "upgrade")
    done = enrolment.steps_done if enrolment else []
    following = enrolment.next_step if enrolment else EnrolmentStep.AGREEMENT
    if step in done or step == following:
        return None
    text = _("The steps have an order. Next: %(step)s.") % {"step": EnrolmentStep(following).label}
    return Refused("enrolment_incomplete", text, FIELDS.get(following))


def why_not_confirm(enrolment: Enrolment | None) -> Refused | None:
    """Why the store can't join now: it has, a step is missing, or nothing is in the budget (R2, R5)."""
    if enrolment is not None and enrolment.is_joined:
        return Refused("invalid_transition", _("The store has joined already."))
    refused = why_not_step(enrolment, EnrolmentStep.CONFIRM)
    if refused is None and enrolment.budget_to_be().is_spent:
        return Refused("budget_exhausted", _("The service budget is empty: top it up, then confirm."), "budget")
    return refused


def why_not_fill(enrolment: Enrolment | None) -> Refused | None:
    """Why nothing can be added to the budget: there is none before its step is done (R5)."""
    if enrolment is not None and EnrolmentStep.BUDGET in enrolment.steps_done:
        return None
    return why_not_step(enrolment, EnrolmentStep.CONFIRM)


def why_not_upgrade(enrolment: Enrolment | None) -> Refused | None:
    """Only 2.0 can be switched in one step; 1.0 has ended (R8)."""
    if enrolment is None or enrolment.status != EnrolmentStatus.EARLIER:
        return Refused("invalid_transition", _("There is no earlier version to switch from."), "upgrade")
    if enrolment.version != UPGRADABLE:
        return Refused(
            "method_not_available",
            _("Version %(version)s has ended: join anew, beginning with the agreement.")
            % {"version": enrolment.version},
            "upgrade",
        )
    return None


def why_not_leave(enrolment: Enrolment | None) -> Refused | None:
    """Only who has joined can leave (R3)."""
    if enrolment is not None and enrolment.is_joined:
        return None
    return Refused("invalid_transition", _("The store hasn't joined."))


def why_not_cover(item_id: str, product: Product | None) -> Refused | None:
    """Why an item can't be on the allow-list: only products of the store's own can (R4)."""
    refused = why_unknown(item_id, product, "products")
    if refused is None and product.source != ProductSource.OWN:
        text = _("Item %(item)s isn't the store's own product: only those can be covered.") % {"item": item_id}
        return Refused("product_not_eligible", text, "products")
    return refused
