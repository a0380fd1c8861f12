"""The demo's group robots, which write to a chat on the loopback; one of them signs with a secret of yesterday."""

from dataclasses import dataclass
from datetime import datetime

from demo.people import OPERATOR
from notices.actions import add_robot, change_robot, send_test_message
from notices.models import Robot
from notices.secrets import kept_address
from notices.states import RobotStatus
from stores.models import Store


@dataclass(frozen=True)
class DemoRobot:
    """A robot of a group of the store; `is_stale` keeps a secret that the chat has changed since."""

    store: str
    name: str
    kinds: tuple[str, ...] = ()
    is_stale: bool = False


ROBOTS = (
    DemoRobot("tmall-demo", "客服群"),
    DemoRobot("pinduoduo-demo", "仓库群", kinds=("return", "shipping", "case")),
    DemoRobot("kuaishou-demo", "老客服群", is_stale=True),
)
PATH = "/robot/send?access_token="


def follow_chat(url: str, secret: str, now: datetime) -> int:
    """Let the demo's robots write to the chat that listens at `url`; returns how many do so for the first time.

    A robot that somebody has deleted or paused stays so.
    """
    added = 0
    for place, wanted in enumerate(ROBOTS):
        store = Store.objects.filter(code=wanted.store, is_demo=True).first()
        if store is None:
            continue
        robot = Robot.objects.for_store(store.pk).filter(name=wanted.name).first()
        address = f"{url}{PATH}group-{place + 1}"
        done = {"actor": OPERATOR, "now": now}
        if robot is None:
            kept = f"{secret}-old" if wanted.is_stale else secret
            told = {"platform": "dingtalk", "name": wanted.name, "url": address, "secret": kept, "kinds": wanted.kinds}
            robot = add_robot(store=store, **told, **done)
            send_test_message(store_id=store.pk, robot_id=robot.pk, **done)
            added += 1
        elif robot.deleted_at is None and robot.status == RobotStatus.ACTIVE and kept_address(robot)[0] != address:
            change_robot(store_id=store.pk, robot_id=robot.pk, changes={"url": address}, **done)
    return added
