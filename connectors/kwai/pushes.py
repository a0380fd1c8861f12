"""Messages that Kuaishou pushes: encrypted with a key of their own, and not signed."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from connectors.port import BadPush


def is_test(body: bytes) -> bool:
    """What is sent when the address is saved, and again and again to see whether it lives."""
    try:
        message = json.loads(body)
    except ValueError:
        return False
    return isinstance(message, dict) and message.get("test") is True and set(message) == {"test"}


def decrypted(body: bytes, key: str) -> dict[str, Any]:
    """The message: AES-CBC with an IV of zeros, PKCS7, Base64 around body and key. BadPush."""
    try:
        cipher = Cipher(AES(base64.b64decode(key, validate=True)), CBC(bytes(16))).decryptor()
        padded = cipher.update(base64.b64decode(body.strip(), validate=True)) + cipher.finalize()
        unpadder = PKCS7(128).unpadder()
        message = json.loads(unpadder.update(padded) + unpadder.finalize())
    except ValueError:
        raise BadPush("The message can't be decrypted with this shop's key.") from None
    if not isinstance(message, dict):
        raise BadPush("The message is no JSON object.")
    return message
