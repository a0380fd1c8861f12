"""For each guard the shortest history in which it matters: what brings about its state, then calls that it is for.

Seeded histories come there by luck, after minutes; `make prove GUARDS=1` begins there.
"""

from tests.model.moves import Step
from tests.model.writing import History, Round

DAY = 24 * 60  # minutes
THREE = (1, 2, 3)


def _round(*calls: Step, jump: int = 0, is_swept: bool = False) -> Round:
    return Round(jump, list(calls), sweepers=0, is_swept=is_swept)


def _place(number: int, price: int = 1000, **told) -> Step:
    usual = {"buyer": "b1", "lines": [(price, 1)], "paid_ago": 0, "vip": False, "credit": 0}
    return {"do": "place", "order": f"o{number}", **usual, **told}


def _sent(*numbers: int, price: int = 1000, **told) -> list[Round]:
    """These orders are paid and on their way."""
    placed = [_place(number, price, **told) for number in numbers]
    ships = [{"do": "ship", "order": f"o{number}", "number": f"T{number}"} for number in numbers]
    return [_round(*placed), _round(*ships)]


def _ask(number: int, amount: int = 1000, *, order: int = 0, kind: str = "refund_only") -> Step:
    about = {"refund": f"r{number}", "order": f"o{order or number}", "reason": "changed_mind"}
    return {"do": "ask", **about, "kind": kind, "amount": amount}


def _of(number: int, *verbs: str, **told) -> list[Step]:
    return [{"do": verb, "refund": f"r{number}", **told} for verb in verbs]


def _offer(number: int, method: str, amount: int | None = None) -> Step:
    return {"do": "offer", "refund": f"r{number}", "method": method, "amount": amount}


def _pay(number: int, amount: int, key: str = "") -> Step:
    return {"do": "pay", "order": f"o{number}", "amount": amount, "key": key or f"k{number}"}


def _each(verbs: tuple[str, ...], **told) -> Round:
    """All of these at the same instant, of each of three refunds."""
    return _round(*(step for number in THREE for step in _of(number, *verbs, **told)))


_AGAINST_ONE = [*_sent(*THREE), _round(*(_ask(number) for number in THREE))]
_UNDER_THE_PROGRAMME = [  # ¥150 in the budget, and ¥300 are wanted
    *_sent(*THREE, price=100_00),
    _round(*(_ask(number, 100_00) for number in THREE)),
]
_AT_ONCE = [*_sent(1, vip=True), _round(_ask(1), is_swept=True)]

SITUATIONS: dict[str, tuple[str, list[Round]]] = {
    "a refund is locked": ("pinduoduo", [*_AGAINST_ONE, _each(("approve", "reject"))]),
    "an offer is locked": (
        "taote",
        [
            *_sent(*THREE),
            _round(*(_ask(number, kind="return_and_refund") for number in THREE)),
            _round(*(_offer(number, "change_to_refund_only", 200) for number in THREE)),
            _each(("accept", "decline"), place=0),
        ],
    ),
    "an order is locked": ("douyin", [*_sent(1), _round(*(_ask(number, order=1) for number in THREE))]),
    "a budget is locked": ("kuaishou", [*_UNDER_THE_PROGRAMME, _each(("approve",))]),
    "a budget has enough": (
        "kuaishou",
        [*_UNDER_THE_PROGRAMME, *(_round(*_of(number, "approve")) for number in THREE)],
    ),
    "no more than is left": ("wechat_shop", [*_sent(1), _round(_ask(1, 1001))]),
    "a day's limit is counted": (
        "kuaishou",
        [_round(*map(_place, THREE)), _round(*(_pay(number, 1000_00) for number in THREE))],
    ),
    "three small payments": ("kuaishou", [_round(_place(1)), *(_round(_pay(1, 1, key)) for key in "abcd")]),
    "365 days": ("kuaishou", [_round(_place(1, paid_ago=366 * DAY)), _round(_pay(1, 1))]),
    "a key's first answer is kept": (
        "kuaishou",
        [_round(_place(1)), _round(_pay(1, 1)), _round(_pay(1, 1))],
    ),
    "over at the deadline itself": (
        "tmall",
        [*_sent(1), _round(_ask(1)), _round(_offer(1, "reassurance")), _round(*_of(1, "accept", place=0), jump=DAY)],
    ),
    "a coupon is left": ("tmall", [*_AGAINST_ONE, _round(*(_offer(number, "coupon") for number in THREE))]),
    "a promise is kept once": (
        "tmall",
        [
            *_sent(1),
            _round(_ask(1)),
            _round(_offer(1, "gift")),
            _round(*_of(1, "accept", place=0)),
            *(_round(*_of(1, "send_parcel", place=0)) for _ in range(2)),
        ],
    ),
    "one appeal": ("pinduoduo", [*_AT_ONCE, _round(*_of(1, "appeal")), _round(*_of(1, "appeal"))]),
    "nothing is paid back before it was paid": (
        "pinduoduo",
        [
            *_sent(1, vip=True, buyer="sandbox-decline"),
            _round(_ask(1), is_swept=True),
            _round(*_of(1, "appeal")),
            _round(*_of(1, "decide_appeal", outcome="merchant", amount=500)),
        ],
    ),
    "no more arrives than was announced": (
        "douyin",
        [
            *_sent(1),
            _round(_ask(1, kind="return_and_refund")),
            _round(*_of(1, "approve")),
            _round({"do": "ship_return", "refund": "r1", "number": "SF100000000001"}),
            _round(*_of(1, "receive", arrived={0: 2})),
        ],
    ),
    "what was paid isn't paid again": ("pinduoduo", [*_AT_ONCE, _round(*_of(1, "retry"))]),
}


def situation(guard: str) -> History:
    """The history of the guard with this name."""
    marketplace, rounds = SITUATIONS[guard]
    return History(0, marketplace, rounds)
