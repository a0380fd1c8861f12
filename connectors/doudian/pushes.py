"""Messages that Douyin pushes: several in one call, signed over the raw bytes."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from connectors.port import BadPush, Hint, Secret, Shop
from connectors.reading import part, text

TEST_TAG = "0"
# Created, agreed, sent back, refused, refunded, closed, modified, deadline, exchange, arbitration, rights, reship.
TAGS = {*(str(tag) for tag in range(200, 210)), "211", "212", "214", "215", "216", "217", "224", "225", "226", "227"}


def event_sign(shop: Shop, body: bytes) -> str:
    """MD5 of the application's key, the raw body and the secret; lower hex."""
    told = shop.app_key.encode() + body + shop.secrets.get(Secret.APP_SECRET, "").encode()
    return hashlib.md5(told, usedforsecurity=False).hexdigest()


def hint_of(message: Mapping[str, Any]) -> Hint | None:
    """The refund that a message is about, and of which shop; None for tests and for other news. BadPush."""
    tag, data = text(message.get("tag")), message.get("data")
    if tag == TEST_TAG or tag not in TAGS:
        return None
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError):
            data = None
    refund_id = text(part({"data": data}, "data").get("aftersale_id"))
    if not isinstance(data, dict) or not 0 < len(refund_id) <= 64:
        raise BadPush("The message names no refund.")
    told = (tag, refund_id, text(data.get("update_time")), text(data.get("aftersale_status")))
    return Hint(":".join(told)[:200], refund_id, text(data.get("p_id"))[:64], shop_id=text(data.get("shop_id")))
