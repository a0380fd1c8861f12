"""Needs attention: whatever waits for whoever looks after the platform is there, with what to do and the way to it."""

from datetime import timedelta

import pytest
from django.conf import settings as settings_module
from django.db import OperationalError, ProgrammingError, connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from common import heartbeats
from common.attention import kinds_of_attention
from common.declared import rooms
from common.models import Setback
from common.obligations import obligations
from common.replica import standing
from common.sentences import sentence
from common.tenancy import system_scope
from common.waiting import MOST_WAITING, what_waits
from notices.models import Robot
from operations.metrics import figures
from payments.models import Payment, PaymentTerms
from privacy.models import BuyerRequest
from refunds.actions import approve_refund
from refunds.deciding import Chosen, decide_together
from refunds.models import DecisionRow
from tests.workbench.test_cases import text
from tests.world import MERCHANT, NOON, make_shop
from webhooks.models import Endpoint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def all_live() -> None:
    """Every process has told that it lives."""
    for queue in heartbeats.queues():
        heartbeats.note_worker(f"{queue}@one", [queue])
    heartbeats.note_beat_of("one")


def shown(desk) -> dict[str, tuple[str, str]]:
    """label → (count, way to it), as the page has them."""
    page = desk.get("attention/")
    assert page.status_code == 200
    return {row.label: (row.shown, row.url) for row in page.context["rows"]}


def test_each_kind_shows_with_what_to_do_and_leads_to_its_rows(taote, other, sign_in, broker_tasks):
    operator = sign_in("operator")
    assert "No beat lives" in shown(operator)
    assert "No worker takes from the queue “files”" in shown(operator)
    all_live()
    assert shown(operator) == {}
    assert "Nothing waits for you." in text(operator.get("attention/"))

    for shop in (taote, other):
        refund = shop.refund(kind="refund_only")
        with shop.scope():
            approve_refund(store_id=shop.store.pk, refund_id=refund.pk, actor=MERCHANT, now=NOON)
            Payment.objects.update(needs_attention=True, next_attempt_at=None)
            Endpoint.objects.create(
                store=shop.store, url="https://a.example", cursor=0, created_at=NOON, status="paused", paused_for="dead"
            )
    with system_scope():
        Setback.objects.create(sweep="deadlines", key="1", attempts=8, needs_attention=True)
        Setback.objects.create(sweep="deadlines", key="2", next_attempt_at=Now() - timedelta(minutes=5))
    heartbeats.note_wrong_clock("7@two", 3600)
    found = shown(operator)
    assert found == {
        "The clock of 7@two is 3600 seconds off": ("", ""),
        "Due, and nobody does it: setbacks": ("1", ""),
        "Setbacks of sweeps": ("1", "/admin/common/setback/"),
        "Payments of which nobody knows what became": ("2", "/admin/payments/payment/?queue=attention"),
        "Endpoints that take nothing any more": ("2", "/admin/webhooks/endpoint/?queue=paused"),
    }
    assert len(operator.rows("payments/payment/", queue="attention")) == 2
    assert "never pay a second time by hand" in text(operator.get("attention/"))
    owner = sign_in("owner", taote)
    assert owner.get("attention/").status_code == 403
    assert "attention/" not in owner.get("").content.decode()
    assert sign_in("owner", other).get("attention/").status_code == 403


def test_what_a_stores_people_wait_for_is_there_until_it_is_set_right(taote, sign_in):
    operator = sign_in("operator")
    all_live()
    refunds = [taote.refund(kind="refund_only") for _ in range(2)]
    with taote.scope():
        chosen = [Chosen(refund.pk, 1 << 60, {}) for refund in refunds]
        decide_together(store=taote.store, verdict="approve", chosen=chosen, actor=MERCHANT, now=NOON)
        DecisionRow.objects.update(needs_attention=True, next_attempt_at=None, status="left_out")
        asked = {"store": taote.store, "status": "failed", "needs_attention": True, "asked_at": NOON, "orders": 1}
        BuyerRequest.objects.create(**asked, kind="export", buyer_id="b1")
        robot = {"store": taote.store, "platform": "wecom", "host": "qyapi.weixin.qq.com", "created_at": NOON}
        paused = {"status": "paused"}
        Robot.objects.create(**robot, **paused, name="sign", paused_for="signature")
        Robot.objects.create(**robot, **paused, name="gone", paused_for="gone", deleted_at=NOON)
        Robot.objects.create(**robot, **paused, name="hand", paused_for="by_hand")
        Robot.objects.create(**robot, name="failing", failing_since=NOON)
        Robot.objects.create(**robot, name="once", failing_since=Now() - timedelta(minutes=10))
    found = {
        "Refunds of bulk decisions that couldn't be decided": ("2", "/admin/refunds/decisionjob/"),
        "Exports and erasures of buyers' data that broke off": ("1", "/admin/privacy/buyerrequest/"),
        "Group robots that tell nothing": ("2", "/admin/notices/robot/"),
    }
    assert shown(operator) == found
    with taote.scope():
        approve_refund(store_id=taote.store.pk, refund_id=refunds[0].pk, actor=MERCHANT, now=NOON)
    assert shown(operator)["Refunds of bulk decisions that couldn't be decided"][0] == "1"


def test_where_people_work_a_store_without_a_gateway_pays_nobody_and_says_so(sign_in, taote, settings):
    operator, label = sign_in("operator"), "Stores whose payments reach nobody: no gateway is chosen"
    make_shop("taote", is_sandbox=True)
    assert label not in shown(operator)
    settings.PRODUCTION, settings.SECURE_SSL_REDIRECT = True, False
    assert shown(operator)[label] == ("1", "/admin/stores/store/")
    with taote.scope():
        PaymentTerms.objects.create(store=taote.store, gateway="wechatpay")
    assert label not in shown(operator)


@pytest.mark.parametrize(
    ("error", "english", "chinese"),
    [
        (OperationalError("10.0.0.7 refused"), "The reason: no connection.", "原因：无法连接。"),
        (
            ProgrammingError("permission denied"),
            "The reason: something broke here, and the log says what.",
            "原因：本系统出错",
        ),
        (
            "it is of another cluster",
            "it is of another cluster.",
            "它属于另一个数据库集群",
        ),
    ],
    ids=["away", "broken", "another's"],
)
def test_why_the_replica_fails_is_read_in_plain_words(sign_in, settings, monkeypatch, error, english, chinese):
    def measured() -> float:
        raise standing.NoReplica(sentence(error)) if isinstance(error, str) else error

    all_live()
    settings.REPLICA_DATABASE = {"ENGINE": "anything"}
    monkeypatch.setattr(standing, "measured_lag_s", measured)
    operator = sign_in("operator")
    assert english in text(operator.get("attention/"))
    assert "Error" not in text(operator.get("attention/"))
    operator.client.cookies[settings_module.LANGUAGE_COOKIE_NAME] = "zh-hans"
    assert chinese in text(operator.get("attention/"))


def test_what_no_sweep_does_is_told_in_the_readers_language(taote, sign_in, clock):
    all_live()
    taote.refund()
    clock.move(days=3)
    operator = sign_in("operator")
    assert "Past its deadline, and no sweep does it: deadlines" in shown(operator)
    operator.client.cookies[settings_module.LANGUAGE_COOKIE_NAME] = "zh-hans"
    assert "售后时限" in text(operator.get("attention/"))


def test_every_kind_has_a_list_that_opens_and_is_told_once(sign_in):
    operator, kinds = sign_in("operator"), kinds_of_attention()
    rows = operator.get("attention/").context["quiet"]
    assert len(rows) == len(kinds) >= 10
    for row in rows:
        assert operator.client.get(row.url).status_code == 200, row.url
    assert len({kind.code for kind in kinds}) == len({str(kind.label) for kind in kinds}) == len(kinds)
    here = {kind.rows().model for kind in kinds}
    # A delivery is given up by itself, and a hint that nobody could follow has left a copy to look at.
    assert {model._meta.label for model in obligations()} - {model._meta.label for model in here} == {
        "webhooks.Delivery",
        "connectors.RefundHint",
    }
    assert {room.name for room in rooms()} >= {kind.listed.partition(".")[0] for kind in kinds}


def test_all_of_it_is_one_statement_however_many_stores_there_are(sign_in, monkeypatch):
    operator = sign_in("operator")
    few = len(operator.statements("attention/"))
    for _ in range(3):
        make_shop("taote").refund()
    assert len(operator.statements("attention/")) == few <= 12
    with CaptureQueriesContext(connection) as asked:
        figures.of_database()
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) <= 4
    monkeypatch.setattr("common.waiting.MOST_WAITING", 2)
    with system_scope():
        for key in range(5):
            Setback.objects.create(sweep="deadlines", key=str(key), needs_attention=True)
        counted = what_waits({"setbacks": (Setback.objects.all(), "since"), "none": (Setback.objects.none(), "since")})
    assert [waiting.count for waiting in counted.values()] == [2, 0]
    assert MOST_WAITING == 10_000


# Of these a store has one, or a few: they are read as they lie.
FEW = {"setbacks", "unknown_rules", "connections", "endpoints", "files", "packs", "robots", "gateways"}


def test_whatever_grows_is_looked_for_in_partial_indexes(db):
    """PostgreSQL, told to read no table where it needn't, finds due work and what waits for a person elsewhere."""
    due = {m._meta.label: (m._default_manager.due(), "next_attempt_at") for m in obligations()}
    kinds = {kind.code: (kind.rows(), kind.since) for kind in kinds_of_attention() if kind.code not in FEW}
    with system_scope(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for name, (rows, column) in {**due, **kinds}.items():
            plan = rows.filter(**{f"{column}__isnull": False}).order_by(column).values(column)[:MOST_WAITING].explain()
            assert f"Seq Scan on {rows.model._meta.db_table}" not in plan, (name, plan)
            partial = ("_due",) if name in due else ("_attention", "_conflict", "_look")
            assert any(end in plan for end in partial), (name, plan)
