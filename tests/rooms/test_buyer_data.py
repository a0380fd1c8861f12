"""A buyer's data: every column declared, everything exported, nothing left once erased, and every figure as it was."""

import json
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from automation.facts import refunds_before
from common.errors import Invalid, Refused
from common.events import event_types
from common.holdings import all_holdings
from common.models import Event
from common.personal import MARK, erasing, pseudonym, telling_columns
from common.tenancy import system_scope, tenant_models
from offers.buyer.links import link_for
from offers.insights.rebuild import roll_everything
from orders.actions import upsert_order
from orders.models import Order
from payments.settlement import settle_batch
from privacy import erasing as eraser
from privacy.asking import ask_for_erasure, ask_for_export
from privacy.erasing import do_buyer_requests
from privacy.models import BuyerRequest
from refunds.messages import post_message
from refunds.models import Evidence
from refunds.quality.figures import window_of
from refunds.team.notes import write_note
from refunds.team.tags import tag_refund
from scripts import personal_data
from tests.api.test_evidence import picture, show
from tests.books import amiss
from tests.insights import report
from tests.world import BUYER, MERCHANT, NOON, make_shop

pytestmark = pytest.mark.django_db

WHO, NAME, PHONE = "open-id-Zq81", "欧阳娜娜Zq82", "13912345678"
STREET, WROTE, SHOWN = "翠湖路 Zq83 号", "这是 Zq84 的话", "zq85-照片.png"
MARKS = ("Zq8", "zq85", PHONE)
ADDRESS = {"name": NAME, "phone": PHONE, "province": "云南省", "city": "昆明市", "district": "五华区", "detail": STREET}


def left(but: str = "-") -> list[tuple[str, str]]:
    """(table, row) wherever anything of the buyer is left; rows that name `but` aside."""
    found = []
    with system_scope(), connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t')
            found += [(model._meta.db_table, row) for (row,) in cursor.fetchall() if any(mark in row for mark in MARKS)]
    return [(table, row) for table, row in found if but not in row]


def past_of_a_buyer(shop):
    """An order with a refund about which everything was said, shown, offered, fought over, and which has ended."""
    order = shop.order(buyer_id=WHO, buyer_name=NAME, address=ADDRESS)
    refund = shop.refund(order, kind="refund_only", reason="quality", description=WROTE)
    path = f"refunds/{refund.pk}"
    answers = [
        show(shop.buyer, refund, picture(), SHOWN, note=WROTE),
        shop.buyer.post(f"{path}/messages/", {"text": WROTE}, **{"Idempotency-Key": "m1"}),
        shop.merchant.post(f"{path}/messages/", {"text": f"亲 {NAME}"}),
        shop.merchant.post(f"{path}/reject/", {"reason": WROTE, "evidence": WROTE}),
        shop.buyer.post(f"{path}/resubmit/", {"reason": "quality", "amount": "20.00", "description": WROTE}),
        shop.merchant.post("offers/", {"refund": str(refund.pk), "method": "reassurance", "message": f"致 {NAME}"}),
    ]
    page = Client().post(link_for(refund), {"do": "message", "text": WROTE})
    assert page.status_code == 302
    with shop.scope():
        write_note(store_id=shop.store.pk, refund_id=refund.pk, text=WROTE, actor=MERCHANT, now=NOON)
        tag_refund(store_id=shop.store.pk, refund_id=refund.pk, name="Zq86 她", actor=MERCHANT, now=NOON)
    answers += [
        shop.merchant.post(f"{path}/approve/"),
        shop.merchant.post(
            "payments/",
            {"order": order.number, "amount": "1.00", "purpose": "other", "note": WROTE},
            **{"Idempotency-Key": "p1"},
        ),
        shop.merchant.get(f"orders/{order.number}/"),
    ]
    assert [answer.status_code for answer in answers if answer.status_code >= 300] == [], [
        answer.json() for answer in answers if answer.status_code >= 300
    ]
    settle_batch()
    shop.buyer.post(f"orders/{order.number}/deliver/")
    return order, refund


def figures(shop):
    """What is reckoned of the past: quality, money kept, the ledger, and what buyers asked for before."""
    with system_scope(), connection.cursor() as cursor:
        roll_everything()
        cursor.execute("SELECT sum(amount), count(*) FROM payments_transfer")
        ledger = cursor.fetchone()
        quality = window_of(shop.store, NOON)
    return ledger, quality, report(shop)


def erase(shop, buyer=WHO):
    with shop.scope():
        request = ask_for_erasure(store=shop.store, buyer=buyer, actor=MERCHANT, now=NOON)
    while do_buyer_requests():
        pass
    return shop.reload(request)


def test_every_column_that_may_tell_of_somebody_is_declared():
    declared = {holding.model: holding for holding in all_holdings()}
    missing = {
        model._meta.label: sorted(set(telling_columns(model)) - declared[model].named if model in declared else ["?"])
        for model in tenant_models()
    }
    assert {label: columns for label, columns in missing.items() if columns} == {}
    unknown = {
        holding.model._meta.label: sorted(holding.named - set(telling_columns(holding.model)))
        for holding in all_holdings()
    }
    assert {label: columns for label, columns in unknown.items() if columns} == {}
    assert [
        holding.model for holding in all_holdings() if (holding.held or holding.go) and not holding.is_about_buyers
    ] == []
    assert all(
        fact.is_personal for kind in event_types() for fact in kind.facts.values() if fact.label and not fact.word
    )


def test_the_page_of_columns_is_up_to_date():
    assert personal_data.PAGE.read_text() == personal_data.render(), "run scripts/personal_data.py"


def test_a_buyer_is_exported_and_erased_and_nothing_else_changes(clock):
    shop, other = make_shop("tmall"), make_shop("tmall")
    order, refund = past_of_a_buyer(shop)
    theirs = other.order(buyer_id=WHO, buyer_name=NAME, address=ADDRESS)  # in another store they stay known
    bystander = shop.refund(shop.order(buyer_id="somebody"), description="留下")
    before, kept = figures(shop), report(other)

    with shop.scope():
        asked = ask_for_export(store=shop.store, buyer=PHONE, actor=MERCHANT, now=NOON)
    assert do_buyer_requests() == 1
    exported = shop.reload(asked)
    assert (exported.status, exported.orders) == ("done", 1)
    with zipfile.ZipFile(default_storage.open(exported.stored_as)) as archive:
        about = json.loads(archive.read("about.json"))
        [told] = json.loads(archive.read("data/orders.order.json"))
        messages = json.loads(archive.read("data/refunds.message.json"))
        [evidence] = json.loads(archive.read("data/refunds.evidence.json"))
        assert archive.read(evidence["file"]).startswith(b"\x89PNG")
        whole = "".join(archive.read(name).decode(errors="ignore") for name in archive.namelist())
    assert (told["buyer_name"], told["address_phone"]) == (NAME, PHONE)
    authors = [message.get("author") for message in messages]
    assert authors == ["tmall", None, NAME]  # who of the store wrote is no business of theirs
    assert about["rows"]["refunds.refund"] == 1
    assert "留下" not in whole
    assert theirs.number not in whole

    shown = shop.reload(Evidence.objects.model(pk=evidence["id"]))
    done = erase(shop, order.number)
    alias = pseudonym(shop.store.buyer_salt, WHO)
    assert (done.status, done.buyer_id, done.orders) == ("done", alias, 1)
    assert left(but=str(theirs.pk)) == []
    assert not default_storage.exists(shown.stored_as)
    assert not default_storage.exists(exported.stored_as)
    assert figures(shop) == before
    assert report(other) == kept
    assert amiss() == {}
    order = shop.reload(order)
    assert (order.buyer_id, order.buyer_name, order.address, order.phone_folded) == (alias, MARK, MARK, MARK)
    assert shop.reload(bystander).description == "留下"
    assert other.reload(theirs).buyer_name == NAME
    with shop.scope():
        names = list(Event.objects.filter(topic_id=order.pk).values_list("name", flat=True))
    assert names.count("order.erased") == 1
    assert shop.merchant.get("events/").status_code == 200
    assert shop.merchant.get(f"refunds/{refund.pk}/").json()["description"] == MARK


def refusal(do, **kwargs) -> str:
    """The code with which this is refused."""
    with pytest.raises((Refused, Invalid)) as refused, transaction.atomic():
        do(actor=MERCHANT, now=NOON, **kwargs)
    return refused.value.code


def test_what_is_open_keeps_it_and_what_is_erased_stays_so(clock):
    """Refused while the data is needed; afterwards no copy, message or request brings it back, and limits go on."""
    shop = make_shop("tmall")
    unshipped = shop.order(buyer_id=WHO, buyer_name=NAME, address=ADDRESS, shipped=False)
    with shop.scope():
        asking = {"do": ask_for_erasure, "store": shop.store}
        assert refusal(**asking, buyer=WHO) == "buyer_has_open_order"
        assert refusal(**asking, buyer="nobody") == refusal(**asking, buyer="") == "invalid"
    refund = shop.refund(unshipped, kind="refund_only", description=WROTE)
    with shop.scope():
        assert refusal(**asking, buyer=WHO) == "buyer_has_open_refund"
    assert shop.merchant.post(f"refunds/{refund.pk}/approve/").status_code == 200
    with shop.scope():
        assert refusal(**asking, buyer=PHONE) == "buyer_has_open_refund"
    settle_batch()
    others = shop.refund(shop.order(buyer_id="somebody-else"))
    with shop.scope():
        told = post_message(store_id=shop.store.pk, refund_id=others.pk, text="亲", actor=MERCHANT, now=NOON)
        said = list(Event.objects.filter(topic_id=others.pk).order_by("id").values_list("data", flat=True))
        ask_for_erasure(store=shop.store, buyer=PHONE, actor=MERCHANT, now=NOON)
        assert refusal(**asking, buyer=unshipped.number) == "invalid"

    again = shop.order(buyer_id=WHO, buyer_name=NAME, address=ADDRESS)  # bought before the worker came: another order
    with shop.scope():
        assert refusal(**asking, buyer=WHO) == "request_under_way"
    nothing = {"store_id": shop.store.pk, "refund_id": refund.pk, "text": WROTE}
    with shop.scope():
        assert refusal(post_message, **nothing) == refusal(write_note, **nothing) == "buyer_erased"
        assert refusal(tag_refund, store_id=shop.store.pk, refund_id=refund.pk, name="VIP") == "buyer_erased"
    assert Client().get(link_for(refund)).status_code == 404
    answer = shop.buyer.post(
        "refunds/", {"order": unshipped.number, "kind": "refund_only", "reason": "other", "amount": "1.00"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "buyer_erased")
    paid = {"order": unshipped.number, "amount": "1.00", "purpose": "other"}
    answer = shop.merchant.post("payments/", paid, **{"Idempotency-Key": "p"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "buyer_erased")
    assert do_buyer_requests() == 1
    alias = pseudonym(shop.store.buyer_salt, WHO)

    with shop.scope():
        posted = {"number": unshipped.number, "buyer_id": WHO, "buyer_name": NAME, "paid_at": unshipped.paid_at}
        line = {"item_id": "8000", "quantity": 1, "unit_price": Decimal("59.00")}
        upsert_order(store=shop.store, data={**posted, "address": ADDRESS}, lines=[line], actor=BUYER, now=NOON)
    order = shop.reload(unshipped)
    assert (order.buyer_id, order.buyer_name, order.address_phone) == (alias, MARK, MARK)
    kept = [row for _table, row in left() if str(again.pk) not in row]
    assert kept == []
    assert (shop.reload(again).buyer_name, shop.reload(told).text) == (NAME, "亲")
    with shop.scope():
        assert list(Event.objects.filter(topic_id=others.pk).order_by("id").values_list("data", flat=True)) == said
    assert refunds_before(shop.refund(again, now=NOON + timedelta(hours=1))) == 1, (
        "what the erased buyer asked for before counts on"
    )


def test_a_worker_that_dies_leaves_nothing_half_known(clock, monkeypatch):
    """Batch by batch, each whole; what was cut off is done again from where it was, and is done once."""
    shop = make_shop("tmall")
    orders = [shop.order(buyer_id=WHO, buyer_name=NAME, address=ADDRESS) for _ in range(3)]
    for order in orders:
        shop.buyer.post(f"orders/{order.number}/deliver/")
    monkeypatch.setattr(eraser, "ORDERS_AT_ONCE", 1)
    with shop.scope():
        request = ask_for_erasure(store=shop.store, buyer=WHO, actor=MERCHANT, now=NOON)
    assert do_buyer_requests() == 1
    erase_rows = eraser._erase_rows

    def dies(holding, rows, whose):
        if holding.model is Order:
            raise MemoryError
        erase_rows(holding, rows, whose)

    with monkeypatch.context() as patch:
        patch.setattr(eraser, "_erase_rows", dies)
        do_buyer_requests()
    with shop.scope():
        assert Order.objects.filter(buyer_id=WHO).count() == 2
        events = Event.objects.filter(name="order.erased", topic_id__in=[order.pk for order in orders])
        assert events.count() == 1, "the batch that was cut off has left nothing"
    clock.move(minutes=5)
    while do_buyer_requests():
        pass
    with shop.scope():
        assert BuyerRequest.objects.get(pk=request.pk).status == "done"
        assert events.count() == 3
    assert left() == []


def test_an_erasure_takes_the_exports_of_that_buyer_alone(clock):
    """Also where the marketplace names no buyers, and each is the buyer of one order."""
    shop = make_shop("tmall")
    for whose in ([WHO, "somebody-else"], ["", ""]):
        orders = [shop.order(buyer_id=buyer) for buyer in whose]
        exports = []
        for order in orders:
            assert shop.buyer.post(f"orders/{order.number}/deliver/").status_code == 200
            with shop.scope():
                exports.append(ask_for_export(store=shop.store, buyer=order.number, actor=MERCHANT, now=NOON))
        while do_buyer_requests():
            pass
        erase(shop, orders[0].number)
        gone, kept = (shop.reload(export) for export in exports)
        assert [default_storage.exists(each.stored_as) for each in (gone, kept)] == [False, True]
        alias = pseudonym(shop.store.buyer_salt, whose[0])
        assert [gone.buyer_id, kept.buyer_id] == [alias, whose[1]]


def test_history_lets_itself_be_erased_and_nothing_else(clock):
    """The tables that never change take the mark in the columns that are declared, and only while it is said so."""
    shop = make_shop("tmall")
    past_of_a_buyer(shop)

    def change(sql: str) -> bool:
        try:
            with system_scope(), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.rowcount > 0
        except ProgrammingError:
            return False

    mark = "UPDATE refunds_message SET text = '[erased]'"
    assert not change(mark)
    with transaction.atomic(), erasing():
        assert change(mark)
        assert not change("UPDATE refunds_message SET text = 'I agree'")
        assert not change("UPDATE refunds_message SET at = now()")
        assert not change("DELETE FROM refunds_message")
        assert change(
            "UPDATE common_event SET actor_id = 'buyer:erased-' || repeat('0', 32) WHERE actor_kind = 'buyer'"
        )
        assert not change("UPDATE common_event SET name = '[erased]'")
        assert not change("UPDATE common_event SET data = '{}' WHERE data <> '{}'")
        assert not change("""UPDATE common_event SET data = data || '{"amount": "0.01"}' WHERE data ? 'amount'""")
        assert change("""UPDATE common_event SET data = data || '{"text": "[erased]"}' WHERE data ? 'text'""")
    assert not change("UPDATE common_event SET actor_label = '[erased]'")
