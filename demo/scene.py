"""What a scene of the demo is made of."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Scene:
    """One refund. `ago` is when it was asked, in hours before now; `share` is how much of the order is asked back.

    The order was paid `paid` hours before that.

    A step is (hours ago, what, arguments); `what` names an action of the play. `course` is the beginning of the
    parcel's number, by which the sandbox carrier knows what becomes of it.
    """

    ago: float
    kind: str
    reason: str
    steps: tuple = ()
    share: float = 1.0
    delivered: bool = True
    description: str = ""
    buyer_id: str | None = None
    item: int = field(default=0)
    is_trusted: bool = False  # a buyer whom some marketplaces refund at once
    shipped: bool = True
    paid: float = 90
    course: str = ""
    quantity: int | None = None


def approve(ago: float) -> tuple:
    """The merchant says yes."""
    return ago, "approve", {}


def sweep(ago: float) -> tuple:
    """Clocks run out and money goes out."""
    return ago, "sweep", {}


def carriers(ago: float) -> tuple:
    """Carriers are asked what they are asked for."""
    return ago, "carriers", {}
