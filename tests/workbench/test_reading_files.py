"""A file that takes longer than a call may: the desk shows how far a worker is with it (K2)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common.progress import note_progress
from common.tenancy import system_scope
from orders.erp import receiving
from orders.erp.reading import Patience
from orders.erp.receiving import read_files
from orders.erp.running import run_imports
from orders.models import FilePart, ShipmentImport
from tests.workbench.test_shipping import HEADER, UPLOAD
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "broker_tasks"), pytest.mark.rule("K2")]


@pytest.fixture
def shop(db):
    """A Pinduoduo store."""
    return make_shop("pinduoduo")


@pytest.fixture
def large(monkeypatch):
    """Every file is too large to be read at once."""
    monkeypatch.setattr(receiving, "AT_ONCE_BYTES", 10)


class Upload:
    """A file that somebody has brought, and its page."""

    def __init__(self, shop, desk, content: str):
        file = SimpleUploadedFile("发货.csv", content.encode())
        answer = desk.post(UPLOAD, store=shop.store.pk, file=file)
        assert answer.status_code == 302
        self.desk, self.path = desk, answer["Location"]

    @property
    def job(self) -> ShipmentImport:
        with system_scope():
            return ShipmentImport.objects.get()

    def page(self, language="en"):
        return self.desk.client.get(self.path, headers={"accept-language": language}).content.decode()

    def state(self) -> dict:
        return self.desk.get(f"orders/shipmentimport/{self.job.pk}/progress/").json()


def rows_of(shop, count=2) -> str:
    return HEADER + "".join(f"{shop.order(shipped=False).number},SF,T{place}\n" for place in range(count))


def held(upload) -> None:
    """As if a worker were at it."""
    with system_scope():
        ShipmentImport.objects.update(leased_until="2100-01-01T00:00:00Z", leased_by=upload.job.pk)


def test_a_large_file_is_read_by_a_worker_and_its_page_says_how_far_it_is(
    shop, sign_in, large, broker_tasks, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        upload = Upload(shop, sign_in("warehouse", shop), rows_of(shop))
    assert broker_tasks[-1] == ("orders.tasks.read_shipment_files", {"ids": [str(upload.job.pk)]})
    page = upload.page()
    assert 'data-step="reading"' in page
    assert "Waits for its turn." in page
    assert 'id="confirm"' not in page
    waiting = {"total": 0, "done": 0, "step": "reading", "words": "Waits for its turn.", "finished": False}
    assert upload.state() == waiting
    held(upload)
    assert upload.state()["words"] == "The file is being opened."
    note_progress(upload.job, 34_000, of=100_000, step="reading")
    reading = upload.state()
    assert (reading["done"], reading["total"], reading["step"]) == (34_000, 100_000, "reading")
    assert reading["words"] == "34,000 of about 100,000 rows read"
    assert 'max="100000" value="34000"' in upload.page()
    assert "已读取 34,000 行，共约 100,000 行" in upload.page("zh-hans")
    note_progress(upload.job, 5_000, of=100_000, step="checking")
    assert (upload.state()["step"], upload.state()["words"]) == ("checking", "5,000 of 100,000 rows checked")
    assert 'data-step="checking"' in upload.page()


def test_then_it_is_looked_at_confirmed_and_shipped_as_a_small_one(shop, sign_in, large):
    upload = Upload(shop, sign_in("warehouse", shop), rows_of(shop))
    assert read_files() == 1
    assert "Ship 2 orders" in upload.page()
    assert upload.state()["finished"]
    assert upload.desk.post(f"orders/shipmentimport/{upload.job.pk}/confirm/").status_code == 302
    shipping = upload.state()
    assert (shipping["step"], shipping["total"], shipping["done"]) == ("shipping", 2, 0)
    assert shipping["words"] == "Waits for its turn."
    held(upload)
    assert upload.state()["words"] == "0 of 2 rows shipped"
    with system_scope():
        ShipmentImport.objects.update(leased_until=None)
    assert run_imports() == 1
    assert 'class="is-sent"><b>2</b>' in upload.page()


def test_one_that_cannot_be_read_says_why_in_each_language(shop, sign_in, large):
    upload = Upload(shop, sign_in("warehouse", shop), "order_number,carrier\n1,2\n")
    assert read_files() == 1
    page = upload.page()
    assert "missing: tracking_number" in page
    assert "Another file" in page
    assert 'id="confirm"' not in page
    assert "缺少" in upload.page("zh-hans")
    assert "Can&#x27;t be read" in upload.desk.get("orders/shipmentimport/").content.decode()
    refused = upload.desk.client.post(f"/admin/orders/shipmentimport/{upload.job.pk}/confirm/", follow=True)
    assert "be read: upload it anew" in refused.content.decode()


def test_nobody_confirms_what_is_not_read_yet(shop, sign_in, large):
    upload = Upload(shop, sign_in("warehouse", shop), rows_of(shop))
    refused = upload.desk.client.post(f"/admin/orders/shipmentimport/{upload.job.pk}/confirm/", follow=True)
    assert "still being read" in refused.content.decode()
    assert upload.job.status == "reading"


def test_a_small_file_is_there_at_once(shop, sign_in):
    upload = Upload(shop, sign_in("warehouse", shop), rows_of(shop))
    assert "Ship 2 orders" in upload.page()
    with system_scope():
        assert not FilePart.objects.exists()


@pytest.mark.parametrize("slow", [{"AT_ONCE": Patience(wait_s=0, read_s=0.001)}, {"READERS": 0}])
def test_a_small_file_that_takes_long_or_finds_no_place_is_left_to_a_worker(shop, sign_in, monkeypatch, slow):
    with monkeypatch.context() as context:
        for name, value in slow.items():
            context.setattr(f"orders.erp.{'receiving' if name == 'AT_ONCE' else 'reading'}.{name}", value)
        upload = Upload(shop, sign_in("warehouse", shop), rows_of(shop))
    assert upload.job.status == "reading"
    assert read_files() == 1
    assert "Ship 2 orders" in upload.page()


def test_one_that_broke_off_says_so(shop, sign_in, large, monkeypatch):
    upload = Upload(shop, sign_in("warehouse", shop), rows_of(shop))
    with monkeypatch.context() as broken:
        broken.delattr(receiving, "read_rows")
        assert read_files() == 1
    assert upload.state()["words"] == "It broke off and is tried again in a moment."
