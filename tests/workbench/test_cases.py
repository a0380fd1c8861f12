"""Evidence, disputes and appeals on the desk: who sees and does what, and what the pages say."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock as wall
from payments.settlement import settle_batch
from refunds.models import Appeal, Dispute, Evidence
from tests.api.helpers import ask
from tests.api.test_disputes import CLAIM, dispute
from tests.api.test_evidence import PDF, picture, show
from tests.api.test_phones import film
from tests.cases import for_each
from tests.tenancy.things import PHOTO
from tests.world import make_shop

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


@for_each("role", ["owner", "agent", "warehouse", "viewer", "finance"])
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


@for_each(
    ("content", "says"),
    [(b"<html>", "Only pictures (JPEG, PNG, WebP, GIF, HEIC)"), (b"", "The file is empty."), (None, "required")],
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


def test_a_film_is_played_in_the_page_in_parts(taote, sign_in):
    refund, desk = taote.refund(), sign_in("agent", taote)
    upload(desk, refund, film(), "裂缝.mov")
    with taote.scope():
        evidence = Evidence.objects.get()
    assert "<video" in text(desk.get(f"{REFUND}/{refund.pk}/change/"))
    address = f"/admin/{REFUND}/{refund.pk}/evidence/{evidence.pk}/"
    whole = desk.client.get(address)
    content = b"".join(whole.streaming_content)
    assert (whole.status_code, whole["Accept-Ranges"], whole["Content-Type"]) == (200, "bytes", "video/mp4")
    parts = {"bytes=0-1": content[:2], "bytes=100-": content[100:], "bytes=-10": content[-10:]}
    for asked, part in (*parts.items(), (f"bytes=5-{len(content)}", content[5:])):
        answer = desk.client.get(address, headers={"Range": asked})
        found = b"".join(answer.streaming_content)
        assert (answer.status_code, found, int(answer["Content-Length"])) == (206, part, len(part))
    assert desk.client.get(address, headers={"Range": f"bytes={len(content)}-"}).status_code == 416
    for asked in ("bytes=1-2,5-6", "lines=1-2", "bytes=x", "bytes="):
        assert desk.client.get(address, headers={"Range": asked}).status_code == 200
    assert desk.client.get(f"{address}?download")["Content-Disposition"].startswith("attachment;")
