"""WeCom (企业微信): the key stands in the address, nothing is signed.

developer.work.weixin.qq.com/document/path/91770; 20 messages a minute, 4,096 bytes of markdown.
"""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from notices.robots.base import (
    BUSY,
    NOT_TAKEN,
    SLOW_DOWN,
    GroupMessage,
    GroupRobot,
    RobotAnswer,
    markdown_of,
    register,
    stopped_by,
)
from notices.states import RobotTrouble


@register
class WeComRobot(GroupRobot):
    """A robot of a WeCom group."""

    name, label, signs = "wecom", _("WeCom"), False
    hosts = frozenset({"qyapi.weixin.qq.com"})
    longest_body = 4096
    code_keys = ("errcode", "errmsg")

    def signed(self, url: str, secret: str, at: datetime) -> tuple[str, dict]:
        """As it is: this chat checks no signature."""
        return url, {}

    def content(self, message: GroupMessage) -> dict:
        """Markdown, in which links to the desk can be opened."""
        return {"msgtype": "markdown", "markdown": {"content": markdown_of(message)}}

    def _length(self, content: Mapping, body: bytes) -> int:
        """The limit is that of the text."""
        return len(content["markdown"]["content"].encode())

    def judge(self, code: int, said: str) -> RobotAnswer:
        """The global codes of WeCom, as far as robots answer them."""
        if code in (45009, 45033):
            return SLOW_DOWN
        if code in (-1, 6000):
            return BUSY
        if code in (93000, 93004, 40058):
            return stopped_by(RobotTrouble.GONE)
        if code in (93008, 93017):
            return stopped_by(RobotTrouble.SWITCHED_OFF)
        return stopped_by(RobotTrouble.ADDRESS_LIST) if code == 60020 else NOT_TAKEN
