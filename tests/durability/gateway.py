"""WeChat Pay on its bad days: slow, down, lying, repeating itself, or late. It pays each bill once, as the real one."""

import http.client
import random
import threading
import time
from collections.abc import Callable

from tests.api.wechat_server import Handler, WeChatServer

GIVES_UP_S = 15  # when the caller does (payments.gateways.wechatpay.TIMEOUTS_S)
WEBHOOK = "/gateways/wechatpay/webhook/"


class MoodyServer(WeChatServer):
    """`mood` says how it answers from now on; what it tells by a notice goes to `post(body, headers)`.

    `well`: in some milliseconds · `slow`: in seconds · `down`: 500, nothing is done · `lying`: answers that aren't
    signed by it, after it has paid · `repeating`: notices of everything, three times each · `late`: it pays and doesn't
    answer before the caller gives up; a notice comes seconds later, twice.
    """

    def __init__(self):
        super().__init__()
        self.RequestHandlerClass = MoodyHandler
        self.mood = "well"
        self.post: Callable[[bytes, dict[str, str]], int] = lambda body, headers: 0
        self.notices = 0

    def handle_error(self, request, client_address):
        """Callers die in the middle of a sentence here."""

    def tell(self, bill: dict, *, times: int, after: float = 0.0) -> None:
        """Post the notice of a bill, later and more than once."""
        threading.Thread(target=self._tell, args=(bill, times, after), daemon=True).start()

    def _tell(self, bill: dict, times: int, after: float) -> None:
        time.sleep(after)
        body = self.notice(resource_of(bill), event="REFUND.SUCCESS")
        for _ in range(times):
            for _attempt in range(20):  # as the real one: again, until it is taken
                try:
                    if self.post(body, self.sign(body)) < 300:
                        break
                except (OSError, http.client.HTTPException):
                    pass
                time.sleep(1)
            self.notices += 1


def resource_of(bill: dict) -> dict:
    """What a notice of a refund says of its bill."""
    return {
        "out_refund_no": bill["out_refund_no"],
        "refund_id": bill["refund_id"],
        "refund_status": "SUCCESS",
        "amount": bill["amount"],
    }


class MoodyHandler(Handler):
    """Answers by the server's mood."""

    def do_POST(self):
        """Pay, unless it is down."""
        if self.server.mood == "down":
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(200, {}, "500")
            return
        super().do_POST()

    def do_GET(self):
        """Tell what became of a bill, unless it is down."""
        if self.server.mood == "down":
            self.answer(200, {}, "500")
            return
        super().do_GET()

    def answer(self, status: int, told: dict, word: str = "") -> None:
        """In the mood that it is in."""
        match self.server.mood:
            case "slow":
                time.sleep(random.uniform(1, 4))
            case "lying" if status == 200:
                word = "forged"
            case "repeating" if "out_refund_no" in told:
                self.server.tell(told, times=3)
            case "late" if status == 200 and self.command == "POST":
                self.server.tell(told, times=2, after=GIVES_UP_S + 3)
                time.sleep(GIVES_UP_S + 1)
            case _:
                time.sleep(random.uniform(0.02, 0.15))
        super().answer(status, told, word)
