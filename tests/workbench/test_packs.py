"""The evidence pack: asked for at the desk, made by a worker, taken by those who may show evidence."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pypdf import PdfReader

from common import workers
from common.models import Event
from common.obligations import LEASE, LONGEST_RETRY_AFTER, MAX_ATTEMPTS
from common.progress import note_progress
from common.tenancy import system_scope
from refunds.models import EvidencePack
from refunds.platform import packs as refunds_packs
from refunds.platform.packs import forget_packs
from tests.api.helpers import detail
from tests.api.test_disputes import CLAIM, dispute
from tests.api.test_evidence import PDF, picture, show
from tests.cases import for_each
from tests.workbench.test_cases import opened, text
from tests.world import wait
from workbench.cases import packs
from workbench.cases.packs import make_due_packs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DISPUTE = "refunds/dispute"


@pytest.mark.rule("Q17", "R7")
@for_each(
    ("language", "words"), [("zh-hans", ["举证包", "协商记录", "裂缝", "质量", "59.00"]), ("en", ["Evidence pack"])]
)
def test_the_pack_holds_the_whole_case(taote, language, words):
    refund = taote.refund(reason="quality", description="到手就裂了")
    taote.merchant.post(f"refunds/{refund.pk}/messages/", {"text": "亲，能拍张照吗"})
    taote.buyer.post(f"refunds/{refund.pk}/messages/", {"text": "<b>好的</b> & 稍等"})
    dispute_id = dispute(taote.buyer, refund).json()["id"]
    show(taote.buyer, refund, picture("JPEG", size=(800, 400)), note="裂缝")
    show(taote.merchant, refund, PDF, "检测报告.pdf")
    taote.buyer.post(f"disputes/{dispute_id}/decide/", {"outcome": "merchant", "note": "检测合格"})
    headers = {"Accept-Language": language, "Accept": "application/pdf"}
    path = f"/api/v1/disputes/{dispute_id}/pack/"
    assert taote.merchant.client.post(path, headers=headers, content_type="application/json").json()["percent"] == 0
    assert taote.merchant.client.get(path, headers=headers).json()["status"] == "making"
    assert make_due_packs() == 1
    answer = taote.merchant.client.get(path, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    pages = PdfReader(BytesIO(answer.content)).pages
    found = "".join(page.extract_text() for page in pages)
    told = [
        *words,
        CLAIM,
        "到手就裂了",
        "亲，能拍张照吗",
        "<b>好的</b> & 稍等",
        "检测合格",
        "检测报告.pdf",
        refund.order.number,
    ]
    flat = found.replace("\n", "").replace(" ", "")
    assert [word for word in told if word.replace(" ", "") not in flat] == []
    assert sum(len(page.images) for page in pages) == 1
    with system_scope():
        taken = Event.objects.get(name="store.evidence_pack_taken", area="exports")
        assert (taken.data["order"], taken.actor_kind) == (refund.order.number, "merchant")
    assert detail(taote, refund)["status"] == "closed"


@pytest.mark.rule("Q17")
def test_a_pack_is_made_by_a_worker_watched_and_taken_by_those_who_may_show_evidence(taote, sign_in, clock):
    case = opened(taote)[1]
    page, desk, viewer = f"{DISPUTE}/{case}", sign_in("agent", taote), sign_in("viewer", taote)
    assert 'id="pack"' not in text(viewer.get(f"{page}/change/"))
    assert [viewer.get(f"{page}/pack/").status_code, viewer.post(f"{page}/make-pack/").status_code] == [403, 403]

    assert desk.get(f"{page}/pack/")["Location"] == f"/admin/{page}/change/#pack"
    assert desk.post(f"{page}/make-pack/").status_code == 302
    assert "data-progress" in text(desk.get(f"{page}/change/"))
    desk.post(f"{page}/make-pack/")  # the button is grey by now
    with taote.scope():
        note_progress(EvidencePack.objects.get(), 40)
    assert desk.get(f"{page}/pack/progress/").json() == {"total": 100, "done": 40, "finished": False}
    assert desk.get(f"{page}/pack/").status_code == 302

    assert make_due_packs() == 1
    assert desk.get(f"{page}/pack/progress/").json() == {"total": 100, "done": 100, "finished": True}
    assert "take-pack" in text(desk.get(f"{page}/change/"))
    assert desk.get(f"{page}/pack/").content.startswith(b"%PDF-")
    assert viewer.get(f"{page}/pack/").status_code == 403
    with system_scope():
        names = Event.objects.filter(area="exports", actor_id=f"user:{desk.user.pk}").order_by("id")
        assert [event.name for event in names] == ["store.evidence_pack_asked", "store.evidence_pack_taken"]
        pack = EvidencePack.objects.get()
        assert pack.size == default_storage.size(pack.stored_as)

    clock.move(hours=23)
    assert forget_packs() == 0
    clock.move(hours=1)
    assert forget_packs() == 1
    assert not default_storage.exists(pack.stored_as)
    answer = taote.merchant.get(f"disputes/{case}/pack/")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "pack_not_asked_for")


def test_a_pack_whose_worker_dies_is_made_by_the_next_and_one_that_never_succeeds_says_so(taote, monkeypatch):
    case = opened(taote)[1]
    asked = taote.merchant.post(f"disputes/{case}/pack/")
    assert (asked.status_code, asked["Retry-After"]) == (202, "1")
    again = taote.buyer.post(f"disputes/{case}/pack/")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "pack_under_way")
    with system_scope():
        pack = EvidencePack.objects.get()
    default_storage.save(pack.stored_as, ContentFile(b"half of it"))
    assert len(workers._lease(EvidencePack.objects.all(), 1)) == 1  # a worker takes it up, writes, and is killed
    assert make_due_packs() == 0, "it is that worker's until its lease is over"
    wait(seconds=LEASE.total_seconds())
    assert make_due_packs() == 1
    pack = taote.reload(pack)
    assert (pack.status, pack.attempts, default_storage.size(pack.stored_as)) == ("made", 2, pack.size)

    assert taote.merchant.post(f"disputes/{case}/pack/").json()["percent"] == 0
    monkeypatch.setattr(packs, "build_pack", lambda *args: 1 / 0)
    for _ in range(MAX_ATTEMPTS):
        assert make_due_packs() == 1
        wait(seconds=LONGEST_RETRY_AFTER.total_seconds())
    assert make_due_packs() == 0
    assert (taote.reload(pack).status, taote.reload(pack).last_error) == (
        "failed",
        "something broke here, and the log says what",
    )
    assert taote.merchant.get(f"disputes/{case}/pack/").json()["errors"][0]["code"] == "pack_failed"
    assert taote.merchant.post(f"disputes/{case}/pack/").status_code == 202


def test_a_store_has_few_packs_made_at_once(taote, other, monkeypatch):
    monkeypatch.setattr(refunds_packs, "MOST_MAKING", 1)
    first, second, elsewhere = opened(taote)[1], opened(taote)[1], opened(other)[1]
    assert taote.merchant.post(f"disputes/{first}/pack/").status_code == 202
    refused = taote.merchant.post(f"disputes/{second}/pack/")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "too_many_packs")
    assert other.merchant.post(f"disputes/{elsewhere}/pack/").status_code == 202
    assert make_due_packs(limit=2) == 2
    assert taote.merchant.post(f"disputes/{second}/pack/").status_code == 202
