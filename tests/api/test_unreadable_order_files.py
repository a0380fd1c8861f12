"""What is uploaded as a file of shipments and isn't one, or isn't a file at all (K2)."""

import io
import zipfile

import pytest

from orders.erp import reading
from tests.api.helpers import code, everything
from tests.order_files import IMPORT, table, workbook
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("K2")]


@pytest.fixture
def shop(db):
    """A Kuaishou store."""
    return make_shop("kuaishou")


def refused(shop, content, name="file.csv"):
    """The refusal, which is the same for a dry run and leaves nothing behind."""
    before = everything(shop)
    answers = [shop.merchant.upload(f"{IMPORT}{query}", content, name) for query in ("", "?dry_run=1")]
    assert everything(shop) == before
    assert code(answers[0]) == code(answers[1])
    return code(answers[0])


def test_what_cannot_be_read(shop):
    bad = {
        b"": "empty",
        b"\n\n": "empty",
        b"order_number,carrier\n1,2\n": "columns_missing",
        b"\xff\xfe\x00\x01\xff": "file_type",
        b"\xd0\xcf\x11\xe0rest": "file_type",
        b"PK\x03\x04rest": "file_type",
        b'order_number,carrier,tracking_number\n"' + b"x" * 200_000: "invalid",
    }
    for content, expected in bad.items():
        assert refused(shop, content) == (400, expected, "file"), content[:20]


def test_a_header_alone_is_empty(shop):
    assert code(shop.merchant.upload(IMPORT, table([]))) == (400, "empty", "file")


def test_a_file_of_too_many_bytes(shop, monkeypatch):
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 100)
    assert refused(shop, table([["1", "2", "3" * 200]])) == (400, "file_too_large", "file")


def test_a_file_that_is_read_for_too_long(shop, monkeypatch):
    monkeypatch.setattr(reading, "IN_A_CALL", reading.Patience(wait_s=3, read_s=0.001))
    assert refused(shop, table([["1", "2", "3"]])) == (400, "file_too_large", "file")


def test_only_some_files_are_read_at_once(shop, monkeypatch):
    monkeypatch.setattr(reading, "READERS", 0)
    monkeypatch.setattr(reading, "IN_A_CALL", reading.Patience(wait_s=0, read_s=45))
    before = everything(shop)
    answer = shop.merchant.upload(IMPORT, table([["1", "2", "3"]]))
    assert (answer.status_code, answer["Retry-After"]) == (429, "30")
    assert everything(shop) == before


def test_a_workbook_that_unpacks_to_too_much(shop, monkeypatch):
    bomb = io.BytesIO(workbook([["1", "2", "3"]]))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/bomb.xml", b"0" * (201 * 2**20))
    assert len(bomb.getvalue()) < 2**20
    assert refused(shop, bomb.getvalue(), "a.xlsx") == (400, "file_too_large", "file")


def test_no_file_and_another_kind_of_body(shop):
    answer = shop.merchant.client.post(f"/api/v1/{IMPORT}", {"note": "x"})
    assert code(answer) == (400, "required", "file")
    answer = shop.merchant.client.post(f"/api/v1/{IMPORT}", {"file": "text"})
    assert code(answer) == (400, "required", "file")
    assert shop.merchant.post(IMPORT, {"file": "x"}).status_code == 415
    assert code(shop.merchant.upload(f"{IMPORT}?dry_run=perhaps", b"x")) == (400, "invalid", "dry_run")
    assert shop.buyer.upload(IMPORT, b"x").status_code == 403


def test_a_body_that_is_too_large_is_not_read(shop, monkeypatch):
    monkeypatch.setattr("common.api.parsers.UploadParser.MAX_BYTES", 100)
    assert code(shop.merchant.upload(IMPORT, b"x" * 200)) == (413, "request_too_large", None)
