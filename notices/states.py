"""States of robots and copies, and how a store gathers what it is told."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeCode(models.TextChoices):
    """What people can be told of; notices.kinds says what each is about."""

    REQUEST = "request", _("Refund requests")
    DEADLINE = "deadline", _("A deadline is near")
    MESSAGE = "message", _("Messages of buyers")
    ANSWER = "answer", _("Answers to offers")
    ASSIGNED = "assigned", _("A refund is yours")
    CASE = "case", _("Disputes and appeals")
    RETURN = "return", _("Goods on their way back")
    SHIPPING = "shipping", _("Late and lost parcels")
    MONEY = "money", _("Money that needs somebody")
    SHOP = "shop", _("The connection to the marketplace")
    STORE = "store", _("The store and its programs")
    RULE = "rule", _("What your rules tell")
    TEST = "test", _("Test")


class Gathering(models.TextChoices):
    """When e-mails and robots tell what isn't urgent."""

    AT_ONCE = "at_once", _("At once")
    HOURLY = "hourly", _("Together, every hour")


class RobotStatus(models.TextChoices):
    """Whether a robot is told of anything."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")


class RobotTrouble(models.TextChoices):
    """Why a robot isn't called any more, and what to do about it."""

    BY_HAND = "by_hand", _("Paused by hand.")
    SIGNATURE = "signature", _("The signature is wrong: copy the secret from the robot's settings again.")
    KEYWORD = "keyword", _("The robot takes only messages with its keyword: write that keyword here, too.")
    ADDRESS_LIST = (
        "address_list",
        _("The robot takes only calls from listed addresses: let it check a signature instead, or list this server's."),
    )
    GONE = "gone", _("There is no such robot: it was removed from its group, or the address is incomplete.")
    SWITCHED_OFF = "switched_off", _("The robot is switched off in its group, or the group is dissolved.")
    DEAD = "dead", _("It has taken nothing for a day: look whether its address still leads to the chat.")


class CopyStatus(models.TextChoices):
    """What became of one notice for one robot, or one person's e-mail."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Given up")


class CopyError(models.TextChoices):
    """Why a copy hasn't arrived."""

    TOO_OLD = "too_old", _("It waited for a day, and is news no more")
    SLOW_DOWN = "slow_down", _("The chat wants fewer messages a minute: sent again later")
    BUSY = "busy", _("The chat is busy: sent again later")
    NOT_TAKEN = "not_taken", _("The chat doesn't take this message")
    NOT_UNDERSTOOD = "not_understood", _("What answers there is no robot of this chat")
    NOT_WANTED = "not_wanted", _("Nobody is told of it there any more")
