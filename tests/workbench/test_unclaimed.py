"""Parcels that nobody announced: put aside at the station, suggested, assigned, matched, ended, forgotten."""

import json
import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from common.models import Event, Setback
from common.tenancy import system_scope
from notices.kinds import KIND_OF_EVENT
from operations.test_clock import follow_clocks
from orders.models import Order
from orders.tracking import ask_carriers
from orders.waybills import carrier_of
from privacy.asking import ask_for_erasure, ask_for_export
from privacy.erasing import do_buyer_requests
from privacy.models import BuyerRequest
from refunds.attention import ATTENTION
from refunds.models import Assignment, Evidence, ParcelPhoto, Refund, UnclaimedParcel
from refunds.retention import PARCELS, STRAY_FILES
from refunds.returns import returning_of, ship_return
from refunds.team.assigning import share_out_refunds
from refunds.unclaimed.matching import match_announced_parcels
from refunds.unclaimed.recording import MOST_PHOTOS, note_overdue_parcels
from refunds.unclaimed.suggesting import likely_refunds, slips_of
from stores.models import Store
from tests.api.helpers import ask
from tests.api.test_evidence import picture
from tests.api.test_phones import PHONES
from tests.tenancy.things import make_evidence, make_unclaimed
from tests.workbench.test_station import page, passed, sent_back
from tests.world import BUYER, MERCHANT, NOON, Shop, make_shop, make_user
from workbench.kit.fresh import ON_ITS_WAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.rule("P1")]
ADDRESS = {
    "name": "李雷",
    "phone": "13800004321",
    "province": "浙江省",
    "city": "杭州市",
    "district": "",
    "detail": "1",
}


@pytest.fixture
def shop(db):
    return make_shop("pinduoduo")


@pytest.fixture
def desk(shop, sign_in):
    return sign_in("warehouse", shop)


def awaiting(shop: Shop, **order) -> Refund:
    """A return that was agreed, and of which nobody has named a number."""
    refund = ask(shop, shop.order(**order), kind="return_and_refund", amount="59.00", reason="quality").json()["id"]
    assert shop.merchant.post(f"refunds/{refund}/approve/").status_code == 200
    with shop.scope():
        return Refund.objects.select_related("order").get(pk=refund)


def put_aside(desk, number, **read) -> UnclaimedParcel:
    answer = desk.post("station/aside/", number=number, **read)
    assert answer.status_code == 302, answer.content.decode()
    with system_scope():
        parcel = UnclaimedParcel.objects.order_by("id").last()
    assert answer["Location"] == at(parcel)
    return parcel


def at(parcel, code="") -> str:
    """The address of a parcel's page, or, below /admin/, of one of its decisions."""
    path = f"refunds/unclaimedparcel/{parcel.pk}/"
    return f"{path}{code}/" if code else f"/admin/{path}change/"


def assign(desk, parcel, refund, **data):
    return desk.client.post(f"/admin/{at(parcel, 'assign')}", {"refund": refund.pk, **data}, follow=True)


def photograph(desk, path, content=None, name="box.png"):
    file = SimpleUploadedFile(name, picture() if content is None else content)
    return desk.client.post(f"/admin/{path}", {"file": file}, follow=True)


def sixteen_bits() -> bytes:
    """A PNG of two pixels, black and half grey, of sixteen bits each."""
    image, written = Image.new("I;16", (2, 1)), BytesIO()
    image.putpixel((1, 0), 0x8000)
    image.save(written, "PNG")
    return written.getvalue()


def suggested(shop, parcel) -> list:
    with shop.scope():
        return [(each.refund.pk, list(each.grounds)) for each in likely_refunds(parcel)]


def test_a_parcel_is_put_aside_photographed_suggested_and_assigned_in_one_click(shop, desk):
    refund, other = awaiting(shop, address=ADDRESS), awaiting(shop)
    shown = page(desk, number="sf 9000-0001")
    assert "Announced by nobody" in shown
    assert 'value="SF Express"' in shown
    parcel = put_aside(desk, "sf 9000 0001", phone_end="4321", note="wet box")
    assert (parcel.tracking_number, parcel.carrier, parcel.recorded_by) == ("SF90000001", "SF", desk.user.username)
    assert (parcel.due_at - parcel.recorded_at).days == 14
    again = desk.get("station/", number="SF90000001")
    assert again["Location"] == at(parcel), "a second scan leads to what was put aside"
    assert "put aside already" in desk.post("station/aside/", number="SF90000001").content.decode()
    shown = photograph(desk, at(parcel, "photograph")).content.decode()
    assert "box.png" in shown
    assert "the phone ends in 4321" in shown
    assert other.order.number not in shown
    with shop.scope():
        photo = ParcelPhoto.objects.get()
    file = desk.get(f"refunds/unclaimedparcel/{parcel.pk}/photographs/{photo.pk}/")
    assert (file.status_code, file["Content-Type"]) == (200, "image/png")

    answer = assign(desk, parcel, refund)
    assert answer.redirect_chain[-1][0] == f"/admin/station/?number=SF90000001&refund={refund.pk}"
    assert "look at what is in it" in answer.content.decode()
    assert 'id="goods-fine"' in answer.content.decode()
    now = shop.reload(refund)
    assert (now.status, now.return_tracking_number, now.return_carrier) == ("returning", "SF90000001", "SF")
    assert shop.reload(parcel).refund_id == refund.pk
    with shop.scope():
        assert not ParcelPhoto.objects.exists()
        evidence = Evidence.objects.get()
        names = list(Event.objects.filter(topic_id=refund.pk).order_by("-id").values_list("name", flat=True)[:3])
    assert (evidence.refund_id, evidence.side, evidence.stored_as) == (refund.pk, "merchant", photo.stored_as)
    assert names == ["evidence.added", "unclaimed_parcel.matched", "refund.return_shipped"]
    assert "box.png" in desk.get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert "Unclaimed parcel matched" in desk.get(f"refunds/unclaimedparcel/{parcel.pk}/change/").content.decode()
    shown = re.search(r'name="as_of" value="(\d+)"', answer.content.decode())[1]
    ask_carriers()  # tells of the parcel that somebody holds in their hands
    with shop.scope():
        assert Event.objects.filter(topic_id=refund.pk, name__in=ON_ITS_WAY).exists()
    passed(desk, refund, as_of=shown)
    assert shop.reload(refund).status == "refunding"


def test_what_speaks_for_a_refund_is_said_and_the_likeliest_comes_first(shop):
    near, swapped = sent_back(shop, "SF90000012"), sent_back(shop, "SF90000201")
    bought = awaiting(shop, prices=("58.00", "1.00"), buyer_id="b2")
    phone = awaiting(shop, address=ADDRESS, buyer_id="b3")
    out, more = awaiting(shop, buyer_id="b4"), awaiting(shop, buyer_id="b4")
    assert suggested(shop, make_unclaimed(shop, "SF90000021", phone_end="4321", goods="8001")) == [
        (swapped.pk, ["its number SF90000201 differs by one slip"]),
        (near.pk, ["its number SF90000012 differs by one slip"]),
        (phone.pk, ["the phone ends in 4321"]),
        (bought.pk, ["8001 is to come back"]),
    ]
    assert suggested(shop, make_unclaimed(shop, shop.reload(out.order).tracking_number, phone_end="9999")) == [
        (out.pk, ["the order went out under this number"]),
        (more.pk, ["the same buyer has more to send back"]),
    ]
    assert suggested(shop, make_unclaimed(shop, "SF77777777")) == []
    other = make_shop("pinduoduo")
    assert suggested(other, make_unclaimed(other, "SF90000021", phone_end="4321", goods="8001")) == []
    slips = slips_of("yt12")
    assert {"yt13", "yt2", "yt112", "yt21", "ty12"} <= slips
    assert {"yt12", "yt34", "yt"}.isdisjoint(slips)


def test_a_number_with_a_slip_is_corrected_and_a_second_parcel_is_one_besides(shop, desk):
    typed_wrong, seen = sent_back(shop, "SF90000031"), sent_back(shop, "SF90000041")
    with shop.scope():
        shipment = returning_of(seen)
        type(shipment).objects.filter(pk=shipment.pk).update(status="in_transit")
    one, two = put_aside(desk, "SF90000032"), put_aside(desk, "SF90000099")
    for _ in range(9):
        make_evidence(shop, typed_wrong.pk, side="merchant")
    for _ in range(2):
        photograph(desk, at(one, "photograph"))
    shown = assign(desk, one, typed_wrong).content.decode()
    with shop.scope():
        assert Evidence.objects.filter(refund=typed_wrong).count() == 10, "a side shows no more"
        assert ParcelPhoto.objects.get().parcel_id == one.pk
    assert "box.png" in desk.get(f"refunds/unclaimedparcel/{one.pk}/change/").content.decode()
    assert shop.reload(typed_wrong).return_tracking_number == "SF90000032"
    assert f'data-refund="{typed_wrong.pk}"' in shown
    shown = assign(desk, two, seen).content.decode()
    assert shop.reload(seen).return_tracking_number == "SF90000041"
    assert "The parcel SF90000099 was put aside" in shown
    assert f'data-refund="{seen.pk}"' in page(desk, number="SF90000099"), "its number leads to the refund"
    passed(desk, seen)
    assert "Received already" in page(desk, number="SF90000099")


def test_what_cannot_be_assigned_says_why_and_changes_nothing(shop, desk, sign_in):
    over, elsewhere = shop.refund(), awaiting(make_shop("pinduoduo"))
    refund = awaiting(shop)
    parcel = put_aside(desk, "779000050")  # its number doesn't tell who brought it
    assert "This refund is" in assign(desk, parcel, over).content.decode() or over.status == "awaiting_merchant"
    assert assign(desk, parcel, elsewhere).status_code == 404
    assert assign(desk, parcel, refund).content.decode().count("Say who brought the parcel") == 1
    assert "is not a known carrier" in assign(desk, parcel, refund, carrier="Fast").content.decode()
    looked_for = f"/admin/{at(parcel, 'assign')}?q={refund.order.number}"
    again = desk.client.post(looked_for, {"refund": refund.pk}).content.decode()
    assert (again.count("Say who brought the parcel"), again.count('id="id_assign_carrier"')) == (1, 1)
    assert f'value="{refund.pk}"' in again, "what was looked for is still there to be chosen"
    assert shop.reload(parcel).status == "waiting"
    assert shop.reload(refund).status == "awaiting_return"
    shown = desk.get(f"refunds/unclaimedparcel/{parcel.pk}/change/", q=refund.order.number).content.decode()
    assert f'data-refund="{refund.pk}"' in shown
    assert assign(desk, parcel, refund, carrier="other: Fast").status_code == 200
    assert shop.reload(refund).return_carrier == "Fast"
    assert "unclaimed any more" in assign(desk, parcel, refund, carrier="SF").content.decode()
    late = put_aside(desk, "779000051")
    sent_back(shop, "779000051")
    assert "has announced this number" in assign(desk, late, awaiting(shop), carrier="SF").content.decode()
    for role, answers in {"viewer": (200, 403), "agent": (200, 403), "finance": (200, 403)}.items():
        outsider = sign_in(role, shop)
        assert outsider.get(f"refunds/unclaimedparcel/{late.pk}/change/").status_code == answers[0]
        assert [outsider.post(at(late, each)).status_code for each in ("assign", "end", "describe", "photograph")] == [
            answers[1]
        ] * 4
        assert outsider.post("station/aside/", number="SF1").status_code == 403
    stranger = sign_in("warehouse", make_shop("pinduoduo"))
    assert stranger.get(f"refunds/unclaimedparcel/{late.pk}/change/").status_code == 404
    assert assign(stranger, late, elsewhere).status_code == 404


def test_what_is_read_and_shown_is_checked_and_told_by_its_field(shop, desk):
    assert "last four digits" in desk.post("station/aside/", number="SF1", phone_end="12a4").content.decode()
    assert "not a known carrier" in desk.post("station/aside/", number="SF1", carrier="Fsat").content.decode()
    assert "is no tracking number" in desk.post("station/aside/", number="SF").content.decode()
    announced = sent_back(shop, "SF90000061")
    said = desk.post("station/aside/", number="SF90000061").content.decode()
    assert announced.order.number in said
    with shop.scope():
        assert not UnclaimedParcel.objects.exists()
    parcel = put_aside(desk, "SF90000062", goods=" 8000 ")
    assert desk.post(at(parcel, "describe"), carrier="ZTO", phone_end="1111", goods="A-1", note="n").status_code == 302
    kept = shop.reload(parcel)
    assert (kept.carrier, kept.phone_end, kept.goods, kept.note) == ("ZTO", "1111", "A-1", "n")
    shown = photograph(desk, at(parcel, "photograph"), b"GIF89a broken", "x.gif").content.decode()
    assert "can&#x27;t be read" in shown
    gif, phone = picture("GIF"), (PHONES / "upright.heic").read_bytes()
    for content in (phone, gif, sixteen_bits(), *[picture()] * (MOST_PHOTOS - 3)):
        photograph(desk, at(parcel, "photograph"), content, "IMG_1.HEIC")
    with shop.scope():
        photos = list(ParcelPhoto.objects.order_by("id"))
    assert [photo.type for photo in photos] == ["image/jpeg", "image/png", "image/png", *["image/png"] * 7]
    with default_storage.open(photos[0].stored_as) as file:
        assert not Image.open(file).getexif()
    with default_storage.open(photos[2].stored_as) as file:
        grey = Image.open(file).convert("L")
        assert [grey.getpixel((x, 0)) for x in (0, 1)] == [0, 127]
    assert "at most 10 photographs" in photograph(desk, at(parcel, "photograph")).content.decode()
    assert [carrier_of(number) for number in ("SF1", "YT8", "JDV1", "773")] == ["SF", "YTO", "JD", ""]


def test_a_number_announced_meanwhile_matches_the_parcel_by_itself_once(shop, desk):
    parcel = put_aside(desk, "SF90000071")
    photograph(desk, at(parcel, "photograph"))
    assert match_announced_parcels() == 0
    refund = sent_back(shop, "sf9000-0071")
    assert f'data-refund="{refund.pk}"' in page(desk, number="SF90000071")
    assert (match_announced_parcels(), match_announced_parcels()) == (1, 0)
    kept = shop.reload(parcel)
    assert (kept.status, kept.refund_id) == ("matched", refund.pk)
    with shop.scope():
        assert Evidence.objects.get().refund_id == refund.pk
        assert Event.objects.filter(name="unclaimed_parcel.matched").count() == 1
    assert not Setback.objects.exists()


def test_its_time_passes_and_people_are_told(shop, desk, sign_in, clock):
    owner = sign_in("owner", shop)
    settings = {"name": shop.store.name, "time_zone": "Asia/Shanghai", "unclaimed_days": "3"}
    path = f"stores/store/{shop.store.pk}/change/"
    assert owner.post(path, **{**settings, "unclaimed_days": "0"}).status_code == 200
    assert owner.post(path, **settings).status_code == 302
    parcel, other = put_aside(desk, "SF90000081"), put_aside(desk, "SF90000082")
    assert desk.tiles()["Unclaimed"] == "2"
    assert desk.post(at(other, "end"), fate="sent_back", reason="").status_code == 200
    assert desk.post(at(other, "end"), fate="sent_back", reason="refused by the sender").status_code == 302
    assert (
        "unclaimed any more"
        in desk.client.post(
            f"/admin/{at(other, 'end')}", {"fate": "written_off", "reason": "x"}, follow=True
        ).content.decode()
    )
    shown = page(desk, number="SF90000082")
    assert "A parcel of this number was here before: Sent back" in shown
    clock.move(days=2, hours=23)
    assert note_overdue_parcels() == 0
    clock.move(hours=1)
    assert (note_overdue_parcels(), note_overdue_parcels()) == (1, 0)
    assert shop.reload(parcel).overdue_at is not None
    attention = next(each for each in ATTENTION if each.code == "unclaimed")
    with system_scope():
        assert [row.pk for row in attention.rows()] == [parcel.pk]
        assert KIND_OF_EVENT["unclaimed_parcel.overdue"].roles == ("warehouse",)
    assert [row.pk for row in desk.rows("refunds/unclaimedparcel/", queue="overdue")] == [parcel.pk]
    assert [row.pk for row in desk.rows("refunds/unclaimedparcel/", queue="ended")] == [other.pk]
    assert [row.pk for row in desk.rows("refunds/unclaimedparcel/", q="sf 9000 0081")] == [parcel.pk]
    assert [row.pk for row in desk.rows("refunds/unclaimedparcel/", carrier="-", queue="all")] == []
    assert len(desk.rows("refunds/unclaimedparcel/", carrier="SF", queue="all")) == 2


def test_a_buyers_parcel_is_exported_erased_and_forgotten(shop, desk, clock):
    refund = awaiting(shop, buyer_id="Zq-buyer")
    kept, gone = put_aside(desk, "SF90000091", phone_end="4321", note="Zq note"), put_aside(desk, "SF90000092")
    out = put_aside(desk, shop.reload(refund.order).tracking_number, phone_end="4321")
    for parcel in (out, gone):
        photograph(desk, at(parcel, "photograph"))
    assign(desk, kept, refund)
    with shop.scope():
        names = dict(ParcelPhoto.objects.values_list("parcel", "stored_as"))
        ask_for_export(store=shop.store, buyer="Zq-buyer", actor=MERCHANT, now=NOON)
    assert do_buyer_requests() == 1
    with shop.scope():
        file = BuyerRequest.objects.get().stored_as
        with default_storage.open(file) as written, zipfile.ZipFile(written) as archive:
            rows = json.loads(archive.read("data/refunds.unclaimedparcel.json"))
            assert len([name for name in archive.namelist() if name.startswith("files/")]) == 1
        assert [row["tracking_number"] for row in rows] == ["SF90000091", out.tracking_number]
        assert "recorded_by" not in rows[0]
        Refund.objects.filter(pk=refund.pk).update(status="closed", due_at=None, due_action="")
        Order.objects.filter(pk=refund.order_id).update(status="delivered")
        ask_for_erasure(store=shop.store, buyer="Zq-buyer", actor=MERCHANT, now=NOON)
    assert do_buyer_requests() == 1
    now = shop.reload(kept)
    assert (now.phone_end, now.note, now.tracking_number) == ("", "[erased]", "SF90000091")
    assert not default_storage.exists(names[out.pk])
    assert default_storage.exists(names[gone.pk])
    STRAY_FILES.by_itself(-timedelta(days=3650))  # files have the machine's time, not the test's
    assert default_storage.exists(names[gone.pk]), "a row knows it"
    desk.post(at(gone, "end"), fate="written_off", reason="empty box")
    clock.move(days=181)
    assert PARCELS.step() == 2
    assert not default_storage.exists(names[gone.pk])
    with shop.scope():
        assert [parcel.pk for parcel in UnclaimedParcel.objects.all()] == [out.pk]


def test_photographs_of_what_came_back_are_taken_at_the_station_before_it_is_answered(shop, desk, sign_in):
    refund = sent_back(shop, "SF90000101", quantity=2, amount="118.00")
    shown = page(desk, number="SF90000101")
    as_of = re.search(r'name="as_of" value="(\d+)"', shown)[1]
    assert 'capture="environment"' in shown
    answer = photograph(desk, f"station/{refund.pk}/photograph/")
    assert answer.redirect_chain[-1][0] == f"/admin/station/?number=SF90000101&refund={refund.pk}#photos"
    shown = answer.content.decode()
    assert "box.png" in shown
    assert "You: 0 this hour" in shown, "a photograph is no parcel"
    assert "empty" in photograph(desk, f"station/{refund.pk}/photograph/", b"").content.decode()
    assert photograph(sign_in("viewer", shop), f"station/{refund.pk}/photograph/").status_code == 403
    failed = desk.client.post(
        f"/admin/station/{refund.pk}/inspection-failed/", {"note": "Damaged", "as_of": as_of}, follow=True
    )
    assert "The inspection is failed" in failed.content.decode(), "what one showed oneself is no news"
    assert "box.png" in desk.get(f"refunds/refund/{refund.pk}/change/").content.decode()
    assert "Add photographs" not in page(desk, number="SF90000101"), "it is answered"


def test_pages_of_unclaimed_parcels_cost_the_same_however_many_there_are(shop, desk):
    parcel = put_aside(desk, "SF90000110", phone_end="4321")
    awaiting(shop, address=ADDRESS)
    paths = (f"refunds/unclaimedparcel/{parcel.pk}/change/", "refunds/unclaimedparcel/")
    one = [len(desk.statements(path)) for path in paths]
    for number in range(4):
        put_aside(desk, f"SF9000012{number}")
        awaiting(shop, address=ADDRESS, buyer_id=f"b{number}")
    photograph(desk, at(parcel, "photograph"))
    assert [len(desk.statements(path)) for path in paths] == one
    assert one <= [22, 18]
    assert len(desk.statements("station/", number="SF404404")) <= 13


def test_a_sandbox_whose_clock_is_ahead_matches_and_shares_out_by_it_alone(clock):
    """Else a parcel would have found its refund before it was put aside, and nobody's turn would be in order."""
    sandbox = make_shop("pinduoduo", is_sandbox=True)
    agent = make_user("wang", shop=sandbox, role="agent")
    refund, parcel, new = awaiting(sandbox), make_unclaimed(sandbox), sandbox.refund()
    told = {"store_id": sandbox.store.pk, "refund_id": refund.pk, "carrier": "SF", "actor": BUYER, "now": NOON}
    with sandbox.scope():
        ship_return(**told, tracking_number=parcel.tracking_number)
    with system_scope():
        Store.objects.filter(pk=sandbox.store.pk).update(clock_ahead=timedelta(hours=3), shares_out_refunds=True)
    assert (match_announced_parcels(), share_out_refunds()) == (0, 0)
    assert follow_clocks() >= 1
    with sandbox.scope():
        assert UnclaimedParcel.objects.get().ended_at == NOON + timedelta(hours=3)
        shared = Assignment.objects.get(refund=new)
    assert (shared.assignee_id, shared.since) == (agent.pk, NOON + timedelta(hours=3))
