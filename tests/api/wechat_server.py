"""WeChat Pay in a thread: checks the signatures of what it is asked, signs what it answers, and remembers bills."""

import gzip
import hashlib
import json
import re
import secrets
import threading
import time
from base64 import b64encode
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from wechatpayv3.utils import rsa_verify

from common import clock

SERIAL, KEY_ID, MCHID = "5157F09EFDC096DE15EBE81A47057A72", "PUB_KEY_ID_0114232134912410000000000000", "1900001109"
API_V3_KEY = "0123456789abcdef0123456789abcdef"


def new_key() -> rsa.RSAPrivateKey:
    """A key pair."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def _merchant_and_own_key() -> tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey]:
    """The same for every server of a process: making a pair takes a tenth of a second."""
    return new_key(), new_key()


def private_pem(key) -> str:
    """As merchants have it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key) -> str:
    """As merchants download it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class WeChatServer(ThreadingHTTPServer):
    """`bills` by number; `script` holds what the next calls bring instead of the usual (see Handler)."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.merchant_key, self.own_key = _merchant_and_own_key()
        self.bills: dict[str, dict] = {}
        self.calls: list[tuple[str, str, dict]] = []
        self.script: list[str] = []
        self.state = "SUCCESS"
        self.fund_flow = b""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def sign(self, body: bytes, *, key=None, at: int | None = None) -> dict[str, str]:
        """The headers that prove that this is from WeChat Pay."""
        timestamp = str(at if at is not None else int(clock.now().timestamp()))
        nonce = secrets.token_hex(16)
        text = f"{timestamp}\n{nonce}\n{body.decode()}\n".encode()
        signature = b64encode((key or self.own_key).sign(text, PKCS1v15(), SHA256())).decode()
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": signature,
            "Wechatpay-Serial": KEY_ID,
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    def notice(self, resource: dict, *, event: str = "MCHTRANSFER.BILL.FINISHED", api_key: str = API_V3_KEY) -> bytes:
        """The body of a notice with this encrypted in it."""
        nonce, data = secrets.token_hex(6), "mch_payment"
        cipher = AESGCM(api_key.encode()).encrypt(nonce.encode(), json.dumps(resource).encode(), data.encode())
        return json.dumps(
            {
                "id": secrets.token_hex(16),
                "event_type": event,
                "resource_type": "encrypt-resource",
                "resource": {
                    "algorithm": "AEAD_AES_256_GCM",
                    "ciphertext": b64encode(cipher).decode(),
                    "nonce": nonce,
                    "associated_data": data,
                },
            }
        ).encode()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """Script words: `timeout`, `redirect`, `forged`, `old`, `500`, or an error code such as `NOT_ENOUGH`."""

    def log_message(self, *args):
        """Silence."""

    def do_POST(self):
        """Create a transfer or a refund."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = json.loads(body)
        if not self.checked(body, asked):
            return
        number = asked.get("out_bill_no") or asked["out_refund_no"]
        word = self.server.script.pop(0) if self.server.script else ""
        if word.isupper():
            self.answer(429 if word == "FREQUENCY_LIMIT" else 400, {"code": word, "message": "refused"})
            return
        if number in self.server.bills:
            self.answer(400, {"code": "ALREADY_EXISTS", "message": "订单已存在"})
            return
        kind = "state" if "out_bill_no" in asked else "status"
        identity = "transfer_bill_no" if kind == "state" else "refund_id"
        self.server.bills[number] = {**asked, kind: self.server.state, identity: f"WX{len(self.server.bills)}"}
        self.answer(200, self.server.bills[number], word)

    def do_GET(self):
        """Look a bill up, or fetch the fund flow."""
        if not self.checked(b"", {}):
            return
        word = self.server.script.pop(0) if self.server.script else ""
        if self.path.startswith("/v3/bill/"):
            digest = hashlib.sha1(self.server.fund_flow, usedforsecurity=False).hexdigest()
            there = self.server.url.replace("127.0.0.1", "localhost") if word == "elsewhere" else self.server.url
            url = f"{there}/file?token=1"
            self.answer(200, {"hash_type": "SHA1", "hash_value": digest, "download_url": url}, word)
        elif self.path.startswith("/file"):
            self.send(200, gzip.compress(self.server.fund_flow), {})
        else:
            bill = self.server.bills.get(self.path.rpartition("/")[2])
            kind = "out_bill_no" if "mch-transfer" in self.path else "out_refund_no"
            if bill is None or kind not in bill:
                self.answer(404, {"code": "NOT_FOUND", "message": "记录不存在"})
            else:
                self.answer(200, bill, word)

    def checked(self, body: bytes, asked: dict) -> bool:
        """401 unless the request is signed by the merchant, as the documentation says."""
        self.server.calls.append((self.command, self.path, asked))
        scheme, _, rest = self.headers["Authorization"].partition(" ")
        parts = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        text = f"{self.command}\n{self.path}\n{parts['timestamp']}\n{parts['nonce_str']}\n{body.decode()}"
        timestamp, nonce, message = f"{self.command}\n{self.path}", parts["timestamp"], text.split("\n", 3)[3]
        is_signed = rsa_verify(timestamp, nonce, message, parts["signature"], self.server.merchant_key.public_key())
        known = (scheme, parts["mchid"], parts["serial_no"]) == ("WECHATPAY2-SHA256-RSA2048", MCHID, SERIAL)
        if not (is_signed and known):
            self.answer(401, {"code": "SIGN_ERROR", "message": "签名错误"})
        return is_signed and known

    def answer(self, status: int, told: dict, word: str = "") -> None:
        """Signed when it is a success, unless the script wants it otherwise."""
        body = json.dumps(told).encode()
        match word:
            case "timeout":
                time.sleep(0.6)
            case "500":
                status, body = 500, b'{"code": "SYSTEM_ERROR", "message": "busy"}'
            case "redirect":
                self.send(302, b'{"code": "NOT_ENOUGH"}', {"Location": f"{self.server.url}/elsewhere"})
                return
            case "forged":
                self.send(status, body, self.server.sign(body, key=new_key()))
                return
            case "old":
                self.send(status, body, self.server.sign(body, at=int(clock.now().timestamp()) - 600))
                return
        self.send(status, body, self.server.sign(body) if status == 200 else {})

    def send(self, status: int, body: bytes, headers: dict) -> None:
        """Write it all."""
        try:
            self.send_response(status)
            for name, value in {
                **headers,
                "Content-Length": str(len(body)),
                "Content-Type": "application/json",
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            pass  # the client has given up
