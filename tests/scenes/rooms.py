"""Scenes of orders, refunds, offers and money, and of their buyers' data."""

import io
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.test import override_settings

from common import idempotency
from common.actors import on_command_line
from common.models import IdempotentAnswer
from common.tenancy import system_scope
from offers.bulk import send_waiting_rows, start_bulk_job
from orders.actions import ship_order
from orders.delays.actions import report_delay
from orders.erp.imports import confirm_import, stage_import
from orders.erp.receiving import receive_file
from orders.erp.running import run_imports
from payments.models import DayAllowance
from payments.settlement import settle_batch
from privacy.asking import ask_for_export
from privacy.erasing import do_buyer_requests
from refunds.deciding import Chosen, decide_together, decide_waiting_rows
from refunds.models import DecisionRow, Refund
from refunds.platform.packs import ask_for_pack
from refunds.returns import ship_return
from refunds.states import BulkVerdict
from refunds.unclaimed.ending import end_parcel
from stores.actions import update_store
from stores.people.invitations import invite
from tests.api.test_gateways import SANDBOX, post
from tests.automation.rules import live
from tests.insights import accepted, send
from tests.quality import ask
from tests.scenes.base import SERVERS, Scene
from tests.tenancy.things import (
    make_dispute,
    make_pack,
    make_unclaimed,
)
from tests.world import BUYER, MERCHANT, NOON, Shop, make_user


def _approved(shop: Shop) -> None:
    refund = shop.refund(shop.order(shipped=False), kind="refund_only")
    assert shop.merchant.post(f"refunds/{refund.pk}/approve/").status_code == 200


def _settled(shop: Shop) -> None:
    _approved(shop)
    settle_batch()


def _noticed(shop: Shop) -> None:
    payment = shop.merchant.post(
        "payments/",
        {"order": shop.order().number, "amount": "1.00", "purpose": "other"},
        **{"Idempotency-Key": shop.store.code},
    ).json()["id"]
    settle_batch()
    post(SANDBOX.send_back(payment))


def _promised(shop: Shop) -> None:
    accepted(shop, method="gift", item_id="8000")


def _staged(shop: Shop):
    order = shop.order(shipped=False)
    with shop.scope():
        file = io.BytesIO(f"order_number,carrier,tracking_number\n{order.number},SF,T1\n".encode())
        return stage_import(store=shop.store, name="f.csv", file=file, actor=MERCHANT, now=NOON)


def _received(shop: Shop) -> None:
    content = f"order_number,carrier,tracking_number\n{shop.order(shipped=False).number},SF,T1\n"
    with shop.scope():
        file = io.BytesIO(content.encode())
        receive_file(store=shop.store, name="f.csv", file=file, actor=MERCHANT, now=NOON)


def _confirmed(shop: Shop) -> None:
    job = _staged(shop)
    with shop.scope():
        confirm_import(store_id=shop.store.pk, job_id=job.pk, actor=MERCHANT, now=NOON)


def _delayed(shop: Shop) -> None:
    order, expected_at = shop.order(shipped=False), NOON + timedelta(days=3)
    with shop.scope():
        report_delay(
            store=shop.store,
            reason="snow",
            order_numbers=[order.number],
            expected_at=expected_at,
            actor=MERCHANT,
            now=NOON,
        )


def _shipped(shop: Shop) -> None:
    order = shop.order(shipped=False)
    with shop.scope():
        parcel = {"carrier": "SF", "tracking_number": f"SF{order.number[-6:]}"}
        ship_order(store_id=shop.store.pk, number=order.number, actor=MERCHANT, now=NOON, **parcel)


def _bulk(shop: Shop) -> None:
    with shop.scope():
        refund = shop.refund(reason="slow_logistics")
        start_bulk_job(store=shop.store, refund_ids=[refund.pk], actor=MERCHANT, now=NOON)


def _decided_together(shop: Shop) -> None:
    with shop.scope():
        chosen = [Chosen(shop.refund().pk, 2**62, {"reason": "no"})]
        decide_together(store=shop.store, verdict=BulkVerdict.REJECT, chosen=chosen, actor=MERCHANT, now=NOON)
        DecisionRow.objects.update(next_attempt_at=Now())


def _decided_long_ago(shop: Shop) -> None:
    _decided_together(shop)
    while decide_waiting_rows():
        pass


def _invited(shop: Shop) -> None:
    with shop.scope():
        invite(store=shop.store, email="", role="agent", actor=on_command_line("scenes"), now=NOON)


def _complained(shop: Shop) -> None:
    for _ in range(5):
        ask(shop)


def _answered(shop: Shop) -> None:
    with shop.scope():
        idempotency.take_key(store_id=shop.store.pk, owner=shop.store.code, key="1", print_="")
        IdempotentAnswer.objects.filter(owner=shop.store.code).update(created_at=Now() - timedelta(days=2))


def _without_a_day(shop: Shop) -> None:
    with system_scope():
        DayAllowance.objects.all().delete()


def _overpromised(shop: Shop) -> None:
    order = shop.order(quantity=2)
    send(shop, shop.refund(order, kind="refund_only", amount="40.00"), method="partial_refund", amount="70.00")
    shop.refund(order, amount="60.00")


def _to_nowhere(shop: Shop) -> None:
    refund = shop.refund()
    with shop.scope():  # as if the store had got its address after the deadline had approved the return
        Refund.objects.filter(pk=refund.pk).update(
            status="awaiting_return", due_at=None, due_action="", needs_attention=True
        )


def _asked_for_pack(shop: Shop) -> None:
    dispute = make_dispute(shop)
    with shop.scope():
        ask_for_pack(store_id=shop.store.pk, dispute_id=dispute.pk, language="en", actor=MERCHANT, now=NOON)


def _ruled(shop: Shop) -> None:
    live(shop, act="ask_evidence", text="请拍一张照片")
    shop.refund()


def _shared_out(shop: Shop) -> None:
    make_user(f"{shop.store.code}-agent", shop=shop, role="agent")
    with shop.scope():
        update_store(store=shop.store, shares_out_refunds=True, actor=MERCHANT, now=NOON)
    shop.refund()


def _asked_for_data(shop: Shop) -> None:
    order = shop.order()
    with shop.scope():
        ask_for_export(store=shop.store, buyer=order.number, actor=MERCHANT, now=NOON)


def _exported(shop: Shop) -> None:
    _asked_for_data(shop)
    do_buyer_requests()


def _ended(shop: Shop) -> None:
    shop.order()
    days = {**settings.KEPT_FOR, "KEEP_BUYERS_DAYS": timedelta(days=400)}
    SERVERS.enter_context(override_settings(KEPT_FOR=days))


def _announced_after_all(shop: Shop) -> None:
    parcel, refund = make_unclaimed(shop), shop.refund()
    assert shop.merchant.post(f"refunds/{refund.pk}/approve/").status_code == 200
    number = {"carrier": "SF", "tracking_number": parcel.tracking_number}
    with shop.scope():
        ship_return(store_id=shop.store.pk, refund_id=refund.pk, **number, actor=BUYER, now=NOON)


def _written_off(shop: Shop) -> None:
    of_parcel = {"store_id": shop.store.pk, "parcel_id": make_unclaimed(shop).pk}
    with shop.scope():
        end_parcel(**of_parcel, is_sent_back=False, reason="empty", actor=MERCHANT, now=NOON)


def _sent_in_bulk(shop: Shop) -> None:
    _bulk(shop)
    while send_waiting_rows():
        pass


def _shipped_by_file(shop: Shop) -> None:
    _confirmed(shop)
    while run_imports():
        pass


SCENES = {
    "unclaimed parcels": Scene(make_unclaimed, later=timedelta(days=15)),
    "parcels announced meanwhile": Scene(_announced_after_all),
    "unclaimed parcels forgotten": Scene(
        _written_off, "refunds_unclaimedparcel", does="DELETE", later=timedelta(days=181)
    ),
    "bulk decisions": Scene(_decided_together),
    "bulk decisions forgotten": Scene(
        _decided_long_ago, "refunds_decisionjob", does="DELETE", later=timedelta(days=366)
    ),
    "old invitations forgotten": Scene(_invited, "stores_invitation", does="DELETE", later=timedelta(days=200)),
    "buyers' exports forgotten": Scene(
        _exported, "privacy_buyerrequest", does="UPDATE", done="size IS NULL", later=timedelta(days=8)
    ),
    "ended orders erased": Scene(
        _ended, "orders_order", does="UPDATE", done="buyer_name = '[erased]'", later=timedelta(days=400)
    ),
    "bulk sendings forgotten": Scene(_sent_in_bulk, "offers_bulkjob", does="DELETE", later=timedelta(days=366)),
    "shipped files forgotten": Scene(
        _shipped_by_file, "orders_shipmentimport", marketplace="kuaishou", does="DELETE", later=timedelta(days=731)
    ),
    "buyers' data": Scene(_asked_for_data, "privacy_buyerrequest", does="UPDATE", done="status = 'done'"),
    "refunds to share out": Scene(_shared_out),
    "automatic rules": Scene(_ruled),
    "idempotent answers forgotten": Scene(_answered, "common_idempotentanswer", does="DELETE"),
    "promises": Scene(_promised, later=timedelta(hours=49)),
    "late orders": Scene(lambda shop: shop.order(shipped=False), later=timedelta(days=3)),
    "delay reports": Scene(_delayed, marketplace="kuaishou", later=timedelta(days=4)),
    "carriers": Scene(_shipped),
    "files read": Scene(_received, marketplace="kuaishou"),
    "files shipped": Scene(_confirmed, marketplace="kuaishou"),
    "files forgotten": Scene(
        _staged, "orders_shipmentimport", marketplace="kuaishou", does="DELETE", later=timedelta(days=8)
    ),
    "settlements": Scene(_approved),
    "notices": Scene(_noticed, marketplace="kuaishou"),
    "allowances opened": Scene(_without_a_day, "payments_dayallowance"),
    "deadlines": Scene(lambda shop: shop.refund(), later=timedelta(days=3)),
    "returns without an address": Scene(_to_nowhere),
    "quality days": Scene(lambda shop: None, "refunds_qualityday", marketplace="pinduoduo"),
    "restrictions": Scene(_complained, "refunds_qualityrestriction", marketplace="pinduoduo"),
    "offers": Scene(lambda shop: send(shop, method="reassurance"), later=timedelta(days=2)),
    "offers that can't be kept": Scene(_overpromised),
    "bulk offers": Scene(_bulk),
    "answers counted": Scene(lambda shop: accepted(shop, method="reassurance"), "offers_acceptance"),
    "rolled up": Scene(_settled, "offers_dailyloss"),
    "packs made": Scene(_asked_for_pack, "refunds_evidencepack", does="UPDATE", done="status = 'made'"),
    "packs forgotten": Scene(make_pack, "refunds_evidencepack", does="DELETE", later=timedelta(days=1)),
}
