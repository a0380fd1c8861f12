"""Evidence over the API: what is taken, what is refused, who may have it, and for how long."""

import resource
import zlib
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from struct import pack

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from common import dear as dear_work
from common import uploads
from common.errors import Busy
from refunds.api.evidence import EvidenceParser
from refunds.models import Evidence
from tests.api.helpers import code, everything
from tests.api.test_disputes import decide, dispute
from tests.cases import for_each
from tests.world import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("Q17")]

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
SCRIPT = b"<script>alert(document.cookie)</script>"


def picture(kind="PNG", size=(40, 20), mode="RGB", **kwargs) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new(mode, size, "red" if mode == "RGB" else (255, 0, 0, 128))
    image.paste("blue" if mode == "RGB" else (0, 0, 255, 128), (size[0] // 2, 0, *size))
    written = BytesIO()
    image.save(written, kind, **kwargs)
    return written.getvalue()


def bomb(width=60_000, height=60_000) -> bytes:
    """A PNG of a few bytes that says it has billions of pixels."""

    def chunk(name, data):
        return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))

    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def show(side, refund, content, name="photo.png", **fields):
    """One side adds a file."""
    return side.send_form(f"refunds/{getattr(refund, 'pk', refund)}/evidence/", content, name, **fields)


def fetch(side, evidence) -> tuple[dict, bytes]:
    """(headers, content) of a file."""
    answer = side.get(f"refunds/{evidence['refund']}/evidence/{evidence['id']}/")
    assert answer.status_code == 200
    return answer.headers, b"".join(answer.streaming_content)


def files() -> set[Path]:
    """Everything in the storage."""
    return {path for path in Path(default_storage.path("evidence")).rglob("*") if path.is_file()}


@for_each("side", ["merchant", "buyer"])
def test_both_sides_show_and_see(taote, side):
    refund = taote.refund()
    answer = show(getattr(taote, side), refund, picture(), "破损 照片.PNG", note="左边裂了")
    assert answer.status_code == 201
    shown = answer.json()
    assert {name: shown[name] for name in ("refund", "side", "name", "note", "type", "at")} == {
        "refund": str(refund.pk),
        "side": side,
        "name": "破损 照片.png",
        "note": "左边裂了",
        "type": "image/png",
        "at": "2026-11-20T04:00:00Z",
    }
    for reader in (taote.merchant, taote.buyer):
        assert reader.get(f"refunds/{refund.pk}/evidence/").json()["results"] == [shown]
        headers, content = fetch(reader, shown)
        assert headers["Content-Type"] == "image/png"
        assert headers["Content-Disposition"].startswith("attachment;")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"]
        assert len(content) == shown["size"]
    events = taote.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"]
    assert events[-1]["name"] == "evidence.added"
    assert events[-1]["data"]["sha256"] == shown["sha256"]


def test_pictures_are_written_anew_and_turned_upright(taote):
    refund = taote.refund()
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "home address"
    upright = show(taote.buyer, refund, picture("JPEG", exif=exif, comment=b"secret") + SCRIPT, "a.jpeg").json()
    _, content = fetch(taote.merchant, upright)
    image = Image.open(BytesIO(content))
    assert (image.format, image.size, dict(image.getexif()), image.info.get("comment")) == ("JPEG", (20, 40), {}, None)
    assert b"script" not in content
    assert b"address" not in content
    notes = PngImagePlugin.PngInfo()
    notes.add_text("note", "secret")
    _, content = fetch(taote.merchant, show(taote.buyer, refund, picture(pnginfo=notes) + SCRIPT).json())
    assert b"secret" not in content
    assert b"script" not in content
    for mode, kind in (("RGB", "JPEG"), ("RGBA", "PNG")):
        webp = show(taote.buyer, refund, picture("WEBP", mode=mode), "a.webp").json()
        assert Image.open(BytesIO(fetch(taote.merchant, webp)[1])).format == kind
        assert webp["name"] == {"JPEG": "a.jpg", "PNG": "a.png"}[kind]
    large = show(taote.buyer, refund, picture(size=(5000, 50))).json()
    assert Image.open(BytesIO(fetch(taote.merchant, large)[1])).size == (2400, 24)


def test_a_pdf_is_kept_as_it_is_and_only_ever_downloaded(taote):
    shown = show(taote.merchant, taote.refund(), PDF, "检测报告.html").json()
    assert (shown["name"], shown["type"]) == ("检测报告.pdf", "application/pdf")
    headers, content = fetch(taote.buyer, shown)
    assert content == PDF
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["Content-Type"] == "application/pdf"


@for_each(
    ("content", "name", "expected"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "a.svg", "invalid_type"),
        (b"<html>" + SCRIPT, "photo.jpg", "invalid_type"),
        (b"BM" + SCRIPT, "a.bmp", "invalid_type"),
        (b"MZ\x90\0", "a.png", "invalid_type"),
        (b" " + PDF, "a.pdf", "invalid_type"),
        (PDF[:-7], "a.pdf", "invalid_file"),
        (b"\xff\xd8\xff" + SCRIPT, "polyglot.jpg", "invalid_image"),
        (b"\x89PNG\r\n\x1a\n" + SCRIPT, "polyglot.png", "invalid_image"),
        (b"RIFF\0\0\0\0WEBP" + SCRIPT, "polyglot.webp", "invalid_image"),
        (b"RIFF\0\0\0\0WAVEfmt ", "sound.webp", "invalid_image"),
        (picture()[:60], "cut.png", "invalid_image"),
        (b"", "empty.png", "empty"),
        (bomb(), "bomb.png", "too_many_pixels"),
        (bomb(8000, 8000), "bomb.png", "too_many_pixels"),
        (picture(), "../../etc/cron.d/x.png", "invalid_name"),
        (picture(), "..\\\\x.png", "invalid_name"),
        (picture(), "/etc/passwd", "invalid_name"),
    ],
)
def test_what_is_no_evidence_is_refused_and_leaves_nothing(taote, content, name, expected):
    refund = taote.refund()
    before, there = everything(taote), files()
    answer = show(taote.buyer, refund, content, name)
    assert code(answer) == (400, expected, "file")
    assert answer.json()["errors"][0]["detail"]
    assert (everything(taote), files()) == (before, there)


def test_a_huge_file_is_refused_before_it_is_read(taote, monkeypatch):
    refund = taote.refund()
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
    assert code(show(taote.buyer, refund, PDF[:-7] + b" " * 1000 + b"%%EOF")) == (400, "file_too_large", "file")
    monkeypatch.undo()
    monkeypatch.setattr(EvidenceParser, "MAX_BYTES", 10)
    assert code(show(taote.buyer, refund, picture())) == (413, "request_too_large", None)


def test_pictures_that_must_be_read_whole_may_be_smaller(taote, monkeypatch):
    refund = taote.refund()
    monkeypatch.setattr(uploads, "write_anew", lambda *args: pytest.fail("decoded before the limits were asked"))
    for content in (bomb(6300, 6300), bomb(5001, 5000), picture("JPEG", size=(5001, 5000), progressive=True)):
        assert code(show(taote.buyer, refund, content, "a.png")) == (400, "too_many_pixels", "file")
    monkeypatch.undo()
    assert show(taote.buyer, refund, picture("JPEG", size=(5001, 5000)), "a.jpg").status_code == 201


def test_few_pictures_are_decoded_at_once(taote, monkeypatch):
    refund = taote.refund()
    monkeypatch.setattr(uploads, "WAITS_S", 0.05)
    for _ in range(uploads.DECODED_AT_ONCE):
        uploads._decoding.acquire()
    try:
        answer = show(taote.buyer, refund, picture())
        assert code(answer) == (429, "busy", None)
        assert int(answer["Retry-After"]) > 0
    finally:
        for _ in range(uploads.DECODED_AT_ONCE):
            uploads._decoding.release()
    assert show(taote.buyer, refund, picture()).status_code == 201
    assert code(show(taote.buyer, refund, picture()[:60])) == (400, "invalid_image", "file")
    for _ in range(uploads.DECODED_AT_ONCE + 1):
        assert show(taote.buyer, refund, picture(mode="RGBA")).status_code in (201, 409), "a place is given back"


def test_whoever_waits_for_a_picture_leaves_a_thread_to_the_others(taote, monkeypatch):
    refund, places = taote.refund(), dear_work.MOST_LONG
    assert places < settings.WEB_THREADS, "exports and pictures together never have every thread"
    with ExitStack() as held:
        for _ in range(places):
            held.enter_context(dear_work.long_work(Busy("")))
        assert code(show(taote.buyer, refund, picture())) == (429, "busy", None)
        assert taote.merchant.get("orders/export/").status_code == 429
    assert show(taote.buyer, refund, picture()).status_code == 201


def test_a_form_of_too_many_parts_is_refused(taote):
    path = f"/api/v1/refunds/{taote.refund().pk}/evidence/"
    for headers in ({}, {"Idempotency-Key": "k"}):
        answer = taote.merchant.client.post(path, {f"f{n}": "x" for n in range(1500)}, headers=headers)
        assert code(answer) == (400, "parse_error", None)
        many = {f"f{n}": SimpleUploadedFile("a", b"x") for n in range(150)}
        assert code(taote.merchant.client.post(path, many, headers=headers)) == (400, "parse_error", None)


def test_a_body_that_is_no_form_is_refused(taote):
    path = f"/api/v1/refunds/{taote.refund().pk}/evidence/"
    client = taote.merchant.client
    assert client.post(path, {"note": "x"}, content_type="application/json").status_code == 415
    assert code(client.post(path, {"note": "x"})) == (400, "required", "file")
    assert code(client.post(path, b"x", content_type="multipart/form-data; boundary=")) == (400, "parse_error", None)
    assert code(show(taote.merchant, taote.refund(), picture(), note="x" * 301)) == (400, "max_length", "note")


def test_names_of_files_are_made_fit_to_be_downloaded(taote):
    refund = taote.refund()
    long = show(taote.buyer, refund, picture(), "图" * 200 + ".png").json()["name"]
    assert (len(long), long[-5:]) == (100, "图.png")
    assert show(taote.buyer, refund, picture(), "\u202egnp.exe").json()["name"] == "gnp.png"
    assert show(taote.buyer, refund, picture(), ".png").json()["name"] == "png.png"


def test_files_lie_under_names_that_tell_nothing_and_for_nobody_else_to_read(taote):
    before = files()
    show(taote.buyer, taote.refund(), picture(), "secret-name.png")
    [path] = files() - before
    assert "secret" not in str(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert taote.merchant.client.get(f"/media/{path.name}").status_code == 404
    assert taote.merchant.client.get(f"/static/evidence/{taote.store.pk}/{path.name}").status_code == 404


def test_a_repeated_upload_with_its_key_adds_one_file(taote):
    refund = taote.refund()
    key = {"headers": {"Idempotency-Key": "k1"}}
    first = show(taote.buyer, refund, picture(), note="a", **key)
    there = files()
    again = show(taote.buyer, refund, picture(), note="a", **key)
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert code(show(taote.buyer, refund, picture(), note="b", **key)) == (409, "idempotency_key_reused", None)
    assert code(show(taote.buyer, refund, picture("JPEG"), note="a", **key)) == (409, "idempotency_key_reused", None)
    assert files() == there
    refused = show(taote.buyer, refund, b"<html>", headers={"Idempotency-Key": "k2"})
    assert show(taote.buyer, refund, b"<html>", headers={"Idempotency-Key": "k2"}).json() == refused.json()


def test_each_side_may_show_ten_files(taote):
    refund = taote.refund()
    for _ in range(10):
        assert show(taote.buyer, refund, picture()).status_code == 201
    before, there = everything(taote), files()
    assert code(show(taote.buyer, refund, picture())) == (409, "evidence_limit_reached", "file")
    assert (everything(taote), files()) == (before, there), "the refused file is gone again"
    assert show(taote.merchant, refund, picture()).status_code == 201


def test_a_dispute_takes_evidence_for_three_days(taote, clock):
    refund = taote.refund()
    opened = dispute(taote.buyer, refund).json()
    clock.move(days=3, seconds=-1)
    assert show(taote.merchant, refund, picture()).status_code == 201
    clock.move(seconds=1)
    before, there = everything(taote), files()
    assert code(show(taote.merchant, refund, picture())) == (409, "evidence_closed", None)
    assert (everything(taote), files()) == (before, there)
    decide(taote, opened["id"], "merchant")
    assert code(show(taote.merchant, refund, picture())) == (409, "evidence_closed", None)


def test_nothing_is_shown_about_what_has_ended(taote):
    refund = taote.refund()
    taote.buyer.post(f"refunds/{refund.pk}/withdraw/")
    assert code(show(taote.buyer, refund, picture())) == (409, "evidence_closed", None)


def test_another_stores_file_is_missing(taote):
    elsewhere = make_shop("taote")
    theirs = show(elsewhere.buyer, elsewhere.refund(), picture()).json()
    mine = taote.refund()
    for refund in (mine.pk, theirs["refund"]):
        assert taote.merchant.get(f"refunds/{refund}/evidence/{theirs['id']}/").status_code == 404
    own = show(taote.buyer, mine, picture()).json()
    other = taote.refund()
    assert taote.merchant.get(f"refunds/{other.pk}/evidence/{own['id']}/").status_code == 404


def test_a_file_that_the_storage_lost_is_missing_and_not_an_error(taote):
    shown = show(taote.buyer, taote.refund(), picture()).json()
    with taote.scope():
        default_storage.delete(Evidence.objects.get().stored_as)
    assert taote.merchant.get(f"refunds/{shown['refund']}/evidence/{shown['id']}/").status_code == 404


def test_a_disk_that_is_full_is_503_and_leaves_no_half_of_a_file(taote):
    """The kernel takes a mebibyte of a file and no more."""
    refund, before = taote.refund(), files()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, hard))
    try:
        answer = show(taote.merchant, refund, PDF[:-6] + b" " * 2**20 + b"%%EOF\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (code(answer), answer["Retry-After"]) == ((503, "unavailable", None), "5")
    assert (files(), Evidence.objects.count()) == (before, 0)
    assert show(taote.merchant, refund, PDF).status_code == 201
