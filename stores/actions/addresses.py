"""Where returns of a store go: addresses are added, changed and retired, and what a buyer was told stays as it was."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from common.actions import action
from common.actors import Actor
from common.changes import changes_of
from common.errors import NotFound, refuse_if
from common.writes import WriteSet
from stores.events import RETURN_ADDRESS_ADDED, RETURN_ADDRESS_CHANGED, RETURN_ADDRESS_RETIRED
from stores.models import ReturnAddress, Store
from stores.why_not import why_not_change_address, why_not_retire_address

PARTS = ("contact", "phone", "address")


@action
def add_return_address(
    *, store: Store, contact: str, phone: str, address: str, actor: Actor, now: datetime
) -> ReturnAddress:
    """Add an address to which returns of this store are sent. Returns that wait for one get it by the next sweep."""
    row = ReturnAddress(store=store, contact=contact, phone=phone, address=address)
    writes = WriteSet()
    writes.insert(row)
    facts = {"contact": contact, "phone": phone, "address": address}
    writes.event(RETURN_ADDRESS_ADDED, row, topic=row, at=now, actor=actor, **facts)
    writes.flush()
    return row


@action
def change_return_address(
    *, store_id: int, address_id: UUID | str, contact: str, phone: str, address: str, actor: Actor, now: datetime
) -> ReturnAddress:
    """Have a new address take the place of this one; returns it, or the same one when nothing would change.

    Whoever was told the old one keeps it. NotFound; Refused `invalid_transition` for one that is retired.
    """
    old, _usable = _lock(store_id, address_id)
    refuse_if(why_not_change_address(old))
    new = ReturnAddress(store_id=store_id, place=old.place, **{part: getattr(old, part) for part in PARTS})
    changed = changes_of(new, {"contact": contact, "phone": phone, "address": address})
    if not changed:
        return old
    writes = WriteSet()
    writes.insert(new)
    old.retired_at = now
    writes.update(old, "retired_at")
    writes.event(RETURN_ADDRESS_CHANGED, new, topic=new, at=now, actor=actor, **changed)
    writes.flush()
    return new


@action
def retire_return_address(*, store_id: int, address_id: UUID | str, actor: Actor, now: datetime) -> ReturnAddress:
    """Name this address to no buyer any more; who was told it before keeps it.

    NotFound; Refused `invalid_transition` for one that is retired, `last_return_address` for the store's only one.
    """
    row, usable = _lock(store_id, address_id)
    refuse_if(why_not_retire_address(row, usable))
    row.retired_at = now
    writes = WriteSet()
    writes.update(row, "retired_at")
    facts = {part: getattr(row, part) for part in PARTS}
    writes.event(RETURN_ADDRESS_RETIRED, row, topic=row, at=now, actor=actor, **facts)
    writes.flush()
    return row


def _lock(store_id: int, address_id: UUID | str) -> tuple[ReturnAddress, Sequence[ReturnAddress]]:
    """The address, and all that the store can name now, which are locked."""
    usable = list(ReturnAddress.objects.for_store(store_id).usable().order_by("id").select_for_update(no_key=True))
    row = ReturnAddress.objects.for_store(store_id).filter(pk=address_id).first()
    if row is None:
        raise NotFound
    return row, usable


def default_return_address(store_id: int) -> ReturnAddress | None:
    """Where returns go when nobody named an address: the first of the store's that can be named."""
    return ReturnAddress.objects.for_store(store_id).usable().order_by("place").first()


def default_return_addresses(store_ids: Collection[int]) -> dict[int, ReturnAddress]:
    """The same for several stores at once, by store; one without an address is missing."""
    usable = ReturnAddress.objects.in_scope().usable().filter(store_id__in=store_ids)
    return {address.store_id: address for address in usable.order_by("store_id", "place").distinct("store_id")}
