"""Feishu (飞书) and Lark: signed in the body, or held to a keyword or a list of addresses.

open.feishu.cn/document/client-docs/bot-v3/add-custom-bot; 100 messages a minute and 5 a second, 20 KB.
"""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from notices.robots.base import (
    BUSY,
    NOT_TAKEN,
    SLOW_DOWN,
    GroupMessage,
    GroupRobot,
    RobotAnswer,
    harmless,
    hmac_sha256,
    register,
    stopped_by,
)
from notices.states import RobotTrouble


@register
class FeishuRobot(GroupRobot):
    """A robot of a Feishu or Lark group."""

    name, label, signs = "feishu", _("Feishu"), True
    hosts = frozenset({"open.feishu.cn", "open.larksuite.com"})
    longest_body = 20_000
    code_keys = ("code", "msg")

    def content(self, message: GroupMessage) -> dict:
        """A post: a title and paragraphs of text and links, in which nothing is taken for a form."""
        lines = [
            [
                {"tag": "a", "text": harmless(line.title), "href": line.url},
                {"tag": "text", "text": f" {harmless(line.detail)}".rstrip()},
            ]
            for line in message.lines
        ]
        if message.rest:
            lines.append([{"tag": "text", "text": message.rest}])
        post = {"zh_cn": {"title": message.heading, "content": lines}}
        return {"msg_type": "post", "content": {"post": post}}

    def signed(self, url: str, secret: str, at: datetime) -> tuple[str, dict]:
        """Seconds; they and the secret are the key, and nothing is what is signed."""
        timestamp = str(int(at.timestamp()))
        return url, {"timestamp": timestamp, "sign": hmac_sha256(f"{timestamp}\n{secret}", "")}

    def judge(self, code: int, said: str) -> RobotAnswer:
        """The codes of custom robots."""
        if code in (11232, 11233, 9499) and (code != 9499 or "too many" in said):
            return SLOW_DOWN
        if code == 19021:
            return stopped_by(RobotTrouble.SIGNATURE)
        if code == 19022:
            return stopped_by(RobotTrouble.ADDRESS_LIST)
        if code == 19024:
            return stopped_by(RobotTrouble.KEYWORD)
        if code in (19001, 19005, 19010):
            return stopped_by(RobotTrouble.GONE)
        return BUSY if code in (1061045, 2200, 10002) else NOT_TAKEN
