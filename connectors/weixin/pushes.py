"""Messages that WeChat Shop pushes: signed, encrypted with AES-256, the application's id within."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from connectors.port import BadPush, Hint
from connectors.reading import part, text

EVENTS = {
    "channels_ec_aftersale_update": "finder_shop_aftersale_status_update",
    "channels_ec_complaint_update": "finder_shop_complaint",
}


def signature(parts: Sequence[str]) -> str:
    """SHA1 of the sorted parts; lower hex."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def decrypt(encrypted: str, aes_key: str, app_id: str) -> bytes:
    """The message: after 16 random bytes and its length, before the id of the application. BadPush."""
    try:
        key = base64.b64decode(f"{aes_key}=", validate=True)
        cipher = base64.b64decode(encrypted, validate=True)
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        padded = decryptor.update(cipher) + decryptor.finalize()
    except (ValueError, binascii.Error):
        raise BadPush("The message can't be decrypted.") from None
    pad = padded[-1] if padded else 0
    if len(key) != 32 or not 1 <= pad <= 32 or not padded.endswith(bytes([pad]) * pad):
        raise BadPush("The message isn't padded as it should be.")
    plain = padded[:-pad]
    end = 20 + int.from_bytes(plain[16:20], "big")
    if len(plain) < 20 or end > len(plain):
        raise BadPush("The message is shorter than it says.")
    if not hmac.compare_digest(plain[end:], app_id.encode()):
        raise BadPush("The message is for another application.")
    return plain[20:end]


def verify(given: str, parts: Sequence[str]) -> None:
    if not hmac.compare_digest(given.encode(), signature(parts).encode()):
        raise BadPush("The signature is wrong.")


def message_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BadPush("The message is no JSON object.")
    return value


def hints_of(message: Mapping[str, Any]) -> Sequence[Hint]:
    """The refund that an event is about: without id or version, so the same status at the same second is the same."""
    told = part(message, EVENTS.get(text(message.get("Event")), ""))
    refund_id = text(told.get("after_sale_order_id"))
    if not refund_id or len(refund_id) > 64:
        return ()
    status = text(told.get("status")) or text(told.get("complaint_status"))
    key = f"{refund_id}:{status}:{text(message.get('CreateTime'))}"
    return (Hint(key[:200], refund_id, text(told.get("order_id"))[:64]),)
