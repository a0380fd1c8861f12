"""A group chat on the loopback that the demo's robots write to: `python -m demo.chat --keep DIR`.

It takes what robots of DingTalk send, checks their signature from the raw query as the chat's own documents say, and
shows the messages as a page. Nothing that the demo tells leaves the machine.
"""

import argparse
import base64
import hashlib
import hmac
import html
import json
import signal
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from common import clock

SECRET = "SECdemo"
PATH = "/robot/send"
KEPT, LONGEST = 200, 100_000
STYLE = (
    "body{font:15px/1.6 system-ui;max-width:44rem;margin:2rem auto;padding:0 1rem;background:#f2f4f7;color:#1f2937}"
    "p{background:#fff;border-radius:10px;padding:.8rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere}"
    "small{color:#6b7280}@media(prefers-color-scheme:dark){body{background:#111827;color:#e5e7eb}p{background:#1f2937}"
    "small{color:#9ca3af}}"
)


class Chat(ThreadingHTTPServer):
    """The chat, with what it was told: (when, by which robot, the text)."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), ChatHandler)
        self.messages: deque[tuple[str, str, str]] = deque(maxlen=KEPT)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def judge(self, query: dict[str, str], body: bytes) -> dict[str, object]:
        """Its answer to a robot."""
        stamp = query.get("timestamp", "")
        text = f"{stamp}\n{SECRET}".encode()
        wanted = base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha256).digest()).decode()
        if not stamp.isdigit() or abs(int(stamp) / 1000 - clock.wall().timestamp()) > 3600:
            return {"errcode": 310000, "errmsg": "invalid timestamp"}
        if not hmac.compare_digest(query.get("sign", ""), wanted):
            return {"errcode": 310000, "errmsg": "sign not match"}
        try:
            told = json.loads(body)["markdown"]["text"]
        except (ValueError, KeyError, TypeError):
            return {"errcode": 400402, "errmsg": "missing parameter markdown.text"}
        self.messages.append((f"{clock.wall():%H:%M:%S} UTC", query.get("access_token", ""), str(told)))
        return {"errcode": 0, "errmsg": "ok"}

    def page(self) -> str:
        """What people of the group read, the newest first."""
        lines = [
            f"<p><small>{at} · {html.escape(robot)}</small>\n{html.escape(text)}</p>"
            for at, robot, text in reversed(self.messages)
        ]
        head = f"<meta charset=utf-8><meta http-equiv=refresh content=5><title>群聊</title><style>{STYLE}</style>"
        return f"<!doctype html><html lang=zh>{head}<h1>演示群聊</h1>{''.join(lines) or '<p>还没有消息。</p>'}</html>"


class ChatHandler(BaseHTTPRequestHandler):
    """POST is a robot, GET is somebody who looks."""

    server: Chat
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """A robot's message."""
        parts = urlsplit(self.path)
        size = self.headers.get("Content-Length", "")
        body = self.rfile.read(min(int(size), LONGEST)) if size.isdigit() else b""
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path != PATH:
            self._answer(404, b"{}", "application/json")
            return
        self._answer(200, json.dumps(self.server.judge(query, body)).encode(), "application/json")

    def do_GET(self) -> None:
        """The page."""
        self._answer(200, self.server.page().encode(), "text/html; charset=utf-8")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Addresses hold keys."""


def run_chat() -> None:
    """Listen until Ctrl-C or SIGTERM, where the run before did if that is free; `chat.json` in DIR tells where."""
    parser = argparse.ArgumentParser(prog="python -m demo.chat", description="A group chat for the demo's robots.")
    parser.add_argument("--keep", type=Path, required=True, help="a directory for chat.json and the port")
    keep = parser.parse_args().keep
    keep.mkdir(mode=0o700, parents=True, exist_ok=True)
    chat = _open(keep / "chat.port")
    threading.Thread(target=chat.serve_forever, daemon=True).start()
    part = keep / "chat.part"
    part.write_text(json.dumps({"url": chat.url, "secret": SECRET}))
    part.replace(keep / "chat.json")
    signal.sigwait({signal.SIGINT, signal.SIGTERM})


def _open(port_file: Path) -> Chat:
    try:
        chat = Chat(int(port_file.read_text()))
    except (OSError, ValueError):
        chat = Chat()
    port_file.write_text(str(chat.server_port))
    return chat


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    run_chat()
