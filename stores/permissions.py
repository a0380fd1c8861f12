"""What people may do: roles grant capabilities in a store, and Django's model permissions follow from them."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.actors import Actor, ActorKind
from common.replica.turns import on_primary
from common.tenancy import system_scope
from stores.models import Membership, User
from stores.states import MemberRole

VIEW = "view"
DECIDE_REFUNDS = "decide_refunds"
SEND_OFFERS = "send_offers"
PAY = "pay"
SHIP = "ship"
EDIT_ORDERS = "edit_orders"
INSPECT_RETURNS = "inspect_returns"
SHOW_EVIDENCE = "show_evidence"
DECIDE_DISPUTES = "decide_disputes"  # no role has it: the platform's people decide
OPERATE = "operate"  # nor this: what belongs to no store is the operator's
EDIT_CATALOG = "edit_catalog"
EDIT_COUPONS = "edit_coupons"
MANAGE_STORE = "manage_store"
WRITE_NOTES = "write_notes"
SEE_OWN_RESULTS = "see_own_results"
SEE_ALL_RESULTS = "see_all_results"

GRANTS: dict[str, frozenset[str]] = {
    MemberRole.VIEWER: frozenset({VIEW, SEE_OWN_RESULTS, SEE_ALL_RESULTS}),
    MemberRole.AGENT: frozenset(
        {VIEW, DECIDE_REFUNDS, SHOW_EVIDENCE, SEND_OFFERS, EDIT_ORDERS, EDIT_COUPONS, WRITE_NOTES, SEE_OWN_RESULTS}
    ),
    MemberRole.FINANCE: frozenset({VIEW, PAY, WRITE_NOTES, SEE_OWN_RESULTS, SEE_ALL_RESULTS}),
    MemberRole.WAREHOUSE: frozenset({VIEW, SHIP, INSPECT_RETURNS, SHOW_EVIDENCE, WRITE_NOTES}),
    MemberRole.OWNER: frozenset(
        {
            VIEW,
            DECIDE_REFUNDS,
            SEND_OFFERS,
            PAY,
            SHIP,
            EDIT_ORDERS,
            INSPECT_RETURNS,
            SHOW_EVIDENCE,
            EDIT_CATALOG,
            EDIT_COUPONS,
            MANAGE_STORE,
            WRITE_NOTES,
            SEE_OWN_RESULTS,
            SEE_ALL_RESULTS,
        }
    ),
}

# What a member may do, for the people who choose the role; the least comes first.
ROLE_MEANS: dict[str, str] = {
    MemberRole.VIEWER: gettext_lazy("Sees orders, refunds and everybody's results; decides nothing."),
    MemberRole.WAREHOUSE: gettext_lazy("Ships orders and promised parcels, inspects returns, adds evidence."),
    MemberRole.FINANCE: gettext_lazy("Sends small payments and sees everybody's results."),
    MemberRole.AGENT: gettext_lazy(
        "Decides refunds, sends offers, changes addresses, makes and grants coupons, adds evidence; sees own results."
    ),
    MemberRole.OWNER: gettext_lazy(
        "Everything, and settings, members, API keys, products, methods and return addresses besides."
    ),
}

# Which capability Django's admin permissions stand for; everything that isn't here is the operator's alone.
MODEL_PERMISSIONS: dict[str, str] = {
    **{
        f"{model.split('.')[0]}.view_{model.split('.')[1]}": VIEW
        for model in (
            "stores.store",
            "stores.product",
            "stores.returnaddress",
            "orders.order",
            "orders.owedparcel",
            "orders.delayreport",
            "orders.shipmentimport",
            "refunds.refund",
            "refunds.decisionjob",
            "refunds.dispute",
            "refunds.appeal",
            "refunds.carrierclaim",
            "refunds.unclaimedparcel",
            "refunds.qualityrefund",
            "refunds.enrolment",
            "offers.offer",
            "offers.coupon",
            "offers.bulkjob",
            "payments.payment",
            "connectors.sentdecision",
            "connectors.platformtask",
            "connectors.mirroredrefund",
        )
    },
    "offers.view_dailyretention": SEE_OWN_RESULTS,
    "stores.add_product": EDIT_CATALOG,
    "stores.change_product": EDIT_CATALOG,
    "stores.add_returnaddress": EDIT_CATALOG,
    "stores.change_returnaddress": EDIT_CATALOG,
    "stores.delete_returnaddress": EDIT_CATALOG,
    "offers.add_coupon": EDIT_COUPONS,
    "offers.view_storemethod": MANAGE_STORE,
    "offers.change_storemethod": MANAGE_STORE,
    "stores.change_store": MANAGE_STORE,
    "stores.view_membership": MANAGE_STORE,
    "stores.view_invitation": MANAGE_STORE,
    "stores.view_apikey": MANAGE_STORE,
    "automation.view_storerule": MANAGE_STORE,
    "notices.view_noticeterms": MANAGE_STORE,
    "notices.view_robot": MANAGE_STORE,
    "webhooks.view_endpoint": MANAGE_STORE,
    "webhooks.view_delivery": MANAGE_STORE,
    "webhooks.view_failedcall": MANAGE_STORE,
    "connectors.view_connection": MANAGE_STORE,
    "privacy.view_buyerrequest": MANAGE_STORE,
}


def roles_with(capability: str) -> list[str]:
    """The roles that grant the capability."""
    return [role for role, granted in GRANTS.items() if capability in granted]


def name_of(user: User) -> str:
    """What people call the user."""
    return user.get_full_name() or user.username


def memberships_of(user: User) -> list[Membership]:
    """The user's memberships with their stores, in the order of the stores' codes; read once per user object."""
    if not hasattr(user, "_memberships"):
        with on_primary(), system_scope():  # who lost a role has lost it there first
            own = Membership.objects.filter(user=user).select_related("store").order_by("store__code")
            user._memberships = list(own)
    return user._memberships


def roles_of(user: User) -> dict[int, str]:
    """Store id → role."""
    return {membership.store_id: membership.role for membership in memberships_of(user)}


def needs_second_factor(user: User) -> bool:
    """Whether a store that the user works in, or the platform of its operators, wants a second factor they lack."""
    if user.has_second_factor:
        return False
    if user.is_superuser:
        return settings.OPERATORS_NEED_SECOND_FACTOR
    return any(membership.store.second_factor_required for membership in memberships_of(user))


def can(user: User, capability: str, store_id: int | None) -> bool:
    """Whether the user has the capability in this store, or, without one, outside all. Operators have every one."""
    if not user.is_active:
        return False
    return user.is_superuser or capability in GRANTS.get(roles_of(user).get(store_id, ""), ())


def require(user: User, capability: str, store_id: int) -> None:
    """PermissionDenied unless the user has the capability in this store."""
    if not can(user, capability, store_id):
        raise PermissionDenied(_("Your role in this store doesn't allow this."))


def actor_of(user: User) -> Actor:
    """The user as the actor of an action."""
    kind = ActorKind.OPERATOR if user.is_superuser else ActorKind.MERCHANT
    return Actor(kind, f"user:{user.pk}", name_of(user))


def user_id_of(actor: Actor) -> int | None:
    """The id of the user who acts; None when it is a key, a command or the platform itself."""
    prefix, _colon, user_id = actor.id.partition(":")
    return int(user_id) if prefix == "user" and user_id.isdigit() else None


class RoleBackend(ModelBackend):
    """Model permissions that follow from the user's roles; with an object, from the role in the object's store."""

    def has_perm(self, user_obj, perm, obj=None) -> bool:
        """Whether some store (or the object's store) grants it."""
        if not user_obj.is_active or user_obj.is_anonymous:
            return False
        capability = MODEL_PERMISSIONS.get(perm)
        if capability is None:
            return False
        if obj is not None:
            store_id = obj.pk if obj._meta.label == "stores.Store" else obj.store_id
            return can(user_obj, capability, store_id)
        return any(capability in GRANTS[role] for role in roles_of(user_obj).values())

    def has_module_perms(self, user_obj, app_label) -> bool:
        """Whether there is anything of this app to see."""
        return any(self.has_perm(user_obj, perm) for perm in MODEL_PERMISSIONS if perm.startswith(f"{app_label}."))
