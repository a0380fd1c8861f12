"""A store whose rows are committed, and what the workers' beat would do."""

import pytest

from notices.actions import add_robot, set_notice_terms
from notices.mailing import write_letters
from notices.models import Robot
from notices.planning import make_notices
from notices.reminding import remind_of_deadlines
from notices.sending import call_robots
from tests.notices.chats import CHATS
from tests.world import MERCHANT, NOON, make_shop


@pytest.fixture(autouse=True)
def _loopback(settings):
    settings.WEBHOOKS_ALLOW_LOOPBACK = True


@pytest.fixture
def shop(transactional_db, broker_tasks, clock):
    """A Taote store whose people were told of nothing yet."""
    made = make_shop("taote")
    make_notices()
    return made


@pytest.fixture
def work():
    """Do what the workers' beat would, until nothing is due."""

    def run():
        remind_of_deadlines()
        while make_notices() or write_letters() or call_robots():
            pass

    return run


@pytest.fixture
def chat():
    """`chat("feishu")` listens as that chat's robots do."""
    there = []

    def listen(platform: str):
        there.append(CHATS[platform]())
        return there[-1]

    yield listen
    for each in there:
        each.close()


def robot_of(shop, platform: str, chat, **facts) -> Robot:
    """A robot of this chat."""
    told = {"name": "客服群", "url": chat.url, "secret": chat.secret, "actor": MERCHANT, "now": NOON, **facts}
    with shop.scope():
        return add_robot(store=shop.store, platform=platform, **told)


def terms_of(shop, **changes) -> None:
    """How the store wants to be told."""
    with shop.scope():
        set_notice_terms(store=shop.store, changes=changes, actor=MERCHANT, now=NOON)
