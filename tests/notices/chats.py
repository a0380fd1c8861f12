"""Three chats on the loopback, after their own documents: they keep raw bytes and check signatures themselves."""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs, unquote_plus, urlsplit

from tests.webhooks.receiver import Received, Receiver, answer


def said(**body) -> bytes:
    """A 200 with this JSON."""
    return answer(200, json.dumps(body, ensure_ascii=False).encode())


class Chat(Receiver):
    """A robot that takes what is well signed; `answers` given before that are sent instead."""

    secret = ""
    path = ""

    def __init__(self):
        super().__init__()
        self.url = self.url.split("/hook")[0] + self.path
        self.behave = self._behave

    def _behave(self, received: Received, connection) -> None:
        connection.sendall(self.answers.pop(0) if self.answers else self.judge(received))

    def query(self, received: Received) -> dict[str, str]:
        """The address's parameters, each once."""
        found = parse_qs(urlsplit(received.line.split(" ")[1]).query, strict_parsing=True)
        assert all(len(values) == 1 for values in found.values())
        return {name: values[0] for name, values in found.items()}

    def judge(self, received: Received) -> bytes:
        raise NotImplementedError

    def text(self, place: int = -1) -> str:
        """What people read of a message that came."""
        raise NotImplementedError


class WeCom(Chat):
    """errcode/errmsg; the key in the address is all there is."""

    path = "/cgi-bin/webhook/send?key=693axxx6-7aoc"

    def judge(self, received):
        body = received.message
        assert set(body) == {"msgtype", "markdown"}
        if self.query(received) != {"key": "693axxx6-7aoc"}:
            return said(errcode=93000, errmsg="invalid webhook url")
        if len(body["markdown"]["content"].encode()) > 4096:
            return said(errcode=40058, errmsg="markdown.content exceed max length 4096")
        return said(errcode=0, errmsg="ok")

    def text(self, place=-1):
        return self.received[place].message["markdown"]["content"]


class DingTalk(Chat):
    """timestamp and sign in the query: base64(HMAC-SHA256(secret, timestamp + newline + secret)), percent-encoded."""

    path = "/robot/send?access_token=bot1"
    secret = "SECf00d+/="

    def judge(self, received):
        raw = dict(part.split("=", 1) for part in urlsplit(received.line.split(" ")[1]).query.split("&"))
        assert raw["access_token"] == "bot1"
        timestamp = raw["timestamp"]
        if abs(int(timestamp) / 1000 - time.time()) > 3600:
            return said(errcode=310000, errmsg="invalid timestamp")
        digest = hmac.new(self.secret.encode(), (timestamp + chr(10) + self.secret).encode(), hashlib.sha256).digest()
        if unquote_plus(raw["sign"]) != base64.b64encode(digest).decode() or set(raw["sign"]) & set("+/= "):
            return said(errcode=310000, errmsg="sign not match, more: [https://ding-doc.dingtalk.com]")
        body = received.message
        assert (body["msgtype"], sorted(body["markdown"])) == ("markdown", ["text", "title"])
        return said(errcode=0, errmsg="ok")

    def text(self, place=-1):
        return self.received[place].message["markdown"]["text"]


class Feishu(Chat):
    """timestamp (seconds) and sign in the body: base64(HMAC-SHA256(key=timestamp + newline + secret, nothing))."""

    path = "/open-apis/bot/v2/hook/abc"
    secret = "rTUmz9"

    def judge(self, received):
        body = received.message
        key = f"{body['timestamp']}\n{self.secret}".encode()
        if body["sign"] != base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode():
            return said(code=19021, msg="sign match fail or timestamp is not within one hour from current time")
        assert abs(int(body["timestamp"]) - time.time()) < 3600
        assert body["msg_type"] == "post"
        return said(code=0, msg="success", data={}, StatusCode=0, StatusMessage="success")

    def text(self, place=-1):
        post = self.received[place].message["content"]["post"]["zh_cn"]
        lines = ["".join(f"{tag['text']}({tag.get('href', '')})" for tag in line) for line in post["content"]]
        return "\n".join([post["title"], *lines])


CHATS = {"wecom": WeCom, "dingtalk": DingTalk, "feishu": Feishu}
