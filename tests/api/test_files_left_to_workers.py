"""A client that doesn't wait for a file: it is read, and shipped if asked, by a worker that can be asked (K2)."""

import pytest

from common.models import Event
from common.tenancy import system_scope
from orders.erp.receiving import read_files
from orders.erp.running import run_imports
from orders.models import FilePart, ShipmentImport
from tests.api.helpers import everything
from tests.cases import for_each
from tests.order_files import HEADER, IMPORT, shipment, table
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks"), pytest.mark.rule("K2")]
PREFER = {"Prefer": "wait=5, respond-async"}


@pytest.fixture
def shop(db):
    """A Kuaishou store."""
    return make_shop("kuaishou")


def sent(shop, content, query="", **headers):
    """The answer to a file that is left to a worker."""
    answer = shop.merchant.upload(f"{IMPORT}{query}", content, **PREFER, **headers)
    assert answer.status_code == 202
    return answer


def asked(shop, answer) -> dict:
    """What the place that an answer names says by now."""
    path = answer["Location"].partition("/api/v1/")[2]
    assert path == f"{IMPORT}{answer.json()['id']}/"
    return shop.merchant.get(path).json()


def parts() -> int:
    with system_scope():
        return FilePart.objects.count()


def test_a_file_is_read_and_shipped_by_workers(shop):
    orders = [shop.order(shipped=False) for _ in range(2)]
    content = table([shipment(shop, place, order) for place, order in enumerate(orders)])
    answer = sent(shop, content)
    nothing = {"rows": 0, "valid": 0, "shipped": 0, "errors": [], "errors_total": 0, "unreadable": None}
    progress = {"step": "", "done": 0, "of": 0}
    assert answer.json() == {
        "id": answer.json()["id"],
        "file_name": "file.csv",
        "status": "reading",
        "progress": progress,
        **nothing,
    }
    assert answer["Preference-Applied"] == "respond-async"
    assert asked(shop, answer) == answer.json()
    assert read_files() == 1
    read = asked(shop, answer)
    assert (read["status"], read["rows"], read["valid"], read["shipped"]) == ("running", 2, 2, 0)
    assert {shop.reload(order).status for order in orders} == {"unshipped"}
    assert parts() == 0
    assert (read_files(), run_imports()) == (0, 1)
    done = asked(shop, answer)
    assert (done["status"], done["shipped"], done["errors"]) == ("done", 2, [])
    assert done["progress"] == {"step": "shipping", "done": 2, "of": 2}
    assert [shop.reload(order).tracking_number for order in orders] == ["T0", "T1"]
    with system_scope():
        names = Event.objects.filter(subject_type="shipmentimport").order_by("id").values_list("name", flat=True)
        told = [name.partition(".")[2] for name in names]
        shippers = set(Event.objects.filter(name="order.shipped").values_list("actor_kind", flat=True))
    assert told == ["received", "uploaded", "confirmed", "shipped"]
    assert shippers == {"merchant"}


def test_a_dry_run_reads_and_ships_nothing(shop):
    order = shop.order(shipped=False)
    answer = sent(shop, table([shipment(shop, 1, order)]), "?dry_run=true")
    read_files()
    assert (read := asked(shop, answer))["status"] == "checked"
    assert (read["valid"], read["errors_total"], run_imports()) == (1, 0, 0)
    assert shop.reload(order).status == "unshipped"


def test_rows_with_errors_keep_the_whole_file(shop):
    order = shop.order(shipped=False)
    answer = sent(shop, table([shipment(shop, 1, order), ["NOPE", "SF", "T2"]]))
    read_files()
    read = asked(shop, answer)
    assert (read["status"], read["rows"], read["valid"], read["errors_total"]) == ("checked", 2, 1, 1)
    assert [(error["row"], error["code"]) for error in read["errors"]] == [(3, "not_found")]
    assert run_imports() == 0
    assert shop.reload(order).status == "unshipped"


@for_each(
    ("content", "code", "told"),
    [
        (b"order_number,carrier\n1,2\n", "columns_missing", "missing: tracking_number"),
        (table([]), "empty", "no rows below its header"),
        (b"", "empty", "is empty"),
        (b"PK\x03\x04rest", "file_type", "can't be read"),
    ],
)
def test_what_cannot_be_read_says_why(shop, content, code, told):
    answer = sent(shop, content)
    read_files()
    read = asked(shop, answer)
    assert (read["status"], read["unreadable"]["code"]) == ("unreadable", code)
    assert told in read["unreadable"]["detail"]
    assert (parts(), run_imports(), read_files()) == (0, 0, 0)
    with system_scope():
        assert Event.objects.get(name="shipment_file.unreadable").data["code"] == code


def test_why_is_said_in_the_readers_language(shop):
    answer = sent(shop, table([], HEADER[:2]))
    read_files()
    path = answer["Location"].partition("/api/v1/")[2]
    answer = shop.merchant.client.get(f"/api/v1/{path}", headers={"Accept-Language": "zh-hans"})
    detail = answer.json()["unreadable"]["detail"]
    assert "tracking_number" in detail
    assert "缺少" in detail


def test_a_repeated_upload_with_a_key_is_one_file(shop):
    content, key = table([shipment(shop)]), {"Idempotency-Key": "file-1"}
    first, second = (sent(shop, content, **key) for _ in range(2))
    assert (first.json(), second["Idempotency-Replayed"]) == (second.json(), "true")
    with system_scope():
        assert ShipmentImport.objects.count() == 1


def test_another_stores_file_is_not_there(shop):
    answer = sent(shop, table([shipment(shop)]))
    other = make_shop("kuaishou")
    path = answer["Location"].partition("/api/v1/")[2]
    assert other.merchant.get(path).status_code == 404
    assert shop.merchant.get(f"{IMPORT}nonsense/").status_code == 404
    assert shop.buyer.get(path).status_code == 403


def test_a_file_of_too_many_bytes_is_refused_at_once(shop, monkeypatch):
    monkeypatch.setattr("orders.erp.reading.MAX_FILE_BYTES", 100)
    before = everything(shop)
    answer = shop.merchant.upload(IMPORT, table([["1", "2", "3" * 200]]), **PREFER)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "file_too_large")
    assert everything(shop) == before


@for_each("prefer", ["", "wait=10", "respond-asynchronously", "handling=lenient"])
def test_who_does_not_ask_for_it_gets_the_outcome(shop, prefer):
    answer = shop.merchant.upload(IMPORT, table([shipment(shop)]), Prefer=prefer)
    assert (answer.status_code, answer.json()["shipped"]) == (200, 1)
