"""Evidence, disputes and appeals on the desk: who sees and does what, and what the pages say."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from common import clock as wall
from common import workers
from common.models import Event, Setback
from common.obligations import LEASE, LONGEST_RETRY_AFTER, MAX_ATTEMPTS
from common.progress import note_progress
from common.tenancy import system_scope
from payments.settlement import settle_batch
from refunds.models import Appeal, Dispute, Evidence, EvidencePack
from refunds.platform import packs as refunds_packs
from refunds.platform.packs import forget_packs
from tests.api.helpers import ask, detail
from tests.api.test_disputes import CLAIM, dispute
from tests.api.test_evidence import PDF, picture, show
from tests.tenancy.things import PHOTO
from tests.world import make_shop, wait
from workbench.cases import packs
from workbench.cases.packs import make_due_packs
from workbench.platform.setbacks import SetbackAdmin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
REFUND = "refunds/refund"
DISPUTE = "refunds/dispute"


def upload(desk, refund, content=PHOTO, name="photo.png", **data):
    """Use the evidence form."""
    file = SimpleUploadedFile(name, content)
    return desk.client.post(f"/admin/{REFUND}/{refund.pk}/evidence/", {"file": file, **data}, follow=True)


def opened(shop, **kwargs):
    """(refund, dispute) that the buyer has opened."""
    refund = shop.refund(**kwargs)
    return refund, dispute(shop.buyer, refund).json()["id"]


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.rule("R7")
def test_the_merchant_asks_the_platform_after_seeing_what_follows(taote, sign_in):
    refund, desk = taote.refund(), sign_in("agent", taote)
    address = f"{REFUND}/{refund.pk}/decide/ask-platform/"
    assert "decide-ask-platform" in text(desk.get(f"{REFUND}/{refund.pk}/change/"))
    assert "clock stops" in text(desk.get(address))
    assert taote.reload(refund).status == "awaiting_merchant", "a GET asks nobody"
    assert list(desk.post(address).context["form"].errors) == ["plea"]
    assert desk.post(address, plea=CLAIM).status_code == 302
    assert taote.reload(refund).status == "disputed"
    page = text(desk.get(f"{REFUND}/{refund.pk}/change/"))
    assert "Platform intervention" in page
    assert CLAIM in page


@pytest.mark.rule("P5")
def test_the_merchant_appeals_and_the_operator_upholds_it(clock, db, sign_in):
    shop = make_shop("pinduoduo")
    refund = ask(shop, shop.order(vip=True)).json()["id"]
    while settle_batch():
        pass
    desk = sign_in("agent", shop)
    page = text(desk.get(f"{REFUND}/{refund}/change/"))
    assert "instant refund" in page
    assert "decide-appeal" in page
    assert "decide-ask-platform" not in page
    data = {"ground": "fake_return", "plea": "空盒"}
    assert desk.post(f"{REFUND}/{refund}/decide/appeal/", **data).status_code == 302
    with shop.scope():
        appeal = Appeal.objects.get()
    assert [row.pk for row in desk.get("refunds/appeal/").context["cl"].result_list] == [appeal.pk]
    assert 'decide-decide"' not in text(desk.get(f"refunds/appeal/{appeal.pk}/change/"))
    decision = {"outcome": "split", "amount": "20.00", "note": "部分成立", "early": "on"}
    assert desk.post(f"refunds/appeal/{appeal.pk}/decide/", **decision).status_code == 403
    operator = sign_in("operator")
    assert 'decide-decide"' in text(operator.get(f"refunds/appeal/{appeal.pk}/change/"))
    too_much = operator.post(f"refunds/appeal/{appeal.pk}/decide/", **{**decision, "amount": "59.00"})
    assert list(too_much.context["form"].errors) == ["amount"]
    assert operator.post(f"refunds/appeal/{appeal.pk}/decide/", **decision).status_code == 302
    assert str(shop.reload(appeal).compensation) == "20.00"
    page = text(desk.get(f"refunds/appeal/{appeal.pk}/change/"))
    assert "Upheld in part" in page
    assert "¥20.00 paid back to the merchant" in page


@pytest.mark.rule("R7", "Q17")
def test_the_page_shows_both_sides_the_suggestion_and_the_record(taote, sign_in):
    refund, desk = taote.refund(reason="quality"), sign_in("agent", taote)
    offer = {"refund": str(refund.pk), "method": "change_to_refund_only", "amount": "2.00", "agreed_with_buyer": True}
    offer_id = taote.merchant.post("offers/", {**offer, "message": "补您 2 元"}).json()["id"]
    taote.buyer.post(f"offers/{offer_id}/decline/")
    taote.buyer.post(f"refunds/{refund.pk}/messages/", {"text": "已经裂开了"})
    dispute_id = dispute(taote.buyer, refund).json()["id"]
    show(taote.buyer, refund, picture(), note="裂缝")
    answer = desk.get(f"{DISPUTE}/{dispute_id}/change/")
    buyer, merchant = answer.context["sides"]
    assert (buyer.says, buyer.opened, [file.note for file in buyer.files]) == (CLAIM, True, ["裂缝"])
    assert (merchant.says, merchant.opened, merchant.files) == ("", False, [])
    titles = [str(entry.title) for entry in answer.context["record"]]
    assert titles == ["Offer sent", "Offer declined by the buyer", "Message"]
    page = text(answer)
    assert "The buyer declined 1 of 1 offers." in page
    assert "Files of evidence: 1 of the buyer, 0 of the merchant." in page
    assert 'id="decide-answer"' in page
    assert desk.post(f"{DISPUTE}/{dispute_id}/answer/", reply="发货前检查过").status_code == 302
    page = text(desk.get(f"{DISPUTE}/{dispute_id}/change/"))
    assert "发货前检查过" in page
    assert 'id="decide-answer"' not in page


@pytest.mark.rule("R7")
def test_the_operator_decides_with_the_suggestion_filled_in(taote, sign_in):
    refund, dispute_id = opened(taote, reason="other")
    operator = sign_in("operator")
    address = f"{DISPUTE}/{dispute_id}/decide/"
    form = operator.get(address).context["form"]
    assert form.initial["outcome"] == "split"
    assert operator.post(address, outcome="split", amount="").context["form"].errors.keys() == {"note", "early"}
    assert list(operator.post(address, outcome="split", note="x", early="on").context["form"].errors) == ["amount"]
    assert taote.reload(refund).status == "disputed"
    assert operator.post(address, outcome="split", amount="9.00", note="各让一步", early="on").status_code == 302
    now = taote.reload(refund)
    assert (now.status, str(now.amount)) == ("refunding", "9.00")
    assert "各让一步" in text(operator.get(f"{DISPUTE}/{dispute_id}/change/"))
    again = operator.client.post(f"/admin/{address}", {"outcome": "buyer", "note": "x"}, follow=True)
    assert again.redirect_chain
    events = taote.merchant.get(f"refunds/{refund.pk}/timeline/").json()["results"]
    assert [event["actor"].split(":")[0] for event in events if event["name"] == "dispute.decided"] == ["operator"]


@pytest.mark.rule("R7")
def test_an_early_decision_is_asked_twice_in_view_of_both_sides(taote, sign_in, clock):
    refund, dispute_id = opened(taote)
    show(taote.buyer, refund, picture(), note="裂缝")
    operator, address = sign_in("operator"), f"{DISPUTE}/{dispute_id}/decide/"
    page = text(operator.get(address))
    assert "Both sides may still show evidence until 2026-11-23 12:00. A decision now is early." in page
    assert CLAIM in page
    assert 'alt="裂缝"' in page
    early = operator.post(address, outcome="merchant", note="x")
    assert list(early.context["form"].errors) == ["early"]
    assert 'alt="裂缝"' in text(early)
    assert taote.reload(refund).status == "disputed"
    clock.move(hours=72)
    assert "A decision now is early" not in text(operator.get(address))
    assert operator.post(address, outcome="merchant", note="x").status_code == 302
    assert taote.reload(refund).status == "closed"


@pytest.mark.parametrize("role", ["owner", "agent", "warehouse", "viewer", "finance"])
def test_roles_decide_nothing_and_show_what_they_may(taote, sign_in, role):
    refund, dispute_id = opened(taote)
    desk = sign_in(role, taote)
    assert desk.get(f"{DISPUTE}/{dispute_id}/change/").status_code == 200
    assert desk.post(f"{DISPUTE}/{dispute_id}/decide/", outcome="buyer", note="x").status_code == 403
    may_answer = role in ("owner", "agent")
    answer = desk.post(f"{DISPUTE}/{dispute_id}/answer/", reply="x")
    assert answer.status_code == (302 if may_answer else 403)
    shown = upload(desk, refund)
    assert shown.status_code == (200 if role in ("owner", "agent", "warehouse") else 403)
    with taote.scope():
        assert Evidence.objects.count() == (role in ("owner", "agent", "warehouse"))
        assert Dispute.objects.get().reply == ("x" if may_answer else "")


@pytest.mark.rule("Q17")
def test_evidence_is_uploaded_and_seen_in_the_page(taote, sign_in):
    refund, desk = taote.refund(), sign_in("agent", taote)
    assert "The evidence is added." in text(upload(desk, refund, note="左边裂了"))
    with taote.scope():
        evidence = Evidence.objects.get()
    address = f"{REFUND}/{refund.pk}/evidence/{evidence.pk}/"
    assert f"/admin/{address}" in text(desk.get(f"{REFUND}/{refund.pk}/change/"))
    shown = desk.get(address)
    assert shown["Content-Type"] == "image/png"
    assert shown["Content-Disposition"].startswith("inline")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert desk.get(address, download="1")["Content-Disposition"].startswith("attachment")
    upload(desk, refund, PDF, "report.pdf")
    with taote.scope():
        paper = Evidence.objects.latest("id")
    assert desk.get(f"{REFUND}/{refund.pk}/evidence/{paper.pk}/")["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"<html>", "Only JPEG, PNG and WebP images"), (b"", "The file is empty."), (None, "required")],
)
def test_what_is_no_evidence_is_told(taote, sign_in, content, says):
    refund, desk = taote.refund(), sign_in("agent", taote)
    if content is None:
        answer = desk.client.post(f"/admin/{REFUND}/{refund.pk}/evidence/", {"note": "x"}, follow=True)
    else:
        answer = upload(desk, refund, content, "photo.jpg")
    assert says in text(answer)
    with taote.scope():
        assert Evidence.objects.count() == 0


def test_another_stores_cases_and_files_are_missing(taote, other, sign_in):
    refund, dispute_id = opened(other)
    show(other.buyer, refund, picture())
    with other.scope():
        evidence = Evidence.objects.get()
    mine = taote.refund()
    desk = sign_in("owner", taote)
    for page in (
        f"{DISPUTE}/{dispute_id}/change/",
        f"{DISPUTE}/{dispute_id}/pack/",
        f"{DISPUTE}/{dispute_id}/pack/progress/",
    ):
        assert desk.get(page).status_code == 404
    for of in (refund, mine):
        assert desk.get(f"{REFUND}/{of.pk}/evidence/{evidence.pk}/").status_code == 404
    assert upload(desk, refund).status_code == 404
    assert desk.post(f"{DISPUTE}/{dispute_id}/make-pack/").status_code == 404
    assert list(desk.get(f"{DISPUTE}/", queue="all").context["cl"].result_list) == []


def test_the_queue_goes_by_the_time_for_evidence_and_does_not_grow(taote, clock, sign_in):
    first = opened(taote)[1]
    desk = sign_in("agent", taote)
    with CaptureQueriesContext(connection) as few:
        assert "3 d 0 h" in text(desk.get(f"{DISPUTE}/"))
    clock.move(hours=30)
    later = [opened(taote, now=wall.now())[1] for _ in range(3)]
    desk.get(f"{DISPUTE}/")  # a day later the session is renewed
    with CaptureQueriesContext(connection) as many:
        rows = [str(row.pk) for row in desk.get(f"{DISPUTE}/").context["cl"].result_list]
    assert rows[0] == first
    assert sorted(rows[1:]) == sorted(later)
    assert len(many) == len(few)
    clock.move(days=2)
    assert [str(row.pk) for row in desk.get(f"{DISPUTE}/", queue="evidence").context["cl"].result_list] != rows
    assert list(desk.get(f"{DISPUTE}/", queue="decided").context["cl"].result_list) == []


@pytest.mark.rule("Q17", "R7")
@pytest.mark.parametrize(
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
    assert (taote.reload(pack).status, taote.reload(pack).last_error) == ("failed", "ZeroDivisionError")
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


def test_what_sweeps_failed_at_is_the_operators_who_lets_it_be_tried_again(taote, sign_in):
    with system_scope():
        setback = Setback.objects.create(
            sweep="deadlines", key="refund-7", attempts=8, needs_attention=True, last_error="DataError 22003"
        )
    operator, owner = sign_in("operator"), sign_in("owner", taote)
    page = f"common/setback/{setback.pk}/change/"
    assert "refund-7" in text(operator.get("common/setback/"))
    assert "DataError 22003" in text(operator.get(page))
    assert "&lt;" not in text(operator.get(page)), "no markup as text"
    assert [owner.get(path).status_code for path in ("common/setback/", page)] == [403, 403]
    resume = f"common/setback/{setback.pk}/resume/"
    assert owner.post(resume).status_code == 403
    assert operator.post(resume).status_code == 302
    setback.refresh_from_db()
    assert (setback.attempts, setback.needs_attention, setback.next_attempt_at is None) == (0, False, False)
    with system_scope():
        [told] = Event.objects.filter(name="setback.resumed")
    assert (told.store_id, told.actor_id) == (None, f"user:{operator.user.pk}")
    assert told.data == {"sweep": "deadlines", "key": "refund-7", "attempts": 8, "error": "DataError 22003"}
    assert "refund-7" in text(operator.get("changes/?area=work"))
    assert "refund-7" not in text(owner.get("changes/"))


def test_a_setback_that_is_done_before_it_is_tried_again_is_not_found(sign_in, monkeypatch):
    with system_scope():
        setback = Setback.objects.create(sweep="deadlines", key="refund-7", attempts=8, needs_attention=True)
    find = SetbackAdmin.find

    def find_and_lose(self, request, object_id):
        found = find(self, request, object_id)
        Setback.objects.filter(pk=setback.pk).delete()
        return found

    monkeypatch.setattr(SetbackAdmin, "find", find_and_lose)
    assert sign_in("operator").post(f"common/setback/{setback.pk}/resume/").status_code == 404
