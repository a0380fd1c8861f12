"""How much somebody may give away at once: what an owner sets per store for agents and for finance (docs/adr/0045).

Owners, the platform's operators, API keys and what happens by itself have no ceiling.
"""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy

from common.actors import Actor, ActorKind
from common.errors import Refused
from common.money import yuan
from common.sentences import sentence as _
from stores.models import Membership, Store
from stores.permissions import user_id_of
from stores.states import MemberRole


class Ceiling(models.TextChoices):
    """What has one; the value is the store's column, in yuan, null for none."""

    OFFER = "agent_offer_ceiling", gettext_lazy("Most that an agent may offer")
    APPROVAL = "agent_approval_ceiling", gettext_lazy("Most that an agent may approve")
    PAYMENT = "finance_payment_ceiling", gettext_lazy("Most that finance may send")


def most_at_once(store: Store, ceiling: Ceiling, actor: Actor | None) -> Decimal | None:
    """Yuan that this actor may give away at once; None for no ceiling.

    Reads the actor's role only where the store has a ceiling. Somebody who is no member any more, but whose bulk
    sending still runs, has no more than the others.
    """
    most = getattr(store, ceiling)
    if most is None or actor is None or actor.kind != ActorKind.MERCHANT or (user_id := user_id_of(actor)) is None:
        return None
    is_owner = Membership.objects.for_store(store.pk).filter(user=user_id, role=MemberRole.OWNER).exists()
    return None if is_owner else most


def why_above_ceiling(store: Store, ceiling: Ceiling, amount: Decimal, actor: Actor | None) -> Refused | None:
    """Why this actor can't give away `amount` yuan at once: `above_ceiling`, with who can; None for nobody yet.

    Reads the actor's role only where the store has a ceiling that the amount is above.
    """
    most = getattr(store, ceiling)
    if most is None or amount <= most:
        return None
    return why_above(amount, most_at_once(store, ceiling, actor))


def why_above(amount: Decimal, most: Decimal | None) -> Refused | None:
    """The same where it is known what the actor may give at once: `most` yuan, None for no ceiling."""
    if most is None or amount <= most:
        return None
    return Refused(
        "above_ceiling",
        _("This gives away %(amount)s; your role in this store may give at most %(most)s at once. Ask an owner.")
        % {"amount": yuan(amount), "most": yuan(most)},
    )
