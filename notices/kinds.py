"""What people can be told of: each kind is some events, whom they concern unless a store says otherwise, and how much.

Rules as data: what a kind is about is nowhere else.
"""

from dataclasses import dataclass

from automation.events import RULE_STOPPED, RULE_TOLD
from common.events import EventType
from connectors.events import CODE_ASKED, CONNECTION_STOPPED, CONNECTION_WARNED, DECISION_STUCK, TASK_OPENED
from notices.events import ROBOT_PAUSED
from notices.states import NoticeCode
from offers.events import OFFER_ACCEPTED, OFFER_ACCEPTED_WAITING, OFFER_DECLINED
from orders.delays.events import DELAY_OVERDUE
from orders.events import ORDER_CAME_BACK, ORDER_LATE, ORDER_LOST, PARCEL_LATE, PARCEL_LOST
from payments.events import BUDGET_EXCEEDED, PAYMENT_CONFLICT_FOUND, PAYMENT_NEEDS_ATTENTION
from refunds.events import (
    MESSAGE_SENT,
    REFUND_PAYMENT_FAILED,
    REFUND_PAYMENT_REVERSED,
    REFUND_REQUESTED,
    REFUND_RESUBMITTED,
)
from refunds.events.goods import (
    REFUND_RECALLED,
    REFUND_RETURN_LOST,
    REFUND_RETURN_SHIPPED,
    REFUND_SPLIT_OFF,
    REFUND_UNDELIVERED,
)
from refunds.platform.events import APPEAL_DECIDED, DISPUTE_ANSWERED, DISPUTE_DECIDED, DISPUTE_OPENED, REFUND_DISPUTED
from refunds.quality.events import QUALITY_RESTRICTED
from refunds.team.events import REFUND_ASSIGNED
from refunds.unclaimed.events import UNCLAIMED_OVERDUE
from stores.permissions import MANAGE_STORE, VIEW, roles_with
from stores.states import MemberRole
from webhooks.events import WEBHOOK_PAUSED


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice.

    `roles` see it in the desk where the store hasn't chosen; only roles with `capability` can be chosen. What
    `is_urgent` passes quiet hours and is never gathered. Of a refund that somebody sees to, `to_assignee` tells them in
    place of all agents; what `is_personal` tells nobody else. `of_buyers` leaves out what others did. What `is_quoted`
    is read in the words that the store's owners wrote.
    """

    code: NoticeCode
    events: tuple[EventType, ...]
    roles: tuple[str, ...]
    icon: str
    is_urgent: bool = False
    to_assignee: bool = False
    is_personal: bool = False
    of_buyers: bool = False
    is_quoted: bool = False
    capability: str = VIEW

    @property
    def title(self) -> str:
        """What people call it, in the reader's language."""
        return str(self.code.label)

    @property
    def possible_roles(self) -> list[str]:
        """The roles that may be told of it."""
        able = roles_with(self.capability)
        return [] if self.is_personal else [role for role in MemberRole.values if role in able]


AGENT, OWNER = MemberRole.AGENT.value, MemberRole.OWNER.value
FINANCE, WAREHOUSE = MemberRole.FINANCE.value, MemberRole.WAREHOUSE.value
DEADLINE = NoticeKind(NoticeCode.DEADLINE, (), (AGENT, WAREHOUSE, OWNER), "alarm", is_urgent=True, to_assignee=True)
TEST = NoticeCode.TEST.value
_ALL = (
    NoticeKind(
        NoticeCode.REQUEST,
        (REFUND_REQUESTED, REFUND_RESUBMITTED, REFUND_SPLIT_OFF),
        (AGENT,),
        "assignment_return",
        to_assignee=True,
    ),
    DEADLINE,
    NoticeKind(NoticeCode.RULE, (RULE_TOLD,), (AGENT,), "smart_toy", to_assignee=True, is_quoted=True),
    NoticeKind(NoticeCode.MESSAGE, (MESSAGE_SENT,), (AGENT,), "mark_chat_unread", to_assignee=True, of_buyers=True),
    NoticeKind(
        NoticeCode.ANSWER,
        (OFFER_ACCEPTED, OFFER_DECLINED, OFFER_ACCEPTED_WAITING),
        (AGENT,),
        "handshake",
        to_assignee=True,
    ),
    NoticeKind(NoticeCode.ASSIGNED, (REFUND_ASSIGNED,), (), "person_check", to_assignee=True, is_personal=True),
    NoticeKind(
        NoticeCode.CASE,
        (DISPUTE_OPENED, DISPUTE_ANSWERED, DISPUTE_DECIDED, APPEAL_DECIDED, REFUND_DISPUTED),
        (AGENT, OWNER),
        "gavel",
        to_assignee=True,
    ),
    NoticeKind(
        NoticeCode.RETURN,
        (REFUND_RETURN_SHIPPED, REFUND_RECALLED, REFUND_RETURN_LOST, REFUND_UNDELIVERED, UNCLAIMED_OVERDUE),
        (WAREHOUSE,),
        "package_2",
    ),
    NoticeKind(
        NoticeCode.SHIPPING,
        (ORDER_LATE, ORDER_LOST, ORDER_CAME_BACK, PARCEL_LATE, PARCEL_LOST, DELAY_OVERDUE),
        (WAREHOUSE,),
        "local_shipping",
    ),
    NoticeKind(
        NoticeCode.MONEY,
        (
            REFUND_PAYMENT_FAILED,
            REFUND_PAYMENT_REVERSED,
            PAYMENT_NEEDS_ATTENTION,
            PAYMENT_CONFLICT_FOUND,
            BUDGET_EXCEEDED,
        ),
        (FINANCE, OWNER),
        "payments",
        is_urgent=True,
    ),
    NoticeKind(
        NoticeCode.SHOP,
        (CONNECTION_STOPPED, CONNECTION_WARNED, DECISION_STUCK, CODE_ASKED, TASK_OPENED),
        (OWNER,),
        "hub",
        is_urgent=True,
        capability=MANAGE_STORE,
    ),
    NoticeKind(
        NoticeCode.STORE,
        (QUALITY_RESTRICTED, RULE_STOPPED, WEBHOOK_PAUSED, ROBOT_PAUSED),
        (OWNER,),
        "storefront",
        capability=MANAGE_STORE,
    ),
)
KINDS = {kind.code.value: kind for kind in _ALL}
KIND_OF_EVENT = {event.name: kind for kind in _ALL for event in kind.events}
# What one cause brings about again and again, a rule whose day is full: told once a day about each thing.
ONCE_A_DAY = frozenset({RULE_STOPPED.name})
# What a group of people can be told of.
ROBOT_KINDS = [kind for kind in _ALL if not kind.is_personal]
