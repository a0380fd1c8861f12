"""docs/api.md is run as it stands: each `sh` block, and its last answer compared with the `json` block under it."""

import json
import re
import subprocess
from base64 import b64encode
from datetime import UTC
from pathlib import Path
from shutil import which

import pytest

from stores.states import KeyScope
from tests.tenancy.test_urls import store_key
from tests.world import NOON, make_shop
from webhooks.models import Endpoint
from webhooks.secrets import set_new_secret, signed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker_tasks")]
GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
RECEIVER = re.compile(r"```python\n(.*?)```", re.DOTALL)
BLOCK = re.compile(r"```(sh|json)\n(.*?)```", re.DOTALL)
CALL = re.compile(r"(?:(?P<name>[A-Z])=\$\()?curl (?P<words>.*?)(?: \| j \"(?P<path>\S+)\"\))?\Z", re.DOTALL)


def calls_of(block: str) -> list[str]:
    """A call may go on over lines that are indented."""
    return re.split(r"\n(?! )", block.strip())


def make(client, text: str, variables: dict[str, str]):
    """Make the call that curl would make; what `X=$(… | j "['id']")` keeps goes into the variables."""
    name, words, path = CALL.fullmatch(text).group("name", "words", "path")
    shell = [which("bash"), "-c", f"printf '%s\\0' {words}"]  # what is quoted so that it isn't filled in stays as it is
    said = subprocess.run(shell, env=variables, capture_output=True, text=True, check=True).stdout
    parts, headers, body, url = iter(said.split("\0")[:-1]), {}, None, ""
    for part in parts:
        if part in ("-H", "-sH"):
            header, _colon, value = next(parts).partition(": ")
            headers[header] = value
        elif part == "-d":
            body = next(parts)
        else:
            url = part
    kind = headers.pop("Content-Type", "application/json")
    answer = client.generic("GET" if body is None else "POST", url, body or "", content_type=kind, headers=headers)
    if name:
        variables[name] = eval(f"told{path}", {"told": answer.json()})
    return answer


def agrees(told, expected) -> bool:
    """Whether an answer has what the guide says: `…` is anything, and ends a list that may go on."""
    if expected == "…":
        return True
    if isinstance(expected, dict):
        return isinstance(told, dict) and all(name in told and agrees(told[name], expected[name]) for name in expected)
    if isinstance(expected, list):
        if expected[-1:] == ["…"]:
            expected, told = expected[:-1], told[: len(expected) - 1]
        return len(told) == len(expected) and all(map(agrees, told, expected))
    return told == expected


def test_the_guide_is_true(client, clock, settings):
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    shop = make_shop("taote", code="taote-demo")
    variables = {
        "A": "/api/v1",
        "T": "Content-Type: application/json",
        "S": f"Authorization: Bearer {store_key(shop, list(KeyScope.values))}",
        "X": f"Authorization: Bearer {make_shop('taote', code='sandbox-1', is_sandbox=True).merchant_key}",
        "N": f"Authorization: Bearer {shop.marketplace_key}",
        "M": f"Authorization: Bearer {shop.marketplace_key}",
    }
    answer, compared = None, 0
    for kind, block in BLOCK.findall(GUIDE.read_text()):
        if kind == "sh":
            for call in calls_of(block):
                answer = make(client, call, variables)
        else:
            told = answer.content.decode()
            assert agrees(answer.json(), json.loads(block)), f"{block}{told}"
            compared += 1
    assert compared >= 13


def test_the_receiver_in_the_guide_takes_what_is_signed_and_nothing_else(clock):
    (written,) = RECEIVER.findall(GUIDE.read_text())
    names = {}
    exec(written, names)
    is_ours, endpoint = names["is_ours"], Endpoint()
    older, newer = (set_new_secret(endpoint, NOON) for _each in range(2))
    body = '{"type":"refund.requested","data":{"reason":"颜色"}}'
    headers = signed(endpoint, message_id="m1", body=body, at=NOON.astimezone(UTC), there=NOON)
    assert [is_ours(secret, headers, body.encode()) for secret in (older, newer)] == [True, True]
    assert not is_ours("whsec_" + b64encode(b"x" * 32).decode(), headers, body.encode())
    assert not is_ours(newer, headers, body.encode() + b" ")
    assert not is_ours(newer, {**headers, "webhook-id": "m2"}, body.encode())
    clock.move(minutes=6)
    assert not is_ours(newer, headers, body.encode())
