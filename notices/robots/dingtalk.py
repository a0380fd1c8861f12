"""DingTalk (钉钉): signed in the address, or held to a keyword or a list of addresses.

open.dingtalk.com/document/robots/custom-robot-access; 20 messages a minute, else nothing is taken for ten minutes.
One code stands for whatever its security settings refuse: which it was, its words say, in either language.
"""

from datetime import datetime
from urllib.parse import quote_plus

from django.utils.translation import gettext_lazy as _

from notices.robots.base import (
    BUSY,
    NOT_TAKEN,
    SLOW_DOWN,
    GroupMessage,
    GroupRobot,
    RobotAnswer,
    hmac_sha256,
    markdown_of,
    register,
    stopped_by,
)
from notices.states import RobotTrouble

SECURITY = 310_000
WORDS = {
    "keyword": RobotTrouble.KEYWORD,
    "关键词": RobotTrouble.KEYWORD,
    "sign": RobotTrouble.SIGNATURE,
    "签名": RobotTrouble.SIGNATURE,
    "whitelist": RobotTrouble.ADDRESS_LIST,
    "白名单": RobotTrouble.ADDRESS_LIST,
}


@register
class DingTalkRobot(GroupRobot):
    """A robot of a DingTalk group."""

    name, label, signs = "dingtalk", _("DingTalk"), True
    hosts = frozenset({"oapi.dingtalk.com", "api.dingtalk.com"})
    longest_body = 20_000
    code_keys = ("errcode", "errmsg")

    def content(self, message: GroupMessage) -> dict:
        """Markdown; two line ends make a new line there. The title is what the list of chats shows."""
        return {
            "msgtype": "markdown",
            "markdown": {"title": message.heading, "text": markdown_of(message, line_end="\n\n")},
        }

    def signed(self, url: str, secret: str, at: datetime) -> tuple[str, dict]:
        """Milliseconds, and HMAC-SHA256 with the secret over them and the secret."""
        timestamp = str(int(at.timestamp() * 1000))
        signature = quote_plus(hmac_sha256(secret, f"{timestamp}\n{secret}"))
        return f"{url}{'&' if '?' in url else '?'}timestamp={timestamp}&sign={signature}", {}

    def judge(self, code: int, said: str) -> RobotAnswer:
        """The codes of custom robots."""
        if code in (130101, 410100, 90018, 90030):
            return SLOW_DOWN
        if code == -1:
            return BUSY
        if code == SECURITY:
            if "timestamp" in said or "时间戳" in said or "过期" in said:
                return BUSY  # its clock or ours is wrong; a new secret would mend nothing
            return next((stopped_by(trouble) for word, trouble in WORDS.items() if word in said), NOT_TAKEN)
        if code in (300001, 300005, 400101, 400106, 40014):
            return stopped_by(RobotTrouble.GONE)
        return stopped_by(RobotTrouble.SWITCHED_OFF) if code in (400013, 400102) else NOT_TAKEN
