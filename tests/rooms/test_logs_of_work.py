"""Webhooks, shops, files, e-mails and gateways: what is said there and what breaks there is in no line of the log.

The parties are servers of the loopback. Each says the mark wherever it can say something of its own.
"""

import io
import json
import re

import pytest
from django.db import DataError, connection
from django.test import Client

from common import clock as wall
from common.tenancy import system_scope
from connectors.port import NotThere, PlatformFault, Refusal, Throttled, WindowTooFull
from connectors.taking import take_copy
from orders.erp.receiving import read_files
from orders.erp.running import run_imports
from payments import settlement
from payments.gateways import gateway
from payments.gateways.base import GatewayAnswer, GatewayOutcome, NoStatement
from payments.inbox import process_due_notices
from payments.models import Payment
from payments.reconciling import reconcile_yesterday
from refunds.actions import approve_refund
from stores.people.letters import write_letter
from stores.people.sending import send_letters
from stores.states import LetterKind
from tests.api.test_wechatpay import server as wechat  # noqa: F401  a fixture
from tests.connectors import toy
from tests.connectors.conftest import ago, connected, server, unconnected, unpaced  # noqa: F401  fixtures
from tests.order_files import IMPORT, shipment, table
from tests.rooms.logs import MARK, PHONE
from tests.webhooks.receiver import Receiver, answer
from tests.world import MERCHANT, NOON, make_shop, make_user, wait
from webhooks.delivering import call_endpoints
from webhooks.planning import plan_deliveries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("talkative", "clock", "broker_tasks")]


class Marked(Exception):
    """Says what nobody may read in a log."""


def breaks(*args, **kwargs):
    raise Marked(MARK, args, kwargs)


def writes_fail(execute, sql, params, many, context):
    """A database that tells the row which it doesn't take."""
    if sql.startswith(("INSERT", "UPDATE", "WITH")):
        raise DataError(f"invalid input: {MARK}")
    return execute(sql, params, many, context)


def test_webhooks(transactional_db, written, monkeypatch, settings):
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    shop, there = make_shop("taote"), Receiver()
    made = shop.merchant.post("webhook-endpoints/", {"url": f"{there.url}&of={PHONE}", "events": []})
    assert made.status_code == 201, made.json()
    shop.order(buyer_id=MARK, buyer_name=MARK, address=MARK)

    def work():
        wait(hours=1)
        plan_deliveries()
        while call_endpoints():
            pass

    for said in (answer(500, MARK.encode(), **{"X-Of": "x"}), MARK.encode(), answer(302, b"", Location="/b/x")):
        there.answers.append(said)
        work()
    for broken in ("message_of", "post", "_note", "_next"):
        with monkeypatch.context() as patch:
            patch.setattr(f"webhooks.delivering.{broken}", breaks)
            work()
    wait(hours=1)
    with connection.execute_wrapper(writes_fail), pytest.raises(DataError):
        call_endpoints()
    there.close()
    work()
    told = written.told(made.json()["secret"])
    assert told.count("delivery ") >= 3, told
    assert f"endpoint {made.json()['id']}: Marked" in told
    assert "Marked" in told


def test_shops(connected, written, monkeypatch):  # noqa: F811
    there, mail = connected.server, {"order": MARK, "status": MARK, "buyer": MARK}
    kinds = {
        "fault": lambda: PlatformFault(MARK),
        "refused": lambda: Refusal(MARK, code=MARK),
        "full": lambda: WindowTooFull(MARK),
        "not there": lambda: NotThere(MARK),
        "throttled": lambda: Throttled(MARK, code=MARK, seconds=7),
    }
    monkeypatch.setattr(toy, "ERRORS", {**toy.ERRORS, **kinds})
    there.put(f"R-{MARK}", ago(hours=1), **mail)
    there.put("R-2", ago(hours=1), **mail, amount=MARK)
    there.put("R-3", ago(hours=1), **mail, version_of=MARK)
    for fault in ("fault", "refused", "full", "not there", "throttled"):
        there.faults["list"].append({"error": fault})
        there.faults["read"].append({"error": fault})
        connected.turn(hours=3)
    copy = toy.copy_of(there.put("R-4", buyer=MARK, order=MARK))
    with monkeypatch.context() as patch:
        patch.setattr("connectors.taking._open", breaks)
        take_copy(connected.connection, copy, read_at=NOON, now=NOON)
        patch.setattr("connectors.working._work", breaks)
        connected.turn(hours=3)
    push = f"/connect/toy/{connected.connection.push_token}/?of={MARK}"
    assert Client().post(push, MARK, content_type="text/plain").status_code in (401, 503)
    assert Client().get(f"/connect/toy/{MARK}/").status_code == 404
    told = written.told("s3cret", "push-key", "token-1", "refresh-1")
    assert "PlatformFault" in told
    assert re.search(r"refund \S+ of connection \S+: Marked", told), told
    assert "a message for connection" in told


def test_files(written, monkeypatch):
    shop = make_shop("kuaishou")
    order = shop.order(shipped=False, buyer_name=MARK, address=MARK)
    broken = io.BytesIO(b"PK\x03\x04" + MARK.encode() * 9)
    later = {"Prefer": "wait=5, respond-async"}
    for content in (
        table([[MARK, MARK, MARK]]),
        table([shipment(shop, MARK, order), shipment(shop, MARK, order)]),
        broken.getvalue(),
        f"{MARK};{MARK}".encode("gb18030"),
        MARK.encode("utf-16"),
    ):
        shop.merchant.upload(IMPORT, content)
        shop.merchant.upload(f"{IMPORT}?of={MARK}", content, **later)
        read_files()
        run_imports()
    shop.merchant.upload(IMPORT, table([shipment(shop, 1, order)]), **later)
    with connection.execute_wrapper(writes_fail), pytest.raises(DataError):
        read_files()
    monkeypatch.setattr("common.workers._do_leased", breaks)
    wait(minutes=5)
    read_files()
    run_imports()
    assert "could not be done: Marked" in written.told()


def test_letters(mailbox, written, settings):
    anna = make_user("anna")
    mailbox.refuses |= {"gone@example.com": f"550 {MARK}".encode().decode("latin-1"), "full@example.com": "451 later"}
    for to in ("gone@example.com", "full@example.com", "marked13912345678@example.com"):
        with system_scope():
            write_letter(LetterKind.CONFIRM_ADDRESS, to=to, user=anna, now=wall.now())
    send_letters()
    settings.EMAIL_PORT = 9
    wait(hours=2)
    send_letters()
    told = written.told("13912345678", "gone@example.com", "full@example.com", "@example.com")
    assert told.count("e-mail ") >= 3, told


def test_gateways(wechat, taote, written, monkeypatch):  # noqa: F811
    notices = [(b"{}", {"Wechatpay-Signature": "x"}), (MARK.encode(), wechat.sign(MARK.encode()))]
    sealed = wechat.notice({"out_bill_no": MARK, "state": MARK, "amount": MARK})
    notices += [(sealed, wechat.sign(sealed))]
    for body, headers in notices:
        sent = Client(headers=headers).post("/gateways/wechatpay/webhook/", body, content_type="application/json")
        assert sent.status_code in (204, 400, 401)
    forged = json.dumps({"event_id": MARK, "key": MARK}).encode()
    assert Client().post("/gateways/sandbox/webhook/", forged, content_type="application/json").status_code == 401
    process_due_notices()
    with monkeypatch.context() as patch:
        patch.setattr(type(gateway("wechatpay")), "statement", _no_statement)
        reconcile_yesterday()
    wechat.fund_flow = MARK.encode()
    reconcile_yesterday()

    refund = taote.refund(taote.order(buyer_id=MARK), kind="refund_only")
    with taote.scope():
        approve_refund(store_id=taote.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
        Payment.objects.update(gateway="wechatpay")
    wechat.state = "FAIL"
    for said in (breaks, lambda port, asked: [GatewayAnswer(asked.key, GatewayOutcome.UNKNOWN, error=MARK)]):
        monkeypatch.setattr(type(gateway("wechatpay")), "pay", said)
        monkeypatch.setattr(type(gateway("wechatpay")), "look_up", lambda port, key: None)
        settlement.settle_batch()
        wait(hours=2)
    with connection.execute_wrapper(writes_fail), pytest.raises(DataError):
        settlement.settle_batch()
    told = written.told()
    assert "no statement of wechatpay yet: NoStatement" in told
    assert "a notice for wechatpay was turned away" in told
    assert "gateway wechatpay raised for payment" in told


def _no_statement(port, day):
    raise NoStatement(f"403 {MARK}: {MARK}")
