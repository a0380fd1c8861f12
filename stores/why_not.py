"""Why something can't be done with a store's members, catalogue or accounts.

The action asks, and the desk before.
"""

from collections.abc import Sequence

from common.actors import Actor, ActorKind
from common.errors import Refused
from common.sentences import sentence as _
from stores.models import Membership, Product, ReturnAddress, User
from stores.permissions import user_id_of
from stores.states import MemberRole


def why_not_open_accounts(actor: Actor) -> Refused | None:
    """Accounts and their one-time passwords are the operator's."""
    if actor.kind == ActorKind.OPERATOR:
        return None
    return Refused("invalid_transition", _("Only the platform's operator opens accounts."))


def why_not_set_up_second_factor(user: User, actor: Actor) -> Refused | None:
    """Why this actor can't give the user a second factor: it is somebody else's, or there is one."""
    if user.pk != user_id_of(actor):
        return Refused("invalid_transition", _("Everybody sets up the second factor of their own account only."))
    if user.has_second_factor:
        return Refused("invalid_transition", _("This account has a second factor; remove it first."))
    return None


def why_not_remove_second_factor(user: User, actor: Actor) -> Refused | None:
    """Why this actor can't change the user's second factor: it is somebody else's, or there is none."""
    if user.pk != user_id_of(actor):
        return Refused("invalid_transition", _("Everybody sets up the second factor of their own account only."))
    if not user.has_second_factor:
        return Refused("invalid_transition", _("This account has no second factor."))
    return None


def why_not_change_member(
    member: Membership, owners: Sequence[Membership], actor: Actor, *, stays_owner: bool
) -> Refused | None:
    """Why this actor can't give the member another role or none.

    It is their own, or no other of the `owners` would stay.
    """
    if member.user_id == user_id_of(actor):
        return Refused("own_membership", _("You can't change your own role; another owner or the operator can."))
    return why_not_spare(member, owners, stays_owner=stays_owner)


def why_not_spare(member: Membership, owners: Sequence[Membership], *, stays_owner: bool) -> Refused | None:
    """Why nobody can take the member's role: of the `owners` no other one would stay."""
    others = [row for row in owners if row.pk != member.pk and row.user.is_active]
    if member.role == MemberRole.OWNER and not stays_owner and not others:
        return Refused("last_owner", _("A store keeps at least one owner: make somebody else an owner first."), "role")
    return None


def why_not_list(item_id: str, *, is_there: bool, adds: bool) -> Refused | None:
    """Why a restricted store can't have this item on its shelf (P7).

    It is new (`is_there` is false), or the change `adds` it again.
    """
    if not is_there:
        return Refused(
            "listing_restricted",
            _(
                "This store may not add products now (item %(item)s): too many of its refunds are about quality. "
                "Its quality page says what lifts this; products that are listed can still be changed."
            )
            % {"item": item_id},
            "item_id",
        )
    if adds:
        return Refused(
            "listing_restricted",
            _(
                "This store may not list products now (item %(item)s): too many of its refunds are about quality. "
                "Its quality page says what lifts this; send “listed” as false to change anything else."
            )
            % {"item": item_id},
            "listed",
        )
    return None


def why_unknown(item_id: str, product: Product | None, attr: str) -> Refused | None:
    """Why an item can't be named: it isn't in the store's product warehouse.

    `attr` is the field that named it (Q15).
    """
    if product is not None:
        return None
    return Refused(
        "product_not_in_warehouse",
        _("Item %(item)s is not in this store's product warehouse; add it or name another.") % {"item": item_id},
        attr,
    )


def why_not_change_address(address: ReturnAddress) -> Refused | None:
    """Why nothing can be changed about a return address: it is retired."""
    if address.retired_at is None:
        return None
    return Refused("invalid_transition", _("This address is retired: it is named to no buyer any more."))


def why_not_retire_address(address: ReturnAddress, usable: Sequence[ReturnAddress]) -> Refused | None:
    """Why a return address stays: it is retired already, or no other of the `usable` ones would stay."""
    if (refused := why_not_change_address(address)) is not None:
        return refused
    if any(row.pk != address.pk for row in usable):
        return None
    return Refused(
        "last_return_address", _("Returns need somewhere to go: add another address first, or change this one.")
    )
