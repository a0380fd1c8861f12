"""Which refunds a member takes when new ones are shared out in turn."""

from collections.abc import Sequence
from datetime import datetime

from common.actions import action
from common.actors import Actor
from common.changes import changes_of
from common.errors import Invalid, NotFound
from common.sentences import sentence as _
from common.writes import WriteSet
from stores.models import Membership
from stores.people.events import MEMBER_SKILLS_CHANGED

MOST_CATEGORIES = 50  # of one member
LONGEST_CATEGORY = Membership._meta.get_field("skilled_categories").base_field.max_length


@action
def set_skills(
    *, store_id: int, member_id: int, kinds: Sequence[str], categories: Sequence[str], actor: Actor, now: datetime
) -> Membership:
    """Say which refunds a member takes when new ones go round; nothing named stands for all kinds, or all categories.

    NotFound for somebody who is no member; Invalid for a kind that the marketplace lacks, or too many categories.
    """
    members = Membership.objects.for_store(store_id).select_related("user", "store")
    member = members.select_for_update(of=("self",), no_key=True).filter(pk=member_id).first()
    if member is None:
        raise NotFound
    if not set(kinds) <= member.store.rules.refund_kinds:
        raise Invalid("kinds", _("Choose kinds of refunds that the marketplace has."), "invalid_choice")
    named = sorted({category.strip() for category in categories if category.strip()})
    if len(named) > MOST_CATEGORIES:
        text = _("Name at most %(most)d categories.") % {"most": MOST_CATEGORIES}
        raise Invalid("categories", text, "max_length")
    if any(len(category) > LONGEST_CATEGORY for category in named):
        text = _("A category has at most %(most)d characters.") % {"most": LONGEST_CATEGORY}
        raise Invalid("categories", text, "max_length")
    wanted = {"skilled_kinds": sorted(set(kinds)), "skilled_categories": named}
    if changed := changes_of(member, wanted):
        member.save(update_fields=list(wanted))
        told = {key.removeprefix("skilled_"): value for key, value in changed.items()}
        told |= {"username": member.user.username, "full_name": member.user.get_full_name()}
        writes = WriteSet()
        writes.event(MEMBER_SKILLS_CHANGED, member, topic=member, at=now, actor=actor, **told)
        writes.flush()
    return member
