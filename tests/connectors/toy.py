"""A little open platform of the tests: a real server on the loopback, and the file that speaks to it.

It keeps refunds and their versions, and does what it is told to do wrong: `server.faults[call]` is a list of what the
next calls of that name meet.
"""

import json
import threading
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from connectors import http
from connectors.port import (
    AddressCopy,
    Authorisation,
    BadPush,
    Brief,
    Hint,
    LineCopy,
    NotThere,
    OrderCopy,
    Platform,
    PlatformFault,
    PushAnswer,
    ReauthorisationNeeded,
    RefundCopy,
    RefundStage,
    Refusal,
    RefusalReason,
    Secret,
    SetupFault,
    Throttled,
    TokenExpired,
    Tokens,
    Unreachable,
    Verb,
    Verdict,
    VerdictOutcome,
    Windows,
    WindowTooFull,
    WriteAuthorisationEnded,
    WrongSetup,
)
from tests.world import NOON

MINUTE = timedelta(minutes=1)
PAGE = 3


@dataclass
class Server:
    """What the platform knows."""

    secret: str = "s3cret"
    token: str = "token-1"
    refresh_token: str = "refresh-1"
    shop: str = "shop-1"
    most_in_a_window: int = 1000
    refunds: dict[str, dict] = field(default_factory=dict)
    messages: list[dict] = field(default_factory=list)
    most_messages: int = 100  # that are given at once
    forgets_confirmed: bool = True
    decided: list[dict] = field(default_factory=list)
    asked: list[tuple[str, dict]] = field(default_factory=list)
    faults: dict[str, list] = field(default_factory=lambda: defaultdict(list))
    refreshes: int = 0
    url: str = ""

    def put(self, refund_id: str, at: datetime = NOON, **what) -> dict:
        """A refund as it is from `at` on; its version counts up."""
        kept = self.refunds.get(refund_id, {"id": refund_id, "version": 0, "created": at.timestamp()})
        kept = {
            "status": "asked",
            "amount": "20.00",
            "order": f"O-{refund_id}",
            "kind": "refund_only",
            **kept,
            **what,
            "version": kept["version"] + 1,
            "updated": at.timestamp(),
        }
        self.refunds[refund_id] = kept
        return kept

    def calls(self, name: str) -> list[dict]:
        """What was asked under this name, in order."""
        return [body for call, body in self.asked if call == name]

    def answer(self, call: str, body: dict) -> dict:
        """What the platform answers: `error` names what is wrong."""
        self.asked.append((call, body))
        fault = self.faults[call].pop(0) if self.faults[call] else None
        if callable(fault):
            fault = fault(body)
        if isinstance(fault, dict):
            return fault
        if body.get("secret") != self.secret:
            return {"error": "secret"}
        if call not in ("token", "redeem") and body.get("token") != self.token:
            return {"error": "token"}
        return getattr(self, f"_{call}")(body)

    def _token(self, body: dict) -> dict:
        if body["refresh"] != self.refresh_token:
            return {"error": "revoked"}
        self.refreshes += 1
        self.token, self.refresh_token = f"token-{self.refreshes + 1}", f"refresh-{self.refreshes + 1}"
        return {"token": self.token, "refresh": self.refresh_token, "seconds": 7200, "shop": self.shop}

    def _redeem(self, body: dict) -> dict:
        if body["code"] != "good":
            return {"error": "revoked"}
        return {"token": self.token, "refresh": self.refresh_token, "seconds": 7200, "shop": self.shop}

    def _list(self, body: dict) -> dict:
        found = [each for each in self.refunds.values() if body["since"] <= each["updated"] < body["until"]]
        if len(found) > self.most_in_a_window:
            return {"error": "full"}
        found.sort(key=lambda each: (each["updated"], each["id"]))
        return {"rows": found[body["page"] * PAGE : (body["page"] + 1) * PAGE]}

    def _read(self, body: dict) -> dict:
        found = self.refunds.get(body["id"])
        return {"refund": found} if found else {"error": "not there"}

    def _messages(self, body: dict) -> dict:
        return {"messages": self.messages[: self.most_messages]}

    def _confirm(self, body: dict) -> dict:
        if self.forgets_confirmed:
            self.messages = [each for each in self.messages if each["id"] not in body["ids"]]
        return {}

    def _decide(self, body: dict) -> dict:
        kept = self.refunds[body["id"]]
        if body["version"] != kept["version"]:
            return {"outcome": "moved_on", "text": f"it is {kept['status']} now"}
        if kept.get("code") and body["code"] != kept["code"]:
            return {"outcome": "code_wanted"}
        self.decided.append(body)
        if body["verb"] in MOVES:
            self.put(body["id"], datetime.fromtimestamp(kept["updated"], UTC) + MINUTE, status=MOVES[body["verb"]])
        return {"outcome": "done"}

    def _reasons(self, body: dict) -> dict:
        return {"reasons": [["1", "not as said"], ["2", "other"]]}

    def _addresses(self, body: dict) -> dict:
        return {"addresses": [["77", "义乌市稠州北路 8 号"], ["78", "elsewhere"]]}


MOVES = {
    "agree_refund": "agreed",
    "agree_return": "awaiting_return",
    "confirm_receipt": "agreed",
    "refuse": "refused",
    "reship": "reshipped",
}
ERRORS = {
    "secret": lambda: WrongSetup(SetupFault.WRONG_SECRET, "bad sign", code="25"),
    "address": lambda: WrongSetup(SetupFault.ADDRESS_NOT_ALLOWED, code="403"),
    "token": lambda: TokenExpired("expired"),
    "revoked": lambda: ReauthorisationNeeded("revoked", code="27"),
    "write": lambda: WriteAuthorisationEnded("w2", code="53"),
    "throttled": lambda: Throttled("slow down", seconds=77),
    "fault": lambda: PlatformFault("isp.busy"),
    "full": lambda: WindowTooFull("too many"),
    "not there": lambda: NotThere("no such refund"),
    "refused": lambda: Refusal("isv.bad", code="40"),
}


class Toy(Platform):
    """Speaks to a Server."""

    name = "toy"
    label = "Toy"
    marketplaces = frozenset({"taote", "tmall"})
    base_url = "http://127.0.0.1:1"
    authorisation = Authorisation.OAUTH
    secrets = frozenset({Secret.APP_SECRET})
    push_secrets = frozenset({Secret.MESSAGE_KEY})
    windows = Windows(span=360 * MINUTE, lag=3 * MINUTE, overlap=5 * MINUTE, reach=timedelta(days=90))
    decides = frozenset(Verb) - {Verb.REFUSE_RECEIPT}
    back_office = "https://back.office.example/"
    fetches_messages = True
    takes_pushes = True

    def _ask(self, shop, call, **body):
        body = {**body, "secret": shop.secrets[Secret.APP_SECRET], "token": shop.access_token}
        answer = http.send(
            "POST", f"{shop.base_url or self.base_url}/{call}", call=call, body=json.dumps(body).encode()
        )
        if answer.status != 200:
            raise PlatformFault(str(answer.status))
        try:
            told = json.loads(answer.body)
        except ValueError:
            raise Unreachable from None
        if error := told.get("error"):
            raise ERRORS[error]()
        return told

    def authorise_link(self, shop, *, state, callback):
        return f"{shop.base_url}/authorise?state={state}&callback={callback}"

    def _tokens(self, told, now):
        return Tokens(
            told["token"],
            now + timedelta(seconds=told["seconds"]),
            told["refresh"],
            now + timedelta(days=30),
            shop_id=told["shop"],
            shop_name=told["shop"].title(),
        )

    def redeem(self, shop, *, code, callback, now):
        return self._tokens(self._ask(shop, "redeem", code=code), now)

    def refresh(self, shop, *, now):
        return self._tokens(self._ask(shop, "token", refresh=shop.refresh_token), now)

    def list_changed(self, shop, *, since, until, now):
        assert since < until <= now - self.windows.lag
        assert until - since <= self.windows.span
        page = 0
        while True:
            told = self._ask(shop, "list", since=since.timestamp(), until=until.timestamp(), page=page)
            if not told["rows"]:
                return
            yield [Brief(each["id"], each["order"], each["version"]) for each in told["rows"]]
            page += 1

    def read(self, shop, *, refund_id, order_number, now):
        return copy_of(self._ask(shop, "read", id=refund_id)["refund"])

    def decide(self, shop, decision, *, now):
        told = self._ask(
            shop,
            "decide",
            id=decision.copy.id,
            key=decision.key,
            verb=str(decision.verb),
            version=decision.copy.version,
            code=decision.code,
            text=decision.text,
            address=decision.address_id,
            reason=decision.reason_code,
            amount=str(decision.amount),
            evidence=[[name, len(content)] for name, content in decision.evidence],
        )
        return Verdict(VerdictOutcome(told["outcome"]), text=told.get("text", ""))

    def refusal_reasons(self, shop, copy, *, now):
        return [RefusalReason(code, text) for code, text in self._ask(shop, "reasons")["reasons"]]

    def return_addresses(self, shop, *, now):
        return [
            AddressCopy(address_id, text, is_default=not place)
            for place, (address_id, text) in enumerate(self._ask(shop, "addresses")["addresses"])
        ]

    def fetch_messages(self, shop, *, now):
        told = self._ask(shop, "messages")["messages"]
        return [Hint(f"{each['id']}", each["refund"], message_id=each["id"]) for each in told]

    def confirm_messages(self, shop, message_ids, *, now):
        self._ask(shop, "confirm", ids=list(message_ids))

    def read_push(self, shop, *, method, query, headers, body):
        if headers.get("X-Key") != shop.secrets.get(Secret.MESSAGE_KEY):
            raise BadPush("another key")
        hints = [Hint(each["key"], each["refund"]) for each in json.loads(body)]
        return hints, PushAnswer(b'{"ok":1}')


def copy_of(kept: dict) -> RefundCopy:
    """What the file makes of a refund of the server."""
    stage = kept["status"]
    return RefundCopy(
        id=kept["id"],
        order=OrderCopy(
            number=kept["order"],
            buyer_id="open-1",
            paid_amount=Decimal("59.00"),
            paid_at=NOON - timedelta(days=2),
            is_shipped=True,
            lines=(LineCopy("8000", 1, Decimal("59.00"), "Quilt"),),
        ),
        version=kept["version"],
        updated_at=datetime.fromtimestamp(kept["updated"], UTC),
        created_at=datetime.fromtimestamp(kept["created"], UTC),
        stage=RefundStage(stage) if stage in set(RefundStage) else RefundStage.UNKNOWN,
        raw_status=stage,
        kind=kept["kind"],
        raw_kind=kept["kind"],
        reason="changed_mind",
        amount=Decimal(kept["amount"]),
        deadline=NOON + timedelta(days=2),
        lines=(LineCopy("8000", 1, Decimal("59.00"), "Quilt"),),
        refused=frozenset(Verb(verb) for verb in kept.get("refused", ())),
        raw=kept,
    )


@contextmanager
def running():
    """A server on a free port of the loopback."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = server.answer(self.path.strip("/"), body)
            if answer.get("hang_up"):
                self.close_connection = True
                return
            content = json.dumps(answer).encode()
            self.send_response(answer.get("status_code", 200))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, *args):
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server.url = f"http://127.0.0.1:{listener.server_port}"
    threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
