"""A refund is granted: its goods are stopped or called back, its money goes out, new goods are owed."""

from tests.model.things import DONE, Order, Payment, Pieces, Refund, Share
from tests.model.world import World


def approve(world: World, label: str) -> None:
    """The merchant's yes, or the clock's (T10): a return is awaited, the money goes out, or waits for a recall."""
    refund = world.refunds[label]
    if refund.returns:
        world.move(refund, "awaiting_return", world.numbers.sends_return)
        return
    what, parcels = reach(world, label)
    if what == "recall":
        recall(world, label, parcels)
        return
    if what == "stop":
        stop(world, label)
    pay(world, label)


def reach(world: World, label: str) -> tuple[str, list[str]]:
    """What granting a refund without a return does to its goods, and which parcels it calls back.

    `stop`: none of them has left (P2). `recall`: what has left fills parcels that are still on their way (P4).
    """
    refund, order = world.refunds[label], world.orders[world.refunds[label].order]
    if refund.returns or order.is_stopped or order.is_delivered or not takes_all(world, label):
        return "leave", []
    free = world.unclaimed_pieces(refund.order)
    if any(share.moving > free.get(place, 0) for place, share in refund.lines.items()):
        return "leave", []  # another refund has these pieces
    at_home = {} if order.is_shipped else here_of(world, refund)
    gone = {place: share.moving - at_home.get(place, 0) for place, share in refund.lines.items()}
    gone = {place: count for place, count in gone.items() if count > 0}
    if not gone:
        return ("leave", []) if order.is_shipped else ("stop", [])
    if not world.numbers.at_once or refund.is_returnless:
        return "leave", []
    parcels = filling(order, gone)
    return ("leave", []) if parcels is None else ("recall", parcels)


def takes_all(world: World, label: str) -> bool:
    """Whether it amounts to the whole price of its goods, or to all that earlier refunds have left of it."""
    refund = world.refunds[label]
    lines = world.orders[refund.order].lines
    if refund.amount >= sum(lines[place].price * share.pieces for place, share in refund.lines.items()):
        return True
    others = [other for other in world.of_order(refund.order) if other is not refund and other.status not in DONE]
    return refund.amount >= world.most(refund.order, refund.lines) and not others


def here_of(world: World, refund: Refund) -> Pieces:
    """Pieces of a refund without a return that the store still has: they are meant before those that have left."""
    order = world.orders[refund.order]
    found = {}
    for place, share in refund.lines.items():
        line = order.lines[place]
        away = max(order.out(place), world.returning(refund.order, place))
        found[place] = min(share.moving, line.pieces - line.stopped - away)
    return {place: count for place, count in found.items() if count > 0}


def filling(order: Order, gone: Pieces) -> list[str] | None:
    """Parcels on their way, the newest first, that have these pieces and no others; None where none do."""
    rest, chosen = dict(gone), []
    for number, parcel in reversed(order.sent.items()):
        if parcel.is_received or parcel.recalled_for:
            continue
        if all(count <= rest.get(place, 0) for place, count in parcel.pieces.items()):
            chosen.append(number)
            for place, count in parcel.pieces.items():
                rest[place] -= count
    return None if any(rest.values()) else chosen


def stop(world: World, label: str) -> None:
    """The refund's pieces are not shipped any more (P2)."""
    refund = world.refunds[label]
    refund.goods = "stopped"
    for place, share in refund.lines.items():
        world.orders[refund.order].lines[place].stopped += share.moving


def stop_what_is_here(world: World, label: str) -> None:
    """A refund is granted whose goods have partly left: what the store still has of them stays there (P2)."""
    refund, order = world.refunds[label], world.orders[world.refunds[label].order]
    if not order.is_partly_shipped or refund.goods == "stopped":
        return
    if refund.holds_pieces:  # only what came back with a parcel can be here again
        stays = {
            place: min(share.moving, world.returning(refund.order, place) - order.out(place))
            for place, share in refund.lines.items()
        }
    else:
        stays = here_of(world, refund) if takes_all(world, label) else {}
    for place, count in stays.items():
        if count > 0:
            refund.lines[place].stopped += count
            order.lines[place].stopped += count


def recall(world: World, label: str, parcels: list[str]) -> None:
    """Call its parcels back; the money waits until they have ended somewhere, or for their time (P4)."""
    stop_what_is_here(world, label)
    refund = world.refunds[label]
    refund.goods = "recalled"
    world.move(refund, "recalling", world.numbers.recalls)
    for number in parcels:
        world.orders[refund.order].sent[number].recalled_for = label


def pay(world: World, label: str) -> None:
    """Send the buyer what the refund is about: money, or for an exchange the new goods, whose money is free."""
    refund = world.refunds[label]
    if refund.kind == "exchange":
        refund.parcels = ["owed"] * len(refund.lines)  # Q16: one for each line
        world.move(refund, "closed")
        return
    stop_what_is_here(world, label)
    world.move(refund, "refunding")
    send(world, label, refund.amount, "refund")


def send(world: World, label: str, amount: int, purpose: str) -> None:
    """Money to the buyer: a refund's under the programme from the service budget, as long as it has enough (R5)."""
    refund = world.refunds[label]
    payment = Payment(refund.order, label, amount, purpose, world.now)
    if refund.is_returnless and purpose == "refund":
        keep_topped_up(world, amount)
        payment.from_budget = world.budget - world.reserved >= amount
        world.is_short = world.is_short or not payment.from_budget
    world.payments.append(payment)


def keep_topped_up(world: World, wanted: int = 0) -> None:
    """A budget that tops up by itself never falls below its threshold: the agreed amount, as often as it takes (R5)."""
    numbers = world.numbers
    while world.tops_up and world.budget - world.reserved - wanted < numbers.threshold:
        world.budget += numbers.top_up
        world.is_short = False


def settle(world: World, payment: Payment) -> None:
    """The gateway pays, or declines."""
    declined = world.orders[payment.order].buyer == "sandbox-decline"
    payment.status = "failed" if declined else "succeeded"
    if payment.from_budget and not declined:
        world.budget -= payment.amount
    if payment.purpose == "refund" and not declined:
        world.refunds[payment.refund].status = "refunded"


def split(world: World, label: str, arrived: Pieces) -> None:
    """What is missing becomes a refund of its own that a person decides about (P1): each line by its pieces."""
    refund = world.refunds[label]
    kept, rest = {}, {}
    for place, share in refund.lines.items():
        count = arrived.get(place, 0)
        cents = (2 * share.amount * count + share.pieces) // (2 * share.pieces)  # to the cent
        cents = max(cents, min(1, share.amount) if count else 0)
        if count:
            kept[place] = Share(count, cents)
        if count < share.pieces:
            rest[place] = Share(share.pieces - count, share.amount - cents)
    worth = sum(share.amount for share in kept.values())
    if worth == refund.amount:  # what is missing holds no money: there is nothing to decide
        return
    missing, refund.amount, refund.lines = refund.amount - worth, worth, kept
    world.refunds[f"{label}-rest"] = Refund(
        refund.order,
        refund.kind,
        missing,
        due=None,
        asked_at=world.now,
        lines=rest,
        reason=refund.reason,
        status="disputed",
        is_rest=True,
        number=refund.number,
    )


def happen(world: World, what: str, label: str, place: int) -> None:
    """Let something that is due happen."""
    if what == "payment":
        settle(world, world.payments[place])
    elif what == "offer":
        world.refunds[label].offers[place].status = "expired"
    elif what == "stray":
        stray = world.strays[place]
        stray.status, stray.refund = "matched", world.announced(stray.number)
    elif what == "row":
        _decide(world, world.rows[place])
    else:
        _pass(world, label)


def _pass(world: World, label: str) -> None:
    """The deadline of a refund's state has come."""
    refund = world.refunds[label]
    if refund.status == "awaiting_merchant":  # T10
        approve(world, label)
    elif refund.status in ("awaiting_return", "rejected"):
        world.move(refund, "closed")
    elif refund.status in ("returning", "recalling"):  # P1, P4
        pay(world, label)


def _decide(world: World, row) -> None:
    """What the merchant decided with many others, unless the refund isn't what it was then."""
    refund = world.refunds[row.refund]
    row.status = "left_out"
    if refund.status != "awaiting_merchant" or world.appearance(row.refund) != row.seen:
        return
    if row.verdict == "approve":
        row.status = "done"
        approve(world, row.refund)
    elif not (refund.due and refund.due <= world.now):  # T10: the deadline has said yes
        row.status = "done"
        world.move(refund, "rejected", world.numbers.disputes)
